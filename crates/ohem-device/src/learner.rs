//! The head in training.

use ohem_core::loss::Reduction;
use ohem_head::Sgd;
use rand::Rng;

use crate::batch::{Batch, ROWS};
use crate::meter::{Meter, Phase};
use crate::{Head, Refused, Row, Trainer};

/// A head, its trainer, and memory for a few RoIs: those of an image come in parts.
#[derive(Debug)]
pub(crate) struct Learner {
    pub(crate) head: Head,
    pub(crate) batch: Batch,
    trainer: Trainer,
}

impl Learner {
    pub(crate) const fn new() -> Self {
        Self { head: Head::filled(0.0), batch: Batch::new(), trainer: Trainer::filled(0.0) }
    }

    /// Begins anew, with weights that are drawn.
    pub(crate) fn begin(&mut self, generator: &mut impl Rng) {
        self.head.randomize(generator);
        self.trainer = Trainer::filled(0.0);
    }

    /// Writes the loss of each RoI.
    pub(crate) fn losses(
        &mut self,
        rows: &[Row],
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
    /// They are scored once more: nothing is kept of the RoIs of which only the loss was wanted.
    pub(crate) fn learn(
        &mut self,
        rows: &[Row],
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
            meter.measure(Phase::GradientSpec, || predicted.backward(head, trainer, scale))?;
        }
        meter.measure(Phase::Update, || trainer.step(head, sgd));
        Ok(())
    }
}
