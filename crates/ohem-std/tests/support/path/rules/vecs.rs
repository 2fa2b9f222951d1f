//! The rules over Vecs.

use ohem_core::rules::segmentation::Counting;
use ohem_core::rules::ssd::{Anchors, SsdConfig};
use ohem_core::rules::{MmdetConfig, TensorflowConfig};
use ohem_core::{BBox, Float, NanPolicy};
use ohem_std::rules;

use super::Rules;
use crate::support::path::{Std, wide};

impl Rules for Std {
    fn per_image<F: Float>(images: &[u32], losses: &[F], quota: usize) -> Vec<usize> {
        wide(rules::per_image(images, losses, quota, NanPolicy::Error).unwrap().indices())
    }

    fn tensorflow<F: Float>(
        boxes: &[[F; 4]],
        losses: &[F],
        matches: &[i32],
        config: &TensorflowConfig,
    ) -> Vec<usize> {
        wide(rules::tensorflow(BBox::from_rows(boxes), losses, matches, config).unwrap().indices())
    }

    fn ssd_negatives<F: Float>(
        anchors: &Anchors<'_, F, F>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Vec<usize> {
        wide(rules::ssd_negatives(anchors, overlaps, config).unwrap().indices())
    }

    fn ssd_hard_examples<F: Float>(anchors: &Anchors<'_, F, F>, config: &SsdConfig) -> Vec<usize> {
        wide(rules::ssd_hard_examples(anchors, config).unwrap().indices())
    }

    fn mmdet<F: Float>(losses: &[F], matches: &[i32], config: &MmdetConfig) -> (Vec<usize>, Vec<usize>) {
        let (positives, hard) = rules::mmdet(losses, matches, config).unwrap();
        let (positives, negatives) = hard.indices().split_at(positives);
        (wide(positives), wide(negatives))
    }

    fn pixels_by_loss<F: Float>(losses: &[F], counts: &[bool], threshold: F, min_kept: usize) -> Vec<bool> {
        rules::pixels_by_loss(losses, counts, threshold, min_kept).unwrap()
    }

    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool> {
        rules::pixels_by_probability(probabilities, counts, threshold, min_kept, counting).unwrap()
    }
}
