//! Labels and regression targets of RoIs.

use ohem_core::{InputError, InvalidBox, Match};
use ohem_std::targets::{self, Assignment, BoxCoder, ByImage, LabelConfig, SampleConfig, TargetMoments};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::array::{Array, boxes as view, by_float};
use crate::errors;
use crate::kind::Real;
use crate::options::{Count, convention};
use crate::output::{Like, array, indices};

/// Two arrays.
type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Finds the ground-truth box that each RoI overlaps most; returns the IoUs and the indices of the boxes.
///
/// The index is -1 for a RoI that overlaps nothing. Of equal overlaps, the first box wins. An invalid box in `gt_boxes`
/// (x2 < x1, y2 < y1, NaN, infinite) is an error, as RoIs on its object would train as background. `images` and `gt_images` say
/// to which image each box belongs, so that a whole batch is assigned at once; None for one image.
///
/// >>> import ohem
/// >>> ohem.assign([[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]], [[0.0, 0.0, 9.0, 4.5]])
/// (array([0.5, 0. ]), array([ 0, -1]))
#[pyfunction]
#[pyo3(signature = (boxes, gt_boxes, images=None, gt_images=None, *, pixel=false))]
pub(crate) fn assign<'py>(
    py: Python<'py>,
    boxes: &Bound<'py, PyAny>,
    gt_boxes: &Bound<'py, PyAny>,
    images: Option<&Bound<'py, PyAny>>,
    gt_images: Option<&Bound<'py, PyAny>>,
    pixel: bool,
) -> PyResult<Pair<'py>> {
    let (rois, truth) = (Array::new(boxes, "boxes")?, Array::new(gt_boxes, "gt_boxes")?);
    rois.check_boxes()?;
    truth.check_boxes()?;
    rois.check_same_float(&truth)?;
    let of = |object, name| Array::optional(object, name)?.map(|images| images.indices()).transpose();
    let images = match (of(images, "images")?, of(gt_images, "gt_images")?) {
        (Some(images), Some(gt_images)) => Some((images, gt_images)),
        (None, None) => None,
        _ => return Err(PyValueError::new_err("images and gt_images: expected both, or neither")),
    };
    let wider = if rois.len() == 0 { &truth } else { &rois };
    by_float!(wider, F => {
        let (one, other) = (rois.floats_or_none::<F>(), truth.floats_or_none::<F>());
        let (rows, truth) = (view(&one), view(&other));
        let assigned = py.detach(|| match &images {
            Some((images, gt_images)) => {
                let rows = ByImage { boxes: rows, images };
                targets::assign_batch(rows, ByImage { boxes: truth, images: gt_images }, convention(pixel))
            }
            None => targets::assign(rows, truth, convention(pixel)),
        });
        let (overlaps, matches) = assigned.map_err(|error| match error {
            InputError::Box(InvalidBox { index, .. }) => errors::invalid_box("gt_boxes", index, truth.get(index)),
            error => errors::input(error),
        })?;
        let count = [overlaps.len()];
        let matches = matches.into_iter().map(|found| found.number().map_or(-1, i64::from)).collect();
        Ok((array(py, &rois.like, overlaps, &count)?, array::<i64>(py, &rois.like, matches, &count)?))
    })
}

/// IoU thresholds by which RoIs become foreground, background, or ignored.
fn label_config(foreground: f64, background_from: f64, background_below: f64) -> LabelConfig {
    LabelConfig::new().foreground(foreground).background(background_from, background_below)
}

/// Labels each RoI: the class of its ground-truth box, `background`, or `ignored`.
///
/// `overlaps` and `matches` are what `assign` returns; `gt_labels` has the class of each ground-truth box. A RoI with an
/// IoU of at least `foreground` gets the class of its box. Otherwise it is background if its IoU is at least
/// `background_from` and less than `background_below`, and else ignored. A match less than -1 stays ignored.
///
/// >>> import ohem
/// >>> ohem.label([0.9, 0.45, 0.0], [1, 0, -1], [7, 3], background_below=0.4)
/// array([ 3, -1,  0])
#[pyfunction]
#[pyo3(signature = (overlaps, matches, gt_labels, *, foreground=0.5, background_from=0.0, background_below=0.5, background=0, ignored=-1))]
#[pyo3(
    text_signature = "(overlaps, matches, gt_labels, *, foreground=0.5, background_from=0.0, background_below=0.5, background=0, ignored=-1)"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn label<'py>(
    py: Python<'py>,
    overlaps: &Bound<'py, PyAny>,
    matches: &Bound<'py, PyAny>,
    gt_labels: &Bound<'py, PyAny>,
    foreground: f64,
    background_from: f64,
    background_below: f64,
    background: i64,
    ignored: i64,
) -> PyResult<Bound<'py, PyAny>> {
    let overlaps = Array::new(overlaps, "overlaps")?;
    overlaps.check_dimensions(1)?;
    let (matches, classes) = (Array::new(matches, "matches")?, Array::new(gt_labels, "gt_labels")?);
    matches.check_rows(overlaps.rows(), "overlaps")?;
    let (matches, classes) = (matches.matches()?, classes.indices()?);
    let config = label_config(foreground, background_from, background_below);
    by_float!(overlaps, F => {
        let floats = overlaps.floats::<F>();
        let assignment = Assignment { overlaps: &floats, matches: &matches };
        let labels = py.detach(|| targets::label(assignment, &classes, &config)).map_err(errors::input)?;
        let signed = |label: Match| match label.number() {
            Some(class) => i64::from(class),
            None if label.is_background() => background,
            None => ignored,
        };
        let labels: Vec<i64> = labels.into_iter().map(signed).collect();
        array(py, &overlaps.like, labels, &[floats.len()])
    })
}

