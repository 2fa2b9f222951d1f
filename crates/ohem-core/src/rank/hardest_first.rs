//! RoIs one by one, hardest first, ranking no more of them than are asked for.

use core::{convert, fmt};

use crate::error::{ConfigError, MineError, NanLoss};
use crate::rank::order::LazySort;
use crate::rank::radix;
use crate::rank::reservoir::{Dropped, Filter, FirstNan, Reservoir};
use crate::simd::{Lanes as _, Portable, Simd};
use crate::{Float, NanPolicy, RankKey, Ranked};

/// Iterates over RoIs hardest first, lazily, in a buffer of at least 2 candidates.
///
/// One pass over the losses finds the hardest few; they are sorted as far as they are asked for, by incremental
/// quicksort. After the last of them, another pass finds those that follow. About twice as many candidates as
/// will be taken are best. A buffer as long as the losses needs one pass only: the first RoI then costs O(n),
/// each further one O(log n) amortised, all of them O(n log n). A buffer of m makes at most 2 v / m + 2 passes for the
/// hardest v of the n losses, each of which costs O(n log m) at worst, and about O(n) where losses are in random order.
///
/// # Errors
///
/// If a loss is NaN under [`NanPolicy::Error`], or the buffer holds fewer than 2 candidates for 2 losses or more.
///
/// # Examples
///
/// ```
/// use ohem_core::{NanPolicy, Ranked, rank};
///
/// let losses = [0.1, 0.9, 0.5, 0.9, 0.3];
/// let mut candidates = [Ranked::PLACEHOLDER; 2]; // enough for any number of losses
/// let hardest = rank::hardest_first(&losses, NanPolicy::Error, &mut candidates)?;
/// let indices: Vec<_> = hardest.map(|ranked| ranked.index()).collect();
/// assert_eq!(indices, [1, 3, 2, 4, 0]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn hardest_first<'a, H: RankKey>(
    losses: &'a [H],
    nan: NanPolicy,
    candidates: &'a mut [Ranked<H>],
) -> Result<impl Iterator<Item = Ranked<H>> + 'a, MineError> {
    let len = candidates.len();
    HardestFirst::new(Portable, losses, nan, FixedBuffer(candidates), len)
}

/// The buffer of candidates of one pass over the losses.
pub trait CandidateBuffer<H: RankKey> {
    /// Lends `target` candidates, or as many as it has; keeps the values written to them before.
    fn lend(&mut self, target: usize) -> &mut [Ranked<H>];
}

/// A buffer that does not grow.
#[derive(Debug)]
pub struct FixedBuffer<'a, H: RankKey>(pub &'a mut [Ranked<H>]);

impl<H: RankKey> CandidateBuffer<H> for FixedBuffer<'_, H> {
    #[inline(always)]
    fn lend(&mut self, _: usize) -> &mut [Ranked<H>] {
        self.0
    }
}

impl<H: RankKey, C: CandidateBuffer<H>> CandidateBuffer<H> for &mut C {
    #[inline(always)]
    fn lend(&mut self, target: usize) -> &mut [Ranked<H>] {
        (**self).lend(target)
    }
}

/// Iterates over RoIs hardest first, lazily, in any buffer and on a chosen instruction set.
///
/// [`rank::hardest_first`](crate::rank::hardest_first) says how, and what it costs.
pub struct HardestFirst<'a, H: RankKey, C, S> {
    simd: S,
    losses: &'a [H],
    nan: NanPolicy,
    candidates: C,
    /// Number of candidates to ask for in the next pass.
    target: usize,
    /// Number of candidates that the last pass found.
    len: usize,
    /// Number that the passes before it found, all of them consumed.
    consumed: usize,
    /// Whether to estimate the cut from a sample: until an estimate was bad.
    use_estimate: bool,
    order: LazySort,
    /// The RoI yielded last.
    last: Option<Ranked<H>>,
    /// Whether another pass would find more.
    has_more: bool,
}

impl<H: RankKey, C, S> fmt::Debug for HardestFirst<'_, H, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HardestFirst").field("losses", &self.losses.len()).finish_non_exhaustive()
    }
}

impl<'a, H: RankKey, C: CandidateBuffer<H>, S: Simd> HardestFirst<'a, H, C, S> {
    /// Makes the first pass over the losses, for about `target` candidates.
    ///
    /// # Errors
    ///
    /// If a loss is NaN under [`NanPolicy::Error`], there are more losses than a `u32` can number, or the buffer
    /// lends fewer than 2 candidates for 2 losses or more.
    #[inline(always)]
    pub fn new(
        simd: S,
        losses: &'a [H],
        nan: NanPolicy,
        candidates: C,
        target: usize,
    ) -> Result<Self, MineError> {
        let mut new = Self::new_unstarted(simd, losses, nan, candidates, target);
        new.start()?;
        Ok(new)
    }

