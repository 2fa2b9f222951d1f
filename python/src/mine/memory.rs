//! The memory of mining for every pair of float types, and the layouts that mining is compiled for.

use half::{bf16, f16};
use ohem_core::{BBox, BoxRows, Key, KeyColumn, Membership, MineError, OutOfRange, RankKey, RoiSource, Rois};
use ohem_std::Miner as Core;
use pyo3::prelude::*;

use crate::array::by_loss;
use crate::errors;
use crate::kind::{Element, Kind, Real};
use crate::options::Options;
use crate::rois::Columns;

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
fn mined_from<F: Real, H: RankKey + Element, R: RoiSource<Coordinate = F> + Sync>(
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
    type Coordinate = R::Coordinate;

    #[inline(always)]
    fn len(&self) -> usize {
        self.0.len()
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<R::Coordinate>> {
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
pub(super) struct Memory {
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

impl Memory {
    /// Mines with the memory for the types that the columns have.
    pub(super) fn mine(
        &mut self,
        py: Python<'_>,
        columns: &Columns<'_>,
        options: &Options,
    ) -> PyResult<(Vec<u32>, Statistics)> {
        match columns.boxes.as_ref().map(|boxes| boxes.kind) {
            Some(Kind::F32) if columns.losses.kind == Kind::F32 => {
                let miner = match &mut self.f32.f32 {
                    Some(miner) => miner,
                    slot => {
                        slot.insert(Core::new(options.mining).map_err(|error| errors::input(error.into()))?)
                    }
                };
                let usual = match columns.labels.as_ref().map(|labels| labels.kind) {
                    Some(Kind::I64) => mined_as_usual::<i64>(py, columns, options, miner),
                    Some(Kind::U32) => mined_as_usual::<u32>(py, columns, options, miner),
                    _ => None,
                };
                usual.unwrap_or_else(|| mined(py, columns, options, miner))
            }
            Some(Kind::F64) => mined_in(py, columns, options, &mut self.f64),
            _ => mined_in(py, columns, options, &mut self.f32),
        }
    }
}
