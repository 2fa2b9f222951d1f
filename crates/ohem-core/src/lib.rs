//! Online hard example mining (Shrivastava, Gupta, Girshick, CVPR 2016) without `std`, heap or panics.
//!
//! A detector scores thousands of regions of interest (RoIs) a step, nearly all of them easy background.
//! Mining ranks them by loss, drops those that overlap a harder one of the same (image, label), and selects the
//! hardest `B` that are left, hardest first.
//!
//! ```
//! use ohem_core::{BBox, MineConfig, Miner, Rois};
//!
//! let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
//! let rois = Rois::new(BBox::from_rows(&rows), &[0, 0, 0], &[1, 1, 0])?;
//! let mut miner = Miner::<f32, 64>::new(MineConfig::fast_rcnn().batch_size(2))?;
//! let hard = miner.mine(&rois, &[0.5, 2.0, 1.0])?;
//! assert_eq!(hard.indices(), [1, 2]); // RoI 0 overlaps the harder RoI 1
//! # Ok::<(), ohem_core::MineError>(())
//! ```
//!
//! # The data path
//!
//! [`rank`] finds RoIs hardest first, lazily; those that no harder one of their group overlaps are admitted, until
//! the batch is full. RoIs that rank below the last one selected are never read, so a step costs one scan of the
//! losses, and a test of each visited RoI against those admitted before it. [`gather`] turns the selection into
//! minibatch blobs, a mask or weights.
//!
//! Before that, [`targets`] labels proposals and encodes their regression targets, and [`loss`] computes the
//! losses that mining ranks by; afterwards, it computes the gradients of the RoIs selected. [`rules`] has the
//! mining rules of other frameworks (a [`MiningRule`] adds one), [`merge`] combines steps that come in parts, and
//! [`gate`] decides about single samples.
//!
//! # Layers
//!
//! Functions and types here take slices, a configuration and an output, and run on the instruction set that the
//! program is compiled for. [`kernel`] is for experts: the same operations on a chosen instruction set and over
//! any [`Storage`].
//!
//! # Exact meaning
//!
//! Results are defined, not approximate: the same indices in the same order on every instruction set.
//!
//! - Order: loss descending, then index ascending. +0 and -0 are equal. A NaN is an error that names it,
//!   or skipped, or hardest, as [`NanPolicy`] says; its sign never matters.
//! - IoU: [`BBox::iou`], in the float type itself, each operation rounded to nearest, none fused.
//! - An invalid box ([`BBox::is_box`]) has IoU 0 with everything, never suppresses and is never
//!   suppressed.
//! - A RoI whose label or image is [`Match::IGNORED`] takes no part.
//!
//! # Memory
//!
//! The caller owns all of it. [`Miner`] and [`Nms`] hold fixed arrays, so `size_of` is all the memory they use:
//!
//! ```
//! assert_eq!(size_of::<ohem_core::Miner<f32, 64>>(), 2560);
//! assert_eq!(size_of::<ohem_core::Miner<f32, 128>>(), 4096);
//! ```
//!
//! # Features
//!
//! All are off by default.
//!
//! - `half`: losses of 16 bits, `f16` and `bf16`.
//! - `defmt`: errors, settings and matches can be printed by `defmt`.

#![no_std]
#![forbid(unsafe_code)]

mod admit;
mod bbox;
mod config;
mod coordinate;
pub mod error;
mod float;
pub mod gate;
pub mod gather;
pub mod iou;
pub mod kernel;
mod key;
pub mod loss;
mod math;
pub mod merge;
mod mine;
mod miner;
mod nms;
mod one_call;
mod random;
pub mod rank;
mod rank_key;
mod rois;
pub mod rules;
mod selection;
mod simd;
mod storage;
pub mod targets;

pub use bbox::{BBox, Convention};
pub use config::{MineConfig, NmsConfig, Suppress};
pub use coordinate::Coordinate;
pub use error::{ConfigError, InputError, InvalidBox, LengthMismatch, MineError, NanLoss, OutOfRange};
pub use float::Float;
pub use key::{InvalidKey, Key, Match};
pub use mine::{All, Decision, Mining, MiningRule};
pub use miner::Miner;
pub use nms::Nms;
pub use one_call::{batched_nms, mine, nms};
pub use rank_key::{NanPolicy, RankKey, Ranked};
pub use rois::{BoxRows, Boxes, Group, KeyColumn, Keys, Membership, NoBoxes, RoiSource, Rois};
pub use selection::{Selection, Statistics};
pub use storage::{ArrayStorage, Storage};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
