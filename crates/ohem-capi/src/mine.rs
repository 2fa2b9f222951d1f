//! Mining and NMS.

use core::ptr;

use half::{bf16, f16};
use ohem_core::kernel::{self, Portable};
use ohem_core::{RankKey, RoiSource as _};

use crate::config::{Checked, Threshold};
use crate::export::export;
use crate::lend::{one, one_mut, slice};
use crate::miner::Miner;
use crate::rois::{BBox, LentRois, Rois, Selection};
use crate::status::{Refusal, Status};

unsafe fn mine<F: Threshold, H: RankKey>(
    miner: *mut Miner<F>,
    rois: *const Rois<F>,
    losses: *const H,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe { select(one(miner, Status::PointerMiner)?, rois, losses, selection) }
}

unsafe fn batched_nms<F: Threshold, H: RankKey>(
    miner: *mut Miner<F>,
    boxes: *const BBox<F>,
    scores: *const H,
    groups: *const u32,
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

unsafe fn select<F: Threshold, H: RankKey>(
    miner: &Miner<F>,
    rois: *const Rois<F>,
    losses: *const H,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    let config = Checked::new(&miner.config)?;
    // SAFETY: the caller of the C function promised it.
    let (rois, losses, mut storage, selection) = unsafe {
        let rois = LentRois::new(one(rois, Status::PointerRois)?, config.core.nms.is_some())?;
        let losses = slice(losses, rois.len(), Status::PointerLosses)?;
        (rois, losses, miner.storage()?, one_mut(selection, Status::PointerOut)?)
    };
    let Checked { core, least_iou } = &config;
    let selected = kernel::mine::mine_above(Portable, &rois, losses, core, *least_iou, &mut storage)?;
    selection.write(selected.into());
    Ok(())
}

macro_rules! instances {
    ($($suffix:ident = $float:ident $loss:ident;)*) => {$(
        #[doc = concat!("Mining `", stringify!($float), "` boxes by `", stringify!($loss), "` losses.")]
        pub mod $suffix {
            use super::*;

            export! { concat!("_", stringify!($suffix));
                /// Mines the hardest RoIs, hardest first; `losses` has one for each RoI.
                ///
                /// A RoI whose label or image is `OHEM_IGNORED` takes no part. If nothing is suppressed (`with_nms` is
                /// 0), `boxes` may be `NULL`: any list of losses can be mined, of pixels or of samples. Usually one
                /// scan of the `n` losses; at worst `v / capacity + 3` scans and `v capacity` overlap tests if `v` RoIs are
                /// visited, and up to `n (capacity + 16)` tests more if `max_visited` is 0.
                fn mine(
                    miner: *mut Miner<$float>,
                    rois: *const Rois<$float>,
                    losses: *const $loss,
                    selection: *mut Selection,
                );

                /// Suppresses boxes that overlap a better one of their group; keeps the rest, best first, up to the
                /// miner's capacity.
                ///
                /// `groups` has a key for each box, a class or an image; if it is `NULL`, all boxes are one group.
                /// A box whose group is `OHEM_IGNORED` takes no part. It reads all of the miner's configuration
                /// except the batch size.
                fn batched_nms(
                    miner: *mut Miner<$float>,
                    boxes: *const BBox<$float>,
                    scores: *const $loss,
                    groups: *const u32,
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
    f32_f16 = f32 f16;
    f32_bf16 = f32 bf16;
    f64 = f64 f64;
}
