//! The head in training.

use ohem_core::loss::Reduction;
use ohem_head::Sgd;
use rand::Rng;

use crate::batch::{Batch, ROWS};
use crate::error::Refused;
use crate::head::{DeviceHead, DeviceTrainer};
use crate::meter::{Meter, Phase};
use crate::row::RoiRow;

/// A head, its trainer, and memory for a few RoIs, so that an image is processed in parts.
#[derive(Debug)]
pub(crate) struct Learner {
    pub(crate) head: DeviceHead,
    pub(crate) batch: Batch,
    trainer: DeviceTrainer,
}

impl Learner {
    pub(crate) const fn new() -> Self {
        Self { head: DeviceHead::filled(0.0), batch: Batch::new(), trainer: DeviceTrainer::filled(0.0) }
    }

    /// Starts again from random weights.
    pub(crate) fn begin(&mut self, generator: &mut impl Rng) {
        self.head.randomize(generator);
        self.trainer = DeviceTrainer::filled(0.0);
    }

    /// Writes the loss of each RoI.
    pub(crate) fn losses(
        &mut self,
        rows: &[RoiRow],
        losses: &mut [f32],
        meter: &mut impl Meter,
    ) -> Result<(), Refused> {
        for (rows, losses) in rows.chunks(ROWS).zip(losses.chunks_mut(ROWS)) {
            let predicted = self.batch.predict(&self.head, rows.iter(), meter)?;
            meter.measure(Phase::Loss, || predicted.losses(losses))?;
        }
        Ok(())
    }

    /// Takes a step down the gradient of the mean loss of some RoIs.
    ///
    /// Their scores are computed again, since only the losses were kept. The backward pass then uses the activations of
    /// this forward pass, so that each RoI learnt from is activated twice in a step.
    pub(crate) fn learn(
        &mut self,
        rows: &[RoiRow],
        chosen: &[u32],
        sgd: &Sgd<f32>,
        meter: &mut impl Meter,
    ) -> Result<(), Refused> {
        if chosen.is_empty() {
            return Ok(());
        }
        let Self { head, batch, trainer } = self;
        let scale = Reduction::Mean.scale(rows.len(), chosen.len());
        for chosen in chosen.chunks(ROWS) {
            let rows = chosen.iter().filter_map(|&index| rows.get(index as usize));
            let predicted = batch.predict(head, rows, meter)?;
            meter.measure(Phase::Backward, || predicted.backward(head, trainer, scale))?;
        }
        meter.measure(Phase::Update, || trainer.step(head, sgd));
        Ok(())
    }
}
