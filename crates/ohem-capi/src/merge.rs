//! Batches that come in parts: image by image, or worker by worker.

use ohem_core::{RankKey, merge};

use crate::export::export;
use crate::lend::{one_mut, slice, slice_mut};
use crate::status::{Refusal, Status};

/// A selected RoI and its loss, for a merge of several selections.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ranked<H> {
    /// Its loss.
    pub loss: H,
    /// Its index in the whole batch.
    pub index: u32,
}

impl<H: RankKey> From<ohem_core::Ranked<H>> for Ranked<H> {
    fn from(ranked: ohem_core::Ranked<H>) -> Self {
        Self { loss: ranked.key(), index: ranked.index() }
    }
}

impl<H: RankKey> From<&Ranked<H>> for ohem_core::Ranked<H> {
    fn from(ranked: &Ranked<H>) -> Self {
        Self::new(ranked.loss, ranked.index)
    }
}

unsafe fn selection_ranked<H: RankKey>(
    indices: *const u32,
    count: usize,
    losses: *const H,
    length: usize,
    first: u32,
    out: *mut Ranked<H>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (indices, losses, out) = unsafe {
        let indices = slice(indices, count, Status::PointerIndices)?;
        let losses = slice(losses, length, Status::PointerLosses)?;
        (indices, losses, slice_mut(out, count, Status::PointerOut)?)
    };
    let numbered = |&index: &u32| {
        let loss = losses.get(index as usize)?;
        Some(Ranked { loss: *loss, index: first.checked_add(index)? })
    };
    if let Some(position) = indices.iter().position(|index| numbered(index).is_none()) {
        return Err(Status::Index.of(position));
    }
    out.iter_mut().zip(indices.iter().filter_map(numbered)).for_each(|(slot, ranked)| *slot = ranked);
    Ok(())
}

unsafe fn merge<H: RankKey>(
    one: *const Ranked<H>,
    one_count: usize,
    other: *const Ranked<H>,
    other_count: usize,
    out: *mut Ranked<H>,
    capacity: usize,
    count: *mut usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    let (one, other, out, count) = unsafe {
        let one = slice(one, one_count, Status::PointerIndices)?;
        let other = slice(other, other_count, Status::PointerIndices)?;
        (one, other, slice_mut(out, capacity, Status::PointerOut)?, one_mut(count, Status::PointerOut)?)
    };
    let merged = merge::merged(one.iter().map(Into::into), other.iter().map(Into::into));
    count.write(out.iter_mut().zip(merged).map(|(slot, ranked)| *slot = ranked.into()).count());
    Ok(())
}

macro_rules! instances {
    ($($loss:ident)*) => {$(
        #[doc = concat!("Selections by `", stringify!($loss), "` losses, merged.")]
        pub mod $loss {
            use super::*;
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            export! { concat!("_", stringify!($loss));
                /// Writes the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
                ///
                /// `losses` are all those of the part, and `out` has `count` elements.
                fn selection_ranked(
                    indices: *const u32,
                    count: usize,
                    losses: *const $loss,
                    length: usize,
                    first: u32,
                    out: *mut Ranked<$loss>,
                );

                /// Merges two parts, each hardest first, into the hardest `capacity` RoIs of both, and writes their number.
                ///
                /// Merging is exact, associative and commutative if the parts have no RoI in common: workers that mine
                /// their own images get the selection that one worker would have made of all. O(capacity).
                fn merge(
                    one: *const Ranked<$loss>,
                    one_count: usize,
                    other: *const Ranked<$loss>,
                    other_count: usize,
                    out: *mut Ranked<$loss>,
                    capacity: usize,
                    count: *mut usize,
                );
            }
        }
    )*};
}

instances!(f32 f64 i8 i16 i32 f16 bf16);
