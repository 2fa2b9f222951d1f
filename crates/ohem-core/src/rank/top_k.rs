//! The hardest k: of a list of indices, in place, and of a stream, in fixed memory.

use crate::rank::reservoir::{Filter, FirstNan, Reservoir};
use crate::rank::{RankError, order};
use crate::simd::{Portable, Simd};
use crate::{NanPolicy, RankKey, Ranked};

/// Moves the hardest `k` of some losses to the front of a list of their indices, hardest first.
///
/// Returns that front: shorter than `k` if there are not so many. The list names the losses that take part,
/// each at most once, in any order; it comes back permuted. Expected O(n + k log k), by quickselect, with no
/// other memory.
///
/// # Errors
///
/// If an index names no loss, or names a NaN under [`NanPolicy::Error`] (the one that stands first).
///
/// # Examples
///
/// ```
/// use ohem_core::{NanPolicy, rank};
///
/// let losses = [0.1, 0.9, 0.5, 0.9];
/// let mut indices = [0, 1, 2, 3];
/// assert_eq!(rank::top_k(&losses, &mut indices, 3, NanPolicy::Error)?, [1, 3, 2]);
/// # Ok::<(), rank::RankError>(())
/// ```
pub fn top_k<'a, H: RankKey>(
    losses: &[H],
    indices: &'a mut [u32],
    k: usize,
    nan: NanPolicy,
) -> Result<&'a [u32], RankError> {
    let ranked = move_ranked_to_front(losses, indices, nan)?;
    let Some(indices) = indices.get_mut(..ranked) else { return Ok(&[]) };
    // Every index was checked; one that named no loss would rank last.
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
) -> Result<usize, RankError> {
    let mut ranked = 0;
    for position in 0..indices.len() {
        let Some(&index) = indices.get(position) else { break };
        let loss = losses.get(index as usize);
        let loss = loss.ok_or(RankError::Index { position, index, losses: losses.len() })?;
        match nan {
            NanPolicy::Error if loss.is_nan_key() => return Err(RankError::NanLoss { index }),
            NanPolicy::Skip if loss.is_nan_key() => {}
            _ => {
                order::swap(indices, ranked, position);
                ranked += 1;
            }
        }
    }
    Ok(ranked)
}

/// The hardest `k` of a stream of losses, kept in `PLACES` places.
///
/// Losses are numbered as they come. There must be more places than `k`; with twice as many, a loss costs
/// O(1) amortised, and nearly all of them no more than a SIMD comparison. `size_of` is the memory bill.
///
/// ```
/// use ohem_core::{NanPolicy, rank::TopK};
///
/// let mut hardest = TopK::<f32, 4>::new(2, NanPolicy::Error)?;
/// hardest.extend(&[0.1, 0.7, 0.3])?; // a first image
/// hardest.extend(&[0.9, 0.2])?; // a second one
/// let indices: Vec<_> = hardest.hardest().iter().map(|ranked| ranked.index()).collect();
/// assert_eq!(indices, [3, 1]);
/// # Ok::<(), ohem_core::rank::RankError>(())
/// ```
pub struct TopK<H: RankKey, const PLACES: usize> {
    places: [Ranked<H>; PLACES],
    reservoir: Reservoir<H>,
    seen: u32,
    nan: NanPolicy,
}

impl<H: RankKey, const PLACES: usize> core::fmt::Debug for TopK<H, PLACES> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TopK").field("seen", &self.seen).finish_non_exhaustive()
    }
}

impl<H: RankKey, const PLACES: usize> TopK<H, PLACES> {
    /// Keeps the hardest `k`.
    ///
    /// # Errors
    ///
    /// If there are not more places than `k`.
    pub fn new(k: usize, nan: NanPolicy) -> Result<Self, RankError> {
        if k >= PLACES {
            return Err(RankError::Memory { places: PLACES, needed: k.saturating_add(1) });
        }
        Ok(Self { places: [Ranked::PLACEHOLDER; PLACES], reservoir: Reservoir::new(k), seen: 0, nan })
    }

    /// Takes in the next losses of the stream.
    ///
    /// # Errors
    ///
    /// If one is NaN under [`NanPolicy::Error`], or a `u32` can no longer number them. After an error, losses
    /// before the one named have been taken in; start over.
    pub fn extend(&mut self, losses: &[H]) -> Result<(), RankError> {
        self.extend_on(Portable, losses)
    }

    /// Takes in the next losses of the stream, on a given instruction set.
    ///
    /// # Errors
    ///
    /// As [`TopK::extend`].
    pub fn extend_on<S: Simd>(&mut self, simd: S, losses: &[H]) -> Result<(), RankError> {
        let seen = u32::try_from(losses.len()).ok().and_then(|new| self.seen.checked_add(new));
        let seen = seen.ok_or(RankError::TooMany { losses: losses.len() })?;
        let filter = Filter { nan: self.nan, below: None };
        let scanned = simd.run(
            #[inline(always)]
            || self.reservoir.extend::<S>(&mut self.places, losses, self.seen, filter),
        );
        scanned.map_err(|FirstNan(index)| RankError::NanLoss { index })?;
        self.seen = seen;
        Ok(())
    }

    /// The hardest so far, hardest first.
    pub fn hardest(&mut self) -> &[Ranked<H>] {
        self.reservoir.sort(&mut self.places)
    }

    /// How many losses were taken in.
    pub fn seen(&self) -> u32 {
        self.seen
    }

    /// Forgets everything, to start a new stream.
    pub fn clear(&mut self) {
        self.reservoir = Reservoir::new(self.reservoir.keep());
        self.seen = 0;
    }
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
            Some(RankError::Memory { places: 4, needed: 5 })
        );
    }
}
