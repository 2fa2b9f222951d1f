//! The hardest of a stream in fixed memory, found by scanning past the easy ones at the speed of memory.
//!
//! What limits it: for a million losses, memory; that takes a quarter longer than to find their maximum. For
//! thousands, the few hundred candidates, at about 40 instructions each, and one branch in each block of 64 that
//! cannot be predicted. A loss passed over costs 1.4 instructions on AVX2, 1.8 on SSE2 (`scripts/instructions.sh`).

use core::convert;

use crate::rank::order;
use crate::simd::{Lanes as _, Simd};
use crate::{Float, NanPolicy, RankKey, Ranked};

/// Number of candidates in a block from which they are collected without branches.
const MANY: u32 = 40;

/// Candidates over lent memory: everything seen so far that ranks at or above the cut.
///
/// A loss is compared with the cut, a block of them at a time; the few above it are collected. When the
/// memory is full, quickselect finds the worst of the best `keep`: the new cut. So the candidates are always
/// a complete prefix of the ranking of the losses seen, of at least `keep` if at least `keep` were seen.
///
/// A stream of n in random order leaves about `keep ln(n / places)` candidates to collect, which is why
/// the scan is all that a long one costs.
pub(crate) struct Reservoir<H: RankKey> {
    len: usize,
    keep: usize,
    cut: Option<Ranked<H>>,
}

/// Which losses may be ranked, and how a NaN is handled.
#[derive(Clone, Copy)]
pub(crate) struct Filter<H: RankKey> {
    pub(crate) nan: NanPolicy,
    /// Candidates must rank below this one.
    pub(crate) below: Option<Ranked<H>>,
}

/// Whether a RoI takes no place among the candidates, whatever its loss; `None` if all may.
pub(crate) type Dropped<'a> = Option<&'a mut dyn FnMut(u32) -> bool>;

/// The index of the first NaN, where that is an error.
pub(crate) struct FirstNan(pub(crate) u32);

impl<H: RankKey> Reservoir<H> {
    /// Keeps at least the best `keep`; the memory must be longer than that, or as long as the losses.
    pub(crate) fn new(keep: usize) -> Self {
        Self { len: 0, keep, cut: None }
    }

    /// How many of the best are kept at least.
    pub(crate) fn keep(&self) -> usize {
        self.keep
    }

    /// How many candidates there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether anything was left out for lack of memory.
    pub(crate) fn has_cut(&self) -> bool {
        self.cut.is_some()
    }

    /// Estimates a cut from a sample, such that the losses above it, without the hardest `consumed`, fill about three
    /// quarters of the buffer.
    ///
    /// It may prove too high: then fewer than `keep` candidates are found, or none, but still a complete prefix
    /// of the ranking, since the cut ranks above every loss that equals it.
    #[inline(always)]
    pub(crate) fn estimate_cut(&mut self, places: &mut [Ranked<H>], losses: &[H], consumed: usize) {
        let target = consumed.saturating_add(places.len() - places.len() / 4);
        // Sample size chosen so that about 18 samples exceed the cut; fewer make the estimate too noisy.
        let len = (losses.len().saturating_mul(18) / target.max(1)).clamp(32, 256).min(places.len());
        let above = (len.saturating_mul(target) / losses.len().max(1)).max(6);
        let stride = losses.len() / len.max(1);
        let sound = above < len && (2..=256).contains(&stride);
        let Some(sample) = places.get_mut(..len).filter(|_| sound) else { return };
        for (place, &loss) in sample.iter_mut().zip(losses.iter().step_by(stride.max(1))) {
            *place = Ranked::new(loss, 0);
        }
        order::select_nth(sample, above, convert::identity);
        self.cut = sample.get(above).copied();
    }

