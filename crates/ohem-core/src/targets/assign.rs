//! The best ground-truth box of each RoI.

use crate::error::{ConfigError, InputError, InvalidBox, LengthMismatch};
use crate::simd::{Portable, Simd};
use crate::{BBox, Convention, Float, Match};

mod best;

use best::best;

/// Finds the best ground-truth box of each RoI of an image, and the IoU with it.
///
/// A match is the index of the box; of boxes with the same IoU, the lowest index. A RoI that overlaps no box
/// is [`Match::BACKGROUND`] with IoU 0, and so is an invalid one, and every RoI of an image without ground
/// truth. O(RoIs x ground truth).
///
/// Source: `bbox_overlaps` and its `argmax` in the original's imdb, where a RoI that overlaps nothing has
/// class 0.
///
/// # Errors
///
/// If `overlaps` or `matches` is not as long as `rois`, a ground-truth box is invalid ([`BBox::is_box`]), or
/// there are more boxes than a match can number. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::assign;
/// use ohem_core::{BBox, Convention, Match};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 1.0], [0.0, 0.0, 9.0, 4.0]]);
/// let (mut overlaps, mut matches) = ([0.0; 2], [Match::IGNORED; 2]);
/// assign(rois, ground_truth, Convention::Pixel, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([0.5, 0.0], [Match::object(1), Match::BACKGROUND]));
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn assign<F: Float>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [Match],
) -> Result<(), InputError> {
    assign_on(Portable, rois, ground_truth, convention, overlaps, matches)
}

/// As [`assign`], on a chosen instruction set.
pub fn assign_on<F: Float, S: Simd>(
    simd: S,
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [Match],
) -> Result<(), InputError> {
    check(rois, ground_truth, convention, overlaps, matches)?;
    simd.run(
        #[inline(always)]
        || best::<F, S>(rois, ground_truth.iter().zip(0..), convention, overlaps, matches),
    );
    Ok(())
}

/// Boxes of several images.
#[derive(Clone, Copy, Debug)]
pub struct ByImage<'a, F> {
    /// The boxes.
    pub boxes: &'a [BBox<F>],
    /// The image of each box.
    pub images: &'a [u32],
}

/// Finds the best ground-truth box of the same image for each RoI of a batch, and the IoU with it.
///
/// A match is an index into the ground truth of all images; otherwise as [`assign`]. The boxes of an image
/// may be anywhere in the slices, but only RoIs of the same image that follow each other are assigned
/// together, and fast. O(RoIs x ground truth of their image), plus one pass over all ground truth for each
/// run of RoIs.
///
/// Source: as [`assign`]; the original goes image by image.
///
/// # Errors
///
/// As [`assign`], and if there are not as many images as boxes.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{ByImage, assign_batch};
/// use ohem_core::{BBox, Convention, Match};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 3];
/// let rois = ByImage { boxes: &boxes, images: &[0, 1, 2] };
/// let ground_truth = ByImage { boxes: &boxes[..2], images: &[1, 0] };
/// let (mut overlaps, mut matches) = ([0.0; 3], [Match::IGNORED; 3]);
/// assign_batch(rois, ground_truth, Convention::Pixel, &mut overlaps, &mut matches)?;
/// assert_eq!(overlaps, [1.0, 1.0, 0.0]);
/// assert_eq!(matches, [Match::object(1), Match::object(0), Match::BACKGROUND]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn assign_batch<F: Float>(
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [Match],
) -> Result<(), InputError> {
    assign_batch_on(Portable, rois, ground_truth, convention, overlaps, matches)
}

/// As [`assign_batch`], on a chosen instruction set.
pub fn assign_batch_on<F: Float, S: Simd>(
    simd: S,
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [Match],
) -> Result<(), InputError> {
    LengthMismatch::check("image ids of RoIs", rois.boxes.len(), rois.images.len())?;
    LengthMismatch::check("image ids of ground truth", ground_truth.boxes.len(), ground_truth.images.len())?;
    check(rois.boxes, ground_truth.boxes, convention, overlaps, matches)?;
    simd.run(
        #[inline(always)]
        || runs::<F, S>(rois, ground_truth, convention, overlaps, matches),
    );
    Ok(())
}

/// Matches each ground-truth box with itself, for ground truth that is among the RoIs.
///
/// The original trains on the ground truth of an image followed by its proposals. This function writes the
/// first part of the results, [`assign`] the rest. Unlike [`assign`], it tells two objects with the same box
/// apart. A box without area has IoU 0 with itself and is [`Match::BACKGROUND`]. O(n).
///
/// Source: `gt_overlaps` of the original's imdb, which are 1 whatever the box.
///
/// # Errors
///
/// As [`assign`].
///
/// # Examples
///
/// ```
/// use ohem_core::targets::assign_own;
/// use ohem_core::{BBox, Convention, Match};
///
/// let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 9.0], [5.0, 5.0, 5.0, 5.0]];
/// let (mut overlaps, mut matches) = ([0.0; 3], [Match::IGNORED; 3]);
/// assign_own(BBox::from_rows(&rows), Convention::Continuous, &mut overlaps, &mut matches)?;
/// assert_eq!(overlaps, [1.0, 1.0, 0.0]);
/// assert_eq!(matches, [Match::object(0), Match::object(1), Match::BACKGROUND]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn assign_own<F: Float>(
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [Match],
) -> Result<(), InputError> {
    check(ground_truth, ground_truth, convention, overlaps, matches)?;
    let out = overlaps.iter_mut().zip(matches);
    for ((bbox, index), (overlap, matched)) in ground_truth.iter().zip(0..).zip(out) {
        *overlap = bbox.iou(bbox, convention);
        *matched = if *overlap > F::zero() { Match::object(index) } else { Match::BACKGROUND };
    }
    Ok(())
}

fn check<F: Float>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &[F],
    matches: &[Match],
) -> Result<(), InputError> {
    LengthMismatch::check("overlaps", rois.len(), overlaps.len())?;
    LengthMismatch::check("matches", rois.len(), matches.len())?;
    ConfigError::check_capacity("ground-truth boxes", ground_truth.len(), Match::OBJECTS as usize)?;
    // RoIs on an object whose box is invalid would train as background.
    InvalidBox::check("ground-truth box", ground_truth, convention)?;
    Ok(())
}

/// Assigns RoIs run by run; a run is RoIs of the same image that follow each other.
#[inline(always)]
fn runs<F: Float, S: Simd>(
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
    mut overlaps: &mut [F],
    mut matches: &mut [Match],
) {
    let ByImage { mut boxes, mut images } = rois;
    while let Some(image) = images.first() {
        let of_image = ground_truth.boxes.iter().zip(0..).zip(ground_truth.images);
        let of_image = of_image.filter(|(_, other)| *other == image).map(|(numbered, _)| numbered);
        let run = images.iter().take_while(|other| *other == image).count();
        let (Some(run_overlaps), Some(run_matches)) =
            (overlaps.split_off_mut(..run), matches.split_off_mut(..run))
        else {
            return;
        };
        best::<F, S>(boxes.get(..run).unwrap_or_default(), of_image, convention, run_overlaps, run_matches);
        boxes = boxes.get(run..).unwrap_or_default();
        images = images.get(run..).unwrap_or_default();
    }
}
