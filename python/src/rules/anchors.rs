//! Rules of detectors with anchors: TensorFlow's, and those of SSD.

use ohem_std::VecStorage;
use ohem_std::rules::ssd::{self, Anchors, SsdConfig, SsdNms};
use ohem_std::rules::{self, Ignored, TensorflowConfig};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::column;
use crate::array::{Array, boxes as view, by_float};
use crate::errors;
use crate::options::{Count, nan as policy};
use crate::output::indices;

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
