//! Suppression.

use ohem_core::{BBox, Float, NmsConfig, RankKey, Selection};

use super::errors::NamesNan as _;
use super::{Core, Oracle, Std, at_capacity, wide, words};
use crate::oracle;

/// What is kept, hardest first, or the index of the first NaN.
pub type Kept = Result<Vec<usize>, usize>;

/// One way to suppress.
pub trait Nms {
    /// Suppresses as if all were of one group.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig) -> Kept;

    /// Suppresses in each group.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
    ) -> Kept;
}

impl Nms for Oracle {
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig) -> Kept {
        by_pairs(boxes, scores, &vec![(0, 0); boxes.len()], config)
    }

    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
    ) -> Kept {
        by_pairs(boxes, scores, &groups.iter().map(|&group| (0, group)).collect::<Vec<_>>(), config)
    }
}

/// The oracle's suppression in groups that are pairs, of image and label for instance.
///
/// # Errors
///
/// The index of the first NaN, where a NaN is an error.
pub fn by_pairs<F: Float, H: RankKey>(
    boxes: &[[F; 4]],
    scores: &[H],
    groups: &[(u32, u32)],
    config: &NmsConfig,
) -> Kept {
    let (threshold, suppress) = (F::from_f64(config.threshold), words::suppress(config.suppress));
    let (convention, nan) = (words::convention(config.convention), words::nan(config.nan));
    oracle::nms(boxes, groups, scores, threshold, suppress, convention, nan)
}

impl Nms for Core {
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig) -> Kept {
        at_capacity!(boxes.len(), in_fixed::<F, H>(boxes, scores, None, config))
    }

    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
    ) -> Kept {
        at_capacity!(boxes.len(), in_fixed::<F, H>(boxes, scores, Some(groups), config))
    }
}

/// Suppresses, in groups or in one, in fixed memory that holds `N` boxes: the `N` hardest of what is kept.
///
/// # Errors
///
/// The index of the first NaN, where a NaN is an error.
///
/// # Panics
///
/// If the threshold is NaN.
#[inline(never)]
pub fn in_fixed<F: Float, H: RankKey, const N: usize>(
    boxes: &[[F; 4]],
    scores: &[H],
    groups: Option<&[u32]>,
    config: &NmsConfig,
) -> Kept {
    let mut nms = Box::new(ohem_core::Nms::<F, N, H>::new(*config).expect("the threshold is a number"));
    let boxes = BBox::from_rows(boxes);
    let kept = match groups {
        Some(groups) => nms.batched_nms(boxes, groups, scores),
        None => nms.nms(boxes, scores),
    };
    kept.map(indices).map_err(|error| error.nan())
}

fn indices(kept: Selection<&[u32]>) -> Vec<usize> {
    wide(kept.indices())
}

impl Nms for Std {
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig) -> Kept {
        let kept = ohem_std::nms(BBox::from_rows(boxes), scores, config);
        kept.map(|kept| wide(&kept)).map_err(|error| error.nan())
    }

    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
    ) -> Kept {
        let kept = ohem_std::batched_nms(BBox::from_rows(boxes), scores, groups, config);
        kept.map(|kept| wide(&kept)).map_err(|error| error.nan())
    }
}