/// Draws foreground and background RoIs of an image at random, without replacement: the baseline that mining replaces.
///
/// At most `positive_fraction` of the batch is foreground; see `label` for the thresholds. Returns the indices of both.
/// The same seed draws the same RoIs on every machine.
///
/// >>> import ohem
/// >>> foreground, background = ohem.sample([0.9, 0.2, 0.0, 0.7], 3, positive_fraction=0.5, seed=1)
/// >>> sorted(foreground.tolist()), len(background)
/// ([0, 3], 1)
#[pyfunction]
#[pyo3(signature = (overlaps, batch_size_per_image=Count(512), *, positive_fraction=0.25, foreground=0.5, background_from=0.0, background_below=0.5, seed=0))]
#[pyo3(
    text_signature = "(overlaps, batch_size_per_image=512, *, positive_fraction=0.25, foreground=0.5, background_from=0.0, background_below=0.5, seed=0)"
)]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn sample<'py>(
    py: Python<'py>,
    overlaps: &Bound<'py, PyAny>,
    batch_size_per_image: Count,
    positive_fraction: f64,
    foreground: f64,
    background_from: f64,
    background_below: f64,
    seed: u64,
) -> PyResult<Pair<'py>> {
    let overlaps = Array::new(overlaps, "overlaps")?;
    overlaps.check_dimensions(1)?;
    let labels = label_config(foreground, background_from, background_below);
    let config =
        SampleConfig::new(batch_size_per_image.0).foreground_fraction(positive_fraction).labels(labels);
    by_float!(overlaps, F => {
        let floats = overlaps.floats::<F>();
        let mut generator = SmallRng::seed_from_u64(seed);
        let drawn = py.detach(|| targets::sample(&floats, &config, &mut generator)).map_err(|error| {
            PyValueError::new_err(error.to_string().replace("foreground_fraction", "positive_fraction"))
        })?;
        let like = &overlaps.like;
        Ok((indices(py, like, drawn.foreground())?, indices(py, like, drawn.background())?))
    })
}

/// A table of boxes or deltas: four columns for each row of `rows`.
fn table<'py, F: Real + numpy::Element>(
    py: Python<'py>,
    like: &Like<'py>,
    values: Vec<[F; 4]>,
    rows: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let columns = 4 * values.len().checked_div(rows).unwrap_or(1);
    array(py, like, values.into_flattened(), &[rows, columns])
}

fn weights_of<F: Real>(weights: (f64, f64, f64, f64)) -> [F; 4] {
    [weights.0, weights.1, weights.2, weights.3].map(F::from_f64)
}

/// Encodes `reference_boxes` as regression targets relative to `proposals`: (dx, dy, dw, dh), times `weights`.
///
/// The arguments are those of torchvision's `BoxCoder`.
///
/// >>> import ohem
/// >>> ohem.encode([[5.0, 0.0, 15.0, 10.0]], [[0.0, 0.0, 10.0, 10.0]])
/// array([[0.5, 0. , 0. , 0. ]])
#[pyfunction]
#[pyo3(signature = (reference_boxes, proposals, *, weights=(1.0, 1.0, 1.0, 1.0), pixel=false))]
#[pyo3(text_signature = "(reference_boxes, proposals, *, weights=(1.0, 1.0, 1.0, 1.0), pixel=False)")]
pub(crate) fn encode<'py>(
    py: Python<'py>,
    reference_boxes: &Bound<'py, PyAny>,
    proposals: &Bound<'py, PyAny>,
    weights: (f64, f64, f64, f64),
    pixel: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (to, from) = (Array::new(reference_boxes, "reference_boxes")?, Array::new(proposals, "proposals")?);
    to.check_boxes()?;
    from.check_boxes()?;
    to.check_same_float(&from)?;
    by_float!(to, F => {
        let (one, other) = (from.floats_or_none::<F>(), to.floats::<F>());
        let (from, to_boxes, coder) = (view(&one), view(&other), BoxCoder::new(convention(pixel)));
        let weights = weights_of::<F>(weights);
        let encoded = py.detach(|| {
            let mut encoded = targets::encode(&coder, from, to_boxes)?;
            for (value, weight) in encoded.as_flattened_mut().iter_mut().zip(weights.iter().cycle()) {
                *value *= weight;
            }
            Ok(encoded)
        });
        let rows = to_boxes.len();
        table(py, &to.like, encoded.map_err(errors::length)?, rows)
    })
}

