//! The best ground-truth box of each RoI.

use core::fmt;

use crate::simd::Simd;
use crate::{BBox, Convention, Float};

mod best;

use best::best;

/// What stands for the ground-truth box of a RoI that overlaps none.
pub const UNMATCHED: u32 = u32::MAX;

/// Finds each RoI of an image its best ground-truth box, and the IoU with it.
///
/// Equal IoUs go to the lowest index. A RoI that overlaps no ground truth gets 0 and [`UNMATCHED`]; so do all
/// where there is no ground truth, and whatever is not a box. O(RoIs x ground truth).
///
/// Source: `bbox_overlaps` and its `argmax` in the reference's imdb. That knows no [`UNMATCHED`]: a RoI that
/// overlaps nothing has class 0 there.
///
/// # Errors
///
/// If the slices for the results are not as long as there are RoIs, or there are more boxes than a `u32` can
/// number. Then nothing is written.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{UNMATCHED, assign};
/// use ohem_core::{BBox, Convention, simd::Portable};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 1.0], [0.0, 0.0, 9.0, 4.0]]);
/// let (mut overlaps, mut matches) = ([0.0; 2], [0; 2]);
/// assign(Portable, rois, ground_truth, Convention::Pixel, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([0.5, 0.0], [1, UNMATCHED]));
/// # Ok::<(), ohem_core::targets::AssignError>(())
/// ```
pub fn assign<F: Float, S: Simd>(
    simd: S,
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) -> Result<(), AssignError> {
    check(rois, ground_truth, overlaps, matches)?;
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
    /// Which image each is of.
    pub images: &'a [u32],
}

/// Finds each RoI of a batch its best ground-truth box of the same image, and the IoU with it.
///
/// The boxes of an image may lie anywhere in the slices, but RoIs of one image that follow each other are
/// assigned together, and fast. What is said of [`assign`] holds here; the matches are indices into the ground
/// truth of all images. O(RoIs x ground truth of their image), and a look at all ground truth for each run.
///
/// Source: as [`assign`]; the reference goes image by image.
///
/// # Errors
///
/// As [`assign`], and if there are not as many images as boxes.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{ByImage, UNMATCHED, assign_batch};
/// use ohem_core::{BBox, Convention, simd::Portable};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 3];
/// let rois = ByImage { boxes: &boxes, images: &[0, 1, 2] };
/// let ground_truth = ByImage { boxes: &boxes[..2], images: &[1, 0] };
/// let (mut overlaps, mut matches) = ([0.0; 3], [0; 3]);
/// assign_batch(Portable, rois, ground_truth, Convention::Pixel, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([1.0, 1.0, 0.0], [1, 0, UNMATCHED]));
/// # Ok::<(), ohem_core::targets::AssignError>(())
/// ```
pub fn assign_batch<F: Float, S: Simd>(
    simd: S,
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) -> Result<(), AssignError> {
    for ByImage { boxes, images } in [rois, ground_truth] {
        if images.len() != boxes.len() {
            return Err(AssignError::Images { boxes: boxes.len(), images: images.len() });
        }
    }
    check(rois.boxes, ground_truth.boxes, overlaps, matches)?;
    simd.run(
        #[inline(always)]
        || runs::<F, S>(rois, ground_truth, convention, overlaps, matches),
    );
    Ok(())
}

/// Matches each ground-truth box with itself, for ground truth that is among the RoIs.
///
/// The RoIs that the reference trains on are the ground truth of an image and then the proposals. Its part of
/// the results is written by this, the rest by [`assign`]. Against [`assign`] it makes a difference where two
/// objects have the same box: each stays what it is. A box whose IoU with itself is 0, because it has no area
/// or is no box, stays [`UNMATCHED`].
///
/// Source: `gt_overlaps` of the reference's imdb, which are 1 whatever the box.
///
/// # Errors
///
/// As [`assign`].
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{UNMATCHED, assign_own};
/// use ohem_core::{BBox, Convention};
///
/// let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 9.0], [5.0, 5.0, 5.0, 5.0]];
/// let (mut overlaps, mut matches) = ([0.0; 3], [0; 3]);
/// assign_own(BBox::from_rows(&rows), Convention::Continuous, &mut overlaps, &mut matches)?;
/// assert_eq!((overlaps, matches), ([1.0, 1.0, 0.0], [0, 1, UNMATCHED]));
/// # Ok::<(), ohem_core::targets::AssignError>(())
/// ```
pub fn assign_own<F: Float>(
    ground_truth: &[BBox<F>],
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) -> Result<(), AssignError> {
    check(ground_truth, ground_truth, overlaps, matches)?;
    let places = overlaps.iter_mut().zip(matches).zip(0_u32..);
    for (((overlap, place), index), bbox) in places.zip(ground_truth) {
        *overlap = bbox.iou(bbox, convention);
        *place = if *overlap > F::zero() { index } else { UNMATCHED };
    }
    Ok(())
}

/// Checks that everything goes together.
fn check<F>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    overlaps: &[F],
    matches: &[u32],
) -> Result<(), AssignError> {
    if let Some(&places) = [overlaps.len(), matches.len()].iter().find(|&&places| places != rois.len()) {
        return Err(AssignError::Room { rois: rois.len(), places });
    }
    match u32::try_from(ground_truth.len()) {
        Ok(_) => Ok(()), // the last index is less than `UNMATCHED`
        Err(_) => Err(AssignError::TooMany { ground_truth: ground_truth.len() }),
    }
}

/// Assigns RoIs run by run: those that follow each other and are of one image.
#[inline(always)]
fn runs<F: Float, S: Simd>(
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
    mut overlaps: &mut [F],
    mut matches: &mut [u32],
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

/// Why RoIs could not be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssignError {
    /// A slice for the results is not as long as there are RoIs.
    Room {
        /// How many RoIs there are.
        rois: usize,
        /// How many places there are.
        places: usize,
    },
    /// There are not as many images as boxes.
    Images {
        /// How many boxes there are.
        boxes: usize,
        /// How many images there are.
        images: usize,
    },
    /// There are more ground-truth boxes than a `u32` can number.
    TooMany {
        /// How many there are.
        ground_truth: usize,
    },
}

impl fmt::Display for AssignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room { rois, places } => write!(f, "{rois} RoIs, but room for {places} results"),
            Self::Images { boxes, images } => write!(f, "{boxes} boxes, but {images} images"),
            Self::TooMany { ground_truth } => {
                write!(f, "{ground_truth} ground-truth boxes, more than a u32 can number")
            }
        }
    }
}

impl core::error::Error for AssignError {}
