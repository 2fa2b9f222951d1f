//! Mining, in one call and step after step.

use std::sync::Mutex;

use half::{bf16, f16};
use ohem_core::{BBox, BoxRows, Key, KeyColumn, Membership, MineError, OutOfRange, RankKey, RoiSource, Rois};
use ohem_std::Miner as Core;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyDict;

use crate::array::{Array, by_loss};
use crate::device;
use crate::kind::{Element, Kind, Real};
use crate::options::{Count, Options};
use crate::output::indices;
use crate::rois::Columns;
use crate::{errors, options};

/// What a step of mining saw.
///
/// Attributes:
///     total: number of RoIs.
///     visited: how many were looked at, hardest first.
///     suppressed: how many of those overlapped a harder one of their image and label.
///     ignored: how many were passed over because of their label.
///     selected: how many were selected.
///     cut: the loss of the easiest one selected, or None.
#[pyclass(frozen, eq, module = "ohem")]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Statistics {
    #[pyo3(get)]
    total: usize,
    #[pyo3(get)]
    visited: usize,
    #[pyo3(get)]
    suppressed: usize,
    #[pyo3(get)]
    ignored: usize,
    #[pyo3(get)]
    selected: usize,
    #[pyo3(get)]
    cut: Option<f64>,
}

#[pymethods]
impl Statistics {
    fn __repr__(&self) -> String {
        let Self { total, visited, suppressed, ignored, selected, cut } = self;
        let cut = cut.map_or("None".to_owned(), |cut| cut.to_string());
        format!(
            "Statistics(total={total}, visited={visited}, suppressed={suppressed}, ignored={ignored}, \
             selected={selected}, cut={cut})"
        )
    }
}

/// Mines RoIs; the GIL is released meanwhile.
fn mined_from<F: Real, H: RankKey + Element, R: RoiSource<Float = F> + Sync>(
    py: Python<'_>,
    rois: &R,
    losses: &[H],
    miner: &mut Core<F, H>,
) -> PyResult<(Vec<u32>, Statistics)>
where
    Core<F, H>: Send,
{
    let mined = py.detach(|| {
        let hard = miner.mine(rois, losses)?;
        let cut = hard.indices().last().and_then(|&last| losses.get(last as usize)).map(|loss| loss.to_f64());
        let statistics = Statistics {
            total: rois.len(),
            visited: hard.visited(),
            suppressed: hard.suppressed(),
            ignored: hard.ignored(),
            selected: hard.len(),
            cut,
        };
        Ok((hard.into_indices().to_vec(), statistics))
    });
    mined.map_err(|error: MineError| errors::mine(py, error, "losses"))
}

/// Mines RoIs that are read where they lie, in any layout.
fn mined<F: Real, H: RankKey + Element>(
    py: Python<'_>,
    columns: &Columns<'_>,
    options: &Options,
    miner: &mut Core<F, H>,
) -> PyResult<(Vec<u32>, Statistics)>
where
    Core<F, H>: Send,
{
    mined_from(py, &columns.rois::<F>(options), &columns.losses.slice::<H>(), miner)
}

/// Mines RoIs in the most common layouts, each compiled by itself, so that a visit asks for no type: `f32`, contiguous,
/// labels of `K`, and images of `K` or the image in front. `None` for all other layouts.
fn mined_as_usual<K: Key + Element>(
    py: Python<'_>,
    columns: &Columns<'_>,
    options: &Options,
    miner: &mut Core<f32, f32>,
) -> Option<PyResult<(Vec<u32>, Statistics)>> {
    let (boxes, labels) = (columns.boxes.as_ref()?, columns.labels.as_ref()?.borrowed::<K>()?);
    let (floats, losses) = (boxes.borrowed::<f32>()?, columns.losses.borrowed::<f32>()?);
    if options.ignore_index.is_some() || losses.is_empty() {
        return None;
    }
    if boxes.columns() == 5 {
        let rois = Rois::from_boxes(BoxRows::new(floats, 5, 1).ok()?).ok()?;
        let rois = rois.with_images(KeyColumn::new(floats, 5, 0).ok()?).ok()?.with_labels(labels).ok()?;
        return Some(mined_from(py, &Named(rois), losses, miner));
    }
    let images = columns.images.as_ref()?.borrowed::<K>()?;
    let rois = Rois::new(crate::array::boxes(floats), images, labels).ok()?;
    Some(mined_from(py, &Named(rois), losses, miner))
}

/// RoIs of core, whose errors use the words of Python.
struct Named<R>(R);

impl<R: RoiSource> RoiSource for Named<R> {
    type Float = R::Float;

    #[inline(always)]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<R::Float>> {
        self.0.bbox(index)
    }

    #[inline(always)]
    fn membership(&self, index: u32) -> Membership {
        self.0.membership(index)
    }

    #[cold]
    fn invalid_key(&self, index: u32) -> OutOfRange {
        let fault = self.0.invalid_key(index);
        OutOfRange { what: if fault.what == "image id" { "image" } else { fault.what }, ..fault }
    }
}

/// The memory of mining for each pair of float types, made when it is first needed.
#[derive(Default)]
struct Memory {
    f32: ByLoss<f32>,
    f64: ByLoss<f64>,
}

