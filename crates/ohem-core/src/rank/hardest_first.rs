//! RoIs one by one, hardest first, ranking no more of them than are asked for.

use core::{convert, fmt};

use crate::rank::RankError;
use crate::rank::order::LazySort;
use crate::rank::reservoir::{Filter, FirstNan, Reservoir};
use crate::simd::Simd;
use crate::{NanPolicy, RankKey, Ranked};

/// Memory for the candidates of one pass over the losses.
pub trait CandidateBuffer<H: RankKey> {
    /// Lends `wanted` places, or as many as there are; what was written to them before is kept.
    fn lend(&mut self, wanted: usize) -> &mut [Ranked<H>];
}

/// A window that does not grow.
#[derive(Debug)]
pub struct FixedBuffer<'a, H: RankKey>(pub &'a mut [Ranked<H>]);

impl<H: RankKey> CandidateBuffer<H> for FixedBuffer<'_, H> {
    fn lend(&mut self, _: usize) -> &mut [Ranked<H>] {
        self.0
    }
}

impl<H: RankKey, W: CandidateBuffer<H>> CandidateBuffer<H> for &mut W {
    #[inline(always)]
    fn lend(&mut self, wanted: usize) -> &mut [Ranked<H>] {
        (**self).lend(wanted)
    }
}

/// Iterates over RoIs hardest first, lazily.
///
/// One pass over the losses finds the hardest few ([`HardestFirst::windowed`]); they are sorted as far as
/// they are asked for, by incremental quicksort; should all be taken, another pass finds those that follow.
/// A window with a place for every loss needs one pass only ([`HardestFirst::in_place`]): the first RoI
/// then costs O(n), each further one O(log n) amortised, all of them O(n log n). A fixed window of m places
/// makes at most 2 n / m passes, and one.
///
/// ```
/// use ohem_core::{NanPolicy, Ranked, rank::HardestFirst, simd::Portable};
///
/// let losses = [0.1, 0.9, 0.5, 0.9, 0.3];
/// let mut window = [Ranked::PLACEHOLDER; 2]; // two places are enough for any number of losses
/// let hardest = HardestFirst::windowed(Portable, &losses, NanPolicy::Error, &mut window)?;
/// let indices: Vec<_> = hardest.map(|ranked| ranked.index()).collect();
/// assert_eq!(indices, [1, 3, 2, 4, 0]);
/// # Ok::<(), ohem_core::rank::RankError>(())
/// ```
pub struct HardestFirst<'a, H: RankKey, W, S> {
    simd: S,
    losses: &'a [H],
    nan: NanPolicy,
    window: W,
    /// How many places to ask for in the next pass.
    wanted: usize,
    /// How many candidates the last pass found.
    len: usize,
    /// How many those before it found.
    passed: usize,
    /// Whether guesses have been good so far.
    guess: bool,
    order: LazySort,
    /// The last one handed out.
    last: Option<Ranked<H>>,
    /// Whether another pass would find more.
    more: bool,
}

impl<H: RankKey, W, S> fmt::Debug for HardestFirst<'_, H, W, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HardestFirst").field("losses", &self.losses.len()).finish_non_exhaustive()
    }
}

impl<'a, H: RankKey, S: Simd> HardestFirst<'a, H, FixedBuffer<'a, H>, S> {
    /// Ranks in a window of any size from 2: about twice as many places as will be taken are best.
    ///
    /// # Errors
    ///
    /// If a loss is NaN under [`NanPolicy::Error`], or there are fewer than 2 places for 2 losses or more.
    pub fn windowed(
        simd: S,
        losses: &'a [H],
        nan: NanPolicy,
        window: &'a mut [Ranked<H>],
    ) -> Result<Self, RankError> {
        let places = window.len();
        Self::new(simd, losses, nan, FixedBuffer(window), places)
    }

    /// Ranks in scratch memory with a place for every loss.
    ///
    /// # Errors
    ///
    /// If a loss is NaN under [`NanPolicy::Error`], or there are fewer places than losses.
    pub fn in_place(
        simd: S,
        losses: &'a [H],
        nan: NanPolicy,
        scratch: &'a mut [Ranked<H>],
    ) -> Result<Self, RankError> {
        if scratch.len() < losses.len() {
            return Err(RankError::Memory { places: scratch.len(), needed: losses.len() });
        }
        Self::windowed(simd, losses, nan, scratch)
    }
}

