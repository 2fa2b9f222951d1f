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
    select_nth_in::<H, 1>(losses, nth, &mut [0; 256])
}

/// As [`select_nth`], settling `WIDTH` bytes a pass, 1 or 2, in lent memory for as many counts as they have values.
///
/// Counts fit, because there are no more RoIs than a `u32` can number.
#[inline]
pub(crate) fn select_nth_in<H: RankKey, const WIDTH: u32>(
    losses: impl Iterator<Item = Ranked<H>> + Clone,
    mut nth: usize,
    counts: &mut [u32],
) -> Option<Ranked<H>> {
    let mut prefix = Prefix::<WIDTH> { digits: [0; MAX_BYTES], settled: 0 };
    loop {
        counts.fill(0);
        for candidate in losses.clone().filter(|&candidate| prefix.fits(candidate)) {
            let digit = Prefix::<WIDTH>::digit(candidate, prefix.settled);
            if let Some(count) = counts.get_mut(usize::from(digit)) {
                *count += 1;
            }
        }
        // The digit in whose bucket the wanted one lies.
        let digit = counts.iter().position(|&count| match nth.checked_sub(count as usize) {
            Some(rest) => {
                nth = rest;
                false
            }
            None => true,
        })?;
        prefix.settle(u16::try_from(digit).ok()?);
        if counts.get(digit) == Some(&1) || prefix.settled * WIDTH >= H::BYTES {
            return losses.clone().find(|&candidate| prefix.fits(candidate));
        }
    }
}

/// Most bytes of a loss and an index: 8 and 4.
const MAX_BYTES: usize = 12;

/// The leading digits that are settled, of `WIDTH` bytes each.
struct Prefix<const WIDTH: u32> {
    digits: [u16; MAX_BYTES],
    /// Number of digits that are settled.
    settled: u32,
}

impl<const WIDTH: u32> Prefix<WIDTH> {
    #[inline(always)]
    fn fits<H: RankKey>(&self, candidate: Ranked<H>) -> bool {
        (0..self.settled).zip(&self.digits).all(|(nth, &digit)| Self::digit(candidate, nth) == digit)
    }

    /// A digit of loss and index; a byte after the last one is 0.
    #[inline(always)]
    fn digit<H: RankKey>(candidate: Ranked<H>, nth: u32) -> u16 {
        let at = nth * WIDTH;
        let first = u16::from(candidate.byte(at));
        match WIDTH {
            1 => first,
            _ if at + 1 < H::BYTES => first << 8 | u16::from(candidate.byte(at + 1)),
            _ => first << 8,
        }
    }

    fn settle(&mut self, digit: u16) {
        if let Some(slot) = self.digits.get_mut(self.settled as usize) {
            *slot = digit;
        }
        self.settled += 1;
    }
}
