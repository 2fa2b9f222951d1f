//! Top-k, overlaps and rows, into fresh `Vec`s.

use ohem_core::gather::GatherError;
use ohem_core::rank::{HardestFirst, RankError};
use ohem_core::{BBox, Convention, Float, NanPolicy, RankKey, Ranked, iou};

use crate::simd::dispatch;

/// Finds the hardest `k` losses; returns their indices, hardest first.
///
/// Fewer if there are not so many. O(n + k log k).
///
/// # Errors
///
/// If a loss is NaN under [`NanPolicy::Error`], or there are more losses than a `u32` can number.
///
/// # Examples
///
/// ```
/// use ohem_std::NanPolicy;
///
/// assert_eq!(ohem_std::top_k(&[0.1, 0.9, 0.5, 0.9], 3, NanPolicy::Error)?, [1, 3, 2]);
/// # Ok::<(), ohem_std::RankError>(())
/// ```
pub fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Result<Vec<u32>, RankError> {
    let places = k.saturating_mul(2).clamp(2, losses.len().max(2));
    let mut window = vec![Ranked::PLACEHOLDER; places];
    dispatch!(simd => {
        let hardest = HardestFirst::windowed(simd, losses, nan, &mut window)?;
        let mut indices = Vec::with_capacity(k.min(losses.len()));
        indices.extend(hardest.take(k).map(Ranked::index));
        Ok(indices)
    })
}

/// Computes the IoU of each of `rows` with each of `columns`, row by row.
///
/// The same bits as [`BBox::iou`] of each pair. O(rows x columns).
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, Convention};
///
/// let a = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let b = BBox::from_rows(&[[0.0, 0.0, 9.0, 4.0]]);
/// assert_eq!(ohem_std::iou_matrix(a, b, Convention::Pixel), [0.5, 0.0]);
/// ```
pub fn iou_matrix<F: Float>(rows: &[BBox<F>], columns: &[BBox<F>], convention: Convention) -> Vec<F> {
    let mut out = vec![F::zero(); rows.len() * columns.len()];
    let written = dispatch!(simd => iou::matrix(simd, rows, columns, convention, &mut out));
    written.expect("there is a place for each pair");
    out
}

/// Copies the rows of a table that `indices` name, in that order.
///
/// A row is `width` values. See [`ohem_core::gather::rows`], which copies into memory that is lent.
///
/// # Errors
///
/// If the table is no whole number of rows, or an index names no row.
///
/// # Examples
///
/// ```
/// let targets = [0.0, 0.1, 1.0, 1.1, 2.0, 2.1];
/// assert_eq!(ohem_std::gather(&[2, 0], &targets, 2)?, [2.0, 2.1, 0.0, 0.1]);
/// # Ok::<(), ohem_std::GatherError>(())
/// ```
pub fn gather<T: Copy + Default>(indices: &[u32], table: &[T], width: usize) -> Result<Vec<T>, GatherError> {
    // A row wider than the table is refused below; no memory is asked for it.
    let width_held = if width <= table.len() { width } else { 0 };
    let mut out = vec![T::default(); indices.len().saturating_mul(width_held)];
    ohem_core::gather::rows(indices, table, width, &mut out)?;
    Ok(out)
}
