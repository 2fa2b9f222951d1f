//! The reference, asked in the words of ohem.

use ohem_core::rank::RankError;
use ohem_core::{Convention, Float, MineConfig, MineError, NanPolicy, NmsConfig, RankKey, Suppress};
use ohem_testkit::oracle;
use ohem_std::Error;
use ohem_testkit::generate::Table;

pub use ohem_testkit::oracle::Mined;

/// Mines; `Err` names the first NaN.
pub fn mine<F: Float, H: RankKey>(table: &Table, losses: &[H], config: &MineConfig) -> Result<Mined, usize> {
    let nms = config.nms_threshold.map(|threshold| (F::from_f64(threshold), suppress(config.suppress)));
    let (boxes, convention) = (table.boxes::<F>(), convention(config.convention));
    let (batch_size, nan) = (config.batch_size, nan(config.nan));
    oracle::mine(&boxes, &table.images, &table.labels, losses, batch_size, nms, convention, nan)
}

/// Suppresses in each of these groups; `Err` names the first NaN.
pub fn nms<F: Float>(table: &Table, groups: &[(u32, u32)], config: &NmsConfig) -> Result<Vec<usize>, usize> {
    let (threshold, suppress) = (F::from_f64(config.threshold), suppress(config.suppress));
    let (convention, nan) = (convention(config.convention), nan(config.nan));
    oracle::nms(&table.boxes::<F>(), groups, &table.losses::<F>(), threshold, suppress, convention, nan)
}

/// What the reference calls a convention.
pub fn convention(convention: Convention) -> oracle::Convention {
    match convention {
        Convention::Continuous => oracle::Convention::Continuous,
        Convention::Pixel => oracle::Convention::Pixel,
    }
}

/// What the reference calls a policy for NaNs.
pub fn nan(nan: NanPolicy) -> oracle::Nan {
    match nan {
        NanPolicy::Error => oracle::Nan::Error,
        NanPolicy::Skip => oracle::Nan::Skip,
        NanPolicy::First => oracle::Nan::First,
    }
}

fn suppress(suppress: Suppress) -> oracle::Suppress {
    match suppress {
        Suppress::Above => oracle::Suppress::Above,
        Suppress::AtOrAbove => oracle::Suppress::AtOrAbove,
    }
}

/// The first NaN that an error names, as the reference does.
///
/// # Panics
///
/// If it is another error: no case has any.
pub fn first_nan(error: impl Into<Error>) -> usize {
    match error.into() {
        Error::Mine(MineError::Rank(RankError::NanLoss { index })) => index as usize,
        error => panic!("{error}"),
    }
}
