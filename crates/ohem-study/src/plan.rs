//! What is trained.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::train::train;
use crate::{Data, Run, Sampler, Store, StudyError};

/// Changes whenever the same plan gives other results: kept runs of before are then done again.
const VERSION: u32 = 1;

/// What is trained, and for how long.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// Which RoIs are learnt from: a run for each and each seed.
    pub samplers: Vec<Sampler>,
    /// From how many seeds: 0, 1 and so on.
    pub seeds: u64,
    /// For how many epochs.
    pub epochs: usize,
    /// How many RoIs of an image are learnt from at the most.
    pub batch_size: usize,
    /// Of which test image the hardest RoIs are told; of the first, if there is no such.
    pub pictured: u32,
}

impl Plan {
    /// All samplers, 5 seeds, 12 epochs, 64 RoIs.
    pub fn new() -> Self {
        Self { samplers: Sampler::EVERY.to_vec(), seeds: 5, epochs: 12, batch_size: 64, pictured: 0 }
    }

    /// Chooses samplers.
    pub fn samplers(self, samplers: Vec<Sampler>) -> Self {
        Self { samplers, ..self }
    }

    /// Trains from so many seeds.
    pub fn seeds(self, seeds: u64) -> Self {
        Self { seeds, ..self }
    }

    /// Trains for so many epochs.
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// Learns from so many RoIs of an image at the most.
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Tells the hardest RoIs of this test image.
    pub fn pictured(self, pictured: u32) -> Self {
        Self { pictured, ..self }
    }

    /// How many epochs all runs have together.
    pub fn all_epochs(&self) -> u64 {
        self.samplers.len() as u64 * self.seeds * self.epochs as u64
    }

    /// Trains what is not in the store yet, several runs at a time; returns all runs, sampler by sampler.
    ///
    /// `on_epochs` is told of epochs that are over: one by one, or those of a kept run together.
    ///
    /// # Errors
    ///
    /// If there is no head for the data, it has no RoIs, a run diverges, or one cannot be kept.
    pub fn run(
        &self,
        data: &Data,
        store: Option<&Store>,
        on_epochs: impl Fn(usize) + Sync,
    ) -> Result<Vec<Run>, StudyError> {
        let [train, test] = data.counts();
        if train == 0 || test == 0 {
            return Err(StudyError::Empty(if train == 0 { "train" } else { "test" }));
        }
        let runs = self.samplers.iter().flat_map(|&sampler| (0..self.seeds).map(move |seed| (sampler, seed)));
        let runs: Vec<_> = runs.collect();
        runs.into_par_iter().map(|(sampler, seed)| self.one(data, store, sampler, seed, &on_epochs)).collect()
    }

    fn one(
        &self,
        data: &Data,
        store: Option<&Store>,
        sampler: Sampler,
        seed: u64,
        on_epochs: &(impl Fn(usize) + Sync),
    ) -> Result<Run, StudyError> {
        let key = self.key(data, sampler, seed);
        let kept = store.and_then(|store| store.load(&key));
        // A digest may collide, and a file may have been put there by anyone.
        let fits = |run: &Run| (run.sampler, run.seed, run.epochs.len()) == (sampler, seed, self.epochs);
        if let Some(run) = kept.filter(fits) {
            on_epochs(self.epochs);
            return Ok(run);
        }
        let run = train(data, self, sampler, seed, || on_epochs(1))?;
        if let Some(store) = store {
            store.save(&key, &run)?;
        }
        Ok(run)
    }

    /// The rate at an epoch.
    pub(crate) fn rate(&self, epoch: usize) -> f32 {
        if 10 * (epoch - 1) >= 7 * self.epochs { 0.002 } else { 0.02 }
    }

    /// A name for a run that tells it from all that may have other results.
    fn key(&self, data: &Data, sampler: Sampler, seed: u64) -> String {
        let Self { epochs, batch_size, pictured, .. } = self;
        let all = format!("{VERSION} {} {sampler} {seed} {epochs} {batch_size} {pictured}", data.digest);
        let digest = Sha256::digest(all);
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{sampler}-seed{seed}-{short}")
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self::new()
    }
}
