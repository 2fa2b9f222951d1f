//! Ranking without boxes, and what benchmarks compare mining with.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::array::{Array, by_loss};
use crate::kind::Kind;
use crate::options::Count;
use crate::output::indices;
use crate::{device, errors, options};

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
