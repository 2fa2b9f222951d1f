//! The mining rules of other frameworks, with their names of arguments.

use ohem_core::{MineError, Selection};
use ohem_std::rules::ssd::{self, Anchors, SsdConfig, SsdNms};
use ohem_std::rules::{
    self, Ignored, LibraConfig, MmdetConfig, MonaiConfig, PerImage, Pick, PisaConfig, ScoredRois,
    TensorflowConfig,
};
use ohem_std::{Miner, VecStorage};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::array::{Array, boxes as view, by_float};
use crate::errors;
use crate::options::{Count, Options, nan as policy};
use crate::output::{Like, array, indices};
use crate::rois::Columns;

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

/// Mines one image as TensorFlow's `HardExampleMiner` does: NMS over all anchors, then negatives by a ratio.
///
/// `matches` names the ground-truth box of each anchor; -1 is a negative, less is ignored. `num_hard_examples` and
/// `max_negatives_per_positive` may be None for no limit. With ignored="compete", ignored anchors use up the budget, as
/// in the original.
///
/// >>> import ohem
/// >>> boxes = [[float(x), 0.0, x + 0.5, 1.0] for x in range(4)]
/// >>> ohem.rules.tensorflow(boxes, [1.0, 4.0, 3.0, 2.0], [0, -1, -1, -1], max_negatives_per_positive=2.0)
/// array([1, 2, 0])
#[pyfunction]
#[pyo3(signature = (boxes, losses, matches, *, num_hard_examples=Count(64), iou_threshold=0.7, max_negatives_per_positive=None, min_negatives_per_image=Count(0), ignored="excluded", nan="error"))]
#[pyo3(
    text_signature = "(boxes, losses, matches, *, num_hard_examples=64, iou_threshold=0.7, max_negatives_per_positive=None, min_negatives_per_image=0, ignored='excluded', nan='error')"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn tensorflow<'py>(
    py: Python<'py>,
    boxes: &Bound<'py, PyAny>,
    losses: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    num_hard_examples: Option<Count>,
    iou_threshold: f64,
    max_negatives_per_positive: Option<f64>,
    min_negatives_per_image: Count,
    ignored: &str,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let (boxes, losses) = (Array::new(boxes, "boxes")?, column(losses)?);
    boxes.check_boxes()?;
    boxes.check_rows(losses.rows(), "losses")?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let mut config = TensorflowConfig::new()
        .num_hard_examples(num_hard_examples.map(|count| count.0))
        .iou_threshold(iou_threshold)
        .min_negatives_per_image(min_negatives_per_image.0)
        .ignored(ignored_of(ignored)?)
        .nan(policy(nan)?);
    config.max_negatives_per_positive = max_negatives_per_positive;
    by_float!(boxes, F => by_float!(losses, H => {
        let (floats, column) = (boxes.floats::<F>(), losses.floats::<H>());
        let rows = view(&floats);
        let mined = py.detach(|| {
            let mut storage = VecStorage::<F, H>::new();
            rules::tensorflow(rows, &column, &matches, &config, &mut storage).map(|hard| hard.indices().to_vec())
        });
        indices(py, &losses.like, &mined.map_err(|error| errors::mine(py, error, "losses"))?)
    }))
}

