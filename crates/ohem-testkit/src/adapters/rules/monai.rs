//! MONAI and nnDetection.

use ohem_core::RankKey;
use ohem_core::rules::MonaiConfig;
use ohem_std::VecStorage;
use rand_core::Rng;

use super::super::errors::first_nan;
use super::super::{Core, Oracle, Std, at_capacity, words};
use super::mmdet::parts;
use super::{Arrays, TwoParts};
use crate::oracle;

/// MONAI's `HardNegativeSampler`, of one image.
pub trait Monai {
    /// Draws positives, then negatives.
    ///
    /// # Errors
    ///
    /// The index of the first NaN, where a NaN is an error.
    fn monai<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &MonaiConfig,
        generator: &R,
    ) -> TwoParts;
}

impl Monai for Oracle {
    fn monai<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &MonaiConfig,
        generator: &R,
    ) -> TwoParts {
        let mut generator = generator.clone();
        let MonaiConfig { batch_size, positive_fraction, min_negatives, pool_size, nan, .. } = *config;
        let (nan, next) = (words::nan(nan), &mut || generator.next_u32());
        oracle::rules::monai(
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

impl Monai for Core {
    fn monai<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &MonaiConfig,
        generator: &R,
    ) -> TwoParts {
        at_capacity!(losses.len(), in_fixed::<H, R>(losses, matches, config, generator))
    }
}

#[inline(never)]
fn in_fixed<H: RankKey, R: Rng + Clone, const B: usize>(
    losses: &[H],
    matches: &[i32],
    config: &MonaiConfig,
    generator: &R,
) -> TwoParts {
    Arrays::<f32, H, B>::without_boxes(|storage| {
        let (matches, generator) = (words::matches(matches), &mut generator.clone());
        let drawn = ohem_core::rules::monai(losses, &matches, config, generator, storage);
        let (positives, drawn) = drawn.map_err(first_nan)?;
        Ok(parts(drawn.indices(), positives))
    })
}

impl Monai for Std {
    fn monai<H: RankKey, R: Rng + Clone>(
        losses: &[H],
        matches: &[i32],
        config: &MonaiConfig,
        generator: &R,
    ) -> TwoParts {
        let (mut storage, generator) = (VecStorage::<f32, H>::new(), &mut generator.clone());
        let drawn = ohem_std::rules::monai(losses, &words::matches(matches), config, generator, &mut storage);
        let (positives, drawn) = drawn.map_err(first_nan)?;
        Ok(parts(drawn.indices(), positives))
    }
}
