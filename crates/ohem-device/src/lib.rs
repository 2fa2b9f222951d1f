//! On-device training with and without hard example mining: a detection head on a frozen backbone.
//!
//! The host and the microcontroller run this same code, and print the same lines: RoIs of the study, compiled in
//! ([`TRAIN`], [`TEST`]); all that is written to ([`Memory`], which lives in a `static`); a step for each image
//! ([`Training`]): forward on all its RoIs, the loss of each, mining, backward on the hard ones alone. The reference's
//! random sampler is there to compare with. A [`Meter`] can count what each [`Phase`] of a step takes.
//!
//! ```
//! use ohem_device::{Memory, Sampler, Training, Unmeasured};
//!
//! let mut memory = Box::new(Memory::new()); // firmware has it in a `static`
//! let mut training = Training::new(&mut memory, Sampler::Ohem, 0)?;
//! let before = training.measure()?;
//! training.epoch(&mut Unmeasured)?;
//! assert!(training.measure()?.loss < before.loss);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![no_std]
#![forbid(unsafe_code)]

mod batch;
mod data;
mod error;
mod image;
mod learner;
mod measure;
mod memory;
mod meter;
mod report;
mod row;
mod training;

pub use data::{CLASSES, Images, TEST, TRAIN};
pub use error::Refused;
pub use measure::Measured;
pub use memory::Memory;
pub use meter::{Meter, Phase, Unmeasured};
pub use report::{heading, report};
pub use row::{Row, WIDTH};
pub use training::{BATCH, Sampler, Training};

/// How many outputs the hidden layers have.
pub const HIDDEN: [usize; 2] = [16, 16];

/// How many classes there are, background among them.
pub const LABELS: usize = CLASSES.len() + 1;

/// How many times each image is learnt from.
pub const EPOCHS: u32 = 20;

/// The head that is trained.
pub type Head = ohem_head::Head<f32, WIDTH, { HIDDEN[0] }, { HIDDEN[1] }, LABELS>;
type Trainer = ohem_head::Trainer<f32, WIDTH, { HIDDEN[0] }, { HIDDEN[1] }, LABELS>;
