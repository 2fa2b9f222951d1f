//! The hardest k of a list of indices, in place, and of a stream, in fixed memory.

use crate::error::{ConfigError, MineError, NanLoss, OutOfRange};
use crate::rank::order;
use crate::rank::reservoir::{Filter, FirstNan, Reservoir};
use crate::simd::{Portable, Simd};
use crate::{NanPolicy, RankKey, Ranked};

/// Moves the hardest `k` of some losses to the front of a list of their indices, hardest first.
///
/// Returns that front, which is shorter than `k` if fewer losses take part. The list names the losses that take
/// part, each at most once, in any order; it comes back permuted. Expected O(n + k log k), O(n log n) at worst, by quickselect, with
/// no other memory.
///
/// # Errors
///
/// If an index is out of range, or names a NaN under [`NanPolicy::Error`]: the first such in the list.
///
/// # Examples
///
/// ```
/// use ohem_core::{NanPolicy, rank};
///
/// let losses = [0.1, 0.9, 0.5, 0.9];
/// let mut indices = [0, 1, 2, 3];
/// assert_eq!(rank::top_k(&losses, &mut indices, 3, NanPolicy::Error)?, [1, 3, 2]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn top_k<'a, H: RankKey>(
    losses: &[H],
    indices: &'a mut [u32],
    k: usize,
    nan: NanPolicy,
) -> Result<&'a [u32], MineError> {
    let ranked = move_ranked_to_front(losses, indices, nan)?;
    let Some(indices) = indices.get_mut(..ranked) else { return Ok(&[]) };
    // Every index was checked; an index out of range would rank last.
    let key =
        |index: u32| losses.get(index as usize).map_or(Ranked::PLACEHOLDER, |&loss| Ranked::new(loss, index));
    if let (Some(worst), true) = (k.checked_sub(1), k < indices.len()) {
        order::select_nth(indices, worst, key);
    }
    let Some(best) = indices.get_mut(..k.min(ranked)) else { return Ok(&[]) };
    order::sort(best, key);
    Ok(best)
}

/// Checks every index, and moves those of losses that take part to the front. Returns how many do.
fn move_ranked_to_front<H: RankKey>(
    losses: &[H],
    indices: &mut [u32],
    nan: NanPolicy,
) -> Result<usize, MineError> {
    let mut ranked = 0;
    for position in 0..indices.len() {
        let Some(&index) = indices.get(position) else { break };
        let loss = losses.get(index as usize);
        let missing = OutOfRange { what: "index", position, value: i64::from(index), limit: losses.len() };
        let loss = loss.ok_or(missing)?;
        match nan {
            NanPolicy::Error if loss.is_nan_key() => return Err(NanLoss { index }.into()),
            NanPolicy::Skip if loss.is_nan_key() => {}
            _ => {
                order::swap(indices, ranked, position);
                ranked += 1;
            }
        }
    }
    Ok(ranked)
}

/// Keeps the hardest `k` of a stream of losses, in a buffer of `CANDIDATES`.
///
/// Losses are numbered as they come. The buffer must be longer than `k`; if it is twice as long, a loss costs
/// O(1) amortised, O(log k) at worst, and nearly every loss a SIMD comparison alone. `size_of` is all the memory it uses.
///
/// ```
/// use ohem_core::{NanPolicy, rank::TopK};
///
/// let mut hardest = TopK::<f32, 4>::new(2, NanPolicy::Error)?;
/// hardest.extend(&[0.1, 0.7, 0.3])?; // a first image
/// hardest.extend(&[0.9, 0.2])?; // a second one
/// let indices: Vec<_> = hardest.hardest().iter().map(|ranked| ranked.index()).collect();
/// assert_eq!(indices, [3, 1]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub type TopK<H, const CANDIDATES: usize> = TopKOver<H, [Ranked<H>; CANDIDATES]>;

/// A [`TopK`] over any memory, which must be longer than the number of losses that it keeps.
pub struct TopKOver<H: RankKey, M> {
    candidates: M,
    reservoir: Reservoir<H>,
    seen: u32,
    nan: NanPolicy,
}

impl<H: RankKey, M> core::fmt::Debug for TopKOver<H, M> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TopK").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl<H: RankKey, const CANDIDATES: usize> TopKOver<H, [Ranked<H>; CANDIDATES]> {
    /// Keeps the hardest `k`.
    ///
    /// # Errors
    ///
    /// If the buffer is not longer than `k`.
    pub fn new(k: usize, nan: NanPolicy) -> Result<Self, MineError> {
        Self::with_memory([Ranked::PLACEHOLDER; CANDIDATES], k, nan)
    }
}

impl<H: RankKey, M: AsMut<[Ranked<H>]>> TopKOver<H, M> {
    /// Keeps the hardest `k` in memory of any content, best twice as long as `k`.
    ///
    /// # Errors
    ///
    /// If the memory is not longer than `k`.
    pub fn with_memory(mut candidates: M, k: usize, nan: NanPolicy) -> Result<Self, MineError> {
        let capacity = candidates.as_mut().len();
        ConfigError::check_capacity("candidates, one more than k", k.saturating_add(1), capacity)?;
        Ok(Self { candidates, reservoir: Reservoir::new(k), seen: 0, nan })
    }

    /// Takes in the next losses of the stream.
    ///
    /// # Errors
    ///
    /// If one is NaN under [`NanPolicy::Error`], or a `u32` can no longer number them. After an error, losses
    /// before the one named have been taken in; [`clear`](Self::clear) it.
    pub fn extend(&mut self, losses: &[H]) -> Result<(), MineError> {
        extend_on(Portable, self, losses)
    }

    /// The hardest so far, hardest first.
    pub fn hardest(&mut self) -> &[Ranked<H>] {
        self.reservoir.sort(self.candidates.as_mut())
    }

    /// Number of losses taken in.
    pub fn seen(&self) -> u32 {
        self.seen
    }

    /// Forgets everything, to start a new stream.
    pub fn clear(&mut self) {
        self.reservoir = Reservoir::new(self.reservoir.keep());
        self.seen = 0;
    }
}

/// As [`TopK::extend`], on a chosen instruction set.
pub fn extend_on<H: RankKey, M: AsMut<[Ranked<H>]>, S: Simd>(
    simd: S,
    top: &mut TopKOver<H, M>,
    losses: &[H],
) -> Result<(), MineError> {
    let seen = (top.seen as usize).saturating_add(losses.len());
    ConfigError::check_countable("losses", seen)?;
    let filter = Filter { nan: top.nan, below: None };
    let scanned = simd.run(
        #[inline(always)]
        || top.reservoir.extend::<S>(top.candidates.as_mut(), losses, top.seen, filter, None),
    );
    scanned.map_err(|FirstNan(index)| NanLoss { index })?;
    top.seen = u32::try_from(seen).unwrap_or(u32::MAX);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_starts_over_when_cleared() {
        let mut top = TopK::<i16, 4>::new(2, NanPolicy::Error).unwrap();
        for _ in 0..2 {
            assert_eq!((top.seen(), top.hardest()), (0, &[][..]));
            top.extend(&[3, 9, 5]).unwrap();
            top.extend(&[4, 8]).unwrap();
            assert_eq!((top.seen(), top.hardest()), (5, &[Ranked::new(9, 1), Ranked::new(8, 4)][..]));
            top.clear();
        }
        assert_eq!(
            TopK::<i16, 4>::new(4, NanPolicy::Error).err(),
            Some(
                ConfigError::Capacity { what: "candidates, one more than k", needed: 5, capacity: 4 }.into()
            )
        );
    }
}