/// Decodes predicted deltas into boxes: an n x 4K table of deltas makes a table of n x 4K corners.
///
/// `weights` divide the deltas; `bbox_xform_clip` limits dw and dh, by default as torchvision does; None for no limit.
///
/// >>> import ohem
/// >>> ohem.decode([[0.5, 0.0, 0.0, 0.0]], [[0.0, 0.0, 10.0, 10.0]])
/// array([[ 5.,  0., 15., 10.]])
#[pyfunction]
#[pyo3(signature = (rel_codes, boxes, *, weights=(1.0, 1.0, 1.0, 1.0), bbox_xform_clip=BoxCoder::TORCHVISION_LARGEST_LOG, pixel=false))]
#[pyo3(
    text_signature = "(rel_codes, boxes, *, weights=(1.0, 1.0, 1.0, 1.0), bbox_xform_clip=4.135166556742356, pixel=False)"
)]
pub(crate) fn decode<'py>(
    py: Python<'py>,
    rel_codes: &Bound<'py, PyAny>,
    boxes: &Bound<'py, PyAny>,
    weights: (f64, f64, f64, f64),
    bbox_xform_clip: Option<f64>,
    pixel: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let (deltas, from) = (Array::new(rel_codes, "rel_codes")?, Array::new(boxes, "boxes")?);
    deltas.check_float()?;
    from.check_boxes()?;
    deltas.check_same_float(&from)?;
    if deltas.len() > 0 {
        deltas.check_dimensions(2)?;
        deltas.check_rows(from.rows(), "boxes")?;
    }
    if deltas.len() > 0 && deltas.columns() % 4 != 0 {
        let shape = deltas.shape();
        return Err(PyValueError::new_err(format!(
            "rel_codes: expected the shape [n, 4 x classes], found {shape:?}"
        )));
    }
    let mut coder = BoxCoder::new(convention(pixel));
    coder.largest_log = bbox_xform_clip;
    by_float!(deltas, F => {
        let (values, origin) = (deltas.floats::<F>(), from.floats_or_none::<F>());
        let (from, weights) = (view(&origin), weights_of::<F>(weights));
        let decoded = py.detach(|| {
            let divided: Vec<F> = values.iter().zip(weights.iter().cycle()).map(|(&value, &by)| value / by).collect();
            let (fours, _) = divided.as_chunks::<4>();
            targets::decode(&coder, from, fours)
        });
        let corners = decoded.map_err(errors::length)?;
        let corners = corners.into_iter().map(|bbox| [bbox.x1, bbox.y1, bbox.x2, bbox.y2]).collect();
        table(py, &deltas.like, corners, from.len())
    })
}

/// Computes the mean and the standard deviation of each of the four values of regression targets.
///
/// `targets` are those of foreground RoIs, as `encode` returns them. Pass 1 / the standard deviations as `weights` to
/// `encode` and `decode`, so that a network trains on values of about the same size. The standard deviation is that of
/// a population, as `numpy.std` has it. A value that is NaN or infinite is an error that names it.
///
/// >>> import ohem
/// >>> ohem.target_moments([[0.5, 0.0, 1.0, 0.0], [1.5, 2.0, 1.5, 4.0]])
/// (array([1.  , 1.  , 1.25, 2.  ]), array([0.5 , 1.  , 0.25, 2.  ]))
#[pyfunction]
pub(crate) fn target_moments<'py>(py: Python<'py>, targets: &Bound<'py, PyAny>) -> PyResult<Pair<'py>> {
    let targets = Array::new(targets, "targets")?;
    targets.check_boxes()?;
    by_float!(targets, F => {
        let values = targets.floats_or_none::<F>();
        let (rows, _) = values.as_chunks::<4>();
        let mut moments = TargetMoments::new();
        let added = py.detach(|| moments.add(&vec![Match::object(0); rows.len()], rows));
        added.map_err(errors::input)?;
        let one = |rows: Vec<[F; 4]>| array(py, &targets.like, rows.into_flattened(), &[4]);
        Ok((one(moments.means())?, one(moments.stds())?))
    })
}
