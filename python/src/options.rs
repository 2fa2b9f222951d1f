//! Options of mining in the words of Python.

use ohem_core::{Convention, MineConfig, NanPolicy, NmsConfig, Suppress};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// A number of RoIs: an integer of at least 0.
#[derive(Clone, Copy)]
pub(crate) struct Count(pub(crate) usize);

impl<'py> FromPyObject<'_, 'py> for Count {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let refused = |expected: &str| format!("expected {expected}, found {}", *object);
        match object.extract::<i64>() {
            Ok(count) => {
                usize::try_from(count).map(Self).map_err(|_| PyValueError::new_err(refused("at least 0")))
            }
            Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => Err(error),
            Err(_) => Err(PyValueError::new_err(refused("a number that fits 64 bits"))),
        }
    }
}

pub(crate) fn nan(word: &str) -> PyResult<NanPolicy> {
    match word {
        "error" => Ok(NanPolicy::Error),
        "skip" => Ok(NanPolicy::Skip),
        "first" => Ok(NanPolicy::First),
        _ => Err(PyValueError::new_err(format!(
            "nan: expected \"error\", \"skip\" or \"first\", found {word:?}"
        ))),
    }
}

pub(crate) const fn convention(pixel: bool) -> Convention {
    if pixel { Convention::Pixel } else { Convention::Continuous }
}

pub(crate) fn nms(iou_threshold: f64, inclusive: bool, pixel: bool) -> PyResult<NmsConfig> {
    let suppress = if inclusive { Suppress::AtOrAbove } else { Suppress::Above };
    let config = NmsConfig::new(iou_threshold).suppress(suppress).convention(convention(pixel));
    config.check().map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(config)
}

/// What to mine, and which label is ignored.
#[derive(Clone, Copy)]
pub(crate) struct Options {
    pub(crate) mining: MineConfig,
    pub(crate) ignore_index: Option<i64>,
}

impl Options {
    pub(crate) fn new(
        batch_size: Count,
        iou_threshold: Option<f64>,
        inclusive: bool,
        pixel: bool,
        nan_word: &str,
        ignore_index: Option<i64>,
    ) -> PyResult<Self> {
        let mining = MineConfig::new(batch_size.0).nan(nan(nan_word)?);
        let mining = match iou_threshold {
            Some(threshold) => mining.nms(nms(threshold, inclusive, pixel)?),
            None => mining.without_nms(),
        };
        Ok(Self { mining, ignore_index })
    }
}
