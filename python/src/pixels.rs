//! Segmentation: the pixels that are hard enough, and at least a number of the hardest.

use ohem_core::Float as _;
use ohem_core::kernel::rules::segmentation as kernel;
use ohem_std::loss::{self, Classes};
use ohem_std::rules::segmentation::{self, Counting};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::{Array, by_float, by_loss};
use crate::errors;
use crate::output::array;

/// Length of a table of counts by two bytes of a loss.
const COUNTS: usize = 1 << 16;

/// The flags of the pixels that take part.
fn valid_flags<'py>(valid: Option<&Bound<'py, PyAny>>, values: &Array<'py>) -> PyResult<Option<Array<'py>>> {
    let valid = Array::optional(valid, "valid")?;
    if let Some(valid) = &valid
        && valid.shape() != values.shape()
    {
        let (name, expected, found) = (values.name, values.shape(), valid.shape());
        return Err(PyValueError::new_err(format!(
            "valid: expected the shape {expected:?} of {name}, found {found:?}"
        )));
    }
    Ok(valid)
}

/// Keeps pixels with a loss above `thresh`, or the hardest `min_kept` if those are fewer; returns a mask.
///
/// `losses` may have any shape, and the mask has the same. Of equal losses, the lower index is kept. Pixels that `valid`
/// excludes and NaN losses take no part.
///
/// >>> import ohem
/// >>> ohem.rules.pixels_by_loss([0.2, 0.9, 0.4, 0.4], thresh=0.5, min_kept=2)
/// array([False,  True,  True, False])
#[pyfunction]
#[pyo3(signature = (losses, *, thresh, min_kept, valid=None))]
pub(crate) fn pixels_by_loss<'py>(
    py: Python<'py>,
    losses: &Bound<'py, PyAny>,
    thresh: f64,
    min_kept: usize,
    valid: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let losses = Array::new(losses, "losses")?;
    let valid = valid_flags(valid, &losses)?;
    let valid = valid.as_ref().map(Array::flags).transpose()?;
    by_loss!(losses, H => {
        let values = losses.slice::<H>();
        let threshold = crate::kind::Rounded::rounded(thresh);
        let kept = py.detach(|| {
            let (mut counts, mut kept) = (vec![0; COUNTS], vec![false; values.len()]);
            kernel::by_loss(&values, valid.as_deref(), threshold, min_kept, &mut counts, &mut kept)?;
            Ok(kept)
        });
        array(py, &losses.like, kept.map_err(errors::length)?, losses.shape())
    })
}

/// Keeps pixels whose probability of the true class is below `thresh`, or the lowest `min_kept`; returns a mask.
///
/// `counting` says how many are kept if fewer than `min_kept` are below: "exact", or as "mmseg" or "paddleseg" count.
///
/// >>> import ohem
/// >>> ohem.rules.pixels_by_probability([0.9, 0.8, 0.2], thresh=0.7, min_kept=2)
/// array([False,  True,  True])
#[pyfunction]
#[pyo3(signature = (probabilities, *, thresh, min_kept, valid=None, counting="exact"))]
pub(crate) fn pixels_by_probability<'py>(
    py: Python<'py>,
    probabilities: &Bound<'py, PyAny>,
    thresh: f64,
    min_kept: usize,
    valid: Option<&Bound<'py, PyAny>>,
    counting: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let probabilities = Array::new(probabilities, "probabilities")?;
    let valid = valid_flags(valid, &probabilities)?;
    let valid = valid.as_ref().map(Array::flags).transpose()?;
    let counting = match counting {
        "exact" => Counting::Exact,
        "mmseg" => Counting::Mmsegmentation,
        "paddleseg" => Counting::PaddleSeg,
        _ => {
            let text =
                format!("counting: expected \"exact\", \"mmseg\" or \"paddleseg\", found {counting:?}");
            return Err(PyValueError::new_err(text));
        }
    };
    by_float!(probabilities, F => {
        let values = probabilities.floats::<F>();
        let kept = py.detach(|| {
            let all: Vec<bool>;
            let valid = match &valid {
                Some(valid) => valid,
                None => {
                    all = vec![true; values.len()];
                    &all[..]
                }
            };
            segmentation::by_probability(&values, valid, F::from_f64(thresh), min_kept, counting)
        });
        array(py, &probabilities.like, kept.map_err(errors::length)?, probabilities.shape())
    })
}

/// Logits of images, with a plane for each class, and the label of each pixel.
struct Planes<'py> {
    logits: Array<'py>,
    labels: Array<'py>,
    ignore_index: Option<i64>,
}

