//! Boxes as deltas from other boxes: encoding, decoding, scaling and clipping.

use ohem_core::targets::{self, Normalization as CoreNormalization};
use ohem_core::{Float, Match};

use crate::config::{Convention, OHEM_CONVENTION_PIXEL, convention};
use crate::export::export;
use crate::lend::{one, slice, slice_mut};
use crate::rois::{BBox, boxes, boxes_mut};
use crate::status::{Refusal, Status};
use crate::targets::{matches, refusal};

/// The right and bottom edge of a decoded box: one of `OHEM_DECODE_...`.
pub type Decode = u32;
/// Decoding undoes encoding.
pub const OHEM_DECODE_EXACT: Decode = 0;
/// One pixel further out on pixel boxes, as in the original.
pub const OHEM_DECODE_ORIGINAL: Decode = 1;

/// Encodes boxes as regression targets relative to other boxes, and decodes predicted deltas into boxes.
///
/// Targets and deltas are `[dx, dy, dw, dh]`: the move of the centre, in widths and heights of the box it starts
/// from, and the logarithm of the factors by which width and height grow.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoxCoder<F> {
    /// Whether the right and bottom edge belong to a box.
    pub convention: Convention,
    /// The right and bottom edge of a decoded box.
    pub decoding: Decode,
    /// Upper limit of `dw` and `dh` in decoding, so that boxes of an untrained network stay finite; 0 for no limit.
    ///
    /// torchvision's is `ln(1000 / 16)`, 4.135166556742356.
    pub largest_log: F,
}

impl<F: Float> BoxCoder<F> {
    pub(crate) fn checked(&self) -> Result<targets::BoxCoder, Refusal> {
        let decoding = match self.decoding {
            OHEM_DECODE_EXACT => targets::Decode::Exact,
            OHEM_DECODE_ORIGINAL => targets::Decode::Original,
            _ => return Err(Status::Choice.into()),
        };
        let coder = targets::BoxCoder::new(convention(self.convention)?).decoding(decoding);
        Ok(if self.largest_log == F::zero() { coder } else { coder.largest_log(self.largest_log.to_f64()) })
    }
}

/// Mean and standard deviation of each of the four values of a target: a row for all classes, or one for each.
///
/// Box weights of torchvision and Detectron are the inverse of standard deviations: (10, 10, 5, 5) are
/// (0.1, 0.1, 0.2, 0.2). With a row for each class, row 0 may have any values as long as no target has class 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Normalization<F> {
    /// The means, four a row.
    pub means: *const F,
    /// The standard deviations, four a row.
    pub stds: *const F,
    /// Number of rows.
    pub rows: usize,
}

/// Views rows of four values.
///
/// # Safety
///
/// As [`slice`] of `4 * rows` values.
pub(crate) unsafe fn fours<'a, F>(
    pointer: *const F,
    rows: usize,
    bad: Status,
) -> Result<&'a [[F; 4]], Refusal> {
    // SAFETY: an array has the layout of its values in a row; the rest as promised by the caller.
    unsafe { slice(pointer.cast(), rows, bad) }
}

/// Views rows of four values, to be written.
///
/// # Safety
///
/// As [`slice_mut`] of `4 * rows` values.
pub(crate) unsafe fn fours_mut<'a, F>(
    pointer: *mut F,
    rows: usize,
    bad: Status,
) -> Result<&'a mut [[F; 4]], Refusal> {
    // SAFETY: an array has the layout of its values in a row; the rest as promised by the caller.
    unsafe { slice_mut(pointer.cast(), rows, bad) }
}

unsafe fn encode<F: Float>(
    coder: *const BoxCoder<F>,
    from: *const BBox<F>,
    to: *const BBox<F>,
    length: usize,
    targets: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let (coder, from, to) = (one(coder, Status::PointerCoder)?, boxes(from, length)?, boxes(to, length)?);
        Ok(targets::encode(&coder.checked()?, from, to, fours_mut(targets, length, Status::PointerOut)?)?)
    }
}

unsafe fn decode<F: Float>(
    coder: *const BoxCoder<F>,
    from: *const BBox<F>,
    length: usize,
    deltas: *const F,
    classes: usize,
    decoded: *mut BBox<F>,
) -> Result<(), Refusal> {
    let rows = length.saturating_mul(classes);
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let (coder, from) = (one(coder, Status::PointerCoder)?, boxes(from, length)?);
        let (deltas, out) =
            (fours(deltas, rows, Status::PointerTable)?, boxes_mut(decoded, rows, Status::PointerOut)?);
        Ok(targets::decode(&coder.checked()?, from, deltas, out)?)
    }
}

