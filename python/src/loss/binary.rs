//! Binary cross-entropy, element by element.

use ohem_std::loss;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::Selected;
use crate::array::{Array, by_float};
use crate::errors;
use crate::output::array;

/// Logits with a target from 0 to 1 for each.
fn pair<'py>(logits: &Bound<'py, PyAny>, targets: &Bound<'py, PyAny>) -> PyResult<(Array<'py>, Array<'py>)> {
    let (logits, targets) = (Array::new(logits, "logits")?, Array::new(targets, "targets")?);
    logits.check_float()?;
    targets.check_float()?;
    logits.check_same_float(&targets)?;
    if logits.shape() != targets.shape() {
        let (expected, found) = (logits.shape(), targets.shape());
        return Err(PyValueError::new_err(format!(
            "targets: expected the shape {expected:?} of logits, found {found:?}"
        )));
    }
    Ok((logits, targets))
}

/// Computes the binary cross-entropy of each logit with a target from 0 to 1, in arrays of one shape.
///
/// >>> import ohem
/// >>> ohem.binary_cross_entropy([0.0, 1000.0], [0.5, 0.0])
/// array([6.93147181e-01, 1.00000000e+03])
#[pyfunction]
pub(crate) fn binary_cross_entropy<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (logits, targets) = pair(logits, targets)?;
    by_float!(logits, F => {
        let (values, goals) = (logits.floats::<F>(), targets.floats::<F>());
        let losses = py.detach(|| loss::binary_cross_entropy(&values, &goals)).map_err(errors::length)?;
        array(py, &logits.like, losses, logits.shape())
    })
}

/// Computes the gradient of `binary_cross_entropy` by the logits, in C order, for the selected elements.
///
/// See `cross_entropy_gradient` for the arguments.
///
/// >>> import ohem
/// >>> ohem.binary_cross_entropy_gradient([9.0, 0.0], [1.0, 1.0], [1], scale=2.0, layout="gathered")
/// array([-1.])
#[pyfunction]
#[pyo3(signature = (logits, targets, selected=None, *, scale=1.0, layout="dense"))]
pub(crate) fn binary_cross_entropy_gradient<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    targets: &Bound<'py, PyAny>,
    selected: Option<&Bound<'py, PyAny>>,
    scale: f64,
    layout: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let (logits, targets) = pair(logits, targets)?;
    let selected = Selected::new(selected, scale, layout)?;
    by_float!(logits, F => {
        let (values, goals) = (logits.floats::<F>(), targets.floats::<F>());
        let written = py.detach(|| {
            selected.gradient::<F>(values.len(), |spec| loss::binary_cross_entropy_gradient(&values, &goals, spec))
        });
        let (gradient, rows) = written.map_err(errors::input)?;
        let shape = if selected.gathered { &[rows][..] } else { logits.shape() };
        array(py, &logits.like, gradient, shape)
    })
}
