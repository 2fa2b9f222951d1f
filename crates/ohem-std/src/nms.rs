//! Non-maximum suppression in one call.

use ohem_core::{BBox, Float, NmsConfig, RankKey, Rois};

use crate::{Error, Miner};

/// Suppresses boxes that overlap a better one; returns the rest, best first.
///
/// O(n log n) to rank, and (n x kept) overlap tests at worst.
///
/// # Errors
///
/// If the slices differ in length, a score is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), or
/// the threshold is NaN.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, NmsConfig};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// let kept = ohem_std::nms(BBox::from_rows(&boxes), &[0.7, 0.9, 0.8], &NmsConfig::new(0.5))?;
/// assert_eq!(kept, [1, 2]);
/// # Ok::<(), ohem_std::Error>(())
/// ```
pub fn nms<F: Float, H: RankKey>(
    boxes: &[BBox<F>],
    scores: &[H],
    config: &NmsConfig,
) -> Result<Vec<u32>, Error> {
    keep(&Rois::one_group(boxes)?, scores, config)
}

/// Suppresses boxes that overlap a better one of the same group; returns the rest, best first.
///
/// A group is a class, an image, or any other key. Groups are compared, not shifted apart, so no coordinate
/// is too large and no box can spoil another group. O(n log n) to rank, and (n x kept) overlap tests at worst.
///
/// # Errors
///
/// If the slices differ in length, a score is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), or
/// the threshold is NaN.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, NmsConfig};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [0.0, 0.0, 2.0, 1.9]];
/// let (scores, classes) = ([0.7, 0.9, 0.8], [0, 1, 0]);
/// let kept = ohem_std::batched_nms(BBox::from_rows(&boxes), &scores, &classes, &NmsConfig::new(0.5))?;
/// assert_eq!(kept, [1, 2]);
/// # Ok::<(), ohem_std::Error>(())
/// ```
pub fn batched_nms<F: Float, H: RankKey>(
    boxes: &[BBox<F>],
    scores: &[H],
    groups: &[u32],
    config: &NmsConfig,
) -> Result<Vec<u32>, Error> {
    keep(&Rois::by_label(boxes, groups)?, scores, config)
}

/// NMS is mining with room for all.
fn keep<F: Float, H: RankKey>(
    rois: &Rois<'_, F>,
    scores: &[H],
    config: &NmsConfig,
) -> Result<Vec<u32>, Error> {
    Ok(Miner::new(config.keeping(rois.len()))?.mine(rois, scores)?.indices().to_vec())
}
