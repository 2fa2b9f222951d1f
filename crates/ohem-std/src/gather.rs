//! From a selection to a minibatch, in new `Vec`s. See [`ohem_core::gather`] for what it means.

use ohem_core::{InputError, OutOfRange, gather};

use crate::memory::filled;

/// Copies the rows of `table` that `indices` name, in the order of the indices.
///
/// A row has `width` values. See [`ohem_core::gather::rows`]. O(values copied).
///
/// # Errors
///
/// If `table` does not consist of whole rows, an index names no row, or there is no memory for the copies: their
/// length is named as expected, and 0 as found.
///
/// # Examples
///
/// ```
/// let targets = [0.0, 0.1, 1.0, 1.1, 2.0, 2.1];
/// assert_eq!(ohem_std::gather::rows(&[2, 0], &targets, 2)?, [2.0, 2.1, 0.0, 0.1]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn rows<T: Copy + Default>(indices: &[u32], table: &[T], width: usize) -> Result<Vec<T>, InputError> {
    // A row wider than the table is refused below, before it costs memory.
    let width_held = if width <= table.len() { width } else { 0 };
    let mut out = filled(T::default(), indices.len().saturating_mul(width_held));
    gather::rows(indices, table, width, &mut out)?;
    Ok(out)
}

/// Copies the rows of `table` that `indices` name to the same rows of the result, and `rest` to all others.
///
/// A row has `width` values. See [`ohem_core::gather::dense`]. O(values).
///
/// # Errors
///
/// If `table` does not consist of whole rows, or an index names no row.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_std::gather::dense(&[3, 1], &[0, 2, 0, 1], 1, -1)?, [-1, 2, -1, 1]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn dense<T: Copy>(indices: &[u32], table: &[T], width: usize, rest: T) -> Result<Vec<T>, InputError> {
    let mut out = vec![rest; table.len()];
    gather::dense(indices, table, width, rest, &mut out)?;
    Ok(out)
}

/// Makes a `Vec` of `len` values: `selected` at the given indices, `rest` at all others.
///
/// See [`ohem_core::gather::mask`]. O(n).
///
/// # Errors
///
/// If an index is not below `len`.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_std::gather::mask(&[3, 1], true, false, 4)?, [false, true, false, true]);
/// # Ok::<(), ohem_std::OutOfRange>(())
/// ```
pub fn mask<T: Copy>(indices: &[u32], selected: T, rest: T, len: usize) -> Result<Vec<T>, OutOfRange> {
    let mut out = vec![rest; len];
    gather::mask(indices, selected, rest, &mut out)?;
    Ok(out)
}