/// Mines the hard negatives of one image by a ratio to its positives, as SSD does; hardest first.
///
/// A negative competes if its overlap with ground truth is below `neg_overlap`. `min_negatives` are mined even of an
/// image without positives. All positives train, too; they are not returned. With `boxes`, a negative that overlaps a
/// harder one by more than `nms_threshold` is dropped, and so are those beyond the hardest `nms_top_k` and boxes of less
/// than `nms_min_area` (1e-5 in the original, whose boxes are fractions of the image).
///
/// >>> import ohem
/// >>> ohem.rules.ssd_negatives([0.2, 3.0, 5.0, 1.0], [0, -1, -1, -1], [0.8, 0.1, 0.6, 0.2])
/// array([1, 3])
#[pyfunction]
#[pyo3(signature = (losses, matches, overlaps, *, neg_pos_ratio=3.0, neg_overlap=0.5, min_negatives=Count(0), boxes=None, nms_threshold=None, nms_top_k=None, nms_min_area=0.0, nan="error"))]
#[pyo3(
    text_signature = "(losses, matches, overlaps, *, neg_pos_ratio=3.0, neg_overlap=0.5, min_negatives=0, boxes=None, nms_threshold=None, nms_top_k=None, nms_min_area=0.0, nan='error')"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn ssd_negatives<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    overlaps: &Bound<'py, PyAny>,
    neg_pos_ratio: f64,
    neg_overlap: f64,
    min_negatives: Count,
    boxes: Option<&Bound<'py, PyAny>>,
    nms_threshold: Option<f64>,
    nms_top_k: Option<Count>,
    nms_min_area: f64,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let (losses, overlaps) = (column(losses)?, Array::new(overlaps, "overlaps")?);
    overlaps.check_dimensions(1)?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let boxes = ssd_boxes(boxes, nms_threshold)?;
    let mut config = SsdConfig::new()
        .neg_pos_ratio(neg_pos_ratio)
        .neg_overlap(neg_overlap)
        .min_negatives(min_negatives.0)
        .nan(policy(nan)?);
    config.nms = ssd_nms(nms_threshold, nms_top_k, nms_min_area);
    if let Some(boxes) = &boxes {
        boxes.check_same_float(&overlaps)?;
    }
    by_float!(overlaps, F => by_float!(losses, H => {
        let (column, overlaps) = (losses.floats::<H>(), overlaps.floats::<F>());
        let floats = boxes.as_ref().map(Array::floats_or_none::<F>).unwrap_or_default();
        let anchors = Anchors { boxes: view(&floats), losses: &column, matches: &matches };
        let mined = py.detach(|| {
            let mut storage = VecStorage::<F, H>::new();
            ssd::negatives(&anchors, &overlaps, &config, &mut storage).map(|hard| hard.indices().to_vec())
        });
        indices(py, &losses.like, &mined.map_err(|error| errors::mine(py, error, "losses"))?)
    }))
}

/// Mines the hardest anchors of one image, positives and negatives alike, as SSD's `HARD_EXAMPLE` does.
///
/// >>> import ohem
/// >>> ohem.rules.ssd_hard_examples([1.0, 3.0, 9.0, 2.0], [0, -1, -2, -1])
/// array([1, 3, 0])
#[pyfunction]
#[pyo3(signature = (losses, matches, *, sample_size=Count(64), boxes=None, nms_threshold=None, nms_top_k=None, nms_min_area=0.0, ignored="excluded", nan="error"))]
#[pyo3(
    text_signature = "(losses, matches, *, sample_size=64, boxes=None, nms_threshold=None, nms_top_k=None, nms_min_area=0.0, ignored='excluded', nan='error')"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn ssd_hard_examples<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    sample_size: Count,
    boxes: Option<&Bound<'py, PyAny>>,
    nms_threshold: Option<f64>,
    nms_top_k: Option<Count>,
    nms_min_area: f64,
    ignored: &str,
    nan: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let losses = column(losses)?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let boxes = ssd_boxes(boxes, nms_threshold)?;
    let mut config =
        SsdConfig::new().sample_size(sample_size.0).ignored(ignored_of(ignored)?).nan(policy(nan)?);
    config.nms = ssd_nms(nms_threshold, nms_top_k, nms_min_area);
    macro_rules! mined {
        ($float:ty) => {
            by_float!(losses, H => {
                let column = losses.floats::<H>();
                let floats = boxes.as_ref().map(Array::floats_or_none::<$float>).unwrap_or_default();
                let anchors = Anchors { boxes: view(&floats), losses: &column, matches: &matches };
                let mined = py.detach(|| {
                    let mut storage = VecStorage::<$float, H>::new();
                    ssd::hard_examples(&anchors, &config, &mut storage).map(|hard| hard.indices().to_vec())
                });
                mined.map_err(|error| errors::mine(py, error, "losses"))
            })
        };
    }
    let is_double = boxes.as_ref().is_some_and(|boxes| boxes.kind == crate::kind::Kind::F64);
    let found = if is_double { mined!(f64) } else { mined!(f32) }?;
    indices(py, &losses.like, &found)
}

fn ssd_nms(threshold: Option<f64>, top_k: Option<Count>, min_area: f64) -> Option<SsdNms> {
    let top_k = top_k.map_or(usize::MAX, |top_k| top_k.0);
    threshold.map(|threshold| SsdNms::new(threshold).top_k(top_k).min_area(min_area))
}

fn ignored_of(word: &str) -> PyResult<Ignored> {
    match word {
        "excluded" => Ok(Ignored::Excluded),
        "compete" => Ok(Ignored::Compete),
        _ => {
            let text = format!("ignored: expected \"excluded\" or \"compete\", found {word:?}");
            Err(PyValueError::new_err(text))
        }
    }
}

