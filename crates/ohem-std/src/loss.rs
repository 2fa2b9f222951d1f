//! The loss of every RoI and its gradients, into fresh `Vec`s: see [`ohem_core::loss`] for what they mean.
//!
//! ```
//! use ohem_std::loss::{self, GradientSpec, Reduction, Regression};
//!
//! let (logits, labels) = ([2.0, 0.0, 0.0, 0.0, 0.0, 3.0], [0, 0, 1]); // three RoIs, two classes
//! let regression = Regression::new(&labels, &[0.0; 12], &[0.5; 12])?;
//! let mut losses = loss::cross_entropy(&logits, 2, &labels)?;
//! loss::add_regression(&regression, &mut losses)?;
//!
//! let hard = ohem_std::top_k(&losses, 1, Default::default())?;
//! let backward = GradientSpec::new(&hard).scale(Reduction::Mean.scale(labels.len(), hard.len()));
//! let gradient = loss::cross_entropy_gradient(&logits, 2, &labels, &backward)?;
//! assert_eq!(gradient, [0.0, 0.0, -0.5, 0.5, 0.0, 0.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use ohem_core::loss::{
    GradientSpec, Layout, LossError, Reduction, Regression, Weights, smooth_l1, smooth_l1_slope,
};

use ohem_core::loss;

use crate::Float;
use crate::simd::dispatch;

/// Computes the softmax cross-entropy of every RoI's row of logits. See [`ohem_core::loss::cross_entropy`].
///
/// # Errors
///
/// If `logits` has not `classes` columns for each label, or a label is not below `classes`.
///
/// # Examples
///
/// ```
/// let losses = ohem_std::loss::cross_entropy(&[20.0, 0.0, 0.0, 0.0], 2, &[0, 1])?;
/// assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
/// # Ok::<(), ohem_std::loss::LossError>(())
/// ```
pub fn cross_entropy<F: Float>(logits: &[F], classes: usize, labels: &[u32]) -> Result<Vec<F>, LossError> {
    written(
        labels.len(),
        |losses| dispatch!(simd => loss::cross_entropy(simd, logits, classes, labels, losses)),
    )
}

/// Computes the reference's cross-entropy from probabilities.
///
/// See [`ohem_core::loss::probability_cross_entropy`].
///
/// # Errors
///
/// If `probabilities` has not `classes` columns for each label, or a label is not below `classes`.
///
/// # Examples
///
/// ```
/// let losses = ohem_std::loss::probability_cross_entropy(&[0.5, 0.5, 1.0, 0.0], 2, &[0, 1])?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 36.04365338911715]);
/// # Ok::<(), ohem_std::loss::LossError>(())
/// ```
pub fn probability_cross_entropy<F: Float>(
    probabilities: &[F],
    classes: usize,
    labels: &[u32],
) -> Result<Vec<F>, LossError> {
    written(
        labels.len(),
        |losses| dispatch!(simd => loss::probability_cross_entropy(simd, probabilities, classes, labels, losses)),
    )
}

/// Computes the sigmoid cross-entropy of every RoI's row of logits; label 0 has no column.
///
/// See [`ohem_core::loss::sigmoid_cross_entropy`].
///
/// # Errors
///
/// If `logits` has not `classes` columns for each label, or a label is above `classes`.
///
/// # Examples
///
/// ```
/// let losses = ohem_std::loss::sigmoid_cross_entropy(&[0.0, -100.0, 0.0, -100.0], 2, &[0, 2])?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 100.0 + std::f64::consts::LN_2]);
/// # Ok::<(), ohem_std::loss::LossError>(())
/// ```
pub fn sigmoid_cross_entropy<F: Float>(
    logits: &[F],
    classes: usize,
    labels: &[u32],
) -> Result<Vec<F>, LossError> {
    written(
        labels.len(),
        |losses| dispatch!(simd => loss::sigmoid_cross_entropy(simd, logits, classes, labels, losses)),
    )
}

/// Computes the binary cross-entropy of each logit with a target from 0 to 1.
///
/// See [`ohem_core::loss::binary_cross_entropy`].
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
/// # Ok::<(), ohem_std::loss::LossError>(())
/// ```
pub fn binary_cross_entropy<F: Float>(logits: &[F], targets: &[F]) -> Result<Vec<F>, LossError> {
    written(
        logits.len(),
        |losses| dispatch!(simd => loss::binary_cross_entropy(simd, logits, targets, losses)),
    )
}

/// Adds the loss of every RoI's box to that of its classification. See [`Regression::add_to`].
///
/// # Errors
///
/// If there are not as many losses as RoIs.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Regression};
///
/// let mut losses = vec![0.25];
/// loss::add_regression(&Regression::new(&[1], &[0.5, 0.0, 0.0, 2.0], &[0.0; 4])?, &mut losses)?;
/// assert_eq!(losses, [0.25 + 0.125 + 1.5]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn add_regression<F: Float>(regression: &Regression<'_, F>, losses: &mut [F]) -> Result<(), LossError> {
    dispatch!(simd => regression.add_to(simd, losses))
}

