//! Gradients, in new `Vec`s.

use ohem_core::{InputError, Key, kernel, loss};

use super::{Classes, GradientSpec, Layout, Regression, written};
use crate::Float;
use crate::simd::dispatch;

/// Computes the gradient of [`cross_entropy`](super::cross_entropy) by the logits.
///
/// See [`ohem_core::loss::cross_entropy_gradient`]. O(n x classes).
///
/// # Errors
///
/// If `logits` has the wrong length, a label names no class, or an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes, GradientSpec};
///
/// let (logits, spec) = ([0.0, 0.0, 0.0, 3.0], GradientSpec::new(&[0]));
/// let gradient = loss::cross_entropy_gradient(&logits, Classes::new(2), &[1, 1], &spec)?;
/// assert_eq!(gradient, [0.5, -0.5, 0.0, 0.0]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn cross_entropy_gradient<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
) -> Result<Vec<F>, InputError> {
    gradient(
        logits.len(),
        labels.len(),
        spec,
        |out| dispatch!(simd => kernel::loss::cross_entropy_gradient(simd, logits, classes, labels, spec, out)),
    )
}

/// Computes the gradient of [`cross_entropy_planes`](super::cross_entropy_planes) by the logits.
///
/// `factors` has a factor for each pixel, 0 if it is not trained on. See
/// [`ohem_core::loss::cross_entropy_planes_gradient`]. O(n x classes).
///
/// # Errors
///
/// If `logits` or `factors` has the wrong length, a label names no class, or there are more than 2^24 classes.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes};
///
/// let (logits, factors) = ([0.0, 0.0, 0.0, 3.0], [0.5, 0.0]);
/// let gradient = loss::cross_entropy_planes_gradient(&logits, Classes::new(2), &[1, 1], &factors)?;
/// assert_eq!(gradient, [0.25, 0.0, -0.25, 0.0]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn cross_entropy_planes_gradient<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    factors: &[F],
) -> Result<Vec<F>, InputError> {
    written(logits.len(), |out| {
        dispatch!(simd => {
            kernel::loss::cross_entropy_planes_gradient(simd, logits, classes, labels, factors, out)
        })
    })
}

/// Computes the gradient by the logits from which a softmax made the probabilities.
///
/// See [`ohem_core::loss::probability_cross_entropy_gradient`]. O(n x classes).
///
/// # Errors
///
/// If `probabilities` has the wrong length, a label names no class, or an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes, GradientSpec, Layout};
///
/// let (probabilities, classes) = ([0.5, 0.5, 0.75, 0.25], Classes::new(2));
/// let spec = GradientSpec::new(&[1]).layout(Layout::Gathered);
/// let gradient = loss::probability_cross_entropy_gradient(&probabilities, classes, &[0, 0], &spec)?;
/// assert_eq!(gradient, [-0.25, 0.25]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn probability_cross_entropy_gradient<F: Float, L: Key>(
    probabilities: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
) -> Result<Vec<F>, InputError> {
    gradient(probabilities.len(), labels.len(), spec, |out| {
        loss::probability_cross_entropy_gradient(probabilities, classes, labels, spec, out)
    })
}

/// Computes the gradient of [`sigmoid_cross_entropy`](super::sigmoid_cross_entropy) by the logits.
///
/// See [`ohem_core::loss::sigmoid_cross_entropy_gradient`]. O(n x classes).
///
/// # Errors
///
/// If `logits` has the wrong length, a label names no class, or an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, Classes, GradientSpec};
///
/// let spec = GradientSpec::new(&[0]);
/// let gradient = loss::sigmoid_cross_entropy_gradient(&[0.0, 0.0], Classes::new(2), &[1], &spec)?;
/// assert_eq!(gradient, [-0.5, 0.5]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn sigmoid_cross_entropy_gradient<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
) -> Result<Vec<F>, InputError> {
    gradient(logits.len(), labels.len(), spec, |out| {
        dispatch!(simd => {
            kernel::loss::sigmoid_cross_entropy_gradient(simd, logits, classes, labels, spec, out)
        })
    })
}

/// Computes the gradient of [`binary_cross_entropy`](super::binary_cross_entropy) by the logits.
///
/// See [`ohem_core::loss::binary_cross_entropy_gradient`]. O(n).
///
/// # Errors
///
/// If there are not as many targets as logits, or an index names no logit.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec, Layout};
///
/// let spec = GradientSpec::new(&[1]).scale(2.0).layout(Layout::Gathered);
/// let gradient = loss::binary_cross_entropy_gradient(&[9.0, 0.0], &[1.0, 1.0], &spec)?;
/// assert_eq!(gradient, [-1.0]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn binary_cross_entropy_gradient<F: Float>(
    logits: &[F],
    targets: &[F],
    spec: &GradientSpec<'_, F>,
) -> Result<Vec<F>, InputError> {
    gradient(logits.len(), logits.len(), spec, |out| {
        loss::binary_cross_entropy_gradient(logits, targets, spec, out)
    })
}

/// Computes the gradient of the boxes' loss by the predicted deltas.
///
/// See [`ohem_core::loss::regression_gradient`]. O(n x columns).
///
/// # Errors
///
/// If a label has no columns, or an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::loss::{self, GradientSpec, Regression};
///
/// let regression = Regression::new(&[1], &[0.5, 0.0, 0.0, -2.0], &[0.0; 4])?;
/// let gradient = loss::regression_gradient(&regression, &GradientSpec::new(&[0]))?;
/// assert_eq!(gradient, [0.5, 0.0, 0.0, -1.0]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn regression_gradient<F: Float, L: Key>(
    regression: &Regression<'_, F, L>,
    spec: &GradientSpec<'_, F>,
) -> Result<Vec<F>, InputError> {
    let values = regression.len() * regression.columns();
    gradient(values, regression.len(), spec, |out| loss::regression_gradient(regression, spec, out))
}

/// Has the gradient of a table written.
///
/// The table may have the wrong length, which `write` refuses; the output is never longer than that of a
/// right table of as many values.
fn gradient<F: Float>(
    values: usize,
    rows: usize,
    spec: &GradientSpec<'_, F>,
    write: impl FnOnce(&mut [F]) -> Result<(), InputError>,
) -> Result<Vec<F>, InputError> {
    let len = match spec.layout {
        Layout::Gathered => values.checked_div(rows).unwrap_or(0).saturating_mul(spec.selected.len()),
        Layout::Dense => values,
    };
    written(len, write)
}
