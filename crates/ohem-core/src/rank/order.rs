//! Quickselect and incremental quicksort over keys that are all different.
//!
//! Every item has a key, by which items sort ascending. Partitioning is branch-free; a run of bad pivots
//! falls back to heapsort, so nothing here is worse than O(n log n). No index can be out of bounds, and
//! so no bounds check can panic.

use core::cell::Cell;
use core::mem;
use core::ops::Range;

use heapless::Vec;

/// Below this, a sorting network beats partitioning.
const SMALL: usize = 16;

/// Moves the item that sorts to place `nth` there, those before it to its left, the rest to its right.
///
/// Expected O(n), O(n log n) at worst.
pub(crate) fn select_nth<T: Copy, K: Ord>(mut items: &mut [T], mut nth: usize, key: impl Fn(T) -> K + Copy) {
    // Good pivots need less than 3 comparisons an item.
    let mut budget = items.len().saturating_mul(5);
    while items.len() > SMALL && budget >= items.len() {
        budget -= items.len();
        let middle = partition(items, key);
        let Some((before, after)) = split_around(items, middle) else { return };
        if nth < middle {
            items = before;
        } else if nth > middle {
            items = after;
            nth -= middle + 1;
        } else {
            return;
        }
    }
    settle(items, nth, key);
}

/// Sorts a slice from its front, only as far as items are asked for (incremental quicksort).
///
/// The first item costs O(n), each further one O(log n) amortised, all of them O(n log n).
pub(crate) struct LazySort {
    /// The next item to yield.
    next: usize,
    /// Items before this one are in their places.
    sorted: usize,
    /// Positions, nearest last, whose items are settled: smaller ones before them, larger ones behind.
    settled: Vec<u32, 16>,
    /// How many more items to move past pivots: what good pivots need, and as much again.
    budget: usize,
}

impl LazySort {
    /// Starts over, on `len` items.
    pub(crate) fn new(len: usize) -> Self {
        Self { next: 0, sorted: 0, settled: Vec::new(), budget: len.saturating_mul(3 * depth(len) as usize) }
    }

    /// Yields items that are sorted already.
    pub(crate) fn of_sorted(len: usize) -> Self {
        Self { sorted: len, ..Self::new(0) }
    }

    /// Whether it has yielded `len` items.
    #[inline(always)]
    pub(crate) fn is_at(&self, len: usize) -> bool {
        self.next == len
    }

    /// The range of the items that follow, as far as they are sorted.
    #[inline(always)]
    pub(crate) fn upcoming(&self) -> Range<usize> {
        self.next..self.sorted
    }

    /// The next smallest of the items; they must be the same slice at every call.
    #[inline]
    pub(crate) fn next<T: Copy, K: Ord>(
        &mut self,
        items: &mut [T],
        key: impl Fn(T) -> K + Copy,
    ) -> Option<T> {
        if self.next >= self.sorted {
            self.sort_some(items, key);
        }
        let item = items.get(self.next).copied();
        self.next += usize::from(item.is_some());
        item
    }

    /// Partitions towards the front until a segment is small, and sorts that.
    fn sort_some<T: Copy, K: Ord>(&mut self, items: &mut [T], key: impl Fn(T) -> K + Copy) {
        let mut end = self.settled.pop().map_or(items.len(), |end| end as usize);
        while let Some(segment) = items.get_mut(self.next..end)
            && segment.len() > SMALL
            && self.budget > 0
        {
            self.budget = self.budget.saturating_sub(segment.len());
            let middle = partition(segment, key);
            // Where there is no room, or no such number, the rest is sorted in another way.
            if u32::try_from(end).ok().and_then(|end| self.settled.push(end).ok()).is_none() {
                break;
            }
            end = self.next + middle;
        }
        if let Some(segment) = items.get_mut(self.next..end) {
            settle(segment, 0, key);
        }
        self.sorted = end + 1; // the settled item behind the segment is in its place, too
    }
}

/// Sorts all items; O(n log n).
pub(crate) fn sort<T: Copy, K: Ord>(items: &mut [T], key: impl Fn(T) -> K + Copy) {
    let mut sort = LazySort::new(items.len());
    while sort.next(items, key).is_some() {}
}

/// Sorts items that are few, or that partitioning did badly on; the many only from the `nth` on.
fn settle<T: Copy, K: Ord>(items: &mut [T], nth: usize, key: impl Fn(T) -> K + Copy) {
    if items.len() <= SMALL { sort_few(items, key) } else { heapsort(items, nth, key) }
}

