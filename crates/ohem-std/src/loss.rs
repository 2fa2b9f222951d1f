//! The loss of every RoI and its gradients, in new `Vec`s. See [`ohem_core::loss`] for what they mean.
//!
//! If there is no memory for a gradient of repeated indices, the error names its length as expected, and 0 as found.
//!
//! ```
//! use ohem_std::loss::{self, Classes, GradientSpec, Reduction, Regression};
//!
//! let (logits, labels) = ([2.0, 0.0, 0.0, 0.0, 0.0, 3.0], [0, 0, 1]); // three RoIs, two classes
//! let classes = Classes::new(2);
//! let mut losses = loss::cross_entropy(&logits, classes, &labels)?;
//! loss::add_regression(&Regression::new(&labels, &[0.0; 12], &[0.5; 12])?, &mut losses)?;
//!
//! let hard = ohem_std::rank::top_k(&losses, 1, Default::default())?;
//! let spec = GradientSpec::new(&hard).scale(Reduction::Mean.scale(labels.len(), hard.len()));
//! let gradient = loss::cross_entropy_gradient(&logits, classes, &labels, &spec)?;
//! assert_eq!(gradient, [0.0, 0.0, -0.5, 0.5, 0.0, 0.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ohem_core::loss::{
    BoxWeights, Classes, GradientSpec, Layout, Reduction, Regression, smooth_l1, smooth_l1_slope,
};

use ohem_core::{InputError, Key, LengthMismatch, kernel};

use crate::Float;
use crate::memory::zeros;
use crate::simd::dispatch;

mod gradients;

pub use gradients::{
    binary_cross_entropy_gradient, cross_entropy_gradient, cross_entropy_planes_gradient,
    probability_cross_entropy_gradient, regression_gradient, sigmoid_cross_entropy_gradient,
};

/// Computes the softmax cross-entropy of every RoI's row of logits.
///
/// `logits` is a table of `n x classes.count`. See [`ohem_core::loss::cross_entropy`]. O(n x classes).
///
/// # Errors
///
/// If `logits` has the wrong length, or a label names no class.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes};
///
/// let losses = loss::cross_entropy(&[20.0, 0.0, 0.0, 0.0], Classes::new(2), &[0, 1])?;
/// assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn cross_entropy<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
) -> Result<Vec<F>, InputError> {
    written(
        labels.len(),
        |losses| dispatch!(simd => kernel::loss::cross_entropy(simd, logits, classes, labels, losses)),
    )
}

/// Computes the softmax cross-entropy of every pixel, from logits with a plane for each class.
///
/// See [`ohem_core::loss::cross_entropy_planes`]. O(n x classes).
///
/// # Errors
///
/// If `logits` has the wrong length, a label names no class, or there are more than 2^24 classes.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes};
///
/// let losses = loss::cross_entropy_planes(&[20.0, 0.0, 0.0, 0.0], Classes::new(2), &[0, 1])?;
/// assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn cross_entropy_planes<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
) -> Result<Vec<F>, InputError> {
    written(
        labels.len(),
        |losses| dispatch!(simd => kernel::loss::cross_entropy_planes(simd, logits, classes, labels, losses)),
    )
}

/// Computes the original's cross-entropy of every RoI's row of probabilities.
///
/// `probabilities` is a table of `n x classes.count`. See [`ohem_core::loss::probability_cross_entropy`].
/// O(n).
///
/// # Errors
///
/// If `probabilities` has the wrong length, or a label names no class.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes};
///
/// let losses = loss::probability_cross_entropy(&[0.5, 0.5, 1.0, 0.0], Classes::new(2), &[0, 1])?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 36.04365338911715]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn probability_cross_entropy<F: Float, L: Key>(
    probabilities: &[F],
    classes: Classes,
    labels: &[L],
) -> Result<Vec<F>, InputError> {
    written(labels.len(), |losses| {
        dispatch!(simd => {
            kernel::loss::probability_cross_entropy(simd, probabilities, classes, labels, losses)
        })
    })
}

/// Computes the sigmoid cross-entropy of every RoI's row of logits, which has no column for the background.
///
/// `logits` is a table of `n x classes.count`. See [`ohem_core::loss::sigmoid_cross_entropy`]. O(n x
/// classes).
///
/// # Errors
///
/// If `logits` has the wrong length, or a label names no class.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes};
///
/// let losses = loss::sigmoid_cross_entropy(&[0.0, -100.0, 0.0, -100.0], Classes::new(2), &[0, 2])?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 100.0 + std::f64::consts::LN_2]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn sigmoid_cross_entropy<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
) -> Result<Vec<F>, InputError> {
    written(
        labels.len(),
        |losses| dispatch!(simd => kernel::loss::sigmoid_cross_entropy(simd, logits, classes, labels, losses)),
    )
}

/// Computes the binary cross-entropy of each logit with a target from 0 to 1.
///
/// See [`ohem_core::loss::binary_cross_entropy`]. O(n).
///
/// # Errors
///
/// If there are not as many targets as logits.
///
/// # Examples
///
/// ```
/// let losses = ohem_std::loss::binary_cross_entropy(&[0.0, 1000.0], &[0.5, 0.0])?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 1000.0]);
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn binary_cross_entropy<F: Float>(logits: &[F], targets: &[F]) -> Result<Vec<F>, LengthMismatch> {
    written(
        logits.len(),
        |losses| dispatch!(simd => kernel::loss::binary_cross_entropy(simd, logits, targets, losses)),
    )
}

/// Computes the loss of every RoI's box; 0 for background and ignored RoIs.
///
/// See [`ohem_core::loss::regression_losses`]. O(n).
///
/// # Errors
///
/// If `beta` is negative or NaN, or a label has no columns.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Regression};
///
/// let regression = Regression::new(&[1, 0], &[0.5, 0.0, 0.0, 2.0, 9.0, 9.0, 9.0, 9.0], &[0.0; 8])?;
/// assert_eq!(loss::regression_losses(&regression)?, [0.125 + 1.5, 0.0]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn regression_losses<F: Float, L: Key>(regression: &Regression<'_, F, L>) -> Result<Vec<F>, InputError> {
    // New memory is 0 already, so adding is enough.
    written(regression.len(), |losses| add_regression(regression, losses))
}

/// Adds the loss of every RoI's box to the loss of its classification.
///
/// See [`ohem_core::loss::add_regression`]. O(n).
///
/// # Errors
///
/// If there are not as many losses as RoIs, `beta` is negative or NaN, or a label has no columns. Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Regression};
///
/// let mut losses = vec![0.25];
/// loss::add_regression(&Regression::new(&[1], &[0.5, 0.0, 0.0, 2.0], &[0.0; 4])?, &mut losses)?;
/// assert_eq!(losses, [0.25 + 0.125 + 1.5]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn add_regression<F: Float, L: Key>(
    regression: &Regression<'_, F, L>,
    losses: &mut [F],
) -> Result<(), InputError> {
    dispatch!(simd => kernel::loss::add_regression(simd, regression, losses))
}

/// Has a slice of `len` zeros written to. `write` refuses an empty one where there is no memory.
fn written<F: Float, E>(len: usize, write: impl FnOnce(&mut [F]) -> Result<(), E>) -> Result<Vec<F>, E> {
    let mut out = zeros(len);
    write(&mut out)?;
    Ok(out)
}
