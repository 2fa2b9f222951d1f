//! Intersection over union, in new `Vec`s. See [`ohem_core::iou`] for what it means.

use ohem_core::{Convention, LengthMismatch, iou, kernel};

use crate::memory::zeros;
use crate::simd::dispatch;
use crate::{BBox, Float};

/// Computes the IoU of one box with each of many.
///
/// The same bits as [`BBox::iou`]. O(n).
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, Convention, iou};
///
/// let others = BBox::from_rows(&[[0.0, 0.0, 2.0, 1.0], [5.0, 5.0, 6.0, 6.0]]);
/// let overlaps = iou::row(&BBox::new(0.0, 0.0, 2.0, 2.0), others, Convention::Continuous);
/// assert_eq!(overlaps, [0.5, 0.0]);
/// ```
pub fn row<F: Float>(bbox: &BBox<F>, others: &[BBox<F>], convention: Convention) -> Vec<F> {
    written(others.len(), |out| dispatch!(simd => kernel::iou::row(simd, bbox, others, convention, out)))
}

/// Computes the IoU of each of `rows` with each of `columns`, row by row.
///
/// The same bits as [`BBox::iou`] of each pair. O(rows x columns).
///
/// # Errors
///
/// If there is no memory for the matrix, or its size overflows: its length is named as expected, and 0 as found.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, Convention, iou};
///
/// let a = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let b = BBox::from_rows(&[[0.0, 0.0, 9.0, 4.0]]);
/// assert_eq!(iou::matrix(a, b, Convention::Pixel)?, [0.5, 0.0]);
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn matrix<F: Float>(
    rows: &[BBox<F>],
    columns: &[BBox<F>],
    convention: Convention,
) -> Result<Vec<F>, LengthMismatch> {
    matrix_of_columns(rows, &BoxColumns::new(columns, convention))
}

/// Boxes in columns: laid out once, to be compared with any number of others.
///
/// See [`ohem_core::iou::BoxColumns`]; [`row_of_columns`] compares a box with them, and [`matrix_of_columns`] many.
///
/// ```
/// use ohem_std::iou::{BoxColumns, row_of_columns};
/// use ohem_std::{BBox, Convention};
///
/// let anchors = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 4.0)];
/// let columns = BoxColumns::new(&anchors, Convention::Pixel);
/// assert_eq!(columns.len(), 2);
/// assert_eq!(row_of_columns(&columns, &anchors[0]), [1.0, 0.5]);
/// ```
#[derive(Clone, Debug)]
pub struct BoxColumns<F>(iou::BoxColumns<Vec<F>>);

impl<F: Float> BoxColumns<F> {
    /// Lays boxes out. An invalid box overlaps nothing. O(n).
    pub fn new(boxes: &[BBox<F>], convention: Convention) -> Self {
        let floats = vec![F::zero(); iou::BoxColumns::floats(boxes.len())];
        Self(iou::BoxColumns::new(boxes, convention, floats).expect("the memory has the length asked for"))
    }

    /// Number of boxes.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no boxes.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Computes the IoU of each of `rows` with each of the boxes in columns, row by row.
///
/// The same bits as [`BBox::iou`]. O(rows x columns).
///
/// # Errors
///
/// As [`matrix`].
///
/// # Examples
///
/// ```
/// use ohem_std::iou::{BoxColumns, matrix_of_columns};
/// use ohem_std::{BBox, Convention};
///
/// let anchors = BoxColumns::new(&[BBox::new(0.0, 0.0, 9.0, 4.0)], Convention::Pixel);
/// let rows = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 50.0, 59.0, 59.0)];
/// assert_eq!(matrix_of_columns(&rows, &anchors)?, [0.5, 0.0]);
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn matrix_of_columns<F: Float>(
    rows: &[BBox<F>],
    columns: &BoxColumns<F>,
) -> Result<Vec<F>, LengthMismatch> {
    let mut out = zeros(rows.len().saturating_mul(columns.len()));
    dispatch!(simd => kernel::iou::matrix_of_columns(simd, rows, &columns.0, &mut out))?;
    Ok(out)
}

/// Computes the IoU of a box with each of the boxes in columns.
///
/// The same bits as [`BBox::iou`]. O(n).
///
/// # Examples
///
/// ```
/// use ohem_std::iou::{BoxColumns, row_of_columns};
/// use ohem_std::{BBox, Convention};
///
/// let columns = BoxColumns::new(&[BBox::new(0.0, 0.0, 9.0, 4.0)], Convention::Pixel);
/// assert_eq!(row_of_columns(&columns, &BBox::new(0.0, 0.0, 9.0, 9.0)), [0.5]);
/// ```
pub fn row_of_columns<F: Float>(columns: &BoxColumns<F>, bbox: &BBox<F>) -> Vec<F> {
    written(columns.len(), |out| dispatch!(simd => kernel::iou::row_of_columns(simd, &columns.0, bbox, out)))
}

/// Has a slice of zeros written to.
fn written<F: Float>(len: usize, write: impl FnOnce(&mut [F]) -> Result<(), LengthMismatch>) -> Vec<F> {
    let mut out = vec![F::zero(); len];
    write(&mut out).expect("there is a value for each pair");
    out
}
