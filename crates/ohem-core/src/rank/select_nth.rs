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
    mut nth: usize,
) -> Option<Ranked<H>> {
    let mut prefix = Prefix { fixed: 0, known: None };
    for _ in 0..H::BYTES {
        let mut counts = [0_usize; 256];
        for candidate in losses.clone().filter(|&candidate| prefix.fits(candidate)) {
            if let Some(count) = counts.get_mut(usize::from(prefix.next_byte(candidate))) {
                *count += 1;
            }
        }
        // The byte in whose bucket the wanted one lies.
        let bucket = counts.iter().position(|&count| match nth.checked_sub(count) {
            Some(rest) => {
                nth = rest;
                false
            }
            None => true,
        })?;
        let fits = |&candidate: &Ranked<H>| {
            prefix.fits(candidate) && usize::from(prefix.next_byte(candidate)) == bucket
        };
        let example = losses.clone().find(fits)?;
        if counts.get(bucket) == Some(&1) {
            return Some(example);
        }
        prefix = Prefix { fixed: prefix.fixed + 1, known: Some(example) };
    }
    prefix.known
}

/// The leading bytes that are settled, by an example that has them.
struct Prefix<H: RankKey> {
    fixed: u32,
    known: Option<Ranked<H>>,
}

impl<H: RankKey> Prefix<H> {
    #[inline(always)]
    fn fits(&self, candidate: Ranked<H>) -> bool {
        self.known.is_none_or(|known| known.same_bytes(candidate, self.fixed))
    }

    #[inline(always)]
    fn next_byte(&self, candidate: Ranked<H>) -> u8 {
        candidate.byte(self.fixed)
    }
}