    /// Makes an iterator that yields nothing until [`start`](Self::start) is called.
    ///
    /// It can be made at its final address, which spares a copy on the stack.
    #[inline(always)]
    pub(crate) fn new_unstarted(
        simd: S,
        losses: &'a [H],
        nan: NanPolicy,
        candidates: C,
        target: usize,
    ) -> Self {
        Self {
            simd,
            losses,
            nan,
            candidates,
            target: target.max(2),
            len: 0,
            consumed: 0,
            use_estimate: true,
            order: LazySort::new(0),
            last: None,
            has_more: false,
        }
    }

    /// Makes the first pass. Its errors are those of [`HardestFirst::new`].
    #[inline(always)]
    pub(crate) fn start(&mut self) -> Result<(), MineError> {
        self.prepare()?;
        self.pass(None).map_err(|FirstNan(index)| NanLoss { index }.into())
    }

    /// Checks what [`start`](Self::start) checks before the first pass, and makes [`scan_some`](Self::scan_some) due.
    #[inline(always)]
    pub(crate) fn prepare(&mut self) -> Result<(), MineError> {
        ConfigError::check_countable("losses", self.losses.len())?;
        // No more candidates than losses: the target may be a batch without limit.
        let capacity = self.candidates.lend(self.target.min(self.losses.len())).len();
        ConfigError::check_capacity("candidates", self.losses.len().min(2), capacity)?;
        self.has_more = true;
        Ok(())
    }

    /// Whether the next RoI takes another pass.
    #[inline(always)]
    pub(crate) fn needs_pass(&self) -> bool {
        self.has_more && self.order.is_at(self.len)
    }

    /// Makes the next pass, in which RoIs that are `dropped` take no place among the candidates.
    pub(crate) fn pass_unless(&mut self, dropped: &mut dyn FnMut(u32) -> bool) {
        // A NaN that is an error was found in the first pass.
        self.has_more = self.pass(Some(dropped)).is_ok() && self.has_more;
    }

    /// Scans a multiple of 64 losses for the next pass, which `under_way` holds between calls.
    #[inline(never)]
    pub(crate) fn scan_some(
        &mut self,
        under_way: &mut Option<Pass<H>>,
        losses: usize,
    ) -> Result<(), NanLoss> {
        let mut pass = under_way.take().unwrap_or_else(|| self.begin_pass());
        self.scan(&mut pass, losses, None).map_err(|FirstNan(index)| NanLoss { index })?;
        if pass.scanned == self.losses.len() {
            self.end_pass(&pass);
        } else {
            *under_way = Some(pass);
        }
        Ok(())
    }

    /// The RoIs that follow, as far as they are sorted.
    #[inline(always)]
    pub(crate) fn upcoming(&mut self) -> &[Ranked<H>] {
        let sorted = self.order.upcoming();
        self.candidates.lend(self.len).get(sorted).unwrap_or_default()
    }

    /// The RoI yielded last.
    pub(crate) fn last_yielded(&self) -> Option<Ranked<H>> {
        self.last
    }

    /// Finds the hardest losses below the one yielded last.
    ///
    /// It enters the region of the instruction set by itself, so that no caller needs a copy of it.
    #[inline(never)]
    fn pass(&mut self, dropped: Dropped<'_>) -> Result<(), FirstNan> {
        let mut pass = self.begin_pass();
        self.scan(&mut pass, self.losses.len(), dropped)?;
        self.end_pass(&pass);
        Ok(())
    }

    /// Prepares a pass over the losses.
    #[inline(always)]
    fn begin_pass(&mut self) -> Pass<H> {
        self.consumed += self.len;
        let capacity = self.candidates.lend(self.target.min(self.losses.len())).len();
        // About half of the target will be consumed. To keep more than half costs time where losses rise.
        let keep = (self.target / 2).max(capacity / 2).min(2 * capacity / 3);
        Pass { reservoir: Reservoir::new(keep), scanned: 0 }
    }

