//! Mining, in one call and step after step.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use crate::device;
use crate::options::{Count, Options};
use crate::output::indices;
use crate::rois::Columns;

mod memory;

use memory::Memory;
pub(crate) use memory::Statistics;

/// Mines the hardest RoIs; returns their indices, hardest first.
///
/// A RoI is skipped if its IoU with a harder selected RoI of the same image and label exceeds `iou_threshold`. Equal
/// losses rank by index. Labels and images are read only of the RoIs that are visited, and so are boxes.
///
/// Args:
///     boxes: n x 4 (x1, y1, x2, y2), or n x 5 with the image in front; None only without suppression.
///     losses: n floats of 16, 32 or 64 bits.
///     labels: n whole numbers of at least 0; None if all RoIs share one.
///     images: n whole numbers of at least 0; None if all RoIs share one.
///     batch_size: largest number of RoIs to select, over all images.
///     iou_threshold: IoU above which a harder RoI suppresses; None for no suppression.
///     inclusive: whether an IoU equal to the threshold suppresses, too.
///     pixel: whether the right and bottom edge belong to a box, as in PASCAL VOC and the original.
///     nan: "error", "skip" or "first": what a NaN loss does.
///     ignore_index: label of RoIs that take no part.
///
/// Returns:
///     int64 indices, in an array of the library that `losses` came from.
///
/// Raises:
///     NanLossError: a loss is NaN, under nan="error".
///     ValueError: lengths or shapes differ, or a visited label is negative.
///     TypeError: an array has a type or device that ohem cannot read.
///
/// >>> import numpy as np, ohem
/// >>> boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 8], [50, 50, 59, 59]], np.float32)
/// >>> losses = np.array([0.5, 2.0, 1.0], np.float32)
/// >>> ohem.mine(boxes, losses, labels=np.array([1, 1, 0]), batch_size=2)
/// array([1, 2])
#[pyfunction]
#[pyo3(signature = (boxes, losses, labels=None, images=None, *, batch_size=Count(128), iou_threshold=0.7, inclusive=false, pixel=false, nan="error", ignore_index=None))]
#[pyo3(
    text_signature = "(boxes, losses, labels=None, images=None, *, batch_size=128, iou_threshold=0.7, inclusive=False, pixel=False, nan='error', ignore_index=None)"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn mine<'py>(
    py: Python<'py>,
    boxes: Option<&Bound<'py, PyAny>>,
    losses: &Bound<'py, PyAny>,
    labels: Option<&Bound<'py, PyAny>>,
    images: Option<&Bound<'py, PyAny>>,
    batch_size: Count,
    iou_threshold: Option<f64>,
    inclusive: bool,
    pixel: bool,
    nan: &str,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::new(batch_size, iou_threshold, inclusive, pixel, nan, ignore_index)?;
    let on_device = |error| {
        let miner = Bound::new(py, Miner { options, state: Mutex::default() })?;
        device::on_host(error, miner.as_any(), &[boxes, Some(losses), labels, images], None)
    };
    match Columns::new(boxes, losses, labels, images, &options) {
        Ok(columns) => {
            let (found, _) = Memory::default().mine(py, &columns, &options)?;
            indices(py, &columns.losses.like, &found)
        }
        Err(error) => on_device(error),
    }
}

/// Mines step after step, in memory that it keeps; `last` says what the last step saw.
///
/// The arguments are those of `mine`. Threads may share one: they take turns.
///
/// >>> import numpy as np, ohem
/// >>> miner = ohem.Miner(batch_size=2)
/// >>> miner(np.zeros((3, 4), np.float32), np.array([0.5, 2.0, 1.0], np.float32))
/// array([1, 2])
/// >>> miner.last
/// Statistics(total=3, visited=2, suppressed=0, ignored=0, selected=2, cut=1)
#[pyclass(frozen, module = "ohem")]
pub(crate) struct Miner {
    options: Options,
    state: Mutex<(Memory, Statistics)>,
}

#[pymethods]
impl Miner {
    #[new]
    #[pyo3(signature = (batch_size=Count(128), iou_threshold=0.7, *, inclusive=false, pixel=false, nan="error", ignore_index=None))]
    #[pyo3(
        text_signature = "(batch_size=128, iou_threshold=0.7, *, inclusive=False, pixel=False, nan='error', ignore_index=None)"
    )]
    fn new(
        batch_size: Count,
        iou_threshold: Option<f64>,
        inclusive: bool,
        pixel: bool,
        nan: &str,
        ignore_index: Option<i64>,
    ) -> PyResult<Self> {
        let options = Options::new(batch_size, iou_threshold, inclusive, pixel, nan, ignore_index)?;
        Ok(Self { options, state: Mutex::default() })
    }

    /// Mines the hardest RoIs; returns their indices, hardest first.
    #[pyo3(signature = (boxes, losses, labels=None, images=None))]
    fn __call__<'py>(
        slf: &Bound<'py, Self>,
        boxes: Option<&Bound<'py, PyAny>>,
        losses: &Bound<'py, PyAny>,
        labels: Option<&Bound<'py, PyAny>>,
        images: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, options) = (slf.py(), &slf.get().options);
        let columns = match Columns::new(boxes, losses, labels, images, options) {
            Ok(columns) => columns,
            Err(error) => {
                return device::on_host(error, slf.as_any(), &[boxes, Some(losses), labels, images], None);
            }
        };
        // Not `lock()`: a thread that waits for it while it holds the GIL stops the one that mines without.
        let mut state = slf.get().state.lock_py_attached(py).unwrap_or_else(|poisoned| poisoned.into_inner());
        let (memory, last) = &mut *state;
        let (found, statistics) = memory.mine(py, &columns, options)?;
        *last = statistics;
        drop(state);
        indices(py, &columns.losses.like, &found)
    }

    /// What the last step saw.
    #[getter]
    fn last(&self, py: Python<'_>) -> Statistics {
        self.state.lock_py_attached(py).unwrap_or_else(|poisoned| poisoned.into_inner()).1
    }

    /// Largest number of RoIs to select, over all images.
    #[getter]
    fn batch_size(&self) -> usize {
        self.options.mining.batch_size
    }

    /// IoU above which a harder RoI suppresses; None for no suppression.
    #[getter]
    fn iou_threshold(&self) -> Option<f64> {
        self.options.mining.nms.map(|nms| nms.iou_threshold)
    }

    fn __repr__(&self) -> String {
        let threshold = self.iou_threshold().map_or("None".into(), |t| t.to_string());
        format!("Miner(batch_size={}, iou_threshold={threshold})", self.batch_size())
    }
}
