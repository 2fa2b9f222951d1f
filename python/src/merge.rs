//! Batches that come in parts, and selections by image.

use ohem_core::{RankKey, Ranked};
use ohem_std::merge::Stream;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::array::{Array, by_loss};
use crate::kind::Element;
use crate::options::Count;
use crate::output::{array, indices};

/// One part of a batch: losses, and the numbers of their RoIs in the whole batch.
struct Part<'py> {
    losses: Array<'py>,
    indices: Vec<u32>,
}

impl<'py> Part<'py> {
    fn new((losses, indices): &(Bound<'py, PyAny>, Bound<'py, PyAny>)) -> PyResult<Self> {
        let (losses, indices) = (Array::new(losses, "losses")?, Array::new(indices, "indices")?);
        losses.check_dimensions(1)?;
        indices.check_rows(losses.rows(), "losses")?;
        Ok(Self { losses, indices: indices.indices()? })
    }

    /// The part as ohem ranks it.
    fn ranked<H: RankKey + Element>(&self) -> PyResult<Vec<Ranked<H>>> {
        let losses = self.losses.slice::<H>();
        let ranked: Vec<_> =
            losses.iter().zip(&self.indices).map(|(&loss, &index)| Ranked::new(loss, index)).collect();
        match ranked.windows(2).position(|pair| pair[1] < pair[0]) {
            Some(row) => Err(PyValueError::new_err(format!(
                "a part must be hardest first, as `mine` returns it: entry {} is harder than entry {row}",
                row + 1
            ))),
            None => Ok(ranked),
        }
    }
}

/// Merges the selections of parts of a batch into the hardest `batch_size` of all; returns their losses and indices.
///
/// Groups never span images. So the hardest of a batch are among the hardest of its parts, and merging is exact: each
/// worker mines its images, and the merge of all selections is the selection that one worker would make of the whole
/// batch. Each part is a pair of losses and indices, hardest first; indices number RoIs in the whole batch.
///
/// >>> import ohem
/// >>> losses, indices = ohem.merge([([0.9, 0.2], [0, 3]), ([0.5], [7])], 2)
/// >>> losses, indices
/// (array([0.9, 0.5]), array([0, 7]))
#[pyfunction]
#[pyo3(signature = (parts, batch_size))]
pub(crate) fn merge<'py>(
    py: Python<'py>,
    parts: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    batch_size: Count,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let parts = parts.iter().map(Part::new).collect::<PyResult<Vec<_>>>()?;
    let Some(first) = parts.first() else {
        return Err(PyValueError::new_err("parts: expected at least one"));
    };
    if let Some(other) = parts.iter().find(|part| part.losses.kind != first.losses.kind) {
        let (expected, found) = (first.losses.kind.name(), other.losses.kind.name());
        return Err(PyTypeError::new_err(format!(
            "parts: expected losses of {expected} in all, found {found}"
        )));
    }
    let like = &first.losses.like;
    by_loss!(first.losses, H => {
        let entries = parts.iter().map(|part| part.indices.len()).sum();
        let mut hardest = Stream::<H>::new(batch_size.0.min(entries));
        for part in &parts {
            hardest.merge(&part.ranked::<H>()?);
        }
        let losses: Vec<H> = hardest.hardest().iter().map(|ranked| ranked.key()).collect();
        let found: Vec<u32> = hardest.hardest().iter().map(|ranked| ranked.index()).collect();
        let len = losses.len();
        Ok((crate::output::losses(py, like, losses, &[len])?, indices(py, like, &found)?))
    })
}

/// Splits a selection by image: for each image, the positions of its selected RoIs among its own RoIs.
///
/// `images` has the image of every RoI of the batch, and `indices` are what `mine` returns for them. Each array keeps the
/// order hardest first, and indexes the boxes of its image alone. `num_images` is one more than the largest image by
/// default.
///
/// >>> import ohem
/// >>> ohem.split_by_image([4, 0, 1], [0, 0, 1, 1, 1])
/// [array([0, 1]), array([2])]
#[pyfunction]
#[pyo3(signature = (indices, images, num_images=None))]
pub(crate) fn split_by_image<'py>(
    py: Python<'py>,
    indices: &Bound<'py, PyAny>,
    images: &Bound<'py, PyAny>,
    num_images: Option<Count>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let (selected, images) = (Array::new(indices, "indices")?, Array::new(images, "images")?);
    let (rows, keys) = (selected.indices()?, images.indices()?);
    let count = match num_images {
        Some(count) => count.0,
        None => keys.iter().max().map_or(0, |&last| last as usize + 1),
    };
    if let Some(row) = keys.iter().position(|&image| image as usize >= count) {
        return Err(PyValueError::new_err(format!(
            "images[{row}] is {}: expected less than {count}",
            keys[row]
        )));
    }
    let mut seen = vec![0_i64; count];
    let within: Vec<i64> = keys
        .iter()
        .map(|&image| {
            seen[image as usize] += 1;
            seen[image as usize] - 1
        })
        .collect();
    let mut split = vec![Vec::new(); count];
    for (at, &row) in rows.iter().enumerate() {
        let Some(&image) = keys.get(row as usize) else {
            let len = keys.len();
            return Err(PyValueError::new_err(format!("indices[{at}] is {row}: expected less than {len}")));
        };
        split[image as usize].push(within[row as usize]);
    }
    let of_image = |rows: Vec<i64>| {
        let len = rows.len();
        array(py, &selected.like, rows, &[len])
    };
    split.into_iter().map(of_image).collect()
}
