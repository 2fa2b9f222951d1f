//! The rules in fixed arrays, each in a narrow window as well as in a usual one.

use ohem_core::admit::COLUMNS;
use ohem_core::mine::Memory;
use ohem_core::rank::FixedBuffer;
use ohem_core::rules::segmentation::{self, Counting};
use ohem_core::rules::ssd::{self, Anchors, SsdConfig};
use ohem_core::rules::{self, MmdetConfig, TensorflowConfig};
use ohem_core::simd::Portable;
use ohem_core::{BBox, Float, NanPolicy, Ranked};

use super::Rules;
use crate::support::path::fixed::at_capacity;
use crate::support::path::{Core, wide};

/// The most places of a window.
const WINDOW: usize = 120;

/// Memory of fixed size for the selection of `B` RoIs.
struct Arrays<F: Float, const B: usize> {
    window: [Ranked<F>; WINDOW],
    columns: [[F; B]; COLUMNS],
    selected: [u32; B],
}

impl<F: Float, const B: usize> Arrays<F, B> {
    fn new() -> Box<Self> {
        // What is in lent memory must not matter.
        let (window, columns) = ([Ranked::new(F::nan(), 7); WINDOW], [[F::nan(); B]; COLUMNS]);
        Box::new(Self { window, columns, selected: [7; B] })
    }

    fn lend(&mut self, places: usize) -> Memory<'_, F, FixedBuffer<'_, F>> {
        let columns = self.columns.as_flattened_mut();
        Memory::new(FixedBuffer(&mut self.window[..places]), columns, &mut self.selected)
    }

    /// Calls a rule with windows of several sizes; what it selects must be the same.
    fn in_windows<T: PartialEq + core::fmt::Debug>(
        rule: impl Fn(Memory<'_, F, FixedBuffer<'_, F>>) -> T,
    ) -> T {
        let mut arrays = Self::new();
        let selected = rule(arrays.lend(WINDOW));
        assert_eq!(rule(arrays.lend(8)), selected, "in a window of 8 places, and of {WINDOW}");
        selected
    }
}

#[inline(never)]
fn per_image<F: Float, const B: usize>(images: &[u32], losses: &[F], quota: usize) -> Vec<usize> {
    Arrays::<F, B>::in_windows(|memory| {
        let memory = Memory::without_nms(memory.window, memory.selected);
        let mut counts = vec![7; images.iter().max().map_or(0, |&image| image as usize + 1)];
        let policy = NanPolicy::Error;
        let hard = rules::per_image(Portable, images, losses, quota, policy, &mut counts, memory).unwrap();
        assert_eq!(counts.iter().sum::<usize>(), hard.len(), "the counts of the images");
        wide(hard.indices())
    })
}

#[inline(never)]
fn tensorflow<F: Float, const B: usize>(
    boxes: &[[F; 4]],
    losses: &[F],
    matches: &[i32],
    config: &TensorflowConfig,
) -> Vec<usize> {
    Arrays::<F, B>::in_windows(|memory| {
        let boxes = BBox::from_rows(boxes);
        wide(rules::tensorflow(Portable, boxes, losses, matches, config, memory).unwrap().indices())
    })
}

#[inline(never)]
fn ssd_negatives<F: Float, const B: usize>(
    anchors: &Anchors<'_, F, F>,
    overlaps: &[F],
    config: &SsdConfig,
) -> Vec<usize> {
    Arrays::<F, B>::in_windows(|memory| {
        wide(ssd::negatives(Portable, anchors, overlaps, config, memory).unwrap().indices())
    })
}

#[inline(never)]
fn ssd_hard_examples<F: Float, const B: usize>(
    anchors: &Anchors<'_, F, F>,
    config: &SsdConfig,
) -> Vec<usize> {
    Arrays::<F, B>::in_windows(|memory| {
        wide(ssd::hard_examples(Portable, anchors, config, memory).unwrap().indices())
    })
}

#[inline(never)]
fn mmdet<F: Float, const B: usize>(
    losses: &[F],
    matches: &[i32],
    config: &MmdetConfig,
) -> (Vec<usize>, Vec<usize>) {
    Arrays::<F, B>::in_windows(|memory| {
        let memory = Memory::without_nms(memory.window, memory.selected);
        let (positives, hard) = rules::mmdet(Portable, losses, matches, config, memory).unwrap();
        let (positives, negatives) = hard.indices().split_at(positives);
        (wide(positives), wide(negatives))
    })
}

impl Rules for Core {
    fn per_image<F: Float>(images: &[u32], losses: &[F], quota: usize) -> Vec<usize> {
        at_capacity!(losses.len(), per_image::<F>(images, losses, quota))
    }

    fn tensorflow<F: Float>(
        boxes: &[[F; 4]],
        losses: &[F],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Vec<usize> {
        let most = config.num_hard_examples.unwrap_or(usize::MAX).min(losses.len());
        at_capacity!(most, tensorflow::<F>(boxes, losses, matches, config))
    }

    fn ssd_negatives<F: Float>(
        anchors: &Anchors<'_, F, F>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Vec<usize> {
        at_capacity!(anchors.losses.len(), ssd_negatives::<F>(anchors, overlaps, config))
    }

    fn ssd_hard_examples<F: Float>(anchors: &Anchors<'_, F, F>, config: &SsdConfig) -> Vec<usize> {
        at_capacity!(config.sample_size.min(anchors.losses.len()), ssd_hard_examples::<F>(anchors, config))
    }

    fn mmdet<F: Float>(losses: &[F], matches: &[i32], config: &MmdetConfig) -> (Vec<usize>, Vec<usize>) {
        at_capacity!(config.num.min(losses.len()), mmdet::<F>(losses, matches, config))
    }

    fn pixels_by_loss<F: Float>(losses: &[F], counts: &[bool], threshold: F, min_kept: usize) -> Vec<bool> {
        let mut kept = vec![true; losses.len()];
        let count = segmentation::by_loss(losses, counts, threshold, min_kept, &mut kept).unwrap();
        assert_eq!(kept.iter().filter(|&&kept| kept).count(), count, "how many are kept");
        kept
    }

    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool> {
        let mut kept = vec![true; probabilities.len()];
        let count =
            segmentation::by_probability(probabilities, counts, threshold, min_kept, counting, &mut kept);
        assert_eq!(kept.iter().filter(|&&kept| kept).count(), count.unwrap(), "how many are kept");
        kept
    }
}
