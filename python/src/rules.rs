//! The mining rules of other frameworks, with their names of arguments.

use ohem_core::{MineError, Selection};
use ohem_std::rules::{self, MmdetConfig, PerImage};
use ohem_std::{Miner, VecStorage};
use pyo3::prelude::*;

use crate::array::{Array, by_float};
use crate::errors;
use crate::options::{Count, Options, nan as policy};
use crate::output::{Like, indices};
use crate::rois::Columns;

pub(crate) mod anchors;
pub(crate) mod samplers;

/// Indices of positives and of negatives.
type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Positives and negatives of a selection that positives lead.
fn halves<'py>(py: Python<'py>, like: &Like<'py>, found: &(usize, Vec<u32>)) -> PyResult<Pair<'py>> {
    let (positives, negatives) = found.1.split_at(found.0);
    Ok((indices(py, like, positives)?, indices(py, like, negatives)?))
}

fn owned<E>(mined: Result<(usize, Selection<&[u32]>), E>) -> Result<(usize, Vec<u32>), E> {
    mined.map(|(positives, selection)| (positives, selection.indices().to_vec()))
}

/// A limit that mmdetection writes as a negative number if there is none.
fn limit(neg_pos_ub: f64) -> Option<f64> {
    (neg_pos_ub >= 0.0).then_some(neg_pos_ub)
}

/// One column of losses, in the type that it has.
fn column<'py>(object: &Bound<'py, PyAny>) -> PyResult<Array<'py>> {
    let losses = Array::new(object, "losses")?;
    losses.check_dimensions(1)?;
    Ok(losses)
}

/// Mines the hardest `batch_size_per_image` RoIs of each image, without NMS (R-FCN); hardest first over all images.
///
/// >>> import ohem
/// >>> ohem.rules.rfcn([0.5, 0.9, 0.3, 0.8, 0.7, 0.1], [0, 0, 0, 1, 1, 0], 2)
/// array([1, 3, 4, 0])
#[pyfunction]
#[pyo3(signature = (losses, images, batch_size_per_image, *, nan="error"))]
pub(crate) fn rfcn<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    images: &Bound<'py, PyAny>,
    batch_size_per_image: Count,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let (losses, images, nan) = (column(losses)?, Array::new(images, "images")?, policy(nan)?);
    images.check_dimensions(1)?;
    images.check_rows(losses.rows(), "losses")?;
    let images = images.keys(None)?;
    by_float!(losses, H => {
        let column = losses.floats::<H>();
        let mined = py.detach(|| {
            let mut storage = VecStorage::<f32, H>::new();
            rules::rfcn(&images, &column, batch_size_per_image.0, nan, &mut storage).map(|hard| hard.indices().to_vec())
        });
        indices(py, &losses.like, &mined.map_err(|error| errors::mine(py, error, "losses"))?)
    })
}

/// Mines the hardest `batch_size_per_image` RoIs of each image, with NMS; hardest first over all images.
///
/// A suppressed RoI leaves the budget to the next hardest of its image. The other arguments are those of `mine`.
///
/// >>> import numpy as np, ohem
/// >>> rois = np.float32([[0, 0, 0, 9, 9], [0, 0, 0, 9, 8], [0, 50, 50, 59, 59], [1, 0, 0, 9, 9]])
/// >>> ohem.rules.per_image(rois, np.float32([0.9, 0.8, 0.5, 0.1]), batch_size_per_image=2)
/// array([0, 2, 3])
#[pyfunction]
#[pyo3(signature = (boxes, losses, labels=None, images=None, *, batch_size_per_image, iou_threshold=0.7, inclusive=false, pixel=false, nan="error", ignore_index=None))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn per_image<'py>(
    py: Python<'py>,
    boxes: Option<&Bound<'py, PyAny>>,
    losses: &Bound<'py, PyAny>,
    labels: Option<&Bound<'py, PyAny>>,
    images: Option<&Bound<'py, PyAny>>,
    batch_size_per_image: Count,
    iou_threshold: Option<f64>,
    inclusive: bool,
    pixel: bool,
    nan: &str,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::new(Count(0), iou_threshold, inclusive, pixel, nan, ignore_index)?;
    let columns = Columns::new(boxes, losses, labels, images, &options)?;
    let (images, count) = columns.dense_images()?;
    let like = columns.losses.like.clone();
    let is_double = columns.boxes.as_ref().is_some_and(|boxes| boxes.kind == crate::kind::Kind::F64);
    macro_rules! mined {
        ($float:ty) => {
            by_float!(columns.losses, H => {
                let (rois, losses) = (columns.rois::<$float>(&options), columns.losses.floats::<H>());
                let mined = py.detach(|| {
                    let mut selected_of = vec![0; count];
                    let mut rule = PerImage::new(&images, batch_size_per_image.0, &mut selected_of)?;
                    let size = rule.batch_size();
                    let mut miner = Miner::<$float, H>::new(options.mining.batch_size(size))?;
                    miner.mine_by(&rois, &losses, &mut rule).map(|hard| hard.indices().to_vec())
                });
                mined.map_err(|error: MineError| errors::mine(py, error, "losses"))
            })
        };
    }
    let found = if is_double { mined!(f64) } else { mined!(f32) }?;
    indices(py, &like, &found)
}

/// Mines one image as mmdetection's `OHEMSampler` does; returns the indices of positives and of negatives.
///
/// Each are the hardest, hardest first: at most `num * pos_fraction` positives, and negatives up to `num`.
///
/// >>> import ohem
/// >>> ohem.rules.mmdet([1.0, 3.0, 9.0, 2.0, 4.0], [0, -1, -2, 1, -1], num=3, pos_fraction=0.5)
/// (array([3]), array([4, 1]))
#[pyfunction]
#[pyo3(signature = (losses, matches, *, num=Count(512), pos_fraction=0.25, neg_pos_ub=-1.0, nan="error"))]
#[pyo3(text_signature = "(losses, matches, *, num=512, pos_fraction=0.25, neg_pos_ub=-1.0, nan='error')")]
pub(crate) fn mmdet<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    num: Count,
    pos_fraction: f64,
    neg_pos_ub: f64,
    nan: &str,
) -> PyResult<Pair<'py>> {
    let losses = column(losses)?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let mut config = MmdetConfig::new().num(num.0).pos_fraction(pos_fraction).nan(policy(nan)?);
    config.neg_pos_ub = limit(neg_pos_ub);
    by_float!(losses, H => {
        let column = losses.floats::<H>();
        let mined = py.detach(|| {
            owned(rules::mmdet(&column, &matches, &config, &mut VecStorage::<f32, H>::new()))
        });
        halves(py, &losses.like, &mined.map_err(|error| errors::mine(py, error, "losses"))?)
    })
}
