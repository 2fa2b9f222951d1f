//! A few RoIs at a time: their data, and the predictions of the head.

use ohem_core::InputError;
use ohem_core::kernel::Portable;
use ohem_core::loss::{self, Classes, GradientSpec, Layout, Regression};
use ohem_head::{BLOCK, HeadError, HiddenActivations};

use crate::error::Refused;
use crate::head::{DeviceHead, DeviceTrainer, HIDDEN, LABELS};
use crate::meter::{Meter, Phase};
use crate::row::{RoiRow, WIDTH};

/// Number of RoIs that are in memory as floats.
pub(crate) const ROWS: usize = 16;

/// The indices of those RoIs.
const INDICES: [u32; ROWS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// The activations of a block of RoIs in the hidden layers.
type Hidden = HiddenActivations<f32, { HIDDEN[0] }, { HIDDEN[1] }>;

/// Memory for a few RoIs.
#[derive(Debug)]
pub(crate) struct Batch {
    features: [[f32; WIDTH]; ROWS],
    labels: [u32; ROWS],
    targets: [[f32; 4]; ROWS],
    hidden: [Hidden; ROWS.div_ceil(BLOCK)],
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
            hidden: [Hidden::filled(0.0); ROWS.div_ceil(BLOCK)],
            scores: [0.0; ROWS * LABELS],
            deltas: [0.0; ROWS * LABELS * 4],
            by_scores: [0.0; ROWS * LABELS],
            by_deltas: [0.0; ROWS * LABELS * 4],
        }
    }

    /// Reads up to [`ROWS`] RoIs, and runs the head on them.
    pub(crate) fn predict<'a>(
        &mut self,
        head: &DeviceHead,
        mut rows: impl Iterator<Item = &'a RoiRow>,
        meter: &mut impl Meter,
    ) -> Result<Predicted<'_>, Refused> {
        let mut predicted = meter.measure(Phase::Read, || self.read(&mut rows));
        meter.measure(Phase::Forward, || predicted.forward(head))?;
        Ok(predicted)
    }

    /// Reads RoIs. Not inlined, so that there is one copy for all meters.
    #[inline(never)]
    fn read(&mut self, rows: &mut dyn Iterator<Item = &RoiRow>) -> Predicted<'_> {
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
            hidden: self.hidden.get_mut(..count.div_ceil(BLOCK)).unwrap_or_default(),
            scores: self.scores.get_mut(..count * LABELS).unwrap_or_default(),
            deltas: self.deltas.get_mut(..count * LABELS * 4).unwrap_or_default(),
            by_scores: self.by_scores.get_mut(..count * LABELS).unwrap_or_default(),
            by_deltas: self.by_deltas.get_mut(..count * LABELS * 4).unwrap_or_default(),
        }
    }
}

/// A few RoIs with their predictions.
pub(crate) struct Predicted<'a> {
    features: &'a [[f32; WIDTH]],
    pub(crate) labels: &'a [u32],
    targets: &'a [[f32; 4]],
    /// Kept for the backward pass.
    hidden: &'a mut [Hidden],
    pub(crate) scores: &'a mut [f32],
    deltas: &'a mut [f32],
    by_scores: &'a mut [f32],
    by_deltas: &'a mut [f32],
}

impl Predicted<'_> {
    /// Computes scores and deltas. Not inlined, so that there is one copy for all meters.
    ///
    /// Activations are kept even where only the loss is needed: a second forward pass would take flash.
    #[inline(never)]
    fn forward(&mut self, head: &DeviceHead) -> Result<(), HeadError> {
        head.forward_kept(Portable, self.features, self.hidden, self.scores, self.deltas)
    }

    /// Writes the loss of each RoI: cross-entropy, plus smooth L1 of its box.
    pub(crate) fn losses(&self, losses: &mut [f32]) -> Result<(), InputError> {
        loss::cross_entropy(self.scores, Classes::new(LABELS), self.labels, losses)?;
        let regression = Regression::new(self.labels, self.deltas, self.targets.as_flattened())?;
        loss::add_regression(&regression, losses)
    }

    /// Adds the gradient of the RoIs' losses, multiplied by `scale`, to that of the trainer.
    pub(crate) fn backward(
        self,
        head: &DeviceHead,
        trainer: &mut DeviceTrainer,
        scale: f32,
    ) -> Result<(), Refused> {
        let Self { features, labels, targets, hidden, scores, deltas, by_scores, by_deltas } = self;
        let rows = INDICES.get(..labels.len()).unwrap_or_default();
        let spec = GradientSpec::new(rows).scale(scale).layout(Layout::Gathered);
        loss::cross_entropy_gradient(scores, Classes::new(LABELS), labels, &spec, by_scores)?;
        let regression = Regression::new(labels, deltas, targets.as_flattened()).map_err(InputError::from)?;
        loss::regression_gradient(&regression, &spec, by_deltas)?;
        Ok(trainer.backward_kept(Portable, head, features, hidden, by_scores, by_deltas)?)
    }
}
