//! Rows of a matrix as flat slices.

use ohem_core::Float;

/// An array, or an array of arrays, whose floats are contiguous.
pub(crate) trait Row<F>: Copy {
    /// All floats.
    fn flat(&self) -> &[F];
    /// All floats, mutable.
    fn flat_mut(&mut self) -> &mut [F];
}

impl<F: Float, const N: usize> Row<F> for [F; N] {
    #[inline(always)]
    fn flat(&self) -> &[F] {
        self
    }
    #[inline(always)]
    fn flat_mut(&mut self) -> &mut [F] {
        self
    }
}

impl<F: Float, const N: usize> Row<F> for [[F; 5]; N] {
    #[inline(always)]
    fn flat(&self) -> &[F] {
        self.as_flattened()
    }
    #[inline(always)]
    fn flat_mut(&mut self) -> &mut [F] {
        self.as_flattened_mut()
    }
}

/// Copies rows into the first columns. Further columns stay as they are.
#[inline(always)]
pub(crate) fn transpose<F: Float, R: Row<F>, const N: usize>(rows: &[R], columns: &mut [[F; N]]) {
    for (index, row) in rows.iter().enumerate() {
        for (column, &value) in columns.iter_mut().zip(row.flat()) {
            if let Some(slot) = column.get_mut(index) {
                *slot = value;
            }
        }
    }
}

/// Copies columns into rows, as many as there are rows.
#[inline(always)]
pub(crate) fn transpose_back<F: Float, R: Row<F>, const N: usize>(columns: &[[F; N]], rows: &mut [R]) {
    for (index, row) in rows.iter_mut().enumerate() {
        for (slot, column) in row.flat_mut().iter_mut().zip(columns) {
            if let Some(&value) = column.get(index) {
                *slot = value;
            }
        }
    }
}
