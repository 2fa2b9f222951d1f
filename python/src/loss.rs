//! The loss of every RoI, by which mining ranks, and gradients for the RoIs that it selects.

use std::borrow::Cow;

use ohem_core::InputError;
use ohem_std::loss::{self, BoxWeights, Classes, GradientSpec, Layout, Regression};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{Array, by_float};
use crate::errors;
use crate::kind::Real;
use crate::output::array;

/// A table of logits or probabilities with a label for each row.
struct Table<'py> {
    values: Array<'py>,
    labels: Array<'py>,
    background: u32,
    ignore_index: Option<i64>,
}

impl<'py> Table<'py> {
    fn new(
        values: &Bound<'py, PyAny>,
        name: &'static str,
        labels: &Bound<'py, PyAny>,
        background: u32,
        ignore_index: Option<i64>,
    ) -> PyResult<Self> {
        let (values, labels) = (Array::new(values, name)?, Array::new(labels, "labels")?);
        values.check_float()?;
        values.check_dimensions(2)?;
        labels.check_dimensions(1)?;
        labels.check_rows(values.rows(), name)?;
        Ok(Self { values, labels, background, ignore_index })
    }

    fn keys(&self) -> PyResult<Cow<'_, [i64]>> {
        self.labels.keys(self.ignore_index)
    }

    fn classes(&self) -> Classes {
        Classes::new(self.values.columns()).background(self.background)
    }
}

/// A loss of rows with labels, in either float type.
macro_rules! losses {
    ($py:ident, $table:expr, $loss:path) => {{
        let table = $table;
        let (keys, classes) = (table.keys()?, table.classes());
        by_float!(table.values, F => {
            let values = table.values.floats::<F>();
            let losses = $py.detach(|| $loss(&values, classes, &keys)).map_err(errors::input)?;
            array($py, &table.values.like, losses, &[keys.len()])
        })
    }};
}

/// For which rows a gradient is computed, and in which rows it is written.
struct Selected {
    rows: Option<Vec<u32>>,
    scale: f64,
    gathered: bool,
}

impl Selected {
    fn new(selected: Option<&Bound<'_, PyAny>>, scale: f64, layout: &str) -> PyResult<Self> {
        let gathered = match layout {
            "dense" => false,
            "gathered" => true,
            _ => {
                let text = format!("layout: expected \"dense\" or \"gathered\", found {layout:?}");
                return Err(PyValueError::new_err(text));
            }
        };
        let rows = Array::optional(selected, "selected")?.map(|selected| selected.indices()).transpose()?;
        Ok(Self { rows, scale, gathered })
    }

    /// Computes a gradient; returns it with the number of its rows.
    fn gradient<F: Real>(
        &self,
        rows: usize,
        compute: impl FnOnce(&GradientSpec<'_, F>) -> Result<Vec<F>, InputError>,
    ) -> Result<(Vec<F>, usize), InputError> {
        let all: Vec<u32>;
        let selected = match &self.rows {
            Some(selected) => selected,
            None => {
                all = (0..rows as u32).collect();
                &all
            }
        };
        let layout = if self.gathered { Layout::Gathered } else { Layout::Dense };
        let spec = GradientSpec::new(selected).scale(F::from_f64(self.scale)).layout(layout);
        let written = if self.gathered { selected.len() } else { rows };
        Ok((compute(&spec)?, written))
    }
}

/// The gradient of a loss of rows with labels, in either float type.
macro_rules! gradient {
    ($py:ident, $table:expr, $selected:expr, $gradient:path) => {{
        let (table, selected) = ($table, $selected);
        let (keys, classes) = (table.keys()?, table.classes());
        by_float!(table.values, F => {
            let values = table.values.floats::<F>();
            let written = $py.detach(|| {
                selected.gradient::<F>(keys.len(), |spec| $gradient(&values, classes, &keys, spec))
            });
            let (gradient, rows) = written.map_err(errors::input)?;
            array($py, &table.values.like, gradient, &[rows, table.values.columns()])
        })
    }};
}

/// Computes the softmax cross-entropy of each row of logits.
///
/// `logits` is n x classes. A label of `ignore_index` gives a loss of 0; by default no label is ignored.
///
/// >>> import ohem
/// >>> ohem.cross_entropy([[0.0, 0.0], [20.0, 0.0]], [1, 0])
/// array([6.93147181e-01, 2.06115362e-09])
#[pyfunction]
#[pyo3(signature = (logits, labels, *, ignore_index=None))]
pub(crate) fn cross_entropy<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    losses!(py, Table::new(logits, "logits", labels, 0, ignore_index)?, loss::cross_entropy)
}

