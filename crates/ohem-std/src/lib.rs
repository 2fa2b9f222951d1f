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
//! # Ok::<(), ohem_std::MineError>(())
//! ```
//!
//! [`mine()`], [`nms()`], [`batched_nms`], [`rank::top_k`] and [`iou::matrix`] each do it in one call; [`Miner`] and
//! [`Nms`] keep their memory from step to step. The paths, names and arguments are those of [`ohem_core`], less
//! capacities and outputs; its front page says what results mean, exactly.
//!
//! # Features
//!
//! All are off by default.
//!
//! - `half`: losses of 16 bits, `f16` and `bf16`.
//! - `ndarray`: arrays in, indices out, without copies: the module `ndarray`.
//! - `candle`: tensors of candle in, without copies: the module `candle`. It compiles about 120 more crates.
//! - `rayon`: many steps at once, over all cores: the module `parallel`.

#![deny(unsafe_code)] // but in the lanes of AVX2 and AVX-512

#[cfg(feature = "candle")]
pub mod candle;
pub mod gather;
pub mod iou;
pub mod loss;
mod memory;
pub mod merge;
mod mine;
#[cfg(feature = "ndarray")]
pub mod ndarray;
mod nms;
#[cfg(feature = "rayon")]
pub mod parallel;
pub mod rank;
pub mod rules;
pub mod simd;
mod storage;
pub mod targets;

pub use mine::{Miner, Selection, mine};
pub use nms::{Nms, batched_nms, nms};
pub use storage::{GrowingBlocks, GrowingBuffer, VecStorage};

pub use ohem_core::gate;
pub use ohem_core::{
    All, ArrayStorage, BBox, BoxRows, Boxes, ConfigError, Convention, Decision, Float, Group, InputError,
    InvalidBox, InvalidKey, Key, KeyColumn, Keys, LengthMismatch, Match, Membership, MineConfig, MineError,
    MiningRule, NanLoss, NanPolicy, NmsConfig, NoBoxes, OutOfRange, RankKey, Ranked, RoiSource, Rois,
    Statistics, Storage, Suppress,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {
    #[doc = include_str!("../../../README.md")]
    mod of_the_project {}

    #[doc = include_str!("../../../docs/EMBEDDED.md")]
    mod on_a_microcontroller {}
}
