//! Losses and their indices packed into whole numbers, and what selects the smallest of these.

use core::cell::RefCell;
use std::collections::BinaryHeap;

use num_traits::{Bounded, Signed};
use ohem_std::Float;

/// A loss that packs with its index into a number, the hardest into the smallest.
///
/// For losses that are neither negative zero nor NaN, as all of these benches are.
pub(crate) trait Pack: Float + Bounded + Signed + Default + Into<f64> + Send + Sync {
    type Key: Ord + Copy;

    fn key(self, index: u32) -> Self::Key;
    fn index(key: Self::Key) -> u32;
}

impl Pack for f32 {
    type Key = u64;

    fn key(self, index: u32) -> u64 {
        let bits = self.to_bits();
        let ascending = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
        u64::from(!ascending) << 32 | u64::from(index)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low half is the index")]
    fn index(key: u64) -> u32 {
        key as u32
    }
}

impl Pack for f64 {
    type Key = u128;

    fn key(self, index: u32) -> u128 {
        let bits = self.to_bits();
        let ascending = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
        u128::from(!ascending) << 32 | u128::from(index)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low quarter is the index")]
    fn index(key: u128) -> u32 {
        key as u32
    }
}

/// Packs all, moves the smallest `k` to the front by `select`, and sorts these.
pub(crate) fn select<'a, F: Pack>(
    losses: &'a [F],
    k: usize,
    select: impl Fn(&mut [F::Key], usize) + 'a,
) -> impl Fn(&mut Vec<u32>) + 'a {
    let keys = RefCell::new(Vec::with_capacity(losses.len()));
    move |out| {
        let keys = &mut *keys.borrow_mut();
        pack_all(losses, keys);
        select(keys, k - 1);
        let hardest = &mut keys[..k];
        hardest.sort_unstable();
        out.clear();
        out.extend(hardest.iter().map(|&key| F::index(key)));
    }
}

/// Keeps the hardest `k` in a heap with the easiest of them on top; most losses are only compared with it.
pub(crate) fn heap<F: Pack>(losses: &[F], k: usize) -> impl Fn(&mut Vec<u32>) + '_ {
    move |out| {
        let first = &losses[..k];
        let mut heap: BinaryHeap<F::Key> = (0..).zip(first).map(|(index, loss)| loss.key(index)).collect();
        let easiest = |heap: &BinaryHeap<F::Key>| losses[F::index(*heap.peek().expect("k > 0")) as usize];
        let mut cut = easiest(&heap);
        for (index, &loss) in (0..).zip(losses).skip(first.len()) {
            if loss > cut {
                *heap.peek_mut().expect("k > 0") = loss.key(index);
                cut = easiest(&heap);
            }
        }
        out.clear();
        out.extend(heap.into_sorted_vec().into_iter().map(F::index));
    }
}

/// Packs all losses with their indices.
pub(crate) fn pack_all<F: Pack>(losses: &[F], keys: &mut Vec<F::Key>) {
    keys.clear();
    keys.extend((0..).zip(losses).map(|(index, loss)| loss.key(index)));
}