    /// Takes in losses, numbered from `first`, without those whose index is `dropped`.
    #[inline(always)]
    pub(crate) fn extend<S: Simd>(
        &mut self,
        places: &mut [Ranked<H>],
        losses: &[H],
        first: u32,
        filter: Filter<H>,
        mut dropped: Dropped<'_>,
    ) -> Result<(), FirstNan> {
        let (blocks, rest) = losses.as_chunks::<64>();
        let mut index = first;
        // Losses above this were yielded before. (A NaN ranks above everything, but compares with nothing.)
        let top = filter.below.map(Ranked::key).filter(|top| !top.is_nan_key());
        // Firmware, which has no vectors, has no flash to spare.
        let has_vectors = <f32 as Float>::Lanes::<S>::N > 1;
        for block in blocks {
            // No closure here: if it is not inlined, it leaves the region where the instruction set is enabled.
            let mut bits = match self.cut {
                Some(cut) => H::mask_greater::<S>(block, cut.key()),
                None => !0,
            };
            if let (Some(top), true) = (top, bits != 0) {
                bits &= !H::mask_greater::<S>(block, top);
            }
            if bits != 0 && top.is_none() {
                if bits.count_ones() >= MANY {
                    bits = self.collect_block(places, block, index, bits);
                } else if has_vectors && filter.below.is_none() && dropped.is_none() {
                    bits = self.collect_few(places, block, index, bits);
                }
            }
            while bits != 0 {
                let at = bits.trailing_zeros();
                if let Some(&loss) = block.get(at as usize) {
                    self.offer(places, loss, index + at, filter, &mut dropped)?;
                }
                bits &= bits - 1;
            }
            index = index.wrapping_add(64);
        }
        for (&loss, at) in rest.iter().zip(index..) {
            self.offer(places, loss, at, filter, &mut dropped)?;
        }
        Ok(())
    }

    /// Takes in the losses of a block that are marked, without a branch for each; returns the marks that are left.
    ///
    /// Does nothing if there is a NaN, or might not be room.
    #[inline(always)]
    fn collect_block(&mut self, places: &mut [Ranked<H>], block: &[H; 64], index: u32, bits: u64) -> u64 {
        let Some(room) = places.get_mut(self.len..).and_then(<[_]>::first_chunk_mut::<64>) else {
            return bits;
        };
        if block.iter().fold(false, |nan, loss| nan | loss.is_nan_key()) {
            return bits;
        }
        let mut taken = 0;
        for ((&loss, at), bit) in block.iter().zip(index..).zip(0..) {
            if let Some(place) = room.get_mut(taken) {
                *place = Ranked::new(loss, at);
            }
            taken += usize::from(bits >> bit & 1 == 1);
        }
        self.len += taken;
        0
    }

    /// Takes in the losses of a block that are marked, up to the first NaN; returns the marks that are left.
    ///
    /// Does nothing if there might not be room.
    #[inline(always)]
    fn collect_few(&mut self, places: &mut [Ranked<H>], block: &[H; 64], index: u32, mut bits: u64) -> u64 {
        let Some(room) = places.get_mut(self.len..).and_then(<[_]>::first_chunk_mut::<64>) else {
            return bits;
        };
        for place in room {
            let at = bits.trailing_zeros();
            let Some(&loss) = block.get(at as usize).filter(|loss| !loss.is_nan_key()) else { break };
            *place = Ranked::new(loss, index + at);
            self.len += 1;
            bits &= bits - 1;
        }
        bits
    }

    /// Takes in one loss.
    #[inline]
    pub(crate) fn offer(
        &mut self,
        places: &mut [Ranked<H>],
        loss: H,
        index: u32,
        filter: Filter<H>,
        dropped: &mut Dropped<'_>,
    ) -> Result<(), FirstNan> {
        if loss.is_nan_key() {
            match filter.nan {
                NanPolicy::Error => return Err(FirstNan(index)),
                NanPolicy::Skip => return Ok(()),
                NanPolicy::First => {}
            }
        }
        let candidate = Ranked::new(loss, index);
        let is_wanted = self.cut.is_none_or(|cut| candidate < cut)
            && filter.below.is_none_or(|below| candidate > below)
            && dropped.as_mut().is_none_or(|dropped| !dropped(index));
        if is_wanted {
            self.collect(places, candidate);
        }
        Ok(())
    }

