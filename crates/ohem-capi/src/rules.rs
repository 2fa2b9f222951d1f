//! The mining rules of R-FCN and mmdetection, in the memory of a miner.

use ohem_core::rules;
use ohem_core::{Float, NanPolicy as CoreNanPolicy, Selection as CoreSelection};

use crate::config::{NanPolicy, OHEM_NAN_ERROR, nan_policy};
use crate::export::export;
use crate::lend::{one, one_mut, slice, slice_mut};
use crate::miner::Miner;
use crate::rois::Selection;
use crate::status::{Refusal, Status, check_countable};
use crate::targets::matches;

/// How mmdetection's `OHEMSampler` mines.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MmdetConfig<F> {
    /// Number of RoIs to sample of an image.
    pub num: usize,
    /// Largest share of positives among them.
    pub pos_fraction: F,
    /// Largest number of negatives for each positive (for one, if there is none); negative for no limit.
    pub neg_pos_ub: F,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
}

impl<F: Float> MmdetConfig<F> {
    fn checked(&self) -> Result<rules::MmdetConfig, Refusal> {
        let mut config = rules::MmdetConfig::new()
            .num(self.num)
            .pos_fraction(self.pos_fraction.to_f64())
            .nan(nan_policy(self.nan)?);
        config.neg_pos_ub = limit(self.neg_pos_ub);
        Ok(config)
    }
}

/// A ratio that may be absent: C has a negative number for that.
pub(crate) fn limit<F: Float>(ratio: F) -> Option<f64> {
    if ratio < F::zero() { None } else { Some(ratio.to_f64()) }
}

/// Where rules write: a selection, and the number of positives that lead it.
///
/// # Safety
///
/// As [`one_mut`].
pub(crate) unsafe fn write_split(
    (positives, selected): (usize, CoreSelection<&[u32]>),
    selection: *mut Selection,
    count: *mut usize,
) -> Result<(), Refusal> {
    // SAFETY: as promised by the caller.
    unsafe {
        one_mut(count, Status::PointerOut)?.write(positives);
        one_mut(selection, Status::PointerOut)?.write(selected.into());
    }
    Ok(())
}

unsafe fn rfcn<F: Float>(
    miner: *mut Miner<F>,
    images: *const u32,
    losses: *const F,
    length: usize,
    quota: usize,
    nan: NanPolicy,
    selected_of: *mut usize,
    image_count: usize,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    let nan: CoreNanPolicy = nan_policy(nan)?;
    check_countable(length)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let miner = one(miner, Status::PointerMiner)?;
        let images = slice(images, length, Status::PointerImages)?;
        let losses = slice(losses, length, Status::PointerLosses)?;
        let selected_of = slice_mut(selected_of, image_count, Status::PointerOut)?;
        let selection = one_mut(selection, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        selection.write(rules::rfcn(images, losses, quota, nan, selected_of, &mut storage)?.into());
    }
    Ok(())
}

unsafe fn mmdet<F: Float>(
    miner: *mut Miner<F>,
    losses: *const F,
    matches: *const u32,
    length: usize,
    config: *const MmdetConfig<F>,
    selection: *mut Selection,
    positives: *mut usize,
) -> Result<(), Refusal> {
    check_countable(length)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let miner = one(miner, Status::PointerMiner)?;
        let config = one(config, Status::PointerConfig)?.checked()?;
        let losses = slice(losses, length, Status::PointerLosses)?;
        let matches = self::matches(matches, length, Status::PointerMatches)?;
        one_mut(selection, Status::PointerOut)?;
        one_mut(positives, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        write_split(rules::mmdet(losses, matches, &config, &mut storage)?, selection, positives)
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Rules over `", stringify!($float), "` boxes and losses.")]
        pub mod $float {
            use super::*;

            /// Returns mmdetection's usual setting: 512 RoIs, at most a quarter of them positive.
            #[unsafe(export_name = concat!("ohem_mmdet_config_new_", stringify!($float)))]
            pub extern "C" fn mmdet_config_new() -> MmdetConfig<$float> {
                MmdetConfig { num: 512, pos_fraction: 0.25, neg_pos_ub: -1.0, nan: OHEM_NAN_ERROR }
            }

            export! { concat!("_", stringify!($float));
                /// R-FCN: mines the hardest `quota` RoIs of each image, without NMS; hardest first over all images.
                ///
                /// `images` numbers the image of each RoI from 0 to `image_count - 1`; `selected_of` becomes the number
                /// selected of each. A rule needs a miner of enough capacity, here for the quotas of all images, and
                /// reads nothing of the miner's configuration. If it refuses an image or a loss, `selected_of` may
                /// hold any numbers.
                fn rfcn(
                    miner: *mut Miner<$float>,
                    images: *const u32,
                    losses: *const $float,
                    length: usize,
                    quota: usize,
                    nan: NanPolicy,
                    selected_of: *mut usize,
                    image_count: usize,
                    selection: *mut Selection,
                );

                /// mmdetection: mines the hardest positives of one image, then its hardest negatives.
                ///
                /// The first `*positives` of the selection are positives; each part is hardest first. The miner's
                /// capacity must be `config->num` or the number of RoIs, if that is less.
                fn mmdet(
                    miner: *mut Miner<$float>,
                    losses: *const $float,
                    matches: *const u32,
                    length: usize,
                    config: *const MmdetConfig<$float>,
                    selection: *mut Selection,
                    positives: *mut usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
