//! The ground truth that each RoI belongs to.

use ohem_core::targets::{self, ByImage};
use ohem_core::{ConfigError, Float, InputError, Match, OutOfRange};

use crate::config::{Convention, convention};
use crate::export::export;
use crate::lend::{slice, slice_mut};
use crate::rois::{BBox, boxes};
use crate::status::{Refusal, Status};

/// Labels and targets: the settings that core can refuse are thresholds and the rows of a normalisation.
pub(crate) fn refusal(error: InputError) -> Refusal {
    match error {
        InputError::Config(ConfigError::Row { row, .. }) => Status::Normalization.of(row),
        InputError::Config(ConfigError::Setting { .. }) => Status::NanThreshold.into(),
        InputError::Config(ConfigError::Capacity { needed, .. }) => Status::TooMany.of(needed),
        InputError::OutOfRange(OutOfRange { what: "class", position, .. }) => Status::Label.of(position),
        _ => error.into(),
    }
}

/// Views matches, labels or classes.
///
/// # Safety
///
/// As [`slice`].
pub(crate) unsafe fn matches<'a>(
    pointer: *const u32,
    length: usize,
    bad: Status,
) -> Result<&'a [Match], Refusal> {
    // SAFETY: as promised by the caller.
    unsafe { slice(pointer, length, bad) }.map(Match::from_numbers)
}

/// Views matches, labels or classes, to be written.
///
/// # Safety
///
/// As [`slice_mut`].
pub(crate) unsafe fn matches_mut<'a>(
    pointer: *mut u32,
    length: usize,
    bad: Status,
) -> Result<&'a mut [Match], Refusal> {
    // SAFETY: as promised by the caller.
    unsafe { slice_mut(pointer, length, bad) }.map(Match::from_numbers_mut)
}

/// The best ground-truth box of each RoI and the IoU with it, to be written.
type Assigned<'a, F> = (&'a mut [F], &'a mut [Match]);

/// Views where an assignment is written.
///
/// # Safety
///
/// As [`slice_mut`], for both.
unsafe fn assigned<'a, F>(
    overlaps: *mut F,
    matches: *mut u32,
    length: usize,
) -> Result<Assigned<'a, F>, Refusal> {
    // SAFETY: as promised by the caller.
    unsafe {
        let overlaps = slice_mut(overlaps, length, Status::PointerOut)?;
        Ok((overlaps, matches_mut(matches, length, Status::PointerOut)?))
    }
}

unsafe fn assign<F: Float>(
    rois: *const BBox<F>,
    length: usize,
    ground_truth: *const BBox<F>,
    count: usize,
    convention: Convention,
    overlaps: *mut F,
    matches: *mut u32,
) -> Result<(), Refusal> {
    let convention = self::convention(convention)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let (rois, ground_truth) = (boxes(rois, length)?, boxes(ground_truth, count)?);
        let (overlaps, matches) = assigned(overlaps, matches, length)?;
        targets::assign(rois, ground_truth, convention, overlaps, matches).map_err(refusal)
    }
}

unsafe fn assign_batch<F: Float>(
    rois: *const BBox<F>,
    images: *const u32,
    length: usize,
    ground_truth: *const BBox<F>,
    ground_truth_images: *const u32,
    count: usize,
    convention: Convention,
    overlaps: *mut F,
    matches: *mut u32,
) -> Result<(), Refusal> {
    let convention = self::convention(convention)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let by_image = |pointer, images, length| {
            let images = slice(images, length, Status::PointerImages)?;
            Ok::<_, Refusal>(ByImage { boxes: boxes(pointer, length)?, images })
        };
        let (rois, ground_truth) =
            (by_image(rois, images, length)?, by_image(ground_truth, ground_truth_images, count)?);
        let (overlaps, matches) = assigned(overlaps, matches, length)?;
        targets::assign_batch(rois, ground_truth, convention, overlaps, matches).map_err(refusal)
    }
}

unsafe fn assign_own<F: Float>(
    ground_truth: *const BBox<F>,
    count: usize,
    convention: Convention,
    overlaps: *mut F,
    matches: *mut u32,
) -> Result<(), Refusal> {
    let convention = self::convention(convention)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let ground_truth = boxes(ground_truth, count)?;
        let (overlaps, matches) = assigned(overlaps, matches, count)?;
        targets::assign_own(ground_truth, convention, overlaps, matches).map_err(refusal)
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Assignments by the IoU of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Finds the best ground-truth box of each RoI of an image, and the IoU with it.
                ///
                /// A match is the index of the box, of equal ones the lowest; `OHEM_BACKGROUND`, with IoU 0, if a RoI
                /// overlaps none. `overlaps` and `matches` have `length` elements. O(length x count).
                fn assign(
                    rois: *const BBox<$float>,
                    length: usize,
                    ground_truth: *const BBox<$float>,
                    count: usize,
                    convention: Convention,
                    overlaps: *mut $float,
                    matches: *mut u32,
                );

                /// Does the same for the RoIs and ground truth of many images; a match is an index into all ground truth.
                ///
                /// RoIs of an image that follow each other are assigned together, and fast. O(length x the count of
                /// their image), and one pass over all ground truth for each run of RoIs.
                fn assign_batch(
                    rois: *const BBox<$float>,
                    images: *const u32,
                    length: usize,
                    ground_truth: *const BBox<$float>,
                    ground_truth_images: *const u32,
                    count: usize,
                    convention: Convention,
                    overlaps: *mut $float,
                    matches: *mut u32,
                );

                /// Matches each ground-truth box with itself, for ground truth that is among the RoIs. O(count).
                ///
                /// A box whose IoU with itself is 0 is `OHEM_BACKGROUND`.
                fn assign_own(
                    ground_truth: *const BBox<$float>,
                    count: usize,
                    convention: Convention,
                    overlaps: *mut $float,
                    matches: *mut u32,
                );
            }
        }
    )*};
}

instances!(f32 f64);
