//! What was measured of a training.

use serde::{Deserialize, Serialize};

use crate::Sampler;

/// A training from one seed, epoch by epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which RoIs were learnt from.
    pub sampler: Sampler,
    /// What initial weights, order and random choices depend on.
    pub seed: u64,
    /// What was measured after each epoch.
    pub epochs: Vec<Epoch>,
    /// The hardest RoIs of a test image after the first and after the last epoch.
    pub hardest: Vec<Hardest>,
}

/// What was measured after an epoch. Counts and times are of all epochs up to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 1.
    pub epoch: usize,
    /// Mean loss over all training RoIs.
    pub loss: f64,
    /// Mean of the average precisions; nothing if there is no ground truth to be found.
    pub map: Option<f64>,
    /// The average precision of each class; nothing for one without ground truth.
    pub ap: Vec<Option<f64>>,
    /// How many RoIs were propagated forward.
    pub forwarded: u64,
    /// How many were back-propagated.
    pub back_propagated: u64,
    /// How long training took, in seconds, without what is measured between the epochs.
    pub seconds: f64,
    /// How much of that was spent on choosing RoIs: mining or drawing.
    pub selecting_seconds: f64,
}

impl Epoch {
    /// How many RoIs were back-propagated a second of training.
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.back_propagated as f64 / self.seconds } else { 0.0 }
    }

    /// Which part of the time of training was spent on choosing RoIs.
    pub fn selecting_share(&self) -> f64 {
        if self.seconds > 0.0 { self.selecting_seconds / self.seconds } else { 0.0 }
    }
}

/// The hardest RoIs of an image after an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hardest {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The index of the image among those for testing.
    pub image: u32,
    /// Hardest first; none overlaps a harder one of its label by more than 0.7.
    pub rois: Vec<HardRoi>,
}

/// A RoI that is hard.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HardRoi {
    /// Corners `x1, y1, x2, y2`, both inside.
    pub bbox: [f32; 4],
    /// 0 for background, else the number of its class.
    pub label: u32,
    /// Its loss.
    pub loss: f32,
}
