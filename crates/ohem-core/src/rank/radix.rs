//! Ranks many losses at once: two passes of a radix sort, or one for a few hundred, through memory that is lent.
//!
//! The passes sort by the 22 bits below the highest in which any two losses differ: first by the lower 11, then by the
//! upper 11, each time to the other memory and back (Knuth, *The Art of Computer Programming* 3, 5.2.5). An insertion
//! sort settles those that are closer, and a sort by comparisons those that would take it too long. So an adversary can
//! make it little worse than that sort.

use core::convert;

use crate::rank::order;
use crate::{RankKey, Ranked};

/// Number of values of a digit, at most.
const VALUES: usize = 2048;

/// Number of candidates from which the passes pay off.
pub(super) const MIN_LEN: usize = if cfg!(fuzzing) { 8 } else { 512 };

/// Number of candidates from which digits are as long as they may be: to clear a count for each value takes time, too.
const MIN_LEN_FOR_LONG_DIGITS: usize = 4096;

/// Values of the digit of a single pass.
const FEW_VALUES: usize = 256;

/// For how many candidates a single pass pays off, and does better than two.
pub(super) const FEW: core::ops::RangeInclusive<usize> = if cfg!(fuzzing) { 2..=8 } else { 48..=768 };

/// Mean number of candidates that share the digit of one, up to which a single pass pays off.
const PAIRS: usize = 6;

/// Mean number of moves of a candidate from which another sort is faster than an insertion sort.
const MOVES: usize = 4;

/// Sorts candidates, hardest first; O(n) if the losses are spread, O(n log n) at worst.
///
/// `other` is at least as long as the candidates: memory for one pass.
pub(super) fn sort<H: RankKey>(candidates: &mut [Ranked<H>], other: &mut [Ranked<H>]) {
    let (Some(&least), Some(&most)) = (candidates.iter().min(), candidates.iter().max()) else { return };
    let Some(other) = other.get_mut(..candidates.len()) else {
        return order::sort(candidates, convert::identity);
    };
    let values = if candidates.len() < MIN_LEN_FOR_LONG_DIGITS { 256 } else { VALUES };
    let shift = least.bits_to(most).saturating_sub(2 * values.ilog2());
    let lower = |candidate: Ranked<H>| candidate.steps_from(least, shift) % values;
    let upper = |candidate: Ranked<H>| candidate.steps_from(least, shift) / values;
    let mut places = [[0_u32; VALUES]; 2];
    let [lower_places, upper_places] = &mut places;
    for &candidate in &*candidates {
        count(lower_places, lower(candidate));
        count(upper_places, upper(candidate));
    }
    distribute(candidates, other, lower_places, lower);
    distribute(other, candidates, upper_places, upper);
    if !insertion_sort(candidates) {
        order::sort(candidates, convert::identity);
    }
}

/// The same for a few hundred candidates: in one pass, and a copy back.
///
/// Does nothing and says so if the digit tells too few of them apart.
pub(super) fn sort_few<H: RankKey>(candidates: &mut [Ranked<H>], other: &mut [Ranked<H>]) -> bool {
    let (Some(&least), Some(&most)) = (candidates.iter().min(), candidates.iter().max()) else { return true };
    let Some(other) = other.get_mut(..candidates.len()) else { return false };
    let shift = least.bits_to(most).saturating_sub(FEW_VALUES.ilog2());
    let digit = |candidate: Ranked<H>| candidate.steps_from(least, shift) % FEW_VALUES;
    let mut places = [0; FEW_VALUES];
    for &candidate in &*candidates {
        count(&mut places, digit(candidate));
    }
    // An insertion sort compares about a quarter of the pairs that share a digit.
    let pairs: u32 = places.iter().map(|count| count.wrapping_mul(*count)).fold(0, u32::wrapping_add);
    if pairs as usize > PAIRS * candidates.len() {
        return false;
    }
    distribute(candidates, other, &mut places, digit);
    candidates.copy_from_slice(other);
    insertion_sort(candidates)
}

#[inline(always)]
fn count<const N: usize>(counts: &mut [u32; N], digit: usize) {
    if let Some(count) = counts.get_mut(digit) {
        *count += 1;
    }
}

