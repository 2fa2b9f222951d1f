//! Operations on a selection.

/// Copies the rows of a table that `indices` name, in that order.
///
/// # Panics
///
/// If an index names no row.
///
/// # Examples
///
/// ```
/// let table = [0, 1, 10, 11, 20, 21];
/// assert_eq!(ohem_testkit::oracle::gather(&[2, 0], &table, 2), [20, 21, 0, 1]);
/// ```
pub fn gather<T: Copy>(indices: &[usize], table: &[T], width: usize) -> Vec<T> {
    indices.iter().flat_map(|&index| table[index * width..(index + 1) * width].iter().copied()).collect()
}

/// Marks the selected ones of `total` examples.
///
/// # Panics
///
/// If an index is not below `total`.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::mask(&[3, 0], 5), [true, false, false, true, false]);
/// ```
pub fn mask(indices: &[usize], total: usize) -> Vec<bool> {
    let mut mask = vec![false; total];
    for &index in indices {
        mask[index] = true;
    }
    mask
}
