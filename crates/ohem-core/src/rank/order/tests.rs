//! Order, and what it costs.

extern crate std;
use super::*;
use core::cell::RefCell;
use core::cmp::Ordering;
use std::vec::Vec;

/// Orders that are hard on a naive quicksort.
fn patterns(n: u32) -> [Vec<u32>; 5] {
    let scattered = (0..n).map(|i| i.wrapping_mul(2_654_435_761)).collect();
    let organ_pipe = (0..n).map(|i| if i < n / 2 { 2 * i } else { 2 * (n - i) + 1 }).collect();
    let saw = (0..n).map(|i| (i % 7) * n + i).collect();
    [(0..n).collect(), (0..n).rev().collect(), scattered, organ_pipe, saw]
}

#[test]
fn every_item_is_selected() {
    for items in [0, 1, 2, 15, 16, 17, 40, 300].into_iter().flat_map(patterns) {
        let mut want = items.clone();
        want.sort_unstable();
        for nth in (0..items.len()).step_by(7) {
            let mut got = items.clone();
            select_nth(&mut got, nth, |item| item);
            assert_eq!(got[nth], want[nth]);
            assert!(got[..nth].iter().all(|&item| item < want[nth]));
        }
    }
}

#[test]
fn lazy_sorting_hands_out_everything_in_order() {
    for mut items in [0, 1, 16, 17, 40, 1_000, 5_000].into_iter().flat_map(patterns) {
        let mut want = items.clone();
        want.sort_unstable();
        let mut sort = LazySort::new(items.len());
        let got: Vec<_> = core::iter::from_fn(|| sort.next(&mut items, |item| item)).collect();
        assert_eq!(got, want);
        assert_eq!(sort.next(&mut items, |item| item), None);
    }
}

#[test]
fn bad_pivots_fall_back_to_heapsort() {
    for budget in [0, 1, 501, 900] {
        for mut items in patterns(500) {
            let mut want = items.clone();
            want.sort_unstable();
            let mut sort = LazySort { budget, ..LazySort::new(500) };
            let got: Vec<_> = core::iter::from_fn(|| sort.next(&mut items, |item| item)).collect();
            assert_eq!(got, want);
        }
    }
}

#[test]
fn a_heap_selects_where_partitioning_did_badly() {
    for items in [1, 2, 17, 300].into_iter().flat_map(patterns) {
        let mut want = items.clone();
        want.sort_unstable();
        for nth in (0..items.len()).step_by(5) {
            let mut got = items.clone();
            heapsort(&mut got, nth, |item| item);
            assert_eq!(got[nth..], want[nth..]);
            assert!(got[..nth].iter().all(|&item| item < want[nth]));
        }
    }
}

#[test]
fn many_are_settled_without_comparing_each_with_each() {
    let asked = Cell::new(0_usize);
    let mut items: Vec<_> = (0..2_000_u32).rev().collect();
    settle(&mut items, 0, |item| {
        asked.set(asked.get() + 1);
        item
    });
    assert!(items.is_sorted());
    assert!(
        asked.get() < 4 * 2_000 * 11,
        "heapsort compares twice on each of 11 levels, not {} times",
        asked.get()
    );
}

/// McIlroy's adversary: it decides how items compare as late as it can, so that every pivot is a bad one.
struct Adversary {
    /// Ranks of the items; the number of items if a rank is not decided yet.
    places: RefCell<Vec<usize>>,
    decided: Cell<usize>,
    candidate: Cell<usize>,
    comparisons: Cell<usize>,
}

/// An item, as the adversary compares it.
#[derive(Clone, Copy)]
struct Item<'a>(usize, &'a Adversary);

impl Adversary {
    fn new(n: usize) -> Self {
        let places = RefCell::new([n].repeat(n));
        Self { places, decided: Cell::new(0), candidate: Cell::new(n), comparisons: Cell::new(0) }
    }

    fn is_open(&self, item: usize) -> bool {
        let places = self.places.borrow();
        places[item] == places.len()
    }

    fn decide(&self, item: usize) {
        self.places.borrow_mut()[item] = self.decided.get();
        self.decided.set(self.decided.get() + 1);
    }
}

impl Ord for Item<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, other, all) = (self.0, other.0, self.1);
        all.comparisons.set(all.comparisons.get() + 1);
        if all.is_open(one) && all.is_open(other) && one != other {
            all.decide(if one == all.candidate.get() { one } else { other });
        }
        let open = [one, other].into_iter().find(|&item| all.is_open(item));
        all.candidate.set(open.unwrap_or(all.candidate.get()));
        let places = all.places.borrow();
        places[one].cmp(&places[other])
    }
}

impl PartialOrd for Item<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Item<'_> {}

#[test]
fn no_order_of_the_items_makes_it_slow() {
    const N: usize = 2_000;
    let (sorting, selecting) = (Adversary::new(N), Adversary::new(N));
    let mut items: Vec<_> = (0..N).collect();
    sort(&mut items, |item| Item(item, &sorting));
    select_nth(&mut items, N / 2, |item| Item(item, &selecting));
    // With good pivots they are about 16 and 2.
    let [sorting, selecting] = [sorting, selecting].map(|all| all.comparisons.get() / N);
    assert!(sorting < 55 && selecting < 25, "{sorting} and {selecting} comparisons an item");
}

#[test]
fn an_item_takes_few_comparisons() {
    for (items, pattern) in patterns(4_096).into_iter().zip(0..) {
        let keys = Cell::new(0);
        let key = |item: u32| {
            keys.set(keys.get() + 1);
            item
        };
        let (mut half, mut first, mut all) = (items.clone(), items.clone(), items);
        select_nth(&mut half, 2_048, key);
        let selected = keys.take();
        LazySort::new(4_096).next(&mut first, key);
        let first = keys.take();
        sort(&mut all, key);
        let cost = [selected, first, keys.take()].map(|keys| keys / 4_096);
        assert!(cost.iter().zip([2, 2, 17]).all(|(&cost, most)| cost <= most), "{cost:?}, pattern {pattern}");
    }
}

#[test]
fn the_depth_is_a_logarithm() {
    assert_eq!([0, 1, 2, 255, 256, 1 << 20].map(depth), [0, 1, 2, 8, 9, 21]);
}

#[test]
fn the_pivot_is_a_median_of_three_or_nine() {
    let median_of = |places: &[usize], items: &[usize]| {
        let mut places: Vec<_> = places.to_vec();
        places.sort_by_key(|&place| items[place]);
        places[places.len() / 2]
    };
    let pivot_of = |len: usize, places: &[usize], shift: usize| {
        // All others are larger.
        let mut items: Vec<_> = (0..len).map(|item| item + 100).collect();
        for (rank, &place) in places.iter().enumerate() {
            items[place] = (rank * 4 + shift) % 9;
        }
        let medians: Vec<_> = places.chunks(3).map(|three| median_of(three, &items)).collect();
        assert_eq!(pivot(&items, |item| item), median_of(&medians, &items), "{len}, {items:?}");
    };
    for shift in 0..9 {
        pivot_of(40, &[0, 20, 35], shift);
        pivot_of(127, &[0, 60, 105], shift);
        pivot_of(128, &[0, 8, 16, 48, 56, 64, 96, 104, 112], shift);
        pivot_of(4_096, &[0, 256, 512, 1_536, 1_792, 2_048, 3_072, 3_328, 3_584], shift);
    }
}