/// Copies candidates in the order of one digit, of which `places` has counted each value.
#[inline(always)]
fn distribute<H: RankKey, const N: usize>(
    from: &[Ranked<H>],
    to: &mut [Ranked<H>],
    places: &mut [u32; N],
    digit: impl Fn(Ranked<H>) -> usize,
) {
    let mut start = 0;
    for place in &mut *places {
        let count = core::mem::replace(place, start);
        start += count;
    }
    for &candidate in from {
        if let Some(place) = places.get_mut(digit(candidate))
            && let Some(slot) = to.get_mut(*place as usize)
        {
            *slot = candidate;
            *place += 1;
        }
    }
}

/// Sorts candidates that are nearly sorted; gives up where that takes too many moves.
fn insertion_sort<H: RankKey>(candidates: &mut [Ranked<H>]) -> bool {
    let mut moves_left = candidates.len() * MOVES;
    let Some(&(mut last)) = candidates.first() else { return true };
    for at in 1..candidates.len() {
        let Some(&candidate) = candidates.get(at) else { return true };
        if candidate >= last {
            last = candidate;
            continue;
        }
        let mut to = at;
        while moves_left > 0
            && let Some(before) = to.checked_sub(1)
            && let Some(&other) = candidates.get(before).filter(|&&other| other > candidate)
        {
            if let Some(slot) = candidates.get_mut(to) {
                *slot = other;
            }
            to = before;
            moves_left -= 1;
        }
        if let Some(slot) = candidates.get_mut(to) {
            *slot = candidate;
        }
        if moves_left == 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn check<H: RankKey>(losses: impl IntoIterator<Item = H>) {
        let mut candidates: Vec<_> =
            losses.into_iter().zip(0..).map(|(loss, i)| Ranked::new(loss, i)).collect();
        let mut want = candidates.clone();
        want.sort_unstable();
        // Longer memory is used as far as it is needed; with less than that, all are sorted in place.
        let scattered = candidates.clone();
        for len in [candidates.len(), 2 * candidates.len() + 3, candidates.len() / 2] {
            candidates.clone_from(&scattered);
            sort(&mut candidates, &mut vec![Ranked::PLACEHOLDER; len]);
            assert_eq!(candidates, want);
        }
        let mut few = scattered.clone();
        if !sort_few(&mut few, &mut vec![Ranked::PLACEHOLDER; scattered.len()]) {
            few.sort_unstable(); // it has lost none
        }
        assert_eq!(few, want);
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
            check(scattered(n).map(|i| if i == 0 { f32::MAX } else { f32::from_bits(i >> 20) }));
        }
    }

    #[test]
    fn few_are_sorted_in_one_pass_if_a_digit_tells_them_apart() {
        let is_sorted = |losses: &[f32]| {
            let mut few: Vec<_> = losses.iter().zip(0..).map(|(&loss, i)| Ranked::new(loss, i)).collect();
            let has_sorted = sort_few(&mut few, &mut vec![Ranked::PLACEHOLDER; losses.len()]);
            assert!(!has_sorted || few.is_sorted());
            has_sorted
        };
        let scattered = |n: u16| (0..n).map(|i| f32::from(i.wrapping_mul(40_503)) + 1e4);
        let spread: Vec<f32> = scattered(300).collect();
        assert!(is_sorted(&spread) && is_sorted(&[0.5; 300]) && is_sorted(&[]));
        let with_outlier: Vec<f32> = scattered(300).chain([1e30]).collect();
        assert!(!is_sorted(&with_outlier));
        assert!(!sort_few(&mut [Ranked::new(0.0_f32, 1), Ranked::new(1.0, 0)], &mut [Ranked::PLACEHOLDER]));
    }

    #[test]
    fn a_sort_that_gives_up_has_lost_nothing() {
        let mut candidates: Vec<_> = (0..100).map(|i| Ranked::new(i, 0)).collect();
        assert!(!insertion_sort(&mut candidates));
        candidates.sort_unstable();
        assert!(candidates.iter().map(|candidate| candidate.key()).eq((0..100).rev()));
    }
}