/// Computes the gradient of `cross_entropy` by the logits, for the selected rows.
///
/// `selected` has the rows to train on, such as those that `mine` returns; None for all. `scale` multiplies the
/// gradient: 1 / len(selected) for a mean. The result has a row for each row of logits, zeros where not selected
/// (layout="dense"), or a row for each selected one (layout="gathered").
///
/// >>> import ohem
/// >>> ohem.cross_entropy_gradient([[0.0, 0.0], [0.0, 3.0]], [1, 1], [0])
/// array([[ 0.5, -0.5],
///        [ 0. ,  0. ]])
#[pyfunction]
#[pyo3(signature = (logits, labels, selected=None, *, scale=1.0, layout="dense", ignore_index=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn cross_entropy_gradient<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    selected: Option<&Bound<'py, PyAny>>,
    scale: f64,
    layout: &str,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let table = Table::new(logits, "logits", labels, 0, ignore_index)?;
    gradient!(py, table, Selected::new(selected, scale, layout)?, loss::cross_entropy_gradient)
}

/// Computes the original's cross-entropy of each row of probabilities: -log of the label's, at least 2.2e-16.
///
/// >>> import ohem
/// >>> ohem.probability_cross_entropy([[0.5, 0.5], [1.0, 0.0]], [0, 1])
/// array([ 0.69314718, 36.04365339])
#[pyfunction]
#[pyo3(signature = (probabilities, labels, *, ignore_index=None))]
pub(crate) fn probability_cross_entropy<'py>(
    py: Python<'py>,
    probabilities: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let table = Table::new(probabilities, "probabilities", labels, 0, ignore_index)?;
    losses!(py, table, loss::probability_cross_entropy)
}

/// Computes the gradient by the logits from which a softmax made the probabilities.
///
/// See `cross_entropy_gradient` for the arguments.
///
/// >>> import ohem
/// >>> ohem.probability_cross_entropy_gradient([[0.5, 0.5], [0.75, 0.25]], [0, 0], [1], layout="gathered")
/// array([[-0.25,  0.25]])
#[pyfunction]
#[pyo3(signature = (probabilities, labels, selected=None, *, scale=1.0, layout="dense", ignore_index=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn probability_cross_entropy_gradient<'py>(
    py: Python<'py>,
    probabilities: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    selected: Option<&Bound<'py, PyAny>>,
    scale: f64,
    layout: &str,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let table = Table::new(probabilities, "probabilities", labels, 0, ignore_index)?;
    gradient!(py, table, Selected::new(selected, scale, layout)?, loss::probability_cross_entropy_gradient)
}

/// Computes the sigmoid cross-entropy of each row of logits, which has no column for the background.
///
/// `background` is its label: 0, so that class c has column c - 1; or the number of columns, where it is last.
///
/// >>> import ohem
/// >>> ohem.sigmoid_cross_entropy([[0.0, -100.0], [0.0, -100.0]], [0, 2])
/// array([  0.69314718, 100.69314718])
#[pyfunction]
#[pyo3(signature = (logits, labels, *, background=0, ignore_index=None))]
pub(crate) fn sigmoid_cross_entropy<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    background: u32,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let table = Table::new(logits, "logits", labels, background, ignore_index)?;
    losses!(py, table, loss::sigmoid_cross_entropy)
}

/// Computes the gradient of `sigmoid_cross_entropy` by the logits, for the selected rows.
///
/// See `cross_entropy_gradient` for the arguments.
///
/// >>> import ohem
/// >>> ohem.sigmoid_cross_entropy_gradient([[0.0, 0.0]], [1])
/// array([[-0.5,  0.5]])
#[pyfunction]
#[pyo3(signature = (logits, labels, selected=None, *, scale=1.0, layout="dense", background=0, ignore_index=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn sigmoid_cross_entropy_gradient<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    selected: Option<&Bound<'py, PyAny>>,
    scale: f64,
    layout: &str,
    background: u32,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let table = Table::new(logits, "logits", labels, background, ignore_index)?;
    gradient!(py, table, Selected::new(selected, scale, layout)?, loss::sigmoid_cross_entropy_gradient)
}

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
            if (table.kind == crate::kind::Kind::F64) != (deltas.kind == crate::kind::Kind::F64) {
                let (name, found) = (table.name, table.kind.name());
                let text =
                    format!("{name}: expected {}, as box_regression has, found {found}", deltas.kind.name());
                return Err(PyTypeError::new_err(text));
            }
        }
        if !(beta >= 0.0) {
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
        let losses = boxes.with::<F, _>(py, |regression| loss::regression_losses(regression))?;
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
