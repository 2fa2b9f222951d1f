//! Segmentation: the pixels that are hard enough, and at least a number of the hardest.

use ohem_core::Float as _;
use ohem_std::rules::segmentation::{self, Counting};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::array::{Array, by_float, by_loss};
use crate::errors;
use crate::output::array;

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
        let kept = py.detach(|| match &valid {
            Some(valid) => segmentation::by_loss(&values, valid, threshold, min_kept),
            None => segmentation::by_loss(&values, &vec![true; values.len()], threshold, min_kept),
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
