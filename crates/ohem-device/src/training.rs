//! A training, image by image.

use ohem_core::targets::{LabelConfig, SampleConfig};
use ohem_core::{MineConfig, Miner};
use ohem_head::Sgd;
use rand::SeedableRng;
use rand::rngs::Xoshiro128PlusPlus;

use crate::{Head, Measured, Memory, Meter, Refused, Row, TRAIN};

/// How many RoIs of an image are learnt from at the most.
pub const BATCH: usize = 64;

/// How far a step goes.
const RATE: f32 = 0.05;

/// The gradient's norm at the most.
const LARGEST_NORM: f32 = 10.0;

/// Which RoIs of an image are learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampler {
    /// The hardest, but none that overlaps a harder one of its label by more than 0.7.
    Ohem,
    /// Up to a quarter foreground, the rest background of an overlap from 0.1: the reference without mining.
    Random,
}

impl Sampler {
    /// Both.
    pub const EVERY: [Self; 2] = [Self::Ohem, Self::Random];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ohem => "ohem",
            Self::Random => "random",
        }
    }
}

/// A training: a step for each image.
#[derive(Debug)]
pub struct Training<'a> {
    memory: &'a mut Memory,
    sampler: Sampler,
    miner: Miner<f32, BATCH>,
    config: SampleConfig,
    generator: Xoshiro128PlusPlus,
}

impl<'a> Training<'a> {
    /// Begins a training. Its first weights depend on the seed alone, and not on the sampler.
    ///
    /// # Errors
    ///
    /// If the batch does not go with the miner.
    pub fn new(memory: &'a mut Memory, sampler: Sampler, seed: u64) -> Result<Self, Refused> {
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

    /// The head, as it is by now.
    pub const fn head(&self) -> &Head {
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

    /// Measures how good the head is by now.
    ///
    /// # Errors
    ///
    /// If the head has not the size of the data.
    pub fn measure(&mut self) -> Result<Measured, Refused> {
        Measured::of(&mut self.memory.learner)
    }

    /// Learns from an image.
    fn step(&mut self, rows: &[Row], meter: &mut impl Meter) -> Result<(), Refused> {
        let Memory { learner, image } = &mut *self.memory;
        let chosen = match self.sampler {
            Sampler::Ohem => {
                learner.losses(rows, image.losses(rows.len()), meter)?;
                image.mine(rows, &mut self.miner, meter)?
            }
            Sampler::Random => image.draw(rows, &self.config, &mut self.generator, meter)?,
        };
        let sgd = Sgd::new(RATE).largest_norm(LARGEST_NORM);
        learner.learn(rows, chosen, &sgd, meter)
    }
}
