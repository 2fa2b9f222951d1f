//! The hardest k of some losses.

use ohem_core::{RankKey, rank};

use crate::config::{NanPolicy, nan_policy};
use crate::export::export;
use crate::lend::{place, slice, slice_mut};
use crate::status::{Refusal, Status};

unsafe fn top_k<H: RankKey>(
    losses: *const H,
    length: usize,
    k: usize,
    nan: NanPolicy,
    indices: *mut u32,
    count: *mut usize,
) -> Result<(), Refusal> {
    if u32::try_from(length).is_err() {
        return Err(Status::TooMany.of(length));
    }
    // SAFETY: the caller of the C function promised it.
    let (losses, indices, count) = unsafe {
        let losses = slice(losses, length, Status::PointerLosses)?;
        let indices = slice_mut(indices, length, Status::PointerOut)?;
        (losses, indices, place(count, Status::PointerOut)?)
    };
    let nan = nan_policy(nan)?;
    (0..).zip(&mut *indices).for_each(|(index, slot)| *slot = index);
    count.write(rank::top_k(losses, indices, k, nan)?.len());
    Ok(())
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("The hardest of `", stringify!($loss), "` losses.")]
        pub mod $loss {
            use super::*;

            export! { concat!("_", stringify!($loss));
                /// Finds the indices of the hardest `k` of `length` losses, hardest first.
                ///
                /// They are the first `*count` of `indices`: fewer than `k` if there are not so many. `indices` has
                /// `length` places, all of which are written to, also if a NaN is refused. Expected O(n + k log k).
                fn top_k(
                    losses: *const $loss,
                    length: usize,
                    k: usize,
                    nan: NanPolicy,
                    indices: *mut u32,
                    count: *mut usize,
                );
            }
        }
    )*};
}

instances!(f32 f64 i8 i16 i32);
