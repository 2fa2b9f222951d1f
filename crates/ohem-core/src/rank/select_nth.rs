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
    let bytes = if counts.len() < 1 << 16 { 1 } else { 2 };
    let mut prefix = Prefix { fixed: 0, bytes, known: None };
    while prefix.fixed < H::BYTES {
        counts.fill(0);
        for candidate in losses.clone().filter(|&candidate| prefix.fits(candidate)) {
            if let Some(count) = counts.get_mut(prefix.next_digit(candidate)) {
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
        let fits = |&candidate: &Ranked<H>| prefix.fits(candidate) && prefix.next_digit(candidate) == bucket;
        let example = losses.clone().find(fits)?;
        if counts.get(bucket) == Some(&1) {
            return Some(example);
        }
        prefix = Prefix { fixed: prefix.fixed + bytes, bytes, known: Some(example) };
    }
    prefix.known
}

/// The leading bytes that are settled, by an example that has them.
struct Prefix<H: RankKey> {
    fixed: u32,
    /// Number of bytes that a pass settles.
    bytes: u32,
    known: Option<Ranked<H>>,
}

impl<H: RankKey> Prefix<H> {
    #[inline(always)]
    fn fits(&self, candidate: Ranked<H>) -> bool {
        self.known.is_none_or(|known| known.same_bytes(candidate, self.fixed.min(H::BYTES)))
    }

    /// The next byte, or the next two; the byte after the last one is 0.
    #[inline(always)]
    fn next_digit(&self, candidate: Ranked<H>) -> usize {
        let next = usize::from(candidate.byte(self.fixed));
        if self.bytes == 1 {
            return next;
        }
        let after = if self.fixed + 1 < H::BYTES { candidate.byte(self.fixed + 1) } else { 0 };
        next << 8 | usize::from(after)
    }
}
