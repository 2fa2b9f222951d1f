//! The loss of every RoI, which mining ranks by, and its gradients for those that were selected.
//!
//! - Classification: [`cross_entropy`] from logits, [`probability_cross_entropy`] from probabilities as the
//!   reference has it, [`sigmoid_cross_entropy`] for detectors whose classes are independent, and
//!   [`binary_cross_entropy`] element by element.
//! - Boxes: [`Regression`], smooth-L1 with the reference's weights. [`Regression::add_to`] adds it to the
//!   loss of classification.
//! - Gradients of each by logits or predictions, for trainers without autograd: [`GradientSpec`] says of which
//!   RoIs, how scaled, and whether in rows of the whole batch or of the selected alone.
//!
//! ```
//! use ohem_core::{loss, simd::Portable};
//!
//! let (logits, labels) = ([2.0, 0.0, 0.0, 0.0, 0.0, 3.0], [0, 0, 1]); // three RoIs, two classes
//! let (predictions, targets) = ([0.0; 12], [0.5; 12]);
//! let mut losses = [0.0_f32; 3];
//! loss::cross_entropy(Portable, &logits, 2, &labels, &mut losses)?;
//! loss::Regression::new(&labels, &predictions, &targets)?.add_to(Portable, &mut losses)?;
//! assert_eq!(losses.map(|loss| (100.0 * loss).round()), [13.0, 69.0, 55.0]);
//!
//! let hard = [1]; // by mining
//! let mut gradient = [0.0; 6];
//! let backward = loss::GradientSpec::new(&hard);
//! loss::cross_entropy_gradient(Portable, &logits, 2, &labels, &backward, &mut gradient)?;
//! assert_eq!(gradient, [0.0, 0.0, -0.5, 0.5, 0.0, 0.0]);
//! # Ok::<(), loss::LossError>(())
//! ```
//!
//! # Exact meaning
//!
//! The same bits on every target and in any number of lanes: nothing is fused, `exp` and `ln` are ohem's own
//! in `f32` (off by less than 1.3 ulp, single precision throughout) and `libm`'s in `f64`, never the
//! platform's, and the terms of a row are added up in one order: 8 partial sums, the `i`-th of every 8th
//! term from the `i`-th on, and then the upper half of the sums to the lower one until a single sum is left.
//!
//! Nothing overflows or cancels on the way, so a loss or gradient is as accurate as the type allows however
//! tiny it is. NaN comes of NaN: no input makes a function panic, and mining names the RoI whose loss is NaN.

mod columns;
mod error;
mod gradient_spec;
mod probability;
mod regression;
mod row;
mod sigmoid;
mod smooth;
mod softmax;

pub use columns::Weights;
pub use error::LossError;
pub use gradient_spec::{GradientSpec, Layout, Reduction};
pub use probability::{probability_cross_entropy, probability_cross_entropy_gradient};
pub use regression::Regression;
pub use sigmoid::{
    binary_cross_entropy, binary_cross_entropy_gradient, sigmoid_cross_entropy,
    sigmoid_cross_entropy_gradient,
};
pub use smooth::{smooth_l1, smooth_l1_slope};
pub use softmax::{cross_entropy, cross_entropy_gradient};

/// How many rows get their logarithms together.
const BATCH: usize = 32;
