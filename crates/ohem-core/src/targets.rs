//! Labels and targets: what each RoI is, which box it should become, and the blobs that say so.
//!
//! Before a detector can be trained, its proposals are held against the ground truth of their image:
//!
//! 1. [`assign`] finds each RoI its best ground-truth box and the overlap with it ([`assign_batch`] does so
//!    for many images at once, [`assign_own`] for ground truth that is among the RoIs).
//! 2. [`label`] makes foreground, background and ignored of the overlaps; [`split`] lists the indices.
//! 3. [`regression_targets`] encodes, for each RoI close enough to its box, the step from one to the other
//!    ([`BoxCoder`]); [`Normalization`] scales these.
//! 4. [`expand`] spreads compact targets over the `n x 4K` columns that a network has, [`expand_rows`] only
//!    those of the rows that were selected.
//!
//! [`sample`] is the baseline that mining replaces: so many foreground and background RoIs, at random.
//!
//! The reference keeps all this in `lib/roi_data_layer` and `lib/fast_rcnn`; each function names its source
//! there, and where it differs.

mod assign;
mod clip;
mod coder;
mod exp_ln;
mod label;
mod normalize;
mod per_class;
mod regression_targets;
mod sample;
mod split;

pub use assign::{AssignError, ByImage, UNMATCHED, assign, assign_batch, assign_own};
pub use clip::clip;
pub use coder::{BoxCoder, CodeError, Decode};
pub use label::{Assignment, BACKGROUND, IGNORED, LabelConfig, LabelError, OnOverlap, label};
pub use normalize::{Normalization, NormalizeError};
pub use per_class::{Blobs, ExpandConfig, ExpandError, expand, expand_rows};
pub use regression_targets::{RegressionTargets, RegressionTargetsError, regression_targets};
pub use sample::{SampleConfig, SampleError, sample};
pub use split::{Split, SplitError, split};
