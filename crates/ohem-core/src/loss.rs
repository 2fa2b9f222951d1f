//! The loss of every RoI, by which mining ranks, and the gradients of the RoIs that it selects.
//!
//! - Classification: [`cross_entropy`] from logits, [`probability_cross_entropy`] from probabilities as the
//!   original has it, [`sigmoid_cross_entropy`] for detectors whose classes are independent, and
//!   [`binary_cross_entropy`] element by element.
//! - Pixels: [`cross_entropy_planes`] is the cross-entropy of logits in planes, as networks for segmentation have them.
//! - Boxes: [`Regression`] is a smooth-L1 loss with the original's weights. [`add_regression`] adds it to the
//!   loss of classification.
//! - Gradients by logits or predicted deltas, for trainers without autograd: [`GradientSpec`] says for which
//!   RoIs, times which scale, and whether the output has a row for each RoI or for each selected one.
//!
//! ```
//! use ohem_core::loss::{self, Classes, GradientSpec, Regression};
//!
//! let (logits, labels) = ([2.0, 0.0, 0.0, 0.0, 0.0, 3.0], [0, 0, 1]); // three RoIs, two classes
//! let (deltas, targets) = ([0.0; 12], [0.5; 12]);
//! let mut losses = [0.0_f32; 3];
//! loss::cross_entropy(&logits, Classes::new(2), &labels, &mut losses)?;
//! loss::add_regression(&Regression::new(&labels, &deltas, &targets)?, &mut losses)?;
//! assert_eq!(losses.map(|loss| (100.0 * loss).round()), [13.0, 69.0, 55.0]);
//!
//! let hard = [1]; // by mining
//! let mut gradient = [0.0; 6];
//! let spec = GradientSpec::new(&hard);
//! loss::cross_entropy_gradient(&logits, Classes::new(2), &labels, &spec, &mut gradient)?;
//! assert_eq!(gradient, [0.0, 0.0, -0.5, 0.5, 0.0, 0.0]);
//! # Ok::<(), ohem_core::InputError>(())
//! ```
//!
//! # Labels
//!
//! A label is any [`Key`](crate::Key): `u32`, `i64`, a float, or what
//! [`targets::label`](crate::targets::label()) writes, a [`Match`](crate::Match). [`Classes`] says which
//! number is the background and how a label that names no class is handled. An ignored RoI
//! ([`Match::IGNORED`](crate::Match::IGNORED)) has loss 0 and a gradient of 0.
//!
//! # Exact meaning
//!
//! Results have the same bits on every target and with any number of lanes. No operation is fused. `exp` and
//! `ln` never come from the platform: in `f32` they are ohem's (error below 1.3 ulp, single precision
//! throughout), in `f64` they are `libm`'s. The terms of a row are added in one order: eight partial sums,
//! sum `i` of terms `i`, `i + 8`, `i + 16` and so on; then the upper half of the sums is added to the lower
//! half until one sum is left.
//!
//! No term of a loss cancels another and no intermediate value overflows where the loss does not, so a loss has
//! good digits however small it is. The docs of each function state its error in units in the last place (ulp)
//! of the result; a test compares with a wider oracle over the whole domain (`cargo test -p ohem-core --test
//! accuracy`). NaN in gives NaN out: no input makes a function panic, and mining names the RoI whose loss is NaN.

mod box_table;
mod classes;
mod gradient_spec;
pub(crate) mod planes;
pub(crate) mod probability;
pub(crate) mod regression;
mod row;
pub(crate) mod sigmoid;
mod smooth;
pub(crate) mod softmax;

pub use box_table::BoxWeights;
pub use classes::Classes;
pub use gradient_spec::{GradientSpec, Layout, Reduction};
pub use planes::{cross_entropy_planes, cross_entropy_planes_gradient};
pub use probability::{probability_cross_entropy, probability_cross_entropy_gradient};
pub use regression::{Regression, add_regression, regression_gradient, regression_losses};
pub use sigmoid::{
    binary_cross_entropy, binary_cross_entropy_gradient, sigmoid_cross_entropy,
    sigmoid_cross_entropy_gradient,
};
pub use smooth::{smooth_l1, smooth_l1_slope};
pub use softmax::{cross_entropy, cross_entropy_gradient};

/// Number of rows whose logarithms are taken together: a row has only one, which would waste the other lanes.
const BATCH: usize = 32;

#[cfg(test)]
mod tests;