/// The boxes of SSD's NMS, if it is on.
fn ssd_boxes<'py>(boxes: Option<&Bound<'py, PyAny>>, threshold: Option<f64>) -> PyResult<Option<Array<'py>>> {
    if boxes.is_some() != threshold.is_some() {
        return Err(PyValueError::new_err("boxes and nms_threshold: expected both, or neither"));
    }
    let boxes = Array::optional(boxes, "boxes")?;
    boxes.as_ref().map_or(Ok(()), Array::check_boxes)?;
    Ok(boxes)
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

/// Samples one image as Libra R-CNN does: negatives evenly from bins of their overlap with ground truth.
///
/// `losses` are needed for `pick="hardest"` only, which takes the hardest of each bin instead of random ones. The
/// arguments are those of mmdetection's `IoUBalancedNegSampler`. Returns the indices of positives and of negatives.
///
/// >>> import ohem
/// >>> overlaps, matches = [0.9, 0.05, 0.1, 0.2, 0.4, 0.0], [0, -1, -1, -1, -1, -1]
/// >>> losses = [0.5, 0.6, 0.1, 0.9, 0.2, 0.3]
/// >>> ohem.rules.libra(overlaps, matches, losses, num=3, pos_fraction=0.5, num_bins=2, pick="hardest")
/// (array([0]), array([3, 1]))
#[pyfunction]
#[pyo3(signature = (overlaps, matches, losses=None, *, num=Count(512), pos_fraction=0.25, neg_pos_ub=-1.0, floor_thr=-1.0, floor_fraction=0.0, num_bins=Count(3), pick="random", seed=0, nan="error"))]
#[pyo3(
    text_signature = "(overlaps, matches, losses=None, *, num=512, pos_fraction=0.25, neg_pos_ub=-1.0, floor_thr=-1.0, floor_fraction=0.0, num_bins=3, pick='random', seed=0, nan='error')"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn libra<'py>(
    py: Python<'py>,
    overlaps: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    losses: Option<&Bound<'py, PyAny>>,
    num: Count,
    pos_fraction: f64,
    neg_pos_ub: f64,
    floor_thr: f64,
    floor_fraction: f64,
    num_bins: Count,
    pick: &str,
    seed: u64,
    nan: &str,
) -> PyResult<Pair<'py>> {
    let overlaps = Array::new(overlaps, "overlaps")?;
    overlaps.check_dimensions(1)?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let losses = losses.map(column).transpose()?;
    let pick = match pick {
        "random" => Pick::Random,
        "hardest" => Pick::Hardest,
        _ => {
            let text = format!("pick: expected \"random\" or \"hardest\", found {pick:?}");
            return Err(PyValueError::new_err(text));
        }
    };
    let mut config = LibraConfig::new()
        .num(num.0)
        .pos_fraction(pos_fraction)
        .floor_thr(floor_thr)
        .floor_fraction(floor_fraction)
        .num_bins(num_bins.0)
        .pick(pick)
        .nan(policy(nan)?);
    config.neg_pos_ub = limit(neg_pos_ub);
    let mut generator = SmallRng::seed_from_u64(seed);
    by_float!(overlaps, F => {
        let floats = overlaps.floats::<F>();
        let sampled = match &losses {
            None => py.detach(|| {
                let mut storage = VecStorage::<F, f32>::new();
                owned(rules::libra(&floats, &[], &matches, &config, &mut generator, &mut storage))
            }),
            Some(losses) => by_float!(losses, H => {
                let column = losses.floats::<H>();
                Ok(py.detach(|| {
                    let mut storage = VecStorage::<F, H>::new();
                    owned(rules::libra(&floats, &column, &matches, &config, &mut generator, &mut storage))
                }))
            })?,
        };
        halves(py, &overlaps.like, &sampled.map_err(|error| errors::mine(py, error, "losses"))?)
    })
}

