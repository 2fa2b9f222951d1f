//! Does the runs of a plan.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::data::Data;
use crate::error::StudyError;
use crate::plan::Plan;
use crate::run::Run;
use crate::sampler::Sampler;
use crate::store::Store;
use crate::train::train;

/// Version of the method. It changes whenever the same plan gives other results, so that stored runs are not used.
const VERSION: u32 = 1;

impl Plan {
    /// Does the runs that the store does not have, several at a time. Returns all runs, sampler by sampler.
    ///
    /// Calls `on_epochs` with the number of epochs done: after each epoch, or once for a stored run.
    ///
    /// # Errors
    ///
    /// If the data have no RoIs or an unsupported size, a run diverges, or a run cannot be stored.
    pub fn run(
        &self,
        data: &Data,
        store: Option<&Store>,
        on_epochs: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Run>, StudyError> {
        let [train, test] = data.counts();
        if train == 0 || test == 0 {
            return Err(StudyError::Empty(if train == 0 { "train" } else { "test" }));
        }
        let runs = self.samplers.iter().flat_map(|&sampler| (0..self.seeds).map(move |seed| (sampler, seed)));
        let runs: Vec<_> = runs.collect();
        runs.into_par_iter()
            .map(|(sampler, seed)| self.run_one(data, store, sampler, seed, on_epochs))
            .collect()
    }

    fn run_one(
        &self,
        data: &Data,
        store: Option<&Store>,
        sampler: Sampler,
        seed: u64,
        on_epochs: &(dyn Fn(usize) + Sync),
    ) -> Result<Run, StudyError> {
        let key = self.key(data, sampler, seed);
        let stored = store.and_then(|store| store.load(&key));
        // A digest may collide, and a file may come from anywhere.
        let fits = |run: &Run| (run.sampler, run.seed, run.epochs.len()) == (sampler, seed, self.epochs);
        if let Some(run) = stored.filter(fits) {
            on_epochs(self.epochs);
            return Ok(run);
        }
        let run = train(data, self, sampler, seed, || on_epochs(1))?;
        if let Some(store) = store {
            store.save(&key, &run)?;
        }
        Ok(run)
    }

    /// A name for a run that differs from the names of all runs with other results.
    fn key(&self, data: &Data, sampler: Sampler, seed: u64) -> String {
        let Self { epochs, batch_size, pictured, .. } = self;
        let all = format!("{VERSION} {} {sampler} {seed} {epochs} {batch_size} {pictured}", data.digest);
        let digest = Sha256::digest(all);
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{sampler}-seed{seed}-{short}")
    }
}