/// The memory for boxes of one float type.
struct ByLoss<F: Real> {
    f32: Option<Core<F, f32>>,
    f64: Option<Core<F, f64>>,
    f16: Option<Core<F, f16>>,
    bf16: Option<Core<F, bf16>>,
}

impl<F: Real> Default for ByLoss<F> {
    fn default() -> Self {
        Self { f32: None, f64: None, f16: None, bf16: None }
    }
}

/// Finds the memory for losses of a type.
trait Slot<H: RankKey>: Sized {
    fn slot<F: Real>(memory: &mut ByLoss<F>) -> &mut Option<Core<F, H>>;
}

macro_rules! slots {
    ($($loss:ident),+) => {$(
        impl Slot<$loss> for $loss {
            fn slot<F: Real>(memory: &mut ByLoss<F>) -> &mut Option<Core<F, $loss>> {
                &mut memory.$loss
            }
        }
    )+};
}

slots!(f32, f64, f16, bf16);

fn mined_in<F: Real>(
    py: Python<'_>,
    columns: &Columns<'_>,
    options: &Options,
    memory: &mut ByLoss<F>,
) -> PyResult<(Vec<u32>, Statistics)> {
    by_loss!(columns.losses, H => {
        let slot = <H as Slot<H>>::slot(memory);
        let miner = match slot {
            Some(miner) => miner,
            None => slot.insert(Core::new(options.mining).map_err(|error| errors::input(error.into()))?),
        };
        mined::<F, H>(py, columns, options, miner)
    })
}

fn mined_by_kind(
    py: Python<'_>,
    columns: &Columns<'_>,
    options: &Options,
    memory: &mut Memory,
) -> PyResult<(Vec<u32>, Statistics)> {
    match columns.boxes.as_ref().map(|boxes| boxes.kind) {
        Some(Kind::F32) if columns.losses.kind == Kind::F32 => {
            let miner = match &mut memory.f32.f32 {
                Some(miner) => miner,
                slot => slot.insert(Core::new(options.mining).map_err(|error| errors::input(error.into()))?),
            };
            let usual = match columns.labels.as_ref().map(|labels| labels.kind) {
                Some(Kind::I64) => mined_as_usual::<i64>(py, columns, options, miner),
                Some(Kind::U32) => mined_as_usual::<u32>(py, columns, options, miner),
                _ => None,
            };
            usual.unwrap_or_else(|| mined(py, columns, options, miner))
        }
        Some(Kind::F64) => mined_in(py, columns, options, &mut memory.f64),
        _ => mined_in(py, columns, options, &mut memory.f32),
    }
}

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
            let (found, _) = mined_by_kind(py, &columns, &options, &mut Memory::default())?;
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
        let (found, statistics) = mined_by_kind(py, &columns, options, memory)?;
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

/// Finds the hardest `k` losses; returns their indices, hardest first.
///
/// Fewer if fewer losses take part; equal losses rank by index. Losses may have 16, 32 or 64 bits.
///
/// >>> import ohem
/// >>> ohem.top_k([0.1, 0.9, 0.5, 0.9], 3)
/// array([1, 3, 2])
#[pyfunction]
#[pyo3(signature = (losses, k, *, nan="error"))]
pub(crate) fn top_k<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    k: Count,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let policy = options::nan(nan)?;
    let array = match Array::new(losses, "losses") {
        Ok(array) => array,
        Err(error) => {
            let (function, options) = (device::function(py, "top_k")?, PyDict::new(py));
            options.set_item("k", k.0)?;
            options.set_item("nan", nan)?;
            return device::on_host(error, &function, &[Some(losses)], Some(&options));
        }
    };
    array.check_dimensions(1)?;
    let found = by_loss!(array, H => {
        let losses = array.slice::<H>();
        py.detach(|| ohem_std::rank::top_k(&losses, k.0, policy))
            .map_err(|error| errors::mine(py, error, "losses"))
    })?;
    indices(py, &array.like, &found)
}

/// Runs Rust's `mine()` a number of times on columns of `u32`, to measure the overhead of Python.
#[pyfunction]
pub(crate) fn _repeat_mine(
    py: Python<'_>,
    boxes: &Bound<'_, PyAny>,
    losses: &Bound<'_, PyAny>,
    labels: &Bound<'_, PyAny>,
    images: &Bound<'_, PyAny>,
    batch_size: Count,
    repeats: usize,
) -> PyResult<()> {
    let (boxes, losses) = (Array::new(boxes, "boxes")?, Array::new(losses, "losses")?);
    let (labels, images) = (Array::new(labels, "labels")?, Array::new(images, "images")?);
    for (array, expected) in
        [(&losses, Kind::F32), (&boxes, Kind::F32), (&labels, Kind::U32), (&images, Kind::U32)]
    {
        if array.kind != expected {
            return Err(array.wrong_type(expected.name()));
        }
    }
    let (floats, losses) = (boxes.slice::<f32>(), losses.slice::<f32>());
    let (rows, labels, images) = (crate::array::boxes(&floats), labels.slice::<u32>(), images.slice::<u32>());
    let config = ohem_core::MineConfig::new(batch_size.0);
    let mined = py.detach(|| {
        for _ in 0..repeats {
            std::hint::black_box(ohem_std::mine(rows, &images, &labels, &losses, &config)?);
        }
        Ok(())
    });
    mined.map_err(|error| errors::mine(py, error, "losses"))
}
