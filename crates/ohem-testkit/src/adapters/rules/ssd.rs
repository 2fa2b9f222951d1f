//! Caffe-SSD.

use ohem_core::rules::ssd::SsdConfig;
use ohem_core::rules::{Ignored, ssd};
use ohem_core::{BBox, Float, RankKey};
use ohem_std::VecStorage;

use super::super::errors::first_nan;
use super::super::{Core, Oracle, Std, at_capacity, wide, words};
use super::{Arrays, Selected};
use crate::oracle;

/// The anchors of an image.
#[derive(Clone, Copy, Debug)]
pub struct Anchors<'a, F, H = F> {
    /// Where each is predicted to be; may be empty without NMS.
    pub boxes: &'a [[F; 4]],
    /// What each is ranked by.
    pub losses: &'a [H],
    /// What each was matched with: an object, -1 for none, -2 to ignore it.
    pub matches: &'a [i32],
}

impl<F: Float, H> Anchors<'_, F, H> {
    /// Calls a rule with them, as core and std take them.
    fn given_to<R>(&self, rule: impl FnOnce(&ssd::Anchors<'_, F, H>) -> R) -> R {
        let &Self { boxes, losses, matches } = self;
        rule(&ssd::Anchors { boxes: BBox::from_rows(boxes), losses, matches: &words::matches(matches) })
    }
}

/// The two ways of Caffe-SSD, of one image.
pub trait Ssd {
    /// Mines as `MAX_NEGATIVE`.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn ssd_negatives<F: Float, H: RankKey>(
        anchors: &Anchors<'_, F, H>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Selected;

    /// Mines as `HARD_EXAMPLE`.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn ssd_hard_examples<F: Float, H: RankKey>(anchors: &Anchors<'_, F, H>, config: &SsdConfig) -> Selected;
}

impl Ssd for Oracle {
    fn ssd_negatives<F: Float, H: RankKey>(
        anchors: &Anchors<'_, F, H>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Selected {
        let below = |overlap: F| overlap < F::from_f64(config.neg_overlap);
        let pairs = anchors.matches.iter().zip(overlaps);
        let competes: Vec<_> = pairs.map(|(&matched, &overlap)| matched == -1 && below(overlap)).collect();
        let positives = anchors.matches.iter().filter(|&&matched| matched >= 0).count();
        naive(anchors, &competes, trunc(config.neg_pos_ratio, positives).max(config.min_negatives), config)
    }

    fn ssd_hard_examples<F: Float, H: RankKey>(anchors: &Anchors<'_, F, H>, config: &SsdConfig) -> Selected {
        let compete = config.ignored == Ignored::Compete;
        let competes: Vec<_> = anchors.matches.iter().map(|&matched| matched >= -1 || compete).collect();
        naive(anchors, &competes, config.sample_size, config)
    }
}

fn naive<F: Float, H: RankKey>(
    anchors: &Anchors<'_, F, H>,
    competes: &[bool],
    most: usize,
    config: &SsdConfig,
) -> Selected {
    let nms = config.nms.map(|nms| (F::from_f64(nms.iou_threshold), nms.top_k, nms.min_area));
    oracle::rules::ssd(anchors.boxes, anchors.losses, competes, most, nms, words::nan(config.nan))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the original computes in f32, of few positives, and truncates"
)]
fn trunc(ratio: f64, positives: usize) -> usize {
    (ratio as f32 * positives as f32) as usize
}

impl Ssd for Core {
    fn ssd_negatives<F: Float, H: RankKey>(
        anchors: &Anchors<'_, F, H>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Selected {
        at_capacity!(anchors.losses.len(), negatives_in_fixed::<F, H>(anchors, overlaps, config))
    }

    fn ssd_hard_examples<F: Float, H: RankKey>(anchors: &Anchors<'_, F, H>, config: &SsdConfig) -> Selected {
        let most = config.sample_size.min(anchors.losses.len());
        at_capacity!(most, hard_examples_in_fixed::<F, H>(anchors, config))
    }
}

#[inline(never)]
fn negatives_in_fixed<F: Float, H: RankKey, const B: usize>(
    anchors: &Anchors<'_, F, H>,
    overlaps: &[F],
    config: &SsdConfig,
) -> Selected {
    Arrays::<F, H, B>::in_windows(|storage| {
        let hard = anchors.given_to(|anchors| ssd::negatives(anchors, overlaps, config, storage));
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    })
}

#[inline(never)]
fn hard_examples_in_fixed<F: Float, H: RankKey, const B: usize>(
    anchors: &Anchors<'_, F, H>,
    config: &SsdConfig,
) -> Selected {
    Arrays::<F, H, B>::in_windows(|storage| {
        let hard = anchors.given_to(|anchors| ssd::hard_examples(anchors, config, storage));
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    })
}

impl Ssd for Std {
    fn ssd_negatives<F: Float, H: RankKey>(
        anchors: &Anchors<'_, F, H>,
        overlaps: &[F],
        config: &SsdConfig,
    ) -> Selected {
        let mut storage = VecStorage::<F, H>::new();
        let hard = anchors
            .given_to(|anchors| ohem_std::rules::ssd::negatives(anchors, overlaps, config, &mut storage));
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    }

    fn ssd_hard_examples<F: Float, H: RankKey>(anchors: &Anchors<'_, F, H>, config: &SsdConfig) -> Selected {
        let mut storage = VecStorage::<F, H>::new();
        let hard =
            anchors.given_to(|anchors| ohem_std::rules::ssd::hard_examples(anchors, config, &mut storage));
        hard.map(|hard| wide(hard.indices())).map_err(first_nan)
    }
}
