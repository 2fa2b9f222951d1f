//! Top-k, in a new `Vec`.

use ohem_core::rank::{HardestFirst, RankError};
use ohem_core::{NanPolicy, RankKey, Ranked};

use crate::simd::dispatch;

/// Returns the indices of the hardest `k` losses, hardest first.
///
/// Returns fewer than `k` if there are fewer losses. O(n + k log k).
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
    let len = k.saturating_mul(2).clamp(2, losses.len().max(2));
    let mut window = vec![Ranked::PLACEHOLDER; len];
    dispatch!(simd => {
        let hardest = HardestFirst::windowed(simd, losses, nan, &mut window)?;
        let mut indices = Vec::with_capacity(k.min(losses.len()));
        indices.extend(hardest.take(k).map(Ranked::index));
        Ok(indices)
    })
}
