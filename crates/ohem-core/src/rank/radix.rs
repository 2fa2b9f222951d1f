//! Ranks many losses at once, all of which are wanted: two rounds of a radix sort, in place.
//!
//! A round distributes candidates over 512 buckets, evenly spaced from the least packed loss to the largest, by swaps
//! (American flag sort; McIlroy, Bostic, McIlroy 1993). Buckets that are still large take another round; what remains
//! is sorted by comparisons. So an adversary can make it no worse than that sort.

use core::convert;

use crate::rank::order;
use crate::{RankKey, Ranked};

/// Number of buckets of a round.
const BUCKETS: usize = 512;

/// Number of candidates from which a round pays off.
pub(super) const MIN_LEN: usize = 512;

/// Sorts candidates, hardest first; O(n) if the losses are spread, O(n log n) at worst.
pub(super) fn sort<H: RankKey>(candidates: &mut [Ranked<H>]) {
    sort_in(candidates, 2);
}

/// Sorts candidates in at most `rounds` rounds.
fn sort_in<H: RankKey>(candidates: &mut [Ranked<H>], rounds: u32) {
    let (Some(&least), Some(&most)) = (candidates.iter().min(), candidates.iter().max()) else { return };
    if candidates.len() < MIN_LEN || rounds == 0 {
        return order::sort(candidates, convert::identity);
    }
    let shift = least.bits_to(most).saturating_sub(BUCKETS.ilog2());
    let bucket = |candidate: Ranked<H>| candidate.steps_from(least, shift).min(BUCKETS - 1);

    // Where each bucket ends; while they are filled, where its next candidate goes.
    let mut ends = [0_u32; BUCKETS];
    for &candidate in &*candidates {
        if let Some(count) = ends.get_mut(bucket(candidate)) {
            *count += 1;
        }
    }
    let (mut next, mut start) = ([0_u32; BUCKETS], 0);
    for (end, next) in ends.iter_mut().zip(&mut next) {
        *next = start;
        start += *end;
        *end = start;
    }
    for (of, &end) in ends.iter().enumerate() {
        fill(candidates, of, end, &mut next, bucket);
    }

    let mut start = 0;
    for end in ends {
        let one = candidates.get_mut(start as usize..end as usize).unwrap_or_default();
        match one.len() {
            0 | 1 => {}
            MIN_LEN.. => sort_in(one, rounds - 1),
            _ => order::sort(one, convert::identity),
        }
        start = end;
    }
}

/// Swaps candidates until those of one bucket are where they belong, up to its `end`.
fn fill<H: RankKey>(
    candidates: &mut [Ranked<H>],
    of: usize,
    end: u32,
    next: &mut [u32; BUCKETS],
    bucket: impl Fn(Ranked<H>) -> usize,
) {
    while let Some(&at) = next.get(of).filter(|&&at| at < end)
        && let Some(&(mut candidate)) = candidates.get(at as usize)
    {
        // Round the circle of those that take each other's place.
        loop {
            let wanted = bucket(candidate);
            let Some(place) = next.get_mut(wanted) else { return };
            let Some(slot) = candidates.get_mut(*place as usize) else { return };
            *place += 1;
            core::mem::swap(slot, &mut candidate);
            if wanted == of {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn check<H: RankKey>(losses: impl IntoIterator<Item = H>) {
        let mut candidates: Vec<_> =
            losses.into_iter().zip(0..).map(|(loss, i)| Ranked::new(loss, i)).collect();
        let mut want = candidates.clone();
        want.sort_unstable();
        sort(&mut candidates);
        assert_eq!(candidates, want);
    }

    #[test]
    fn all_are_sorted_however_they_are_spread() {
        let scattered = |n: u32| (0..n).map(|i| i.wrapping_mul(2_654_435_761));
        for n in [0, 1, 2, 511, 512, 513, 5_000, 70_000] {
            check(
                scattered(n)
                    .map(|bits| f32::from_bits(bits >> 1))
                    .map(|loss| if loss.is_nan() { 0.5 } else { loss }),
            );
            check(scattered(n).map(|i| f64::from(i) / 1e9 - 2.0));
            check((0..n).map(f64::from));
            check(scattered(n).map(u32::cast_signed));
            check(scattered(n).map(|i| (i % 7) as i8));
            check((0..n).map(|_| 0.5_f32));
            check(scattered(n).map(|i| if i % 100 == 0 { f32::MAX } else { f32::from_bits(i % 9) }));
        }
    }
}
