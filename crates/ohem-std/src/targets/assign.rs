//! The best ground-truth box of each RoI, in new `Vec`s.

use ohem_core::{BBox, Convention, Float, InputError, Match, kernel, targets};

use super::ByImage;
use crate::simd::dispatch;

/// Finds the best ground-truth box of each RoI of an image: the IoUs, and the matches.
///
/// See [`ohem_core::targets::assign`]. O(RoIs x ground truth).
///
/// # Errors
///
/// If a ground-truth box is invalid, or there is more ground truth than a match can number.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::assign;
/// use ohem_std::{BBox, Convention, Match};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 4.0]]);
/// let (overlaps, matches) = assign(rois, ground_truth, Convention::Pixel)?;
/// assert_eq!(overlaps, [0.5, 0.0]);
/// assert_eq!(matches, [Match::object(0), Match::BACKGROUND]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn assign<F: Float>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
) -> Result<(Vec<F>, Vec<Match>), InputError> {
    written(rois.len(), |overlaps, matches| {
        dispatch!(simd => {
            kernel::targets::assign(simd, rois, ground_truth, convention, overlaps, matches)
        })
    })
}

/// Finds the best ground-truth box of the same image for each RoI of a batch: the IoUs, and the matches.
///
/// See [`ohem_core::targets::assign_batch`]. O(RoIs x ground truth of their image).
///
/// # Errors
///
/// If there are not as many images as boxes, a ground-truth box is invalid, or there is more ground truth than a
/// match can number.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{ByImage, assign_batch};
/// use ohem_std::{BBox, Convention, Match};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
/// let rois = ByImage { boxes: &boxes, images: &[0, 1] };
/// let ground_truth = ByImage { boxes: &boxes, images: &[1, 0] };
/// let (_, matches) = assign_batch(rois, ground_truth, Convention::Pixel)?;
/// assert_eq!(matches, [Match::object(1), Match::object(0)]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn assign_batch<F: Float>(
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
) -> Result<(Vec<F>, Vec<Match>), InputError> {
    written(rois.boxes.len(), |overlaps, matches| {
        dispatch!(simd => {
            kernel::targets::assign_batch(simd, rois, ground_truth, convention, overlaps, matches)
        })
    })
}

/// Matches each ground-truth box with itself, for ground truth that is among the RoIs.
///
/// See [`ohem_core::targets::assign_own`]. O(n).
///
/// # Errors
///
/// If a ground-truth box is invalid, or there is more ground truth than a match can number.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::assign_own;
/// use ohem_std::{BBox, Convention, Match};
///
/// let same = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
/// let (overlaps, matches) = assign_own(&same, Convention::Pixel)?;
/// assert_eq!(overlaps, [1.0, 1.0]);
/// assert_eq!(matches, [Match::object(0), Match::object(1)]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn assign_own<F: Float>(
    ground_truth: &[BBox<F>],
    convention: Convention,
) -> Result<(Vec<F>, Vec<Match>), InputError> {
    written(ground_truth.len(), |overlaps, matches| {
        targets::assign_own(ground_truth, convention, overlaps, matches)
    })
}

/// Has an IoU and a match written for each RoI.
fn written<F: Float>(
    len: usize,
    write: impl FnOnce(&mut [F], &mut [Match]) -> Result<(), InputError>,
) -> Result<(Vec<F>, Vec<Match>), InputError> {
    let (mut overlaps, mut matches) = (vec![F::zero(); len], vec![Match::BACKGROUND; len]);
    write(&mut overlaps, &mut matches)?;
    Ok((overlaps, matches))
}