    /// Scans a number of the losses in a pass, a multiple of 64, or all that are left.
    #[inline(always)]
    fn scan(&mut self, pass: &mut Pass<H>, losses: usize, dropped: Dropped<'_>) -> Result<(), FirstNan> {
        let candidates = self.candidates.lend(self.target.min(self.losses.len()));
        let filter = Filter { nan: self.nan, below: self.last };
        let from = pass.scanned;
        pass.scanned = self.losses.len().min(from.saturating_add(losses));
        let part = self.losses.get(from..pass.scanned).unwrap_or_default();
        let reservoir = &mut pass.reservoir;
        self.simd.run(
            #[inline(always)]
            || {
                if from == 0 && self.use_estimate && candidates.len() < self.losses.len() {
                    reservoir.estimate_cut(candidates, self.losses, self.consumed);
                }
                #[expect(clippy::cast_possible_truncation, reason = "`start` has counted the losses")]
                reservoir.extend::<S>(candidates, part, from as u32, filter, dropped)
            },
        )
    }

    /// Makes the losses that a pass has found the next to yield.
    #[inline(always)]
    fn end_pass(&mut self, pass: &Pass<H>) {
        let target = self.target.min(self.losses.len());
        // Firmware, which has no vectors, ranks few and has no flash to spare.
        let has_vectors = <f32 as Float>::Lanes::<S>::N > 1;
        let ranks_all = has_vectors
            && self.losses.len() >= radix::MIN_LEN
            && self.target / 2 >= self.losses.len()
            && self.candidates.lend(2 * target).len() >= 2 * target;
        let reservoir = &pass.reservoir;
        (self.len, self.has_more) = (reservoir.len(), reservoir.has_cut());
        // One bad estimate is enough: without them, every pass but the last finds as many as it is to keep.
        self.use_estimate &= self.len >= reservoir.keep();
        self.order = if ranks_all {
            if let Some((all, other)) = self.candidates.lend(2 * self.len).split_at_mut_checked(self.len) {
                radix::sort(all, other);
            }
            LazySort::of_sorted(self.len)
        } else if has_vectors && radix::FEW.contains(&self.len) && self.sorts_few() {
            LazySort::of_sorted(self.len)
        } else {
            LazySort::new(self.len)
        };
        self.target = target.saturating_mul(2);
    }

    /// Sorts all candidates, if there is room; says whether it did.
    #[inline(always)]
    fn sorts_few(&mut self) -> bool {
        let lent = self.candidates.lend(2 * self.len);
        lent.split_at_mut_checked(self.len).is_some_and(|(few, other)| radix::sort_few(few, other))
    }
}

/// A pass over the losses that is under way.
pub(crate) struct Pass<H: RankKey> {
    reservoir: Reservoir<H>,
    /// How many losses were scanned.
    scanned: usize,
}

impl<H: RankKey, C: CandidateBuffer<H>, S: Simd> Iterator for HardestFirst<'_, H, C, S> {
    type Item = Ranked<H>;

    #[inline(always)]
    fn next(&mut self) -> Option<Ranked<H>> {
        loop {
            let candidates = self.candidates.lend(self.len).get_mut(..self.len)?;
            if let Some(candidate) = self.order.next(candidates, convert::identity) {
                self.last = Some(candidate);
                return Some(candidate);
            }
            if !self.has_more || self.pass(None).is_err() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// Number of passes that yield all losses.
    fn passes(losses: &[i32], candidates: usize) -> usize {
        let mut window = vec![Ranked::PLACEHOLDER; candidates];
        let buffer = FixedBuffer(&mut window);
        let mut hardest = HardestFirst::new(Portable, losses, NanPolicy::Error, buffer, candidates).unwrap();
        let (mut passes, mut consumed) = (1, 0);
        let mut handed_out = Vec::new();
        while let Some(next) = hardest.next() {
            passes += usize::from(hardest.consumed != consumed);
            consumed = hardest.consumed;
            handed_out.push(next.key());
        }
        assert!(handed_out.is_sorted_by(|one, next| one >= next) && handed_out.len() == losses.len());
        passes
    }

    #[test]
    fn a_buffer_makes_as_few_passes_as_promised() {
        const N: usize = 1_000;
        let scattered: Vec<_> = (0..1_000_u32).map(|i| i.wrapping_mul(2_654_435_761).cast_signed()).collect();
        let rising: Vec<_> = (0..1_000).collect();
        let falling: Vec<_> = (0..1_000).rev().collect();
        for losses in [&scattered, &rising, &falling] {
            for candidates in [2, 3, 10, 50, 100, 250, N - 1] {
                let passes = passes(losses, candidates);
                assert!(passes <= 2 * N / candidates + 1, "{passes} passes with {candidates} candidates");
            }
            assert_eq!(passes(losses, N), 1);
        }
    }
}