unsafe fn clip<F: Float>(
    boxes: *mut BBox<F>,
    length: usize,
    width: F,
    height: F,
    convention: Convention,
) -> Result<(), Refusal> {
    let convention = self::convention(convention)?;
    // SAFETY: the caller of the C function promised it.
    targets::clip(unsafe { boxes_mut(boxes, length, Status::PointerBoxes)? }, width, height, convention);
    Ok(())
}

/// Rescales targets by one of core's two methods.
unsafe fn rescale<F: Float>(
    normalization: *const Normalization<F>,
    classes: *const u32,
    targets: *mut F,
    length: usize,
    by: impl FnOnce(&CoreNormalization<'_, F>, &[Match], &mut [[F; 4]]) -> Result<(), ohem_core::InputError>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (means, stds, classes, targets) = unsafe {
        let lent = one(normalization, Status::PointerNormalization)?;
        let means = fours(lent.means, lent.rows, Status::PointerNormalization)?;
        let stds = fours(lent.stds, lent.rows, Status::PointerNormalization)?;
        let classes = matches(classes, length, Status::PointerLabels)?;
        (means, stds, classes, fours_mut(targets, length, Status::PointerTargets)?)
    };
    if means.is_empty() {
        return Err(Status::Normalization.of(0));
    }
    by(&CoreNormalization::new(means, stds).map_err(refusal)?, classes, targets).map_err(refusal)
}

unsafe fn normalize<F: Float>(
    normalization: *const Normalization<F>,
    classes: *const u32,
    targets: *mut F,
    length: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        rescale(normalization, classes, targets, length, |core, classes, targets| {
            core.normalize(classes, targets)
        })
    }
}

unsafe fn denormalize<F: Float>(
    normalization: *const Normalization<F>,
    classes: *const u32,
    targets: *mut F,
    length: usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        rescale(normalization, classes, targets, length, |core, classes, targets| {
            core.denormalize(classes, targets)
        })
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Coding of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            /// Returns a coder of which decoding undoes encoding, without a limit.
            #[unsafe(export_name = concat!("ohem_box_coder_new_", stringify!($float)))]
            pub extern "C" fn box_coder_new(convention: Convention) -> BoxCoder<$float> {
                BoxCoder { convention, decoding: OHEM_DECODE_EXACT, largest_log: 0.0 }
            }

            /// Returns the original's coder: pixel boxes, and decoding that is off by a pixel.
            #[unsafe(export_name = concat!("ohem_box_coder_fast_rcnn_", stringify!($float)))]
            pub extern "C" fn box_coder_fast_rcnn() -> BoxCoder<$float> {
                BoxCoder { decoding: OHEM_DECODE_ORIGINAL, ..box_coder_new(OHEM_CONVENTION_PIXEL) }
            }

            export! { concat!("_", stringify!($float));
                /// Writes the regression target that leads from each box to its partner: four values for each. O(n).
                fn encode(
                    coder: *const BoxCoder<$float>,
                    from: *const BBox<$float>,
                    to: *const BBox<$float>,
                    length: usize,
                    targets: *mut $float,
                );

                /// Writes the boxes to which predicted deltas lead: from each box one for each class. O(n x classes).
                ///
                /// `deltas` has `length` rows of `4 * classes` columns, and `decoded` `length` rows of `classes` boxes.
                fn decode(
                    coder: *const BoxCoder<$float>,
                    from: *const BBox<$float>,
                    length: usize,
                    deltas: *const $float,
                    classes: usize,
                    decoded: *mut BBox<$float>,
                );

                /// Clips boxes to an image, in place; the last pixel of pixel boxes is `width - 1`. O(n).
                fn clip(
                    boxes: *mut BBox<$float>,
                    length: usize,
                    width: $float,
                    height: $float,
                    convention: Convention,
                );

                /// Subtracts the mean from each value of the targets and divides by the standard deviation, in place.
                ///
                /// `classes` has the class of each target, or `OHEM_BACKGROUND` or `OHEM_IGNORED`, whose values stay;
                /// `targets` has `length` rows of four. O(n).
                fn normalize(
                    normalization: *const Normalization<$float>,
                    classes: *const u32,
                    targets: *mut $float,
                    length: usize,
                );

                /// Multiplies each value by the standard deviation and adds the mean: undoes `ohem_normalize_...`. O(n).
                fn denormalize(
                    normalization: *const Normalization<$float>,
                    classes: *const u32,
                    targets: *mut $float,
                    length: usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
