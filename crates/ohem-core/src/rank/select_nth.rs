//! The n-th hardest loss in 1 KB of memory: radix selection.

use crate::{RankKey, Ranked};

/// Finds the n-th hardest loss, counted from 0; `None` if there are fewer.
///
/// `losses` is cloned and read up to twice for each byte of loss and index, from the first byte on, until a single
/// loss has those bytes: at most 16 times, or 24 for `f64`. O(n), with a table of 256 counts.
///
/// A NaN ranks first; leave it out of `losses` to skip it.
///
/// ```
/// use ohem_core::{Ranked, rank};
///
/// let losses = [0.1, 0.9, 0.5, 0.9];
/// let ranked = losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index));
/// assert_eq!(rank::select_nth(ranked.clone(), 1), Some(Ranked::new(0.9, 3)));
/// assert_eq!(rank::select_nth(ranked, 4), None);
/// ```
pub fn select_nth<H: RankKey>(
    losses: impl Iterator<Item = Ranked<H>> + Clone,
    nth: usize,
) -> Option<Ranked<H>> {
    select_nth_in(losses, nth, &mut [0; 256])
}

/// As [`select_nth`], in lent memory for 256 counts, or for 65,536: then a pass settles two bytes instead of one.
///
/// Counts fit, because there are no more RoIs than a `u32` can number.
pub(crate) fn select_nth_in<H: RankKey>(
    losses: impl Iterator<Item = Ranked<H>> + Clone,
    mut nth: usize,
    counts: &mut [u32],
) -> Option<Ranked<H>> {
    let mut prefix = Prefix::new(if counts.len() < 1 << 16 { 1 } else { 2 });
    loop {
        counts.fill(0);
        for candidate in losses.clone().filter(|&candidate| prefix.fits(candidate)) {
            if let Some(count) = counts.get_mut(prefix.digit(candidate, prefix.settled)) {
                *count += 1;
            }
        }
        // The digit in whose bucket the wanted one lies.
        let bucket = counts.iter().position(|&count| match nth.checked_sub(count as usize) {
            Some(rest) => {
                nth = rest;
                false
            }
            None => true,
        })?;
        prefix.settle(bucket);
        if counts.get(bucket) == Some(&1) || prefix.settled * prefix.bytes >= H::BYTES {
            return losses.clone().find(|&candidate| prefix.fits(candidate));
        }
    }
}

/// Most bytes of a loss and an index: 8 and 4.
const MAX_BYTES: usize = 12;

/// The leading digits that are settled.
struct Prefix {
    digits: [usize; MAX_BYTES],
    /// Number of digits that are settled.
    settled: u32,
    /// Number of bytes in a digit: 1 or 2.
    bytes: u32,
}

impl Prefix {
    const fn new(bytes: u32) -> Self {
        Self { digits: [0; MAX_BYTES], settled: 0, bytes }
    }

    #[inline(always)]
    fn fits<H: RankKey>(&self, candidate: Ranked<H>) -> bool {
        let settled = (0..self.settled).zip(&self.digits);
        settled.into_iter().all(|(nth, &digit)| self.digit(candidate, nth) == digit)
    }

    /// A digit of loss and index; the byte after the last one is 0.
    #[inline(always)]
    fn digit<H: RankKey>(&self, candidate: Ranked<H>, nth: u32) -> usize {
        let at = nth * self.bytes;
        let first = usize::from(candidate.byte(at));
        if self.bytes == 1 {
            return first;
        }
        let second = if at + 1 < H::BYTES { candidate.byte(at + 1) } else { 0 };
        first << 8 | usize::from(second)
    }

    fn settle(&mut self, digit: usize) {
        if let Some(slot) = self.digits.get_mut(self.settled as usize) {
            *slot = digit;
        }
        self.settled += 1;
    }
}