impl<'py> Planes<'py> {
    fn new(
        logits: &Bound<'py, PyAny>,
        labels: &Bound<'py, PyAny>,
        ignore_index: Option<i64>,
    ) -> PyResult<Self> {
        let (logits, labels) = (Array::new(logits, "logits")?, Array::new(labels, "labels")?);
        logits.check_float()?;
        let shape = logits.shape();
        let [images, _, pixels @ ..] = shape else {
            let text = format!("logits: expected the shape [images, classes, ...], found {shape:?}");
            return Err(PyValueError::new_err(text));
        };
        if !matches!(labels.shape(), [count, of_image @ ..] if count == images && of_image == pixels) {
            let found = labels.shape();
            let text = format!(
                "labels: expected the shape {shape:?} of logits without the classes, found {found:?}"
            );
            return Err(PyValueError::new_err(text));
        }
        Ok(Self { logits, labels, ignore_index })
    }

    fn classes(&self) -> Classes {
        Classes::new(self.logits.columns())
    }

    /// Number of pixels of an image.
    fn pixels(&self) -> usize {
        self.logits.shape()[2..].iter().product()
    }
}

/// Computes the softmax cross-entropy of every pixel, without a copy of the logits.
///
/// `logits` has the shape (images, classes, ...), as `torch.nn.functional.cross_entropy` takes it, `labels` the shape
/// (images, ...). A label of `ignore_index` gives a loss of 0. The same bits as `cross_entropy` of rows.
///
/// >>> import numpy as np, ohem
/// >>> logits = np.zeros((1, 2, 1, 3))  # one image, two classes, three pixels
/// >>> ohem.cross_entropy_planes(logits, [[[0, 1, 255]]], ignore_index=255)
/// array([[[0.69314718, 0.69314718, 0.        ]]])
#[pyfunction]
#[pyo3(signature = (logits, labels, *, ignore_index=None))]
pub(crate) fn cross_entropy_planes<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let planes = Planes::new(logits, labels, ignore_index)?;
    let keys = planes.labels.keys(ignore_index)?;
    let (classes, pixels) = (planes.classes(), planes.pixels().max(1));
    by_float!(planes.logits, F => {
        let values = planes.logits.floats::<F>();
        let losses = py.detach(|| {
            let mut losses = Vec::with_capacity(keys.len());
            let images = values.chunks(pixels * classes.count.max(1)).zip(keys.chunks(pixels));
            for (logits, labels) in images {
                losses.append(&mut loss::cross_entropy_planes(logits, classes, labels)?);
            }
            Ok(losses)
        });
        array(py, &planes.logits.like, losses.map_err(errors::input)?, planes.labels.shape())
    })
}

/// Computes the gradient of `cross_entropy_planes` by the logits, times a factor for each pixel.
///
/// `factors` has the shape of `labels`, and 0 for a pixel that is not trained on.
///
/// >>> import numpy as np, ohem
/// >>> logits = np.zeros((1, 2, 1, 2))
/// >>> ohem.cross_entropy_planes_gradient(logits, [[[1, 1]]], [[[0.5, 0.0]]])
/// array([[[[ 0.25,  0.  ]],
/// <BLANKLINE>
///         [[-0.25,  0.  ]]]])
#[pyfunction]
#[pyo3(signature = (logits, labels, factors, *, ignore_index=None))]
pub(crate) fn cross_entropy_planes_gradient<'py>(
    py: Python<'py>,
    logits: &Bound<'py, PyAny>,
    labels: &Bound<'py, PyAny>,
    factors: &Bound<'py, PyAny>,
    ignore_index: Option<i64>,
) -> PyResult<Bound<'py, PyAny>> {
    let planes = Planes::new(logits, labels, ignore_index)?;
    let factors = Array::new(factors, "factors")?;
    factors.check_float()?;
    planes.logits.check_same_float(&factors)?;
    if factors.shape() != planes.labels.shape() {
        let (expected, found) = (planes.labels.shape(), factors.shape());
        let text = format!("factors: expected the shape {expected:?} of labels, found {found:?}");
        return Err(PyValueError::new_err(text));
    }
    let keys = planes.labels.keys(planes.ignore_index)?;
    let (classes, pixels) = (planes.classes(), planes.pixels().max(1));
    by_float!(planes.logits, F => {
        let (values, factors) = (planes.logits.floats::<F>(), factors.floats_or_none::<F>());
        let gradient = py.detach(|| {
            let images = values.chunks(pixels * classes.count.max(1)).zip(keys.chunks(pixels));
            let mut images = images.zip(factors.chunks(pixels)).map(|((logits, labels), factors)| {
                loss::cross_entropy_planes_gradient(logits, classes, labels, factors)
            });
            let mut gradient = images.next().unwrap_or(Ok(Vec::new()))?;
            for of_image in images {
                gradient.append(&mut of_image?);
            }
            Ok(gradient)
        });
        array(py, &planes.logits.like, gradient.map_err(errors::input)?, planes.logits.shape())
    })
}
