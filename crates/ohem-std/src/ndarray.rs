//! Arrays of [`ndarray`](https://docs.rs/ndarray) in, indices out, without copies (feature `ndarray`).
//!
//! [`boxes`] and [`values`] view arrays in standard layout as the slices that every function of this crate
//! takes. [`ArrayRois`] mines arrays of any layout: columns of a wider table, transposed or reversed arrays.
//! It reads them through `ndarray`, because no slice may cover the memory between their rows, which can be
//! borrowed elsewhere.
//!
//! ```
//! use ndarray::{ArrayView1, array, s};
//! use ohem_std::ndarray::{ArrayRois, values};
//! use ohem_std::{MineConfig, Miner};
//!
//! // The image, then the box, as the original has it.
//! let table = array![
//!     [0.0_f32, 0.0, 0.0, 9.0, 9.0],
//!     [0.0, 0.0, 0.0, 9.0, 8.0],
//!     [1.0, 50.0, 50.0, 59.0, 59.0]
//! ];
//! let (labels, losses) = (array![1_i64, 1, 0], array![0.5, 2.0, 1.0]);
//! let rois = ArrayRois::new(table.slice(s![.., 1..]))?
//!     .with_images(table.column(0))?
//!     .with_labels(labels.view())?;
//!
//! let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(2))?;
//! let hard = miner.mine(&rois, values(losses.view())?)?;
//! let indices = ArrayView1::from(hard.indices());
//! assert_eq!(indices, array![1, 2]); // RoI 0 overlaps the harder RoI 1
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Indices that a selection owns, as that of [`mine`](crate::mine()) does, become an array without a copy:
//! `Array1::from(hard.into_indices())`.
//!
//! # Stability
//!
//! Types of `ndarray` 0.17 appear in signatures here, and only here: a new version of it is a breaking change
//! of this module.

use core::fmt;

use ndarray::{ArrayView, ArrayView2, Dimension};
use ohem_core::{BBox, Float};

mod rois;

pub use rois::ArrayRois;

/// Views an `n x 4` array in standard layout as boxes.
///
/// # Errors
///
/// If the array does not have four columns, or is not in standard layout.
///
/// # Examples
///
/// ```
/// use ndarray::array;
/// use ohem_std::ndarray::{boxes, values};
/// use ohem_std::{NmsConfig, nms};
///
/// let corners = array![[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// let scores = array![0.7, 0.9, 0.8];
/// let kept = nms(boxes(corners.view())?, values(scores.view())?, &NmsConfig::new(0.5))?;
/// assert_eq!(kept, [1, 2]);
///
/// let error = boxes(corners.t()).unwrap_err().to_string();
/// assert!(error.starts_with("expected an n x 4 array in standard layout, found shape [4, 3]"), "{error}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn boxes<F: Float>(corners: ArrayView2<'_, F>) -> Result<&[BBox<F>], LayoutError> {
    let refused = LayoutError::new("an n x 4 array in standard layout", &corners);
    let slice = if corners.ncols() == 4 { corners.to_slice() } else { None };
    slice.and_then(|values| BBox::from_flat(values).ok()).ok_or(refused)
}

/// Views an array in standard layout as a slice: losses, labels, images, or a table of logits, row by row.
///
/// # Errors
///
/// If the array is not in standard layout.
///
/// # Examples
///
/// ```
/// use ndarray::array;
/// use ohem_std::loss::{self, Classes};
/// use ohem_std::ndarray::values;
///
/// let (logits, labels) = (array![[0.0, 0.0], [0.0, 1e3]], array![0, 1]);
/// let losses = loss::cross_entropy(values(logits.view())?, Classes::new(2), values(labels.view())?)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 0.0]);
/// assert!(values(logits.column(0)).is_err(), "every second value of a table");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn values<T, D: Dimension>(array: ArrayView<'_, T, D>) -> Result<&[T], LayoutError> {
    let refused = LayoutError::new("an array in standard layout", &array);
    array.to_slice().ok_or(refused)
}

/// An array has another shape or layout than expected, so that it cannot be viewed without a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayoutError {
    expected: &'static str,
    shape: Vec<usize>,
    strides: Vec<isize>,
}

impl LayoutError {
    fn new<T, D: Dimension>(expected: &'static str, array: &ArrayView<'_, T, D>) -> Self {
        Self { expected, shape: array.shape().to_vec(), strides: array.strides().to_vec() }
    }
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, shape, strides } = self;
        write!(
            f,
            "expected {expected}, found shape {shape:?} with strides {strides:?}: copy it with \
             `as_standard_layout`, or mine boxes and keys of any layout with `ArrayRois`"
        )
    }
}

impl core::error::Error for LayoutError {}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, s};

    #[test]
    fn an_array_in_another_layout_is_refused_with_its_shape_and_strides() {
        let table = Array2::<f32>::zeros((3, 5));
        let refused = |view| boxes(view).unwrap_err();
        let error = |shape: [usize; 2], strides: [isize; 2]| LayoutError {
            expected: "an n x 4 array in standard layout",
            shape: shape.to_vec(),
            strides: strides.to_vec(),
        };
        assert_eq!(refused(table.view()), error([3, 5], [5, 1]), "five columns");
        assert_eq!(refused(table.slice(s![.., 1..])), error([3, 4], [5, 1]), "a gap after each row");
        let (three, one) = (Array2::zeros((3, 4)), Array2::<f32>::zeros((1, 4)));
        assert_eq!(refused(three.slice(s![..;-1, ..])), error([3, 4], [-4, 1]), "reversed");
        assert_eq!(refused(one.broadcast((3, 4)).unwrap()), error([3, 4], [0, 1]), "one row three times");
        assert_eq!(boxes(one.view()).unwrap().len(), 1);
        assert_eq!(boxes(Array2::<f32>::zeros((0, 4)).view()), Ok(&[][..]));
        assert_eq!(
            values(table.column(1)).unwrap_err().to_string(),
            "expected an array in standard layout, found shape [3] with strides [5]: copy it with \
             `as_standard_layout`, or mine boxes and keys of any layout with `ArrayRois`"
        );
    }
}
