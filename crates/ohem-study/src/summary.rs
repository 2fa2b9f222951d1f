//! Summarises the runs of a sampler.

use crate::run::{Epoch, Run};
use crate::sampler::Sampler;

/// A mean and a standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The standard deviation of a sample, with the number of values minus 1 as divisor; 0 for a single value.
    pub deviation: f64,
}

impl Spread {
    /// The spread of some values; `None` if there are none.
    ///
    /// ```
    /// use ohem_study::Spread;
    ///
    /// assert_eq!(Spread::of([1.0, 2.0, 3.0]), Some(Spread { mean: 2.0, deviation: 1.0 }));
    /// assert_eq!(Spread::of([5.0]), Some(Spread { mean: 5.0, deviation: 0.0 }));
    /// assert_eq!(Spread::of([]), None);
    /// ```
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = (squares / (values.len() - 1).max(1) as f64).sqrt();
        Some(Self { mean, deviation })
    }
}

/// The runs of one sampler.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// The sampler.
    pub sampler: Sampler,
    runs: Vec<&'a Run>,
}

impl<'a> Summary<'a> {
    /// Groups runs by sampler, in the order in which samplers first appear.
    pub fn of(runs: &'a [Run]) -> Vec<Self> {
        let mut summaries: Vec<Self> = Vec::new();
        for run in runs {
            match summaries.iter_mut().find(|summary| summary.sampler == run.sampler) {
                Some(summary) => summary.runs.push(run),
                None => summaries.push(Self { sampler: run.sampler, runs: vec![run] }),
            }
        }
        summaries
    }

    /// Number of runs.
    pub fn seeds(&self) -> usize {
        self.runs.len()
    }

    /// Number of epochs that all runs have.
    pub fn epochs(&self) -> usize {
        self.runs.iter().map(|run| run.epochs.len()).min().unwrap_or(0)
    }

    /// The spread of a measurement after an epoch, from 1, over the runs that have it.
    pub fn at(&self, epoch: usize, measurement: impl Fn(&Epoch) -> Option<f64>) -> Option<Spread> {
        let epochs = self.runs.iter().filter_map(|run| run.epochs.get(epoch.checked_sub(1)?));
        Spread::of(epochs.filter_map(measurement))
    }

    /// The spread of a measurement after the last epoch.
    pub fn last(&self, measurement: impl Fn(&Epoch) -> Option<f64>) -> Option<Spread> {
        self.at(self.epochs(), measurement)
    }
}
