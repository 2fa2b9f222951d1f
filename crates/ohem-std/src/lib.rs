//! Online hard example mining over slices and `Vec`s: the same words as [`ohem_core`], no capacities.
//!
//! ```
//! use ohem_std::{BBox, MineConfig};
//!
//! let boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
//! let (images, labels, losses) = ([0, 0, 0], [1, 1, 0], [0.5, 2.0, 1.0]);
//! let config = MineConfig::fast_rcnn().batch_size(2);
//! let hard = ohem_std::mine(BBox::from_rows(&boxes), &images, &labels, &losses, &config)?;
//! assert_eq!(hard.indices(), [1, 2]); // RoI 0 overlaps the harder RoI 1
//! # Ok::<(), ohem_std::Error>(())
//! ```
//!
//! [`mine()`], [`nms`], [`batched_nms`], [`top_k`] and [`iou::matrix`] each do it in one call; [`Miner`]
//! keeps its memory from step to step. What results mean, exactly, is said in [`ohem_core`].

#![deny(unsafe_code)] // but in the lanes of AVX2

mod error;
pub mod gather;
pub mod iou;
pub mod loss;
mod memory;
pub mod merge;
mod mine;
mod nms;
#[cfg(feature = "rayon")]
pub mod parallel;
pub mod rules;
pub mod simd;
mod tables;
pub mod targets;

pub use error::Error;
pub use mine::{Miner, Selection, mine};
pub use nms::{batched_nms, nms};
pub use tables::top_k;

pub use ohem_core::gate;
pub use ohem_core::rank::RankError;
pub use ohem_core::{
    BBox, ConfigError, Convention, Float, Group, InputError, InvalidKey, Key, LengthMismatch, Match,
    MineConfig, MineError, NanPolicy, NmsConfig, OutOfRange, RankKey, Ranked, Rois, RoisError, Statistics,
    Suppress,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {
    #[doc = include_str!("../../../README.md")]
    mod of_the_project {}

    #[doc = include_str!("../../../docs/EMBEDDED.md")]
    mod on_a_microcontroller {}
}
