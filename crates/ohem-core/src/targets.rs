//! Labels and targets: the class of each RoI, the box it should become, and the blobs that a network trains
//! on.
//!
//! Before a detector can train, its proposals are compared with the ground truth of their image:
//!
//! 1. [`assign`] finds the best ground-truth box of each RoI and the IoU with it. [`assign_batch`] does so for
//!    many images at once, [`assign_own`] for ground truth that is among the RoIs.
//! 2. [`label`] turns these into labels: an object's class, background, or ignored. [`split`] lists the indices
//!    of foreground and background. [`force_best`] makes the best RoIs of each object foreground, as RPN, SSD and
//!    RetinaNet do, and [`ignore_regions`] ignores background in crowds.
//! 3. [`regression_targets`] encodes the way from each RoI to its box, if it overlaps the box enough
//!    ([`BoxCoder`]). [`Normalization`] scales these targets.
//! 4. [`expand_per_class`] spreads the targets over the `n x 4K` columns of a network's output;
//!    [`expand_per_class_rows`] does so for selected RoIs alone.
//!
//! [`sample`] is the baseline that mining replaces: a batch of foreground and background RoIs at random.
//!
//! Matches, labels and classes of targets are all [`Match`](crate::Match): an object's number, background, or
//! ignored. Losses and mining read them as they are.
//!
//! The original keeps all this in `lib/roi_data_layer` and `lib/fast_rcnn`. Each function names its source
//! there, and the differences.

pub(crate) mod assign;
mod clip;
mod coder;
mod encode;
mod exp_ln;
mod forced;
mod label;
mod label_config;
mod normalize;
mod per_class;
mod regression_targets;
mod sample;
mod split;

pub use assign::{ByImage, assign, assign_batch, assign_own};
pub use clip::clip;
pub use coder::{BoxCoder, Decode};
pub use encode::{decode, encode};
pub use forced::{force_best, ignore_regions};
pub use label::{Assignment, label};
pub use label_config::{LabelConfig, OnOverlap};
pub use normalize::Normalization;
pub use per_class::{ExpandConfig, PerClassTargets, expand_per_class, expand_per_class_rows};
pub use regression_targets::{RegressionTargets, regression_targets};
pub use sample::{SampleConfig, sample};
pub use split::{ForegroundBackground, split};
