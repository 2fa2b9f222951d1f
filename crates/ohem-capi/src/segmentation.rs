//! Segmentation: pixels harder than a threshold, and at least a number of the hardest.

use ohem_core::rules::segmentation::{self, Counting as CoreCounting};
use ohem_core::{Float, RankKey};

use crate::export::export;
use crate::lend::{one_mut, slice, slice_mut};
use crate::status::{Refusal, Status, check_countable};

/// Number of pixels kept when fewer than `min_kept` pass the threshold: one of `OHEM_COUNTING_...`.
pub type Counting = u32;
/// Exactly `min_kept`, or all if there are fewer.
pub const OHEM_COUNTING_EXACT: Counting = 0;
/// As mmsegmentation counts: pixels that tie with the last one are lost.
pub const OHEM_COUNTING_MMSEGMENTATION: Counting = 1;
/// As PaddleSeg counts: the same with one pixel fewer, and all pixels if `min_kept` is 0.
pub const OHEM_COUNTING_PADDLE_SEG: Counting = 2;

fn counting(choice: Counting) -> Result<CoreCounting, Refusal> {
    match choice {
        OHEM_COUNTING_EXACT => Ok(CoreCounting::Exact),
        OHEM_COUNTING_MMSEGMENTATION => Ok(CoreCounting::Mmsegmentation),
        OHEM_COUNTING_PADDLE_SEG => Ok(CoreCounting::PaddleSeg),
        _ => Err(Status::Choice.into()),
    }
}

/// The values of pixels, which of them take part, and which are kept.
type Pixels<'a, H> = (&'a [H], &'a [bool], &'a mut [bool]);

/// Views what a rule of pixels reads and writes: values, flags, and the flags to set.
///
/// # Safety
///
/// As [`slice`] and [`slice_mut`]. A flag to be read is a `bool` of C, so 0 or 1.
unsafe fn pixels<'a, H>(
    values: *const H,
    is_valid: *const bool,
    length: usize,
    kept: *mut bool,
) -> Result<Pixels<'a, H>, Refusal> {
    check_countable(length)?;
    // SAFETY: as promised by the caller.
    unsafe {
        let values = slice(values, length, Status::PointerLosses)?;
        let is_valid = slice(is_valid, length, Status::PointerFlags)?;
        // Bytes at first, which may have any value.
        let kept: &mut [u8] = slice_mut(kept.cast(), length, Status::PointerOut)?;
        kept.fill(0);
        let (kept, length) = (kept.as_mut_ptr().cast::<bool>(), kept.len());
        Ok((values, is_valid, core::slice::from_raw_parts_mut(kept, length)))
    }
}

unsafe fn segmentation_by_loss<H: RankKey>(
    losses: *const H,
    is_valid: *const bool,
    length: usize,
    threshold: H,
    min_kept: usize,
    kept: *mut bool,
    count: *mut usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let count = one_mut(count, Status::PointerOut)?;
        let (losses, is_valid, kept) = pixels(losses, is_valid, length, kept)?;
        count.write(segmentation::by_loss(losses, is_valid, threshold, min_kept, kept)?);
    }
    Ok(())
}

unsafe fn segmentation_by_probability<F: Float>(
    probabilities: *const F,
    is_valid: *const bool,
    length: usize,
    threshold: F,
    min_kept: usize,
    counting: Counting,
    kept: *mut bool,
    count: *mut usize,
) -> Result<(), Refusal> {
    let counting = self::counting(counting)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let count = one_mut(count, Status::PointerOut)?;
        let (probabilities, is_valid, kept) = pixels(probabilities, is_valid, length, kept)?;
        count.write(segmentation::by_probability(
            probabilities,
            is_valid,
            threshold,
            min_kept,
            counting,
            kept,
        )?);
    }
    Ok(())
}

macro_rules! by_loss {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Pixels with `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            export! { concat!("_", stringify!($loss));
                /// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; writes how many.
                ///
                /// Sets the flag of each of them in `kept`, and clears the others. `is_valid` says which pixels take part:
                /// those whose label is not ignored. A NaN takes no part. O(n), in 2 KB of stack.
                fn segmentation_by_loss(
                    losses: *const $loss,
                    is_valid: *const bool,
                    length: usize,
                    threshold: $loss,
                    min_kept: usize,
                    kept: *mut bool,
                    count: *mut usize,
                );
            }
        }
    )*};
}

by_loss!(f32 f64 i8 i16 i32 f16 bf16);

macro_rules! by_probability {
    ($($module:ident = $float:ident;)*) => {$(
        #[doc = concat!("Pixels with `", stringify!($float), "` probabilities.")]
        pub mod $module {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
                ///
                /// As `ohem_segmentation_by_loss_...` with the lowest probability as the hardest, and with the counting of
                /// other frameworks by choice.
                fn segmentation_by_probability(
                    probabilities: *const $float,
                    is_valid: *const bool,
                    length: usize,
                    threshold: $float,
                    min_kept: usize,
                    counting: Counting,
                    kept: *mut bool,
                    count: *mut usize,
                );
            }
        }
    )*};
}

by_probability! {
    probabilities_f32 = f32;
    probabilities_f64 = f64;
}
