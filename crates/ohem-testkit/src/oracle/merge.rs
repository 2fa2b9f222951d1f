//! Steps that come in parts.

use super::{Nan, rank};

/// Merges parts, each a list of losses with the numbers of their RoIs, into the hardest `len` of all.
///
/// A NaN is harder than any other loss, as in a selection under [`Nan::First`]; equal losses go by number.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::merge;
///
/// assert_eq!(merge(&[vec![(0.9, 0), (0.2, 3)], vec![(0.5, 7), (0.2, 1)]], 3), [0, 7, 1]);
/// ```
pub fn merge<H: PartialOrd + Copy>(parts: &[Vec<(H, usize)>], len: usize) -> Vec<usize> {
    let mut all = parts.concat();
    all.sort_by_key(|&(_, number)| number);
    let losses: Vec<H> = all.iter().map(|&(loss, _)| loss).collect();
    let order = rank(&losses, Nan::First).expect("a NaN is first");
    order.into_iter().take(len).map(|at| all[at].1).collect()
}
