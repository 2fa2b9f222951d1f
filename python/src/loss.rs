//! The loss of every RoI, by which mining ranks, and gradients for the RoIs that it selects.

use std::borrow::Cow;

use ohem_core::InputError;
use ohem_std::loss::{self, Classes, GradientSpec, Layout};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::{Array, by_float};
use crate::errors;
use crate::kind::Real;
use crate::output::array;

pub(crate) mod binary;
pub(crate) mod boxes;

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
