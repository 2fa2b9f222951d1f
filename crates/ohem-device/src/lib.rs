//! On-device training with and without hard example mining: a detection head on a frozen backbone.
//!
//! Host and microcontroller run the same code and print the same lines. The RoIs come from the study and are embedded
//! ([`TRAIN`], [`TEST`]). [`TrainingMemory`] is all that is written to, and lives in a `static`. [`Training`] takes a
//! step for each image: forward on all of its RoIs, the loss of each, mining, and backward on the hard ones. The
//! original's random sampler is there for comparison. A [`Meter`] can measure each [`Phase`] of a step.
//!
//! ```
//! use ohem_device::{Sampler, Training, TrainingMemory, Unmeasured};
//!
//! let mut memory = Box::new(TrainingMemory::new()); // a `static` in firmware
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
mod head;
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
pub use head::{DeviceHead, HIDDEN, LABELS};
pub use image::BATCH;
pub use measure::Measured;
pub use memory::TrainingMemory;
pub use meter::{Meter, Phase, Unmeasured};
pub use report::{heading, report};
pub use row::{RoiRow, WIDTH};
pub use training::{Sampler, Training};

/// Number of times that each image is learnt from.
pub const EPOCHS: u32 = 20;