/// Computes the gradient of [`cross_entropy`] by the logits.
///
/// See [`ohem_core::loss::cross_entropy_gradient`].
///
/// # Errors
///
/// If `logits` has not `classes` columns for each label, a label is not below `classes`, or an index names no
/// RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec};
///
/// let gradient = loss::cross_entropy_gradient(&[0.0, 0.0, 0.0, 3.0], 2, &[1, 1], &GradientSpec::new(&[0]))?;
/// assert_eq!(gradient, [0.5, -0.5, 0.0, 0.0]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn cross_entropy_gradient<F: Float>(
    logits: &[F],
    classes: usize,
    labels: &[u32],
    backward: &GradientSpec<'_, F>,
) -> Result<Vec<F>, LossError> {
    gradient(
        logits.len(),
        labels.len(),
        backward,
        |out| dispatch!(simd => loss::cross_entropy_gradient(simd, logits, classes, labels, backward, out)),
    )
}

/// Computes the gradient by the logits whose softmax the probabilities are.
///
/// See [`ohem_core::loss::probability_cross_entropy_gradient`].
///
/// # Errors
///
/// If `probabilities` has not `classes` columns for each label, a label is not below `classes`, or an index
/// names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec};
///
/// let probabilities = [0.5, 0.5, 0.75, 0.25];
/// let backward = GradientSpec::new(&[1]).gathered();
/// let gradient = loss::probability_cross_entropy_gradient(&probabilities, 2, &[0, 0], &backward)?;
/// assert_eq!(gradient, [-0.25, 0.25]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn probability_cross_entropy_gradient<F: Float>(
    probabilities: &[F],
    classes: usize,
    labels: &[u32],
    backward: &GradientSpec<'_, F>,
) -> Result<Vec<F>, LossError> {
    gradient(probabilities.len(), labels.len(), backward, |out| {
        loss::probability_cross_entropy_gradient(probabilities, classes, labels, backward, out)
    })
}

/// Computes the gradient of [`sigmoid_cross_entropy`] by the logits.
///
/// See [`ohem_core::loss::sigmoid_cross_entropy_gradient`].
///
/// # Errors
///
/// If `logits` has not `classes` columns for each label, a label is above `classes`, or an index names no
/// RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec};
///
/// let gradient = loss::sigmoid_cross_entropy_gradient(&[0.0, 0.0], 2, &[1], &GradientSpec::new(&[0]))?;
/// assert_eq!(gradient, [-0.5, 0.5]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn sigmoid_cross_entropy_gradient<F: Float>(
    logits: &[F],
    classes: usize,
    labels: &[u32],
    backward: &GradientSpec<'_, F>,
) -> Result<Vec<F>, LossError> {
    gradient(
        logits.len(),
        labels.len(),
        backward,
        |out| dispatch!(simd => loss::sigmoid_cross_entropy_gradient(simd, logits, classes, labels, backward, out)),
    )
}

/// Computes the gradient of [`binary_cross_entropy`] by the logits.
///
/// See [`ohem_core::loss::binary_cross_entropy_gradient`].
///
/// # Errors
///
/// If there are not as many targets as logits, or an index names no logit.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec};
///
/// let backward = GradientSpec::new(&[1]).scale(2.0).gathered();
/// let gradient = loss::binary_cross_entropy_gradient(&[9.0, 0.0], &[1.0, 1.0], &backward)?;
/// assert_eq!(gradient, [-1.0]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn binary_cross_entropy_gradient<F: Float>(
    logits: &[F],
    targets: &[F],
    backward: &GradientSpec<'_, F>,
) -> Result<Vec<F>, LossError> {
    gradient(logits.len(), logits.len(), backward, |out| {
        loss::binary_cross_entropy_gradient(logits, targets, backward, out)
    })
}

/// Computes the gradient of the boxes' loss by their predictions. See [`Regression::gradient`].
///
/// # Errors
///
/// If an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec, Regression};
///
/// let regression = Regression::new(&[1], &[0.5, 0.0, 0.0, -2.0], &[0.0; 4])?;
/// let gradient = loss::regression_gradient(&regression, &GradientSpec::new(&[0]))?;
/// assert_eq!(gradient, [0.5, 0.0, 0.0, -1.0]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn regression_gradient<F: Float>(
    regression: &Regression<'_, F>,
    backward: &GradientSpec<'_, F>,
) -> Result<Vec<F>, LossError> {
    let values = regression.len() * regression.columns();
    gradient(values, regression.len(), backward, |out| regression.gradient(backward, out))
}

/// Has a slice of so many zeros written to.
fn written<F: Float>(
    count: usize,
    write: impl FnOnce(&mut [F]) -> Result<(), LossError>,
) -> Result<Vec<F>, LossError> {
    let mut out = vec![F::zero(); count];
    write(&mut out)?;
    Ok(out)
}

/// Has the gradient of a table written. A table of the wrong size makes it no larger than a right one would.
fn gradient<F: Float>(
    values: usize,
    rows: usize,
    backward: &GradientSpec<'_, F>,
    write: impl FnOnce(&mut [F]) -> Result<(), LossError>,
) -> Result<Vec<F>, LossError> {
    let count = match backward.layout {
        Layout::Gathered => values.checked_div(rows).unwrap_or(0).saturating_mul(backward.selected.len()),
        Layout::Dense => values,
    };
    written(count, write)
}
