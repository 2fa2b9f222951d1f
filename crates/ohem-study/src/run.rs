//! The measurements of a training run.

use serde::{Deserialize, Serialize};

use crate::sampler::Sampler;

/// The measurements of a training run with one sampler and one seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which RoIs were learnt from.
    pub sampler: Sampler,
    /// The seed of initial weights, order of images and random samples.
    pub seed: u64,
    /// The measurements after each epoch.
    pub epochs: Vec<Epoch>,
    /// The hardest RoIs of a test image after the first and after the last epoch.
    pub hardest: Vec<Hardest>,
}

/// The measurements after an epoch. Counts and times include all epochs before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Mean loss over all training RoIs.
    pub loss: f64,
    /// Mean of the average precisions; `None` without ground truth.
    pub map: Option<f64>,
    /// Average precision of each class; `None` for classes without ground truth.
    pub ap: Vec<Option<f64>>,
    /// Number of RoIs propagated forward.
    pub forwarded: u64,
    /// Number of RoIs back-propagated.
    pub back_propagated: u64,
    /// Seconds of training, without the measurements between epochs.
    pub seconds: f64,
    /// Seconds of training spent on selecting RoIs: mining or random sampling.
    pub selecting_seconds: f64,
}

impl Epoch {
    /// RoIs back-propagated per second of training.
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.back_propagated as f64 / self.seconds } else { 0.0 }
    }

    /// Share of the training time that was spent on selecting RoIs.
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
    /// Hardest first, without RoIs whose IoU with a harder one of their label exceeds 0.7.
    pub rois: Vec<HardRoi>,
}

/// A hard RoI.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HardRoi {
    /// Corners `x1, y1, x2, y2`, both inside the box.
    pub bbox: [f32; 4],
    /// 0 for background, else the label of the class.
    pub label: u32,
    /// Its loss.
    pub loss: f32,
}
