//! Mining and NMS.

use core::ptr;

use ohem_core::simd::Portable;
use ohem_core::{Float, RankKey};

use crate::export::export;
use crate::lend::{one, place, slice};
use crate::miner::Miner;
use crate::rois::{BBox, Rois, Selection};
use crate::status::{Refusal, Status};

unsafe fn mine<F: Float, H: RankKey>(
    miner: *mut Miner<F>,
    rois: *const Rois<F>,
    losses: *const H,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe { select(one(miner, Status::PointerMiner)?, rois, losses, selection) }
}

unsafe fn nms<F: Float, H: RankKey>(
    miner: *mut Miner<F>,
    boxes: *const BBox<F>,
    groups: *const u32,
    scores: *const H,
    length: usize,
    kept: *mut Selection,
) -> Result<(), Refusal> {
    let rois = Rois { boxes, images: ptr::null(), labels: groups, length };
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let mut miner = *one(miner, Status::PointerMiner)?;
        miner.config.batch_size = miner.capacity;
        select(&miner, &rois, scores, kept)
    }
}

unsafe fn select<F: Float, H: RankKey>(
    miner: &Miner<F>,
    rois: *const Rois<F>,
    losses: *const H,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    let config = miner.config.checked()?;
    // SAFETY: the caller of the C function promised it.
    let (rois, losses, memory, selection) = unsafe {
        let rois = crate::rois::rois(rois)?;
        let losses = slice(losses, rois.len(), Status::PointerLosses)?;
        (rois, losses, miner.memory()?, place(selection, Status::PointerOut)?)
    };
    selection.write(ohem_core::mine::mine(Portable, &rois, losses, &config, memory)?.into());
    Ok(())
}

macro_rules! instances {
    ($($suffix:ident = $float:ident $loss:ident;)*) => {$(
        #[doc = concat!("Mining `", stringify!($float), "` boxes by `", stringify!($loss), "` losses.")]
        pub mod $suffix {
            use super::*;

            export! { concat!("_", stringify!($suffix));
                /// Mines the hardest RoIs, hardest first, of as many losses as RoIs.
                ///
                /// O(n) to find the hardest, and (visited x selected) overlap tests.
                fn mine(
                    miner: *mut Miner<$float>,
                    rois: *const Rois<$float>,
                    losses: *const $loss,
                    selection: *mut Selection,
                );

                /// Suppresses boxes that overlap a better one of their group, and keeps as many as there is room
                /// for, best first.
                ///
                /// `groups` is a key for each box, a class or an image; `NULL` if all suppress each other. It is
                /// mining, by all of the miner's configuration but the batch size.
                fn nms(
                    miner: *mut Miner<$float>,
                    boxes: *const BBox<$float>,
                    groups: *const u32,
                    scores: *const $loss,
                    length: usize,
                    kept: *mut Selection,
                );
            }
        }
    )*};
}

instances! {
    f32 = f32 f32;
    f32_i8 = f32 i8;
    f32_i16 = f32 i16;
    f32_i32 = f32 i32;
    f64 = f64 f64;
}
