//! A training step cut into slices, so that a control loop can run in between.
//!
//! [`Learner::slice`] does one slice of a step: the losses of a few RoIs, or the mining, or the gradient of the hard
//! RoIs. Mining is bounded by the RoIs that it may visit, and the other slices by the RoIs that they read.

#![no_std]
#![forbid(unsafe_code)]

use ohem_core::loss::{self, Classes, GradientSpec, Layout, Reduction};
use ohem_core::{BBox, ConfigError, InputError, MineConfig, MineError, Miner, Rois};

/// RoIs of a step.
pub const ROIS: usize = 96;
/// RoIs that a slice scores.
const SLICE: usize = 16;
const FEATURES: usize = 4;
const CLASSES: usize = 3; // background and two kinds of objects
const B: usize = 16;
/// RoIs that mining may visit in a step.
const MAX_VISITED: usize = 48;

/// Why a slice failed.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LearnError {
    /// A loss is NaN, or the columns differ in length.
    Mine(MineError),
    /// A column of losses or gradients does not fit.
    Input(InputError),
}

impl From<MineError> for LearnError {
    fn from(error: MineError) -> Self {
        Self::Mine(error)
    }
}

impl From<InputError> for LearnError {
    fn from(error: InputError) -> Self {
        Self::Input(error)
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Step {
    /// RoIs that it learned from.
    pub selected: usize,
    /// Whether mining stopped at the limit of the RoIs that it may visit.
    pub is_partial: bool,
    /// Mean loss of all RoIs, before the step.
    pub mean_loss: f32,
}

/// A linear head, and what its training needs.
pub struct Learner {
    weights: [[f32; CLASSES]; FEATURES],
    miner: Miner<f32, B>,
    boxes: [BBox<f32>; ROIS],
    labels: [u32; ROIS],
    features: [[f32; FEATURES]; ROIS],
    logits: [[f32; CLASSES]; ROIS],
    losses: [f32; ROIS],
    /// RoIs of this step that have a loss.
    scored: usize,
}

impl Learner {
    /// An untrained head, and RoIs of which a fifth lie around two objects.
    ///
    /// # Errors
    ///
    /// If the configuration of mining makes no sense.
    pub fn new() -> Result<Self, ConfigError> {
        let labels = core::array::from_fn(|roi| if roi % 5 == 0 { 1 + (roi / 5 % 2) as u32 } else { 0 });
        let noise = |roi: usize, by: usize| (roi * by % 17) as f32 / 17.0 - 0.5;
        Ok(Self {
            weights: [[0.0; CLASSES]; FEATURES],
            miner: Miner::new(MineConfig::new(B).max_visited(MAX_VISITED))?,
            boxes: core::array::from_fn(|roi| {
                let (x, y) = ((roi % 12) as f32 * 6.0, (roi / 12) as f32 * 20.0);
                BBox::new(x, y, x + 24.0, y + 24.0)
            }),
            labels,
            features: core::array::from_fn(|roi| {
                let is = |label| if labels[roi] == label { 1.0 } else { 0.0 };
                [1.0, is(1) + noise(roi, 5), is(2) + noise(roi, 7), noise(roi, 11)]
            }),
            logits: [[0.0; CLASSES]; ROIS],
            losses: [0.0; ROIS],
            scored: 0,
        })
    }

    /// Does the next slice of a training step, and returns what the step did if it was the last one.
    ///
    /// # Errors
    ///
    /// If training diverged, so that a loss is NaN.
    pub fn slice(&mut self) -> Result<Option<Step>, LearnError> {
        if self.scored < ROIS {
            self.score()?;
            return Ok(None);
        }
        self.scored = 0;
        let mut hard = [0; B];
        let (selected, is_partial) = self.mine(&mut hard)?;
        let mean_loss = self.losses.iter().sum::<f32>() / ROIS as f32;
        self.learn(&hard[..selected])?;
        Ok(Some(Step { selected, is_partial, mean_loss }))
    }

    /// Computes the losses of the next RoIs.
    fn score(&mut self) -> Result<(), LearnError> {
        let slice = self.scored..ROIS.min(self.scored + SLICE);
        for (logits, features) in self.logits[slice.clone()].iter_mut().zip(&self.features[slice.clone()]) {
            *logits = core::array::from_fn(|class| {
                features.iter().zip(&self.weights).map(|(value, row)| value * row[class]).sum()
            });
        }
        let logits = self.logits[slice.clone()].as_flattened();
        let labels = &self.labels[slice.clone()];
        loss::cross_entropy(logits, Classes::new(CLASSES), labels, &mut self.losses[slice.clone()])?;
        self.scored = slice.end;
        Ok(())
    }

    /// Finds the hard RoIs; returns their number, and whether the limit of visited RoIs ended it.
    fn mine(&mut self, hard: &mut [u32; B]) -> Result<(usize, bool), LearnError> {
        let selection = self.miner.mine(&Rois::by_label(&self.boxes, &self.labels)?, &self.losses)?;
        let selected = selection.indices();
        hard[..selected.len()].copy_from_slice(selected);
        Ok((selected.len(), selection.is_partial()))
    }

    /// Steps against the gradient of the hard RoIs.
    fn learn(&mut self, hard: &[u32]) -> Result<(), LearnError> {
        let mut gradients = [[0.0; CLASSES]; B];
        let gradients = &mut gradients[..hard.len()];
        let spec =
            GradientSpec::new(hard).scale(Reduction::Mean.scale(ROIS, hard.len())).layout(Layout::Gathered);
        let (logits, classes) = (self.logits.as_flattened(), Classes::new(CLASSES));
        loss::cross_entropy_gradient(logits, classes, &self.labels, &spec, gradients.as_flattened_mut())?;
        for (&roi, gradient) in hard.iter().zip(gradients) {
            for (row, value) in self.weights.iter_mut().zip(self.features[roi as usize]) {
                row.iter_mut().zip(&*gradient).for_each(|(weight, slope)| *weight -= 0.5 * value * slope);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_takes_a_slice_for_each_16_rois_and_one_more_and_learns() {
        let mut learner = Learner::new().unwrap();
        let mut step = || {
            for _ in 0..ROIS / SLICE {
                assert!(learner.slice().unwrap().is_none());
            }
            learner.slice().unwrap().unwrap()
        };
        let first = step();
        // All losses are ln 3. Neighbours overlap by 0.6, so mining selects the first 16 RoIs, and visits no more.
        assert!((first.mean_loss - 3f32.ln()).abs() < 1e-5, "{first:?}");
        assert!(!first.is_partial && first.selected == B, "{first:?}");
        let last = (0..200).map(|_| step()).last().unwrap();
        assert!(last.mean_loss < first.mean_loss / 3.0, "{last:?}");
    }
}
