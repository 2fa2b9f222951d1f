//! From a selection to a minibatch: rows of any table, or a mask over all RoIs.
//!
//! The reference's five blobs (`rois_hard`, `labels_hard`, `bbox_targets_hard`, `bbox_inside_weights_hard`,
//! `bbox_outside_weights_hard`) are five calls of [`rows`]. An on-device backward pass wants no copies, but
//! the rows it may skip: [`mask`].

use core::fmt;

use crate::rank::order::swap;

/// Copies the rows of `table` that `indices` name, in that order.
///
/// A row is `width` values; `out` takes one for each index. O(rows copied).
///
/// # Errors
///
/// If the table is no whole number of rows, an index names no row, or `out` has not room for exactly as many
/// rows as there are indices. Then nothing is written.
///
/// # Examples
///
/// ```
/// let targets = [0.0, 0.1, 1.0, 1.1, 2.0, 2.1];
/// let mut hard = [0.0; 4];
/// ohem_core::gather::rows(&[2, 0], &targets, 2, &mut hard)?;
/// assert_eq!(hard, [2.0, 2.1, 0.0, 0.1]);
/// # Ok::<(), ohem_core::gather::GatherError>(())
/// ```
pub fn rows<T: Copy>(indices: &[u32], table: &[T], width: usize, out: &mut [T]) -> Result<(), GatherError> {
    check(indices, row_count(table, width)?)?;
    let needed = indices.len().saturating_mul(width);
    if out.len() != needed {
        return Err(GatherError::Room { places: out.len(), needed });
    }
    for (&index, out) in indices.iter().zip(out.chunks_exact_mut(width.max(1))) {
        let from = (index as usize).saturating_mul(width);
        if let Some(row) = table.get(from..).and_then(|rows| rows.get(..out.len())) {
            out.copy_from_slice(row);
        }
    }
    Ok(())
}

/// How many rows a table has; any number of rows of nothing.
fn row_count<T>(table: &[T], width: usize) -> Result<usize, GatherError> {
    match table.len().checked_rem(width) {
        None => Ok(usize::MAX),
        Some(0) => Ok(table.len() / width),
        Some(_) => Err(GatherError::Ragged { values: table.len(), width }),
    }
}

/// Checks that every index names a row.
fn check(indices: &[u32], rows: usize) -> Result<(), GatherError> {
    match indices.iter().position(|&index| index as usize >= rows) {
        Some(position) => {
            let index = indices.get(position).copied().unwrap_or_default();
            Err(GatherError::Index { position, index, rows })
        }
        None => Ok(()),
    }
}

/// Copies the rows of `table` that `indices` name to their own places, and writes `rest` to all others.
///
/// A row is `width` values. What a dense backward pass wants: labels with the easy ones ignored, or gradients
/// with the rows of the easy ones zeroed. O(values).
///
/// # Errors
///
/// If the table is no whole number of rows, an index names no row, or `out` is not as long as the table. Then
/// nothing is written.
///
/// # Examples
///
/// ```
/// let mut labels = [0; 4];
/// ohem_core::gather::dense(&[3, 1], &[0, 2, 0, 1], 1, -1, &mut labels)?;
/// assert_eq!(labels, [-1, 2, -1, 1]);
/// # Ok::<(), ohem_core::gather::GatherError>(())
/// ```
pub fn dense<T: Copy>(
    indices: &[u32],
    table: &[T],
    width: usize,
    rest: T,
    out: &mut [T],
) -> Result<(), GatherError> {
    check(indices, row_count(table, width)?)?;
    if out.len() != table.len() {
        return Err(GatherError::Room { places: out.len(), needed: table.len() });
    }
    out.fill(rest);
    for &index in indices {
        let from = (index as usize).saturating_mul(width);
        let row = table.get(from..).unwrap_or_default().iter().take(width);
        out.get_mut(from..).unwrap_or_default().iter_mut().zip(row).for_each(|(slot, &value)| *slot = value);
    }
    Ok(())
}

/// Keeps the indices that `keep` agrees to, in their order.
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

/// Writes one value to the places that `indices` name, and another to the rest.
///
/// `true` and `false` make a mask; `1 / n` and `0` the weights that make a sum over all RoIs the mean over
/// the hard ones. O(n).
///
/// # Errors
///
/// If an index names no place. Then nothing is written.
///
/// # Examples
///
/// ```
/// let mut weights = [f32::NAN; 4];
/// ohem_core::gather::mask(&[3, 1], 0.5, 0.0, &mut weights)?;
/// assert_eq!(weights, [0.0, 0.5, 0.0, 0.5]);
/// # Ok::<(), ohem_core::gather::GatherError>(())
/// ```
pub fn mask<T: Copy>(indices: &[u32], selected: T, rest: T, out: &mut [T]) -> Result<(), GatherError> {
    check(indices, out.len())?;
    out.fill(rest);
    for &index in indices {
        if let Some(place) = out.get_mut(index as usize) {
            *place = selected;
        }
    }
    Ok(())
}

/// Why rows could not be gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GatherError {
    /// The table is no whole number of rows.
    Ragged {
        /// How many values it has.
        values: usize,
        /// How many values make a row.
        width: usize,
    },
    /// An index names no row.
    Index {
        /// Where among the indices it stands.
        position: usize,
        /// The index.
        index: u32,
        /// How many rows there are.
        rows: usize,
    },
    /// The output is not of the right length.
    Room {
        /// How many places it has.
        places: usize,
        /// How many it must have; `usize::MAX` if that is too many to count.
        needed: usize,
    },
}

impl fmt::Display for GatherError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { values, width } => write!(f, "{values} values make no whole rows of {width}"),
            Self::Index { position, index, rows } => {
                write!(f, "index {index} at position {position}, but {rows} rows")
            }
            Self::Room { places, needed } => write!(f, "room for {places} values, {needed} are needed"),
        }
    }
}

impl core::error::Error for GatherError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_named() {
        let table = [0, 1, 2, 3];
        let mut out = [9; 2];
        assert_eq!(rows(&[0], &table, 3, &mut [9; 3]), Err(GatherError::Ragged { values: 4, width: 3 }));
        assert_eq!(rows(&[0], &table, 2, &mut [9; 3]), Err(GatherError::Room { places: 3, needed: 2 }));
        let missing = GatherError::Index { position: 0, index: 2, rows: 2 };
        assert_eq!(rows(&[2], &table, 2, &mut out), Err(missing));
        assert_eq!(mask(&[2], 1, 0, &mut out), Err(missing));
        assert_eq!(out, [9; 2], "nothing is written");
        assert_eq!(rows(&[7, 7], &table, 0, &mut []), Ok(()));
        assert_eq!(
            rows(&[], &table, usize::MAX, &mut []),
            Err(GatherError::Ragged { values: 4, width: usize::MAX })
        );
    }

    #[test]
    fn a_dense_copy_checks_before_it_writes() {
        let (table, mut out) = ([0, 1, 2, 3], [9; 4]);
        assert_eq!(dense(&[0], &table, 3, 7, &mut out), Err(GatherError::Ragged { values: 4, width: 3 }));
        assert_eq!(dense(&[0], &table, 2, 7, &mut [9; 3]), Err(GatherError::Room { places: 3, needed: 4 }));
        let missing = GatherError::Index { position: 1, index: 2, rows: 2 };
        assert_eq!(dense(&[1, 2], &table, 2, 7, &mut out), Err(missing));
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
