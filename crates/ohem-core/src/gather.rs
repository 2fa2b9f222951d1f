//! From a selection to a minibatch: rows of any table, or a mask over all RoIs.
//!
//! The original's five blobs (`rois_hard`, `labels_hard`, `bbox_targets_hard`, `bbox_inside_weights_hard`,
//! `bbox_outside_weights_hard`) are five calls of [`rows`]. A backward pass on a device needs no copies, only
//! the rows that it can skip: [`mask`].

use crate::error::{InputError, LengthMismatch, OutOfRange};
use crate::rank::order::swap;

/// Copies the rows of `table` that `indices` name, in the order of the indices.
///
/// A row has `width` values, and `out` has a row for each index. O(values copied).
///
/// # Errors
///
/// If `table` does not consist of whole rows, an index names no row, or `out` has the wrong length. Nothing
/// is written then.
///
/// # Examples
///
/// ```
/// let targets = [0.0, 0.1, 1.0, 1.1, 2.0, 2.1];
/// let mut hard = [0.0; 4];
/// ohem_core::gather::rows(&[2, 0], &targets, 2, &mut hard)?;
/// assert_eq!(hard, [2.0, 2.1, 0.0, 0.1]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn rows<T: Copy>(indices: &[u32], table: &[T], width: usize, out: &mut [T]) -> Result<(), InputError> {
    OutOfRange::check_indices(indices, row_count(table, width)?)?;
    LengthMismatch::check_table("gathered values (indices x width)", indices.len(), width, out.len())?;
    for (&index, out) in indices.iter().zip(out.chunks_exact_mut(width.max(1))) {
        let from = (index as usize).saturating_mul(width);
        if let Some(row) = table.get(from..).and_then(|rows| rows.get(..out.len())) {
            out.copy_from_slice(row);
        }
    }
    Ok(())
}

/// Number of rows of a table. Rows of width 0 are in every table, however many.
fn row_count<T>(table: &[T], width: usize) -> Result<usize, LengthMismatch> {
    if width == 0 {
        return Ok(usize::MAX);
    }
    let whole_rows = table.len().checked_next_multiple_of(width).unwrap_or(usize::MAX);
    LengthMismatch::check("table values (rows x width)", whole_rows, table.len())?;
    Ok(table.len() / width)
}

/// Copies the rows of `table` that `indices` name to the same rows of `out`, and `rest` to all other rows.
///
/// A row has `width` values, and `out` is as long as `table`. This is what a backward pass over the whole
/// batch needs: labels in which the easy RoIs are ignored, or gradients in which their rows are 0. O(values).
///
/// # Errors
///
/// If `table` does not consist of whole rows, an index names no row, or `out` has the wrong length. Nothing
/// is written then.
///
/// # Examples
///
/// ```
/// let mut labels = [0; 4];
/// ohem_core::gather::dense(&[3, 1], &[0, 2, 0, 1], 1, -1, &mut labels)?;
/// assert_eq!(labels, [-1, 2, -1, 1]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn dense<T: Copy>(
    indices: &[u32],
    table: &[T],
    width: usize,
    rest: T,
    out: &mut [T],
) -> Result<(), InputError> {
    OutOfRange::check_indices(indices, row_count(table, width)?)?;
    LengthMismatch::check("values of a copy of the table", table.len(), out.len())?;
    out.fill(rest);
    for &index in indices {
        let from = (index as usize).saturating_mul(width);
        let row = table.get(from..).unwrap_or_default().iter().take(width);
        out.get_mut(from..).unwrap_or_default().iter_mut().zip(row).for_each(|(slot, &value)| *slot = value);
    }
    Ok(())
}

/// Keeps the indices for which `keep` is true, in their order.
pub(crate) fn retain(indices: &mut [u32], mut keep: impl FnMut(u32) -> bool) -> &mut [u32] {
    let mut kept = 0;
    for at in 0..indices.len() {
        if indices.get(at).is_some_and(|&index| keep(index)) {
            swap(indices, kept, at);
            kept += 1;
        }
    }
    indices.get_mut(..kept).unwrap_or_default()
}

/// Writes `selected` at the given indices of `out`, and `rest` at all others.
///
/// `true` and `false` make a mask; `1 / n` and `0` make the weights that turn a sum over all RoIs into the
/// mean over the selected ones. O(n).
///
/// # Errors
///
/// If an index is not below the length of `out`. Nothing is written then.
///
/// # Examples
///
/// ```
/// let mut weights = [f32::NAN; 4];
/// ohem_core::gather::mask(&[3, 1], 0.5, 0.0, &mut weights)?;
/// assert_eq!(weights, [0.0, 0.5, 0.0, 0.5]);
/// # Ok::<(), ohem_core::OutOfRange>(())
/// ```
pub fn mask<T: Copy>(indices: &[u32], selected: T, rest: T, out: &mut [T]) -> Result<(), OutOfRange> {
    OutOfRange::check_indices(indices, out.len())?;
    out.fill(rest);
    for &index in indices {
        if let Some(slot) = out.get_mut(index as usize) {
            *slot = selected;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(what: &'static str, expected: usize, actual: usize) -> Result<(), InputError> {
        Err(LengthMismatch { what, expected, actual }.into())
    }

    #[test]
    fn an_error_names_what_was_expected() {
        let (table, mut out, whole) = ([0, 1, 2, 3], [9; 2], "table values (rows x width)");
        assert_eq!(rows(&[0], &table, 3, &mut [9; 3]), length(whole, 6, 4));
        assert_eq!(rows(&[0], &table, 2, &mut [9; 3]), length("gathered values (indices x width)", 2, 3));
        let missing = OutOfRange { what: "index", position: 0, value: 2, limit: 2 };
        assert_eq!(rows(&[2], &table, 2, &mut out), Err(missing.into()));
        assert_eq!(mask(&[2], 1, 0, &mut out), Err(missing));
        assert_eq!(out, [9; 2], "nothing is written");
        assert_eq!(rows(&[7, 7], &table, 0, &mut []), Ok(()));
        assert_eq!(rows(&[], &table, usize::MAX, &mut []), length(whole, usize::MAX, 4));
    }

    #[test]
    fn a_dense_copy_checks_before_it_writes() {
        let (table, mut out) = ([0, 1, 2, 3], [9; 4]);
        assert_eq!(dense(&[0], &table, 3, 7, &mut out), length("table values (rows x width)", 6, 4));
        assert_eq!(dense(&[0], &table, 2, 7, &mut [9; 3]), length("values of a copy of the table", 4, 3));
        let missing = OutOfRange { what: "index", position: 1, value: 2, limit: 2 };
        assert_eq!(dense(&[1, 2], &table, 2, 7, &mut out), Err(missing.into()));
        assert_eq!(out, [9; 4], "nothing is written");
        assert_eq!(dense(&[1], &table, 2, 7, &mut out), Ok(()));
        assert_eq!(out, [7, 7, 2, 3]);
    }

    #[test]
    fn what_is_retained_keeps_its_order() {
        assert_eq!(retain(&mut [5, 2, 8, 3, 4], |index| index % 2 == 0), [2, 8, 4]);
        assert_eq!(retain(&mut [5, 3], |index| index % 2 == 0), []);
    }
}
