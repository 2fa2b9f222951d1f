//! Rules that draw at random: Libra R-CNN, MONAI and PISA.

use ohem_std::VecStorage;
use ohem_std::rules::{self, LibraConfig, MonaiConfig, Pick, PisaConfig, ScoredRois};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::{Pair, column, halves, limit, owned};
use crate::array::{Array, boxes as view, by_float};
use crate::errors;
use crate::options::{Count, nan as policy};
use crate::output::array;

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
