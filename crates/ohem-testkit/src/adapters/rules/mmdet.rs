//! mmdetection.

use ohem_core::RankKey;
use ohem_core::rules::MmdetConfig;
use ohem_std::VecStorage;

use super::super::errors::first_nan;
use super::super::{Core, Oracle, Std, at_capacity, wide, words};
use super::{Arrays, TwoParts};
use crate::oracle;

/// mmdetection's `OHEMSampler`, of one image.
pub trait Mmdet {
    /// Mines positives, then negatives.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn mmdet<H: RankKey>(losses: &[H], matches: &[i32], config: &MmdetConfig) -> TwoParts;
}

impl Mmdet for Oracle {
    fn mmdet<H: RankKey>(losses: &[H], matches: &[i32], config: &MmdetConfig) -> TwoParts {
        let MmdetConfig { num, pos_fraction, neg_pos_ub, nan, .. } = *config;
        oracle::rules::mmdet(losses, matches, num, pos_fraction, neg_pos_ub, words::nan(nan))
    }
}

impl Mmdet for Core {
    fn mmdet<H: RankKey>(losses: &[H], matches: &[i32], config: &MmdetConfig) -> TwoParts {
        at_capacity!(config.num.min(losses.len()), in_fixed::<H>(losses, matches, config))
    }
}

#[inline(never)]
fn in_fixed<H: RankKey, const B: usize>(losses: &[H], matches: &[i32], config: &MmdetConfig) -> TwoParts {
    Arrays::<f32, H, B>::without_boxes(|storage| {
        let mined = ohem_core::rules::mmdet(losses, &words::matches(matches), config, storage);
        let (positives, hard) = mined.map_err(first_nan)?;
        Ok(parts(hard.indices(), positives))
    })
}

impl Mmdet for Std {
    fn mmdet<H: RankKey>(losses: &[H], matches: &[i32], config: &MmdetConfig) -> TwoParts {
        let mut storage = VecStorage::<f32, H>::new();
        let mined = ohem_std::rules::mmdet(losses, &words::matches(matches), config, &mut storage);
        let (positives, hard) = mined.map_err(first_nan)?;
        Ok(parts(hard.indices(), positives))
    }
}

pub(super) fn parts(indices: &[u32], positives: usize) -> (Vec<usize>, Vec<usize>) {
    let (positives, negatives) = indices.split_at(positives);
    (wide(positives), wide(negatives))
}
