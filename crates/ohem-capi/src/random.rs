//! The rules of MONAI and Libra R-CNN, which draw at random.

use ohem_core::rules::{self, LibraConfig as CoreLibraConfig, Pick as CorePick};
use ohem_core::{ConfigError, Float, MineError};

use crate::config::{NanPolicy, OHEM_NAN_ERROR, nan_policy};
use crate::export::export;
use crate::generator::{Generator, Numbers};
use crate::lend::{one, one_mut, slice};
use crate::miner::Miner;
use crate::rois::Selection;
use crate::rules::{limit, write_split};
use crate::status::{Refusal, Status, check_countable};
use crate::targets::matches;

/// How MONAI's `HardNegativeSampler` mines.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonaiConfig<F> {
    /// Number of RoIs to sample of an image.
    pub batch_size: usize,
    /// Largest share of positives among them.
    pub positive_fraction: F,
    /// Least number of negatives to sample, however few positives there are.
    pub min_negatives: usize,
    /// Number of negatives in the pool for each that is drawn from it.
    pub pool_size: F,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
}

impl<F: Float> MonaiConfig<F> {
    fn checked(&self) -> Result<rules::MonaiConfig, Refusal> {
        Ok(rules::MonaiConfig::new(self.batch_size)
            .positive_fraction(self.positive_fraction.to_f64())
            .min_negatives(self.min_negatives)
            .pool_size(self.pool_size.to_f64())
            .nan(nan_policy(self.nan)?))
    }
}

/// Which RoIs of a pool are taken, if it holds more than there is room for: one of `OHEM_PICK_...`.
pub type Pick = u32;
/// Any, at random, as in mmdetection.
pub const OHEM_PICK_RANDOM: Pick = 0;
/// The hardest, by loss; the generator is not asked.
pub const OHEM_PICK_HARDEST: Pick = 1;

/// How mmdetection's `IoUBalancedNegSampler` samples, for Libra R-CNN.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LibraConfig<F> {
    /// Number of RoIs to sample of an image.
    pub num: usize,
    /// Largest share of positives among them.
    pub pos_fraction: F,
    /// Largest number of negatives for each positive (for one, if there is none); negative for no limit.
    pub neg_pos_ub: F,
    /// Overlap below which a negative is not balanced; if 0, those of overlap 0; if negative, no RoI.
    pub floor_thr: F,
    /// Share of the negatives that are sampled below the floor.
    pub floor_fraction: F,
    /// Number of bins between the floor and the highest overlap of the image; 1 for no balance.
    pub num_bins: usize,
    /// Which RoIs of a bin are taken.
    pub pick: Pick,
    /// How a NaN loss is handled, if the hardest are picked.
    pub nan: NanPolicy,
}

impl<F: Float> LibraConfig<F> {
    fn checked(&self) -> Result<CoreLibraConfig, Refusal> {
        let pick = match self.pick {
            OHEM_PICK_RANDOM => CorePick::Random,
            OHEM_PICK_HARDEST => CorePick::Hardest,
            _ => return Err(Status::Choice.into()),
        };
        let mut config = CoreLibraConfig::new()
            .num(self.num)
            .pos_fraction(self.pos_fraction.to_f64())
            .floor_thr(self.floor_thr.to_f64())
            .floor_fraction(self.floor_fraction.to_f64())
            .num_bins(self.num_bins)
            .pick(pick)
            .nan(nan_policy(self.nan)?);
        config.neg_pos_ub = limit(self.neg_pos_ub);
        Ok(config)
    }
}

unsafe fn monai<F: Float>(
    miner: *mut Miner<F>,
    losses: *const F,
    matches: *const u32,
    length: usize,
    config: *const MonaiConfig<F>,
    generator: *const Generator,
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
        let mut generator = Numbers::new(generator)?;
        one_mut(selection, Status::PointerOut)?;
        one_mut(positives, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        write_split(
            rules::monai(losses, matches, &config, &mut generator, &mut storage)?,
            selection,
            positives,
        )
    }
}

unsafe fn libra<F: Float>(
    miner: *mut Miner<F>,
    overlaps: *const F,
    losses: *const F,
    matches: *const u32,
    length: usize,
    config: *const LibraConfig<F>,
    generator: *const Generator,
    selection: *mut Selection,
    positives: *mut usize,
) -> Result<(), Refusal> {
    check_countable(length)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let miner = one(miner, Status::PointerMiner)?;
        let config = one(config, Status::PointerConfig)?.checked()?;
        let overlaps = slice(overlaps, length, Status::PointerOverlaps)?;
        let asks_losses = config.pick == CorePick::Hardest;
        let losses = slice(losses, if asks_losses { length } else { 0 }, Status::PointerLosses)?;
        let matches = self::matches(matches, length, Status::PointerMatches)?;
        let mut generator = Numbers::new(generator)?;
        one_mut(selection, Status::PointerOut)?;
        one_mut(positives, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        let drawn = rules::libra(overlaps, losses, matches, &config, &mut generator, &mut storage);
        let drawn = drawn.map_err(|error| match error {
            MineError::Config(ConfigError::Setting { .. }) => Status::Setting.into(),
            _ => Refusal::from(error),
        });
        write_split(drawn?, selection, positives)
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Samplers by `", stringify!($float), "` losses.")]
        pub mod $float {
            use super::*;

            /// Returns MONAI's defaults: at most a third of the batch positive, at least one negative, pools of ten.
            #[unsafe(export_name = concat!("ohem_monai_config_new_", stringify!($float)))]
            pub extern "C" fn monai_config_new(batch_size: usize) -> MonaiConfig<$float> {
                MonaiConfig {
                    batch_size,
                    positive_fraction: 1.0 / 3.0,
                    min_negatives: 1,
                    pool_size: 10.0,
                    nan: OHEM_NAN_ERROR,
                }
            }

            /// Returns the numbers of mmdetection's Libra R-CNN: 512 RoIs, at most a quarter positive, 3 bins, no floor.
            #[unsafe(export_name = concat!("ohem_libra_config_new_", stringify!($float)))]
            pub extern "C" fn libra_config_new() -> LibraConfig<$float> {
                LibraConfig {
                    num: 512,
                    pos_fraction: 0.25,
                    neg_pos_ub: -1.0,
                    floor_thr: -1.0,
                    floor_fraction: 0.0,
                    num_bins: 3,
                    pick: OHEM_PICK_RANDOM,
                    nan: OHEM_NAN_ERROR,
                }
            }

            export! { concat!("_", stringify!($float));
                /// MONAI: samples positives of one image at random, and negatives at random from the hardest.
                ///
                /// The first `*positives` of the selection are positives. The miner's capacity must be enough for all
                /// positives, and then the pool: `pool_size` times the negatives to be drawn, or all negatives.
                fn monai(
                    miner: *mut Miner<$float>,
                    losses: *const $float,
                    matches: *const u32,
                    length: usize,
                    config: *const MonaiConfig<$float>,
                    generator: *const Generator,
                    selection: *mut Selection,
                    positives: *mut usize,
                );

                /// Libra R-CNN: samples positives of one image, then negatives evenly from bins of their overlap.
                ///
                /// The first `*positives` of the selection are positives. `losses` are read only if the hardest are picked.
                /// The miner's capacity must be enough for all positives, and for all negatives behind those sampled.
                fn libra(
                    miner: *mut Miner<$float>,
                    overlaps: *const $float,
                    losses: *const $float,
                    matches: *const u32,
                    length: usize,
                    config: *const LibraConfig<$float>,
                    generator: *const Generator,
                    selection: *mut Selection,
                    positives: *mut usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
