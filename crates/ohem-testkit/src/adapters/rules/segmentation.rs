//! Segmentation.

use ohem_core::rules::segmentation::{self, Counting};
use ohem_core::{Float, RankKey};

use super::super::{Core, Oracle, Std, words};
use crate::oracle;

/// Which pixels are kept.
pub trait Segmentation {
    /// Those whose loss is above a threshold, or the hardest `min_kept`.
    fn pixels_by_loss<H: RankKey>(losses: &[H], counts: &[bool], threshold: H, min_kept: usize) -> Vec<bool>;

    /// Those whose probability is below a threshold, or the lowest `min_kept`.
    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool>;
}

impl Segmentation for Oracle {
    fn pixels_by_loss<H: RankKey>(losses: &[H], counts: &[bool], threshold: H, min_kept: usize) -> Vec<bool> {
        oracle::rules::segmentation(losses, counts, threshold, min_kept)
    }

    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool> {
        let counting = words::counting(counting);
        oracle::rules::by_probability(probabilities, counts, threshold, min_kept, counting)
    }
}

const FITS: &str = "a flag for each pixel";

impl Segmentation for Core {
    fn pixels_by_loss<H: RankKey>(losses: &[H], counts: &[bool], threshold: H, min_kept: usize) -> Vec<bool> {
        let mut kept = vec![true; losses.len()];
        let count = segmentation::by_loss(losses, counts, threshold, min_kept, &mut kept).expect(FITS);
        counted(kept, count)
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
        counted(kept, count.expect(FITS))
    }
}

fn counted(kept: Vec<bool>, count: usize) -> Vec<bool> {
    assert_eq!(kept.iter().filter(|&&kept| kept).count(), count, "how many are kept");
    kept
}

impl Segmentation for Std {
    fn pixels_by_loss<H: RankKey>(losses: &[H], counts: &[bool], threshold: H, min_kept: usize) -> Vec<bool> {
        ohem_std::rules::segmentation::by_loss(losses, counts, threshold, min_kept).expect(FITS)
    }

    fn pixels_by_probability<F: Float>(
        probabilities: &[F],
        counts: &[bool],
        threshold: F,
        min_kept: usize,
        counting: Counting,
    ) -> Vec<bool> {
        let kept = ohem_std::rules::segmentation::by_probability(
            probabilities,
            counts,
            threshold,
            min_kept,
            counting,
        );
        kept.expect(FITS)
    }
}
