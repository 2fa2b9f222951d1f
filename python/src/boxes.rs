//! Non-maximum suppression and IoU.

use ohem_core::NmsConfig;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::array::{Array, boxes as view, by_float};
use crate::options::{convention, nms as nms_config};
use crate::output::{array, indices};
use crate::{device, errors, options};

/// Suppresses boxes that overlap a better one; returns the indices of the rest, best first.
///
/// The arguments are those of torchvision; `inclusive`, `pixel` and `nan` are those of `mine`. Equal scores rank by
/// index.
///
/// >>> import ohem
/// >>> boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]]
/// >>> ohem.nms(boxes, [0.7, 0.9, 0.8], 0.5)
/// array([1, 2])
#[pyfunction]
#[pyo3(signature = (boxes, scores, iou_threshold, *, inclusive=false, pixel=false, nan="error"))]
pub(crate) fn nms<'py>(
    py: Python<'py>,
    boxes: &Bound<'py, PyAny>,
    scores: &Bound<'py, PyAny>,
    iou_threshold: f64,
    inclusive: bool,
    pixel: bool,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let config = nms_config(iou_threshold, inclusive, pixel)?;
    match kept(py, boxes, scores, None, &config, nan) {
        Err(error) => {
            let (function, options) =
                (device::function(py, "nms")?, options_of(py, &config, inclusive, pixel, nan)?);
            device::on_host(error, &function, &[Some(boxes), Some(scores)], Some(&options))
        }
        kept => kept,
    }
}

/// Suppresses boxes that overlap a better one of the same group; returns the indices of the rest, best first.
///
/// The arguments are those of torchvision: `idxs` has the group of each box, such as its class, at least 0. Groups are
/// compared, not shifted apart, so that no coordinate is too large.
///
/// >>> import ohem
/// >>> boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [0.0, 0.0, 2.0, 1.9]]
/// >>> ohem.batched_nms(boxes, [0.7, 0.9, 0.8], [0, 1, 0], 0.5)
/// array([1, 2])
#[pyfunction]
#[pyo3(signature = (boxes, scores, idxs, iou_threshold, *, inclusive=false, pixel=false, nan="error"))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn batched_nms<'py>(
    py: Python<'py>,
    boxes: &Bound<'py, PyAny>,
    scores: &Bound<'py, PyAny>,
    idxs: &Bound<'py, PyAny>,
    iou_threshold: f64,
    inclusive: bool,
    pixel: bool,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let config = nms_config(iou_threshold, inclusive, pixel)?;
    match kept(py, boxes, scores, Some(idxs), &config, nan) {
        Err(error) => {
            let function = device::function(py, "batched_nms")?;
            let options = options_of(py, &config, inclusive, pixel, nan)?;
            device::on_host(error, &function, &[Some(boxes), Some(scores), Some(idxs)], Some(&options))
        }
        kept => kept,
    }
}

/// The options of a call, to repeat it.
fn options_of<'py>(
    py: Python<'py>,
    config: &NmsConfig,
    inclusive: bool,
    pixel: bool,
    nan: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let options = PyDict::new(py);
    options.set_item("iou_threshold", config.iou_threshold)?;
    options.set_item("inclusive", inclusive)?;
    options.set_item("pixel", pixel)?;
    options.set_item("nan", nan)?;
    Ok(options)
}

fn kept<'py>(
    py: Python<'py>,
    boxes: &Bound<'py, PyAny>,
    scores: &Bound<'py, PyAny>,
    idxs: Option<&Bound<'py, PyAny>>,
    config: &NmsConfig,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let nan = options::nan(nan)?;
    let (boxes, scores) = (Array::new(boxes, "boxes")?, Array::new(scores, "scores")?);
    boxes.check_boxes()?;
    scores.check_dimensions(1)?;
    boxes.check_rows(scores.rows(), "scores")?;
    let groups = Array::optional(idxs, "idxs")?;
    let groups = match &groups {
        Some(groups) => {
            groups.check_dimensions(1)?;
            groups.check_rows(scores.rows(), "scores")?;
            Some(groups.keys(None)?)
        }
        None => None,
    };
    let kept = by_float!(boxes, F => by_float!(scores, H => {
        let (floats, scores) = (boxes.floats::<F>(), scores.floats::<H>());
        let (rows, groups) = (view(&floats), groups.as_deref());
        let suppressed = py.detach(|| {
            let mut nms = ohem_std::Nms::<F, H>::with_nan(*config, nan)?;
            let kept = match groups {
                Some(groups) => nms.batched_nms(rows, &scores, groups)?,
                None => nms.nms(rows, &scores)?,
            };
            Ok(kept.indices().to_vec())
        });
        suppressed.map_err(|error| match error {
            ohem_core::MineError::OutOfRange(fault) => {
                PyValueError::new_err(fault.to_string().replace("label", "group"))
            }
            error => errors::mine(py, error, "scores"),
        })
    }))?;
    indices(py, &scores.like, &kept)
}

/// Computes the IoU of each box of `boxes1` with each of `boxes2`: an n x m table.
///
/// An invalid box (inverted, or with a corner that is not finite) has IoU 0 with every box.
///
/// >>> import ohem
/// >>> ohem.box_iou([[0.0, 0.0, 9.0, 9.0]], [[0.0, 0.0, 9.0, 4.5], [20.0, 20.0, 21.0, 21.0]])
/// array([[0.5, 0. ]])
#[pyfunction]
#[pyo3(signature = (boxes1, boxes2, *, pixel=false))]
pub(crate) fn box_iou<'py>(
    py: Python<'py>,
    boxes1: &Bound<'py, PyAny>,
    boxes2: &Bound<'py, PyAny>,
    pixel: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (first, second) = (Array::new(boxes1, "boxes1")?, Array::new(boxes2, "boxes2")?);
    first.check_boxes()?;
    second.check_boxes()?;
    first.check_same_float(&second)?;
    let wider = if first.len() == 0 { &second } else { &first };
    by_float!(wider, F => {
        let (one, other) = (first.floats_or_none::<F>(), second.floats_or_none::<F>());
        let (rows, columns) = (view(&one), view(&other));
        let table = py.detach(|| ohem_std::iou::matrix(rows, columns, convention(pixel)));
        array(py, &first.like, table.map_err(errors::length)?, &[rows.len(), columns.len()])
    })
}
