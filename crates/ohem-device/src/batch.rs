//! A few RoIs at a time: what is known of them, and what the head says.

use ohem_core::loss::{self, GradientSpec, LossError, Regression};
use ohem_core::simd::Portable;
use ohem_head::{HeadError, Rows};

use crate::meter::{Meter, Phase};
use crate::{Head, LABELS, Refused, Row, Trainer, WIDTH};

/// How many RoIs are in memory as floats.
pub(crate) const ROWS: usize = 16;

/// The numbers of those RoIs.
const NUMBERS: [u32; ROWS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Memory for a few RoIs.
#[derive(Debug)]
pub(crate) struct Batch {
    features: [[f32; WIDTH]; ROWS],
    labels: [u32; ROWS],
    targets: [[f32; 4]; ROWS],
    scores: [f32; ROWS * LABELS],
    deltas: [f32; ROWS * LABELS * 4],
    by_scores: [f32; ROWS * LABELS],
    by_deltas: [f32; ROWS * LABELS * 4],
}

impl Batch {
    pub(crate) const fn new() -> Self {
        Self {
            features: [[0.0; WIDTH]; ROWS],
            labels: [0; ROWS],
            targets: [[0.0; 4]; ROWS],
            scores: [0.0; ROWS * LABELS],
            deltas: [0.0; ROWS * LABELS * 4],
            by_scores: [0.0; ROWS * LABELS],
            by_deltas: [0.0; ROWS * LABELS * 4],
        }
    }

    /// Reads up to [`ROWS`] RoIs, and has the head score them.
    pub(crate) fn predict<'a>(
        &mut self,
        head: &Head,
        mut rows: impl Iterator<Item = &'a Row>,
        meter: &mut impl Meter,
    ) -> Result<Predicted<'_>, Refused> {
        let mut predicted = meter.measure(Phase::Read, || self.read(&mut rows));
        meter.measure(Phase::Forward, || predicted.forward(head))?;
        Ok(predicted)
    }

    /// Reads RoIs. Not inlined: there need be no copy for each meter.
    #[inline(never)]
    fn read(&mut self, rows: &mut dyn Iterator<Item = &Row>) -> Predicted<'_> {
        let slots = self.features.iter_mut().zip(&mut self.labels).zip(&mut self.targets);
        let mut count = 0;
        for (((features, label), target), row) in slots.zip(rows) {
            row.write_features(features);
            (*label, *target) = (row.label(), row.target());
            count += 1;
        }
        Predicted {
            features: self.features.get(..count).unwrap_or_default(),
            labels: self.labels.get(..count).unwrap_or_default(),
            targets: self.targets.get(..count).unwrap_or_default(),
            scores: self.scores.get_mut(..count * LABELS).unwrap_or_default(),
            deltas: self.deltas.get_mut(..count * LABELS * 4).unwrap_or_default(),
            by_scores: self.by_scores.get_mut(..count * LABELS).unwrap_or_default(),
            by_deltas: self.by_deltas.get_mut(..count * LABELS * 4).unwrap_or_default(),
        }
    }
}

/// A few RoIs with their scores and deltas.
pub(crate) struct Predicted<'a> {
    features: &'a [[f32; WIDTH]],
    pub(crate) labels: &'a [u32],
    targets: &'a [[f32; 4]],
    pub(crate) scores: &'a mut [f32],
    deltas: &'a mut [f32],
    by_scores: &'a mut [f32],
    by_deltas: &'a mut [f32],
}

impl Predicted<'_> {
    /// Computes scores and deltas. Not inlined: there need be no copy for each meter.
    #[inline(never)]
    fn forward(&mut self, head: &Head) -> Result<(), HeadError> {
        head.forward(Portable, self.features, self.scores, self.deltas)
    }

    /// Writes the loss of each RoI: cross-entropy, and smooth L1 of its box.
    pub(crate) fn losses(&self, losses: &mut [f32]) -> Result<(), LossError> {
        loss::cross_entropy(Portable, self.scores, LABELS, self.labels, losses)?;
        Regression::new(self.labels, self.deltas, self.targets.as_flattened())?.add_to(Portable, losses)
    }

    /// Adds the gradient of their losses, scaled, to the trainer's.
    pub(crate) fn backward(self, head: &Head, trainer: &mut Trainer, scale: f32) -> Result<(), Refused> {
        let Self { features, labels, targets, scores, deltas, by_scores, by_deltas } = self;
        let indices = NUMBERS.get(..labels.len()).unwrap_or_default();
        let backward = GradientSpec::new(indices).scale(scale).gathered();
        loss::cross_entropy_gradient(Portable, scores, LABELS, labels, &backward, by_scores)?;
        Regression::new(labels, deltas, targets.as_flattened())?.gradient(&backward, by_deltas)?;
        Ok(trainer.backward(Portable, head, features, &Rows { indices, by_scores, by_deltas })?)
    }
}
