//! Suppression.

use ohem_core::{ArrayStorage, BBox, Float, MineError, NanPolicy, NmsConfig, RankKey, Selection};

use super::errors::first_nan;
use super::{Core, Oracle, Std, at_capacity, wide, words};
use crate::oracle;

/// The kept boxes, hardest first, or the index of the first NaN.
pub type Kept = Result<Vec<usize>, usize>;

/// One way to suppress.
pub trait Nms {
    /// Suppresses as if all boxes belonged to one group.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig, nan: NanPolicy) -> Kept;

    /// Suppresses in each group; `u32::MAX` is the group of those that take no part.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
        nan: NanPolicy,
    ) -> Kept;
}

impl Nms for Oracle {
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig, nan: NanPolicy) -> Kept {
        by_pairs(boxes, scores, &vec![(0, 0); boxes.len()], config, nan)
    }

    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
        nan: NanPolicy,
    ) -> Kept {
        let groups: Vec<_> = groups.iter().map(|&group| (0, group)).collect();
        by_pairs(boxes, scores, &groups, config, nan)
    }
}

/// The oracle's suppression in groups that are pairs, of image and label for instance.
///
/// Those of which an image or label is ignored are left out, as if they did not exist.
///
/// # Errors
///
/// The index of the first NaN, where a NaN is an error.
pub fn by_pairs<F: Float, H: RankKey>(
    boxes: &[[F; 4]],
    scores: &[H],
    groups: &[(u32, u32)],
    config: &NmsConfig,
    nan: NanPolicy,
) -> Kept {
    let (threshold, suppress) = (F::from_f64(config.iou_threshold), words::suppress(config.suppress));
    let (convention, nan) = (words::convention(config.convention), words::nan(nan));
    // A NaN is found before anyone asks whose it is.
    oracle::rank(scores, nan)?;
    let part = words::members(groups);
    let groups: Vec<_> = part.iter().map(|&index| groups[index]).collect();
    let (boxes, scores): (Vec<_>, Vec<_>) = part.iter().map(|&index| (boxes[index], scores[index])).unzip();
    let kept = oracle::nms(&boxes, &groups, &scores, threshold, suppress, convention, nan)?;
    Ok(kept.into_iter().map(|index| part[index]).collect())
}

impl Nms for Core {
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig, nan: NanPolicy) -> Kept {
        at_capacity!(boxes.len(), in_fixed::<F, H>(boxes, scores, None, config, nan))
    }

    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
        nan: NanPolicy,
    ) -> Kept {
        at_capacity!(boxes.len(), in_fixed::<F, H>(boxes, scores, Some(groups), config, nan))
    }
}

/// Suppresses, in groups or in one, in fixed memory that holds `N` boxes: the `N` hardest that are kept.
///
/// In one call, if the policy is that of one call, it must be the same.
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
    nan: NanPolicy,
) -> Kept {
    let nms = ohem_core::Nms::<F, N, H>::with_nan(*config, nan);
    let (mut nms, boxes) = (Box::new(nms.expect("the threshold is a number")), BBox::from_rows(boxes));
    let kept = indices(match groups {
        Some(groups) => nms.batched_nms(boxes, scores, groups),
        None => nms.nms(boxes, scores),
    });
    if nan == NanPolicy::Error {
        let mut storage = Box::new(ArrayStorage::<F, N, H>::new());
        let once = match groups {
            Some(groups) => ohem_core::batched_nms(boxes, scores, groups, config, &mut *storage),
            None => ohem_core::nms(boxes, scores, config, &mut *storage),
        };
        assert_eq!(indices(once), kept, "in one call");
    }
    kept
}

fn indices(kept: Result<Selection<&[u32]>, MineError>) -> Kept {
    kept.map(|kept| wide(kept.indices())).map_err(first_nan)
}

impl Nms for Std {
    fn nms<F: Float, H: RankKey>(boxes: &[[F; 4]], scores: &[H], config: &NmsConfig, nan: NanPolicy) -> Kept {
        let (mut nms, boxes) = (in_vecs(config, nan), BBox::from_rows(boxes));
        let kept = indices(nms.nms(boxes, scores));
        if nan == NanPolicy::Error {
            let once = ohem_std::nms(boxes, scores, config);
            assert_eq!(once.map(|kept| wide(&kept)).map_err(first_nan), kept, "in one call");
        }
        kept
    }

    fn batched_nms<F: Float, H: RankKey>(
        boxes: &[[F; 4]],
        scores: &[H],
        groups: &[u32],
        config: &NmsConfig,
        nan: NanPolicy,
    ) -> Kept {
        let (mut nms, boxes) = (in_vecs(config, nan), BBox::from_rows(boxes));
        let kept = indices(nms.batched_nms(boxes, scores, groups));
        if nan == NanPolicy::Error {
            let once = ohem_std::batched_nms(boxes, scores, groups, config);
            assert_eq!(once.map(|kept| wide(&kept)).map_err(first_nan), kept, "in one call");
        }
        kept
    }
}

fn in_vecs<F: Float, H: RankKey>(config: &NmsConfig, nan: NanPolicy) -> ohem_std::Nms<F, H> {
    ohem_std::Nms::with_nan(*config, nan).expect("the threshold is a number")
}