/// Samples one image as MONAI's `HardNegativeSampler` does: negatives at random from the hardest.
///
/// The pool has `pool_size` times the negatives to be drawn. Returns the indices of positives and of negatives.
///
/// >>> import ohem
/// >>> positives, negatives = ohem.rules.monai([0.9, 0.1, 0.8, 0.7], [0, -1, -1, -1], 2, positive_fraction=0.5, pool_size=2.0)
/// >>> positives, int(negatives[0]) in (2, 3)
/// (array([0]), True)
#[pyfunction]
#[pyo3(signature = (losses, matches, batch_size_per_image, *, positive_fraction=0.3333333333333333, min_neg=Count(1), pool_size=10.0, seed=0, nan="error"))]
#[pyo3(
    text_signature = "(losses, matches, batch_size_per_image, *, positive_fraction=0.3333333333333333, min_neg=1, pool_size=10.0, seed=0, nan='error')"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn monai<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    batch_size_per_image: Count,
    positive_fraction: f64,
    min_neg: Count,
    pool_size: f64,
    seed: u64,
    nan: &str,
) -> PyResult<Pair<'py>> {
    let losses = column(losses)?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let config = MonaiConfig::new(batch_size_per_image.0)
        .positive_fraction(positive_fraction)
        .min_negatives(min_neg.0)
        .pool_size(pool_size)
        .nan(policy(nan)?);
    let mut generator = SmallRng::seed_from_u64(seed);
    by_float!(losses, H => {
        let column = losses.floats::<H>();
        let drawn = py.detach(|| {
            owned(rules::monai(&column, &matches, &config, &mut generator, &mut VecStorage::<f32, H>::new()))
        });
        halves(py, &losses.like, &drawn.map_err(|error| errors::mine(py, error, "losses"))?)
    })
}

/// Samples one image as PISA does: negatives by the hierarchical local rank of their scores, with a weight each.
///
/// `boxes` are the predicted boxes, `scores` the highest foreground probability of each RoI, `losses` those of
/// classification. The arguments are those of mmdetection's `ScoreHLRSampler`. Returns the indices of positives and of
/// negatives, and the weights of both.
///
/// >>> import ohem
/// >>> boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0], [9.0, 9.0, 9.0, 9.0]]
/// >>> scores, losses, matches = [0.9, 0.8, 0.5, 0.7], [1.0, 2.0, 4.0, 0.5], [-1, -1, -1, 0]
/// >>> ohem.rules.pisa(boxes, scores, losses, matches, num=3, pos_fraction=0.4, k=1.0, bias=0.25)
/// (array([3]), array([0, 2]), array([1.    , 1.25  , 0.9375]))
#[pyfunction]
#[pyo3(signature = (boxes, scores, losses, matches, *, num=Count(512), pos_fraction=0.25, neg_pos_ub=-1.0, k=0.5, bias=0.0, score_thr=0.05, iou_thr=0.5, seed=0, nan="error"))]
#[pyo3(
    text_signature = "(boxes, scores, losses, matches, *, num=512, pos_fraction=0.25, neg_pos_ub=-1.0, k=0.5, bias=0.0, score_thr=0.05, iou_thr=0.5, seed=0, nan='error')"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn pisa<'py>(
    py: Python<'py>,
    boxes: &Bound<'py, PyAny>,
    scores: &Bound<'py, PyAny>,
    losses: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    num: Count,
    pos_fraction: f64,
    neg_pos_ub: f64,
    k: f64,
    bias: f64,
    score_thr: f64,
    iou_thr: f64,
    seed: u64,
    nan: &str,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let (boxes, scores, losses) =
        (Array::new(boxes, "boxes")?, Array::new(scores, "scores")?, column(losses)?);
    boxes.check_boxes()?;
    boxes.check_rows(losses.rows(), "losses")?;
    scores.check_dimensions(1)?;
    boxes.check_same_float(&scores)?;
    boxes.check_same_float(&losses)?;
    let matches = Array::new(matches, "matches")?.matches()?;
    let mut config = PisaConfig::new()
        .num(num.0)
        .pos_fraction(pos_fraction)
        .k(k)
        .bias(bias)
        .score_thr(score_thr)
        .iou_thr(iou_thr)
        .nan(policy(nan)?);
    config.neg_pos_ub = limit(neg_pos_ub);
    let mut generator = SmallRng::seed_from_u64(seed);
    by_float!(boxes, F => {
        let floats = boxes.floats_or_none::<F>();
        let (scores, column) = (scores.floats_or_none::<F>(), losses.floats_or_none::<F>());
        let rois = ScoredRois { boxes: view(&floats), scores: &scores, losses: &column, matches: &matches };
        let sampled = py.detach(|| {
            let mut storage = VecStorage::<F>::new();
            let sampled = rules::pisa(&rois, &config, &mut generator, &mut storage);
            sampled.map(|(positives, hard, weights)| ((positives, hard.indices().to_vec()), weights))
        });
        let (found, weights) = sampled.map_err(|error| errors::mine(py, error, "losses"))?;
        let (positives, negatives) = halves(py, &losses.like, &found)?;
        let len = weights.len();
        Ok((positives, negatives, array(py, &losses.like, weights, &[len])?))
    })
}