impl<'a, H: RankKey, W: CandidateBuffer<H>, S: Simd> HardestFirst<'a, H, W, S> {
    /// Ranks in a window that may grow from pass to pass, starting with about `wanted` places.
    ///
    /// # Errors
    ///
    /// If a loss is NaN under [`NanPolicy::Error`], there are more losses than a `u32` can number, or the
    /// window lends fewer than 2 places for 2 losses or more.
    #[inline(always)]
    pub fn new(
        simd: S,
        losses: &'a [H],
        nan: NanPolicy,
        window: W,
        wanted: usize,
    ) -> Result<Self, RankError> {
        let mut new = Self::idle(simd, losses, nan, window, wanted);
        new.start()?;
        Ok(new)
    }

    /// What hands out nothing before it was started: it can be made where it will stay, with no copy on the stack.
    #[inline(always)]
    pub(crate) fn idle(simd: S, losses: &'a [H], nan: NanPolicy, window: W, wanted: usize) -> Self {
        Self {
            simd,
            losses,
            nan,
            window,
            wanted: wanted.max(2),
            len: 0,
            passed: 0,
            guess: true,
            order: LazySort::new(0),
            last: None,
            more: false,
        }
    }

    /// Makes the first pass. Its errors are those of [`HardestFirst::new`].
    #[inline(always)]
    pub(crate) fn start(&mut self) -> Result<(), RankError> {
        if u32::try_from(self.losses.len()).is_err() {
            return Err(RankError::TooMany { losses: self.losses.len() });
        }
        let (places, needed) = (self.window.lend(self.wanted).len(), self.losses.len().min(2));
        if places < needed {
            return Err(RankError::Memory { places, needed });
        }
        self.pass().map_err(|FirstNan(index)| RankError::NanLoss { index })
    }

    /// Finds the hardest losses below the last one handed out.
    ///
    /// It enters the region of the instruction set by itself, so that there need be no copy of it in each caller.
    #[inline(never)]
    fn pass(&mut self) -> Result<(), FirstNan> {
        self.passed += self.len;
        let wanted = self.wanted.min(self.losses.len());
        let window = self.window.lend(wanted);
        // About half as many as are wanted will be taken. To keep more than half costs time where losses rise.
        let keep = (self.wanted / 2).max(window.len() / 2).min(2 * window.len() / 3);
        let mut reservoir = Reservoir::new(keep);
        let filter = Filter { nan: self.nan, below: self.last };
        self.simd.run(
            #[inline(always)]
            || {
                if self.guess && window.len() < self.losses.len() {
                    reservoir.guess_cut(window, self.losses, self.passed);
                }
                reservoir.extend::<S>(window, self.losses, 0, filter)
            },
        )?;
        (self.len, self.more) = (reservoir.len(), reservoir.has_cut());
        // One bad guess is enough: without them, every pass but the last finds as many as it is to keep.
        self.guess &= self.len >= keep;
        self.order = LazySort::new(self.len);
        self.wanted = wanted.saturating_mul(2);
        Ok(())
    }
}

impl<H: RankKey, W: CandidateBuffer<H>, S: Simd> Iterator for HardestFirst<'_, H, W, S> {
    type Item = Ranked<H>;

    #[inline(always)]
    fn next(&mut self) -> Option<Ranked<H>> {
        loop {
            let candidates = self.window.lend(self.len).get_mut(..self.len)?;
            if let Some(candidate) = self.order.next(candidates, convert::identity) {
                self.last = Some(candidate);
                return Some(candidate);
            }
            if !self.more || self.pass().is_err() {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::simd::Portable;
    use std::vec;
    use std::vec::Vec;

    /// How many passes it takes to hand out all losses.
    fn passes(losses: &[i32], places: usize) -> usize {
        let mut window = vec![Ranked::PLACEHOLDER; places];
        let mut hardest = HardestFirst::windowed(Portable, losses, NanPolicy::Error, &mut window).unwrap();
        let (mut passes, mut passed) = (1, 0);
        let mut handed_out = Vec::new();
        while let Some(next) = hardest.next() {
            passes += usize::from(hardest.passed != passed);
            passed = hardest.passed;
            handed_out.push(next.key());
        }
        assert!(handed_out.is_sorted_by(|one, next| one >= next) && handed_out.len() == losses.len());
        passes
    }

    #[test]
    fn a_window_makes_as_few_passes_as_it_says() {
        const N: usize = 1_000;
        let scattered: Vec<_> = (0..1_000_u32).map(|i| i.wrapping_mul(2_654_435_761).cast_signed()).collect();
        let rising: Vec<_> = (0..1_000).collect();
        let falling: Vec<_> = (0..1_000).rev().collect();
        for losses in [&scattered, &rising, &falling] {
            for places in [2, 3, 10, 50, 100, 250, N - 1] {
                let passes = passes(losses, places);
                assert!(passes <= 2 * N / places + 1, "{passes} passes with {places} places");
            }
            assert_eq!(passes(losses, N), 1);
        }
    }
}
