//! Labels and targets.

use ohem_core::Float;
use ohem_core::targets::SampleConfig;
use rand::{SeedableRng as _, rngs::SmallRng};

use super::agree;
use crate::adapters::{Core, Oracle, Std, Targets as _};

/// A minibatch at random, by the numbers of a generator.
pub fn sample<F: Float>(overlaps: &[F], config: &SampleConfig, seed: u64) {
    let generator = || SmallRng::seed_from_u64(seed);
    agree(
        Oracle::sample(overlaps, config, &mut generator()),
        Core::sample(overlaps, config, &mut generator()),
        Std::sample(overlaps, config, &mut generator()),
    );
}
