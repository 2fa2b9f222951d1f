//! The reference, asked in the words of ohem.

use ohem_core::rank::RankError;
use ohem_core::{Convention, Float, MineConfig, MineError, NanPolicy, NmsConfig, RankKey, Suppress};
use ohem_reference as reference;
use ohem_std::Error;
use ohem_testkit::Table;

pub use ohem_reference::Mined;

/// Mines; `Err` names the first NaN.
pub fn mine<F: Float, H: RankKey>(table: &Table, losses: &[H], config: &MineConfig) -> Result<Mined, usize> {
    let nms = config.nms_threshold.map(|threshold| (F::from_f64(threshold), suppress(config.suppress)));
    let (boxes, convention) = (table.boxes::<F>(), convention(config.convention));
    let (batch_size, nan) = (config.batch_size, nan(config.nan));
    reference::mine(&boxes, &table.images, &table.labels, losses, batch_size, nms, convention, nan)
}

/// Suppresses in each of these groups; `Err` names the first NaN.
pub fn nms<F: Float>(table: &Table, groups: &[(u32, u32)], config: &NmsConfig) -> Result<Vec<usize>, usize> {
    let (threshold, suppress) = (F::from_f64(config.threshold), suppress(config.suppress));
    let (convention, nan) = (convention(config.convention), nan(config.nan));
    reference::nms(&table.boxes::<F>(), groups, &table.losses::<F>(), threshold, suppress, convention, nan)
}

/// What the reference calls a convention.
pub fn convention(convention: Convention) -> reference::Convention {
    match convention {
        Convention::Continuous => reference::Convention::Continuous,
        Convention::Pixel => reference::Convention::Pixel,
    }
}

/// What the reference calls a policy for NaNs.
pub fn nan(nan: NanPolicy) -> reference::Nan {
    match nan {
        NanPolicy::Error => reference::Nan::Error,
        NanPolicy::Skip => reference::Nan::Skip,
        NanPolicy::First => reference::Nan::First,
    }
}

fn suppress(suppress: Suppress) -> reference::Suppress {
    match suppress {
        Suppress::Above => reference::Suppress::Above,
        Suppress::AtOrAbove => reference::Suppress::AtOrAbove,
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