/// About the depth of a balanced recursion over `len` items.
fn depth(len: usize) -> u32 {
    usize::BITS - len.leading_zeros()
}

/// The items before and behind one place.
fn split_around<T>(items: &mut [T], at: usize) -> Option<(&mut [T], &mut [T])> {
    let (before, from) = items.split_at_mut_checked(at)?;
    Some((before, from.split_first_mut()?.1))
}

/// Lets two items trade places, if both exist.
#[inline(always)]
pub(crate) fn swap<T: Copy>(items: &mut [T], a: usize, b: usize) {
    if let (Some(&one), Some(&other)) = (items.get(a), items.get(b)) {
        if let Some(slot) = items.get_mut(a) {
            *slot = other;
        }
        if let Some(slot) = items.get_mut(b) {
            *slot = one;
        }
    }
}

/// Whether the item at `a` sorts before the one at `b`; false if either does not exist.
#[inline(always)]
fn before<T: Copy, K: Ord>(items: &[T], a: usize, b: usize, key: impl Fn(T) -> K) -> bool {
    matches!((items.get(a), items.get(b)), (Some(&one), Some(&other)) if key(one) < key(other))
}

/// Picks a pivot and splits around it: smaller items before it, larger ones behind. Returns its place.
fn partition<T: Copy, K: Ord>(items: &mut [T], key: impl Fn(T) -> K + Copy) -> usize {
    swap(items, 0, pivot(items, key));
    let Some((first, rest)) = items.split_first_mut() else { return 0 };
    let (pivot, rest) = (key(*first), Cell::from_mut(rest).as_slice_of_cells());
    // Lomuto without branches: each item trades places with the first one known to be larger.
    let mut smaller = 0;
    for cell in rest {
        let item = cell.get();
        if let Some(larger) = rest.get(smaller) {
            cell.set(larger.replace(item));
        }
        smaller += usize::from(key(item) < pivot);
    }
    swap(items, 0, smaller);
    smaller
}

/// The place of a middling item: the median of three, or of three such medians.
fn pivot<T: Copy, K: Ord>(items: &[T], key: impl Fn(T) -> K + Copy) -> usize {
    let eighth = items.len() / 8;
    if eighth < SMALL {
        return median(items, [0, 4 * eighth, 7 * eighth], key);
    }
    let of_three = |at| median(items, [at, at + eighth / 2, at + eighth], key);
    median(items, [of_three(0), of_three(3 * eighth), of_three(6 * eighth)], key)
}

/// The place, of three, of the item between the others.
fn median<T: Copy, K: Ord>(items: &[T], [a, b, c]: [usize; 3], key: impl Fn(T) -> K + Copy) -> usize {
    let (low, high) = if before(items, a, b, key) { (a, b) } else { (b, a) };
    if before(items, c, low, key) {
        low
    } else if before(items, high, c, key) {
        high
    } else {
        c
    }
}

fn sort_few<T: Copy, K: Ord>(items: &mut [T], key: impl Fn(T) -> K + Copy) {
    let items = Cell::from_mut(items).as_slice_of_cells();
    for (end, cell) in items.iter().enumerate() {
        let (item, mut hole) = (cell.get(), cell);
        for larger in items.iter().take(end).rev().take_while(|cell| key(item) < key(cell.get())) {
            hole.set(larger.get());
            hole = larger;
        }
        hole.set(item);
    }
}

/// Moves the largest items to where they sort to, down to the `nth`; O(n + m log n) for m of them.
fn heapsort<T: Copy, K: Ord>(mut items: &mut [T], nth: usize, key: impl Fn(T) -> K + Copy) {
    for root in (0..items.len() / 2).rev() {
        sift_down(items, root, key);
    }
    while let Some(last) = items.len().checked_sub(1)
        && last >= nth.max(1)
    {
        swap(items, 0, last);
        let Some((_, rest)) = mem::take(&mut items).split_last_mut() else { return };
        items = rest;
        sift_down(items, 0, key);
    }
}

/// Restores the heap (largest item first) below a place whose item may be too small.
fn sift_down<T: Copy, K: Ord>(items: &mut [T], mut root: usize, key: impl Fn(T) -> K + Copy) {
    loop {
        let left = 2 * root + 1;
        let child = if before(items, left, left + 1, key) { left + 1 } else { left };
        if !before(items, root, child, key) {
            return;
        }
        swap(items, root, child);
        root = child;
    }
}

#[cfg(test)]
mod tests;
