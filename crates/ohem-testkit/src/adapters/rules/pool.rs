//! MONAI and nnDetection.

use ohem_core::RankKey;
use ohem_core::mine::Memory;
use ohem_core::rules::PoolConfig;
use ohem_core::simd::Portable;
use rand_core::Rng;

use super::super::errors::NamesNan as _;
use super::super::{Core, Oracle, Std, at_capacity, words};
use super::mmdet::parts;
use super::{Arrays, TwoParts};
use crate::oracle;

/// MONAI's `HardNegativeSampler`, of one image.
pub trait Pool {
    /// Draws positives, then negatives.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn pool<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &PoolConfig,
        generator: &R,
    ) -> TwoParts;
}

impl Pool for Oracle {
    fn pool<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &PoolConfig,
        generator: &R,
    ) -> TwoParts {
        let mut generator = generator.clone();
        let PoolConfig { batch_size, positive_fraction, min_negatives, pool_size, nan, .. } = *config;
        let (nan, next) = (words::nan(nan), &mut || generator.next_u32());
        oracle::rules::pool(
            losses,
            matches,
            batch_size,
            positive_fraction,
            min_negatives,
            pool_size,
            nan,
            next,
        )
    }
}

impl Pool for Core {
    fn pool<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &PoolConfig,
        generator: &R,
    ) -> TwoParts {
        at_capacity!(losses.len(), in_fixed::<H, R>(losses, matches, config, generator))
    }
}

#[inline(never)]
fn in_fixed<H: RankKey, R: Rng + Clone, const B: usize>(
    losses: &[H],
    matches: &[i32],
    config: &PoolConfig,
    generator: &R,
) -> TwoParts {
    Arrays::<f32, H, B>::in_windows(|memory| {
        let memory = Memory::without_nms(memory.window, memory.selected);
        let drawn = ohem_core::rules::pool(Portable, losses, matches, config, &mut generator.clone(), memory);
        let (positives, drawn) = drawn.map_err(|error| error.nan())?;
        Ok(parts(drawn.indices(), positives))
    })
}

impl Pool for Std {
    fn pool<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &PoolConfig,
        generator: &R,
    ) -> TwoParts {
        let drawn = ohem_std::rules::pool(losses, matches, config, &mut generator.clone());
        let (positives, drawn) = drawn.map_err(|error| error.nan())?;
        Ok(parts(drawn.indices(), positives))
    }
}
