//! The hardest k of an array of losses.

use ohem_core::{RankKey, rank};

use crate::config::{NanPolicy, nan_policy};
use crate::export::export;
use crate::lend::{one_mut, slice, slice_mut};
use crate::status::{Refusal, Status, check_countable};

unsafe fn top_k<H: RankKey>(
    losses: *const H,
    length: usize,
    k: usize,
    nan: NanPolicy,
    indices: *mut u32,
    count: *mut usize,
) -> Result<(), Refusal> {
    check_countable(length)?;
    // SAFETY: the caller of the C function promised it.
    let (losses, indices, count) = unsafe {
        let losses = slice(losses, length, Status::PointerLosses)?;
        let indices = slice_mut(indices, length, Status::PointerOut)?;
        (losses, indices, one_mut(count, Status::PointerOut)?)
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
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            export! { concat!("_", stringify!($loss));
                /// Finds the indices of the hardest `k` of `length` losses, hardest first.
                ///
                /// They are the first `*count` of `indices`; `*count` is less than `k` if fewer losses take part.
                /// `indices` has `length` elements, all of which are overwritten, even if a NaN is refused.
                /// Expected O(n + k log k).
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

instances!(f32 f64 i8 i16 i32 f16 bf16);
