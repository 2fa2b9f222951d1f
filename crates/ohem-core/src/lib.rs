//! Online hard example mining (Shrivastava, Gupta, Girshick, CVPR 2016) without `std`, heap or panics.
//!
//! A detector scores thousands of regions of interest (RoIs) a step, nearly all of them easy background.
//! Mining ranks them by loss, drops those that overlap a harder one of the same (image, label), and hands
//! over the hardest `B` that are left, hardest first.
//!
//! ```
//! use ohem_core::{BBox, MineConfig, Miner, Rois};
//!
//! let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
//! let rois = Rois::new(BBox::from_rows(&rows), &[0, 0, 0], &[1, 1, 0])?;
//! let mut miner = Miner::<f32, 64>::new(MineConfig::fast_rcnn().batch_size(2))?;
//! let hard = miner.mine(&rois, &[0.5, 2.0, 1.0])?;
//! assert_eq!(hard.indices(), [1, 2]); // RoI 0 overlaps the harder RoI 1
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The data path
//!
//! [`rank`] hands out RoIs hardest first, lazily; [`admit`] keeps those that no harder one of their group
//! overlaps; [`mine`] stops when the batch is full. Nothing ranked below the last one taken is ever looked
//! at, so a step costs one scan of the losses, and a test of each RoI visited against those admitted before
//! it. [`gather`] turns the selection into minibatch blobs, a mask or weights.
//!
//! Before that, [`targets`] labels proposals and encodes where their boxes should go, and [`loss`] computes what
//! mining ranks by; afterwards, its gradients for those selected. [`rules`] has what other frameworks mine by,
//! [`merge`] puts steps together that come in parts, and [`gate`] decides about single samples.
//!
//! # Exact meaning
//!
//! Results are defined, not approximate: the same indices in the same order on every instruction set.
//!
//! - Order: loss descending, then index ascending. +0 and -0 are equal. A NaN is an error that names it,
//!   or skipped, or hardest, as [`NanPolicy`] says; its sign never matters.
//! - IoU: [`BBox::iou`], in the float type itself, each operation rounded to nearest, none fused.
//! - What is not a box ([`BBox::is_box`]) has IoU 0 with everything, never suppresses and is never
//!   suppressed.
//!
//! # Memory
//!
//! The caller owns all of it. [`Miner`] and [`Nms`] hold fixed arrays, so `size_of` is the memory bill:
//!
//! ```
//! assert_eq!(size_of::<ohem_core::Miner<f32, 64>>(), 2552);
//! assert_eq!(size_of::<ohem_core::Miner<f32, 128>>(), 4088);
//! ```
//!
//! [`mine::mine`] does the same over memory lent as slices.

#![no_std]
#![forbid(unsafe_code)]

pub mod admit;
mod bbox;
mod config;
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
pub mod mine;
mod miner;
mod nms;
mod random;
pub mod rank;
mod rank_key;
mod rois;
pub mod rules;
mod selection;
pub mod simd;
pub mod targets;

pub use bbox::{BBox, Convention};
pub use config::{ConfigError, MineConfig, NmsConfig, Suppress};
pub use error::{InputError, LengthMismatch, NanLoss, OutOfRange};
pub use float::Float;
pub use key::{InvalidKey, Key, Match};
pub use mine::MineError;
pub use miner::Miner;
pub use nms::{Nms, NmsError};
pub use rank_key::{NanPolicy, RankKey, Ranked};
pub use rois::{Group, Rois, RoisError};
pub use selection::{Selection, Statistics};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
