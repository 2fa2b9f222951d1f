//! A training, image by image.

use ohem_core::targets::{LabelConfig, SampleConfig};
use ohem_core::{MineConfig, Miner};
use ohem_head::Sgd;
use rand::SeedableRng;
use rand::rngs::Xoshiro128PlusPlus;

use crate::data::TRAIN;
use crate::error::Refused;
use crate::head::DeviceHead;
use crate::image::BATCH;
use crate::measure::Measured;
use crate::memory::TrainingMemory;
use crate::meter::Meter;
use crate::row::RoiRow;

/// The learning rate.
const RATE: f32 = 0.05;

/// Maximum norm of the gradient.
const MAX_NORM: f32 = 10.0;

/// Which RoIs of an image are learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampler {
    /// The hardest, without those whose IoU with a harder one of their label exceeds 0.7.
    Ohem,
    /// Up to a quarter foreground, the rest background with an overlap of at least 0.1: the original without mining.
    Random,
}

impl Sampler {
    /// Both samplers.
    pub const EVERY: [Self; 2] = [Self::Ohem, Self::Random];

    /// The name of the sampler.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ohem => "ohem",
            Self::Random => "random",
        }
    }
}

/// A training with a step for each image.
#[derive(Debug)]
pub struct Training<'a> {
    memory: &'a mut TrainingMemory,
    sampler: Sampler,
    miner: Miner<f32, BATCH>,
    config: SampleConfig,
    generator: Xoshiro128PlusPlus,
}

impl<'a> Training<'a> {
    /// Begins a training. The initial weights depend on the seed but not on the sampler.
    ///
    /// # Errors
    ///
    /// If the miner refuses its configuration, which does not happen with [`BATCH`].
    pub fn new(memory: &'a mut TrainingMemory, sampler: Sampler, seed: u64) -> Result<Self, Refused> {
        let mut generator = Xoshiro128PlusPlus::seed_from_u64(seed);
        memory.learner.begin(&mut generator);
        let miner = Miner::new(MineConfig::fast_rcnn().batch_size(BATCH))?;
        let config = SampleConfig::new(BATCH).labels(LabelConfig::new().background(0.1, 0.5));
        Ok(Self { memory, sampler, miner, config, generator })
    }

    /// Which RoIs are learnt from.
    pub const fn sampler(&self) -> Sampler {
        self.sampler
    }

    /// The head in its current state.
    pub const fn head(&self) -> &DeviceHead {
        &self.memory.learner.head
    }

    /// Learns from each training image once.
    ///
    /// # Errors
    ///
    /// If a loss is NaN.
    pub fn epoch(&mut self, meter: &mut impl Meter) -> Result<(), Refused> {
        TRAIN.each().try_for_each(|rows| self.step(rows, meter))
    }

    /// Measures the current head.
    ///
    /// # Errors
    ///
    /// If the head refuses the data, which does not happen with the embedded data.
    pub fn measure(&mut self) -> Result<Measured, Refused> {
        Measured::of(&mut self.memory.learner)
    }

    /// Learns from an image.
    fn step(&mut self, rows: &[RoiRow], meter: &mut impl Meter) -> Result<(), Refused> {
        let TrainingMemory { learner, image } = &mut *self.memory;
        let chosen = match self.sampler {
            Sampler::Ohem => {
                learner.losses(rows, image.losses(rows.len()), meter)?;
                image.mine(rows, &mut self.miner, meter)?
            }
            Sampler::Random => image.sample(rows, &self.config, &mut self.generator, meter)?,
        };
        let sgd = Sgd::new(RATE).max_norm(MAX_NORM);
        learner.learn(rows, chosen, &sgd, meter)
    }
}
