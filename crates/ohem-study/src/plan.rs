//! The training runs to do.

use crate::sampler::Sampler;

/// The training runs to do. [`Plan::run`] does them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The samplers; each is run with each seed.
    pub samplers: Vec<Sampler>,
    /// Number of seeds: 0, 1, ...
    pub seeds: u64,
    /// Number of epochs of a run.
    pub epochs: usize,
    /// Maximum number of RoIs of an image to learn from.
    pub batch_size: usize,
    /// The test image whose hardest RoIs are recorded; another one if it has no RoIs.
    pub pictured: u32,
}

impl Plan {
    /// Plans all samplers, 5 seeds, 12 epochs and 64 RoIs.
    pub fn new() -> Self {
        Self { samplers: Sampler::EVERY.to_vec(), seeds: 5, epochs: 12, batch_size: 64, pictured: 0 }
    }

    /// Sets the samplers.
    pub fn samplers(self, samplers: Vec<Sampler>) -> Self {
        Self { samplers, ..self }
    }

    /// Sets the number of seeds.
    pub fn seeds(self, seeds: u64) -> Self {
        Self { seeds, ..self }
    }

    /// Sets the number of epochs.
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// Sets the maximum number of RoIs of an image to learn from.
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Sets the test image whose hardest RoIs are recorded.
    pub fn pictured(self, pictured: u32) -> Self {
        Self { pictured, ..self }
    }

    /// Number of epochs of all runs together.
    pub fn all_epochs(&self) -> u64 {
        self.samplers.len() as u64 * self.seeds * self.epochs as u64
    }

    /// The learning rate in an epoch, from 1.
    pub(crate) fn rate(&self, epoch: usize) -> f32 {
        if 10 * (epoch - 1) >= 7 * self.epochs { 0.002 } else { 0.02 }
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self::new()
    }
}
