//! The only kernel: adds a product of matrices.
//!
//! Each float of `out` gets the terms `left[row][k] * right[k][column]`, added from the first `k` to the last. Lanes
//! are neighbouring columns, so their number does not change any bit. A tile of a few rows by one vector stays in
//! registers over all `k`. All rows of a block read the same columns of `right` before the next columns are read.

use core::array;

use ohem_core::Float;
use ohem_core::kernel::{Lanes, Scalar};

use crate::row::Row;

/// Number of rows with a vector in registers.
const TILE: usize = 4;

/// Adds the product of `left` and `right` to `out`.
///
/// `right` has a row for each column of `left`. If it has fewer, the other columns of `left` are not used.
#[inline(always)]
pub(crate) fn add_product<F, V, L, R>(left: &[L], right: &[R], out: &mut [R])
where
    F: Float,
    V: Lanes<Scalar = F>,
    L: Row<F>,
    R: Row<F>,
{
    let Some(width) = out.first().map(|row| row.flat().len()) else { return };
    for column in 0..width / V::N {
        tiles::<F, V, L, R>(left, right, out, column);
    }
    for column in width - width % V::N..width {
        tiles::<F, F::Lanes<Scalar>, L, R>(left, right, out, column);
    }
}

/// Adds one vector of columns, for all rows.
#[inline(always)]
fn tiles<F, V, L, R>(left: &[L], right: &[R], out: &mut [R], column: usize)
where
    F: Float,
    V: Lanes<Scalar = F>,
    L: Row<F>,
    R: Row<F>,
{
    let ((lefts, last_left), (outs, last_out)) = (left.as_chunks::<TILE>(), out.as_chunks_mut::<TILE>());
    for (left, out) in lefts.iter().zip(outs) {
        tile::<F, V, L, R, TILE>(left, right, out, column);
    }
    for (left, out) in last_left.iter().zip(last_out) {
        tile::<F, V, L, R, 1>(array::from_ref(left), right, array::from_mut(out), column);
    }
}

/// Adds one vector of columns for `N` rows, in registers.
#[inline(always)]
fn tile<F, V, L, R, const N: usize>(left: &[L; N], right: &[R], out: &mut [R; N], column: usize)
where
    F: Float,
    V: Lanes<Scalar = F>,
    L: Row<F>,
    R: Row<F>,
{
    let mut sums = [V::splat(F::zero()); N];
    for (sum, row) in sums.iter_mut().zip(&*out) {
        if let Some(values) = V::chunks(row.flat()).0.get(column) {
            *sum = V::load(values);
        }
    }
    for (k, row) in right.iter().enumerate() {
        let Some(values) = V::chunks(row.flat()).0.get(column) else { return };
        let values = V::load(values);
        for (sum, row) in sums.iter_mut().zip(left) {
            let factor = row.flat().get(k).copied().unwrap_or_else(F::zero);
            *sum = sum.add(V::splat(factor).mul(values));
        }
    }
    for (row, sum) in out.iter_mut().zip(sums) {
        if let Some(slot) = V::chunks_mut(row.flat_mut()).0.get_mut(column) {
            *slot = sum.store();
        }
    }
}