    #[inline]
    fn collect(&mut self, places: &mut [Ranked<H>], candidate: Ranked<H>) {
        if self.len == places.len() {
            self.raise_cut(places);
            if self.cut.is_some_and(|cut| candidate > cut) {
                return;
            }
        }
        if let Some(place) = places.get_mut(self.len) {
            *place = candidate;
            self.len += 1;
        }
    }

    /// Drops all but the best `keep`.
    #[cold]
    fn raise_cut(&mut self, places: &mut [Ranked<H>]) {
        let Some(worst) = self.keep.checked_sub(1) else { return self.len = 0 };
        order::select_nth(places, worst, convert::identity);
        self.cut = places.get(worst).copied();
        self.len = self.keep.min(places.len());
    }

    /// Drops all but the best `keep`, and sorts them.
    pub(crate) fn sort<'a>(&mut self, places: &'a mut [Ranked<H>]) -> &'a [Ranked<H>] {
        let Some(candidates) = places.get_mut(..self.len) else { return &[] };
        if self.len > self.keep {
            self.raise_cut(candidates);
        }
        let Some(best) = candidates.get_mut(..self.len) else { return &[] };
        order::sort(best, convert::identity);
        best
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::simd::Portable;
    use std::vec;
    use std::vec::Vec;

    /// Losses that are all different, scattered.
    fn losses(n: u32) -> Vec<u32> {
        (0..n).map(|i| i.wrapping_mul(2_654_435_761) >> 1).collect()
    }

    #[test]
    fn the_cut_is_estimated_from_a_sample() {
        for (n, places, passed, sample) in [
            (10_000, 400, 0, Some((256, 39, 7))),
            (1_000, 200, 100, Some((72, 13, 18))),
            (1_000, 150, 100, Some((84, 11, 17))),
            (5_000, 20, 0, Some((20, 250, 6))),
            (2_000, 1_000, 0, Some((48, 41, 18))),
            (100_000, 300, 0, None),   // too small a part of it
            (60, 40, 0, None),         // nearly all of it
            (1_000, 100, 2_000, None), // more than there are
        ] {
            let losses: Vec<_> = losses(n).into_iter().map(u32::cast_signed).collect();
            let mut reservoir = Reservoir::new(2);
            reservoir.estimate_cut(&mut vec![Ranked::PLACEHOLDER; places], &losses, passed);
            let want = sample.map(|(len, stride, above)| {
                let mut sample: Vec<_> = losses.iter().step_by(stride).take(len).copied().collect();
                sample.sort_unstable();
                Ranked::new(sample[len - 1 - above], 0)
            });
            assert_eq!(reservoir.cut, want, "{places} candidates for {n} after {passed}");
        }
    }

    /// Takes in losses; returns the indices of those collected, or of the first NaN.
    fn collected(losses: &[f32], places: usize, nan: NanPolicy) -> Result<Vec<u32>, u32> {
        let (mut reservoir, mut places) = (Reservoir::new(places / 2), vec![Ranked::PLACEHOLDER; places]);
        let filter = Filter { nan, below: None };
        reservoir
            .extend::<Portable>(&mut places, losses, 0, filter, None)
            .map_err(|FirstNan(index)| index)?;
        Ok(places[..reservoir.len()].iter().map(|ranked| ranked.index()).collect())
    }

    #[test]
    fn a_block_with_nans_is_taken_one_by_one() {
        for nans in [&[][..], &[7], &[7, 9], &[7, 9, 63]] {
            let mut losses = [1.0; 64];
            nans.iter().for_each(|&nan: &u32| losses[nan as usize] = f32::NAN);
            let numbers: Vec<_> = (0..64).filter(|&index| !losses[index as usize].is_nan()).collect();
            assert_eq!(collected(&losses, 100, NanPolicy::Skip), Ok(numbers.clone()));
            let first = nans.first().map_or(Ok(numbers), |&nan| Err(nan));
            assert_eq!(collected(&losses, 100, NanPolicy::Error), first);
            assert_eq!(collected(&losses, 100, NanPolicy::First), Ok((0..64).collect()));
        }
    }
}
