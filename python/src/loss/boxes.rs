//! The loss of boxes, and its gradient.

use ohem_core::InputError;
use ohem_std::loss::{self, BoxWeights, Regression};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use super::Selected;
use crate::array::{Array, by_float};
use crate::errors;
use crate::kind::{Kind, Real};
use crate::output::array;

/// Predicted deltas of boxes with targets, labels and weights.
struct Boxes<'py> {
    deltas: Array<'py>,
    targets: Array<'py>,
    labels: Array<'py>,
    inside: Option<Array<'py>>,
    outside: Option<Array<'py>>,
    beta: f64,
    background: u32,
    ignore_index: Option<i64>,
}

/// Options of a regression loss, as Python passes them.
type RegressionOptions<'a, 'py> =
    (f64, u32, Option<&'a Bound<'py, PyAny>>, Option<&'a Bound<'py, PyAny>>, Option<i64>);

impl<'py> Boxes<'py> {
    fn new(
        deltas: &Bound<'py, PyAny>,
        targets: &Bound<'py, PyAny>,
        labels: &Bound<'py, PyAny>,
        (beta, background, inside, outside, ignore_index): RegressionOptions<'_, 'py>,
    ) -> PyResult<Self> {
        let deltas = Array::new(deltas, "box_regression")?;
        let (targets, labels) = (Array::new(targets, "regression_targets")?, Array::new(labels, "labels")?);
        let (inside, outside) =
            (Array::optional(inside, "inside_weights")?, Array::optional(outside, "outside_weights")?);
        labels.check_dimensions(1)?;
        for table in [Some(&deltas), Some(&targets), inside.as_ref(), outside.as_ref()].into_iter().flatten()
        {
            table.check_float()?;
            table.check_dimensions(2)?;
            table.check_rows(labels.rows(), "labels")?;
            if (table.kind == Kind::F64) != (deltas.kind == Kind::F64) {
                let (name, found) = (table.name, table.kind.name());
                let text =
                    format!("{name}: expected {}, as box_regression has, found {found}", deltas.kind.name());
                return Err(PyTypeError::new_err(text));
            }
        }
        if beta.is_nan() || beta < 0.0 {
            return Err(PyValueError::new_err(format!(
                "beta: expected a number of at least 0, found {beta}"
            )));
        }
        Ok(Self { deltas, targets, labels, inside, outside, beta, background, ignore_index })
    }

    /// Has the losses or gradients computed.
    fn with<F: Real, T>(
        &self,
        py: Python<'_>,
        compute: impl FnOnce(&Regression<'_, F, i64>) -> Result<T, InputError> + Send,
    ) -> PyResult<T>
    where
        T: Send,
    {
        let keys = self.labels.keys(self.ignore_index)?;
        let (deltas, targets) = (self.deltas.floats::<F>(), self.targets.floats::<F>());
        let inside = self.inside.as_ref().map(Array::floats::<F>);
        let outside = self.outside.as_ref().map(Array::floats::<F>);
        let (inside, outside) = (inside.as_deref(), outside.as_deref());
        let (beta, background) = (F::from_f64(self.beta), self.background);
        let work = py.detach(|| {
            let weights = |table: Option<_>| table.map_or(BoxWeights::Same([F::one(); 4]), BoxWeights::Each);
            let regression = Regression::new(&keys, &deltas, &targets)?
                .beta(beta)
                .background(background)
                .weights(weights(inside), weights(outside))?;
            compute(&regression)
        });
        work.map_err(errors::input)
    }
}

/// Computes the smooth-L1 loss of each RoI's box; 0 for background and ignored RoIs.
///
/// `box_regression` and `regression_targets` are n x 4, or n x 4K with the columns of label c from 4c on. The loss is
/// the sum over four columns; `beta` is where it turns from a square into a line: 1 in the original, 1/9 in torchvision.
/// Differences are multiplied by `inside_weights`, losses by `outside_weights`.
///
/// >>> import ohem
/// >>> ohem.smooth_l1([[0.5, 0.0, 0.0, 2.0], [9.0, 9.0, 9.0, 9.0]], [[0.0] * 4] * 2, [1, 0])
/// array([1.625, 0.   ])
#[pyfunction]
#[pyo3(signature = (box_regression, regression_targets, labels, *, beta=1.0, background=0, inside_weights=None, outside_weights=None, ignore_index=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn smooth_l1<'py>(
    py: Python<'py>,
    box_regression: &Bound<'py, PyAny>,
    regression_targets: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    beta: f64,
    background: u32,
    inside_weights: Option<&Bound<'py, PyAny>>,
    outside_weights: Option<&Bound<'py, PyAny>>,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = (beta, background, inside_weights, outside_weights, ignore_index);
    let boxes = Boxes::new(box_regression, regression_targets, labels, options)?;
    by_float!(boxes.deltas, F => {
        let losses = boxes.with::<F, _>(py, loss::regression_losses)?;
        let rows = losses.len();
        array(py, &boxes.deltas.like, losses, &[rows])
    })
}

/// Computes the gradient of `smooth_l1` by the predicted deltas, for the selected RoIs.
///
/// See `smooth_l1` and `cross_entropy_gradient` for the arguments.
///
/// >>> import ohem
/// >>> ohem.smooth_l1_gradient([[0.5, 0.0, 0.0, -2.0]], [[0.0] * 4], [1])
/// array([[ 0.5,  0. ,  0. , -1. ]])
#[pyfunction]
#[pyo3(signature = (box_regression, regression_targets, labels, selected=None, *, scale=1.0, layout="dense", beta=1.0, background=0, inside_weights=None, outside_weights=None, ignore_index=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn smooth_l1_gradient<'py>(
    py: Python<'py>,
    box_regression: &Bound<'py, PyAny>,
    regression_targets: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    selected: Option<&Bound<'py, PyAny>>,
    scale: f64,
    layout: &str,
    beta: f64,
    background: u32,
    inside_weights: Option<&Bound<'py, PyAny>>,
    outside_weights: Option<&Bound<'py, PyAny>>,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = (beta, background, inside_weights, outside_weights, ignore_index);
    let boxes = Boxes::new(box_regression, regression_targets, labels, options)?;
    let selected = Selected::new(selected, scale, layout)?;
    by_float!(boxes.deltas, F => {
        let (gradient, rows) = boxes.with::<F, _>(py, |regression| {
            selected.gradient::<F>(regression.len(), |spec| loss::regression_gradient(regression, spec))
        })?;
        array(py, &boxes.deltas.like, gradient, &[rows, boxes.deltas.columns()])
    })
}
