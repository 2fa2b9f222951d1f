//! Ranking by loss. [`ohem_core::rank`] has the same in memory that is lent.

use ohem_core::kernel::rank::{FixedBuffer, HardestFirst};
use ohem_core::{MineError, NanPolicy, RankKey, Ranked};

pub use ohem_core::rank::{TopK, hardest_first, select_nth};

use crate::simd::dispatch;

/// Finds the hardest `k` losses; returns their indices, hardest first.
///
/// Fewer if fewer losses take part. O(n + k log k).
///
/// # Errors
///
/// If a loss is NaN under [`NanPolicy::Error`], or there are more losses than a `u32` can number.
///
/// # Examples
///
/// ```
/// use ohem_std::{NanPolicy, rank};
///
/// assert_eq!(rank::top_k(&[0.1, 0.9, 0.5, 0.9], 3, NanPolicy::Error)?, [1, 3, 2]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn top_k<H: RankKey>(losses: &[H], k: usize, nan: NanPolicy) -> Result<Vec<u32>, MineError> {
    let len = k.saturating_mul(2).clamp(2, losses.len().max(2));
    let mut candidates = vec![Ranked::PLACEHOLDER; len];
    dispatch!(simd => {
        let hardest = HardestFirst::new(simd, losses, nan, FixedBuffer(&mut candidates), len)?;
        let mut indices = Vec::with_capacity(k.min(losses.len()));
        indices.extend(hardest.take(k).map(Ranked::index));
        Ok(indices)
    })
}
