//! What a rule selects and suppresses.

use core::cmp::Ordering;
use core::time::Duration;

use ohem_std::{Float, NanPolicy, RankKey, Ranked, Statistics};

/// What a rule selects and suppresses.
pub(super) struct Hard {
    /// The selected rows, hardest first.
    pub(super) selected: Vec<u32>,
    /// Number of RoIs visited, hardest first, if the rule does that.
    pub(super) visited: Option<usize>,
    /// The suppressed rows.
    pub(super) suppressed: Vec<u32>,
    pub(super) means: Means,
    /// Time of mining itself.
    pub(super) time: Duration,
}

/// Mean losses; `None` where there are no losses.
pub(super) struct Means {
    /// Of all losses that are not NaN.
    pub(super) all: Option<f64>,
    /// Of the selected RoIs.
    pub(super) selected: Option<f64>,
}

impl Means {
    /// Takes the means of a selection over the whole table, whose `losses` these are.
    pub(super) fn of<F: Float>(statistics: &Statistics<F>, losses: &[F]) -> Self {
        // A mean of no losses is NaN, but so is the mean of infinities of both signs.
        let has_losses = losses.iter().any(|loss| !loss.is_nan());
        Self {
            all: has_losses.then_some(statistics.mean_all),
            selected: (statistics.selected > 0).then_some(statistics.mean_selected),
        }
    }

    /// Computes the means where several selections make up that of the table.
    pub(super) fn compute<F: Float>(losses: &[F], selected: &[u32]) -> Self {
        Self {
            all: mean(losses.iter().copied().filter(|loss| !loss.is_nan())),
            selected: mean(selected.iter().map(|&index| losses[index as usize])),
        }
    }
}

fn mean<F: Float>(losses: impl Iterator<Item = F>) -> Option<f64> {
    let (sum, count) =
        losses.fold((0.0, 0.0), |(sum, count), loss| (sum + RankKey::to_f64(loss), count + 1.0));
    (count > 0.0).then_some(sum / count)
}

/// Finds the RoIs that were visited but not selected, without ranking them again. O(n).
///
/// Mining visits the RoIs that take part hardest first, and stops when the batch is full. If the batch was filled, the
/// visited RoIs are those that rank no lower than the last selected one, and otherwise all that are ranked.
pub(super) fn suppressed<F: Float>(
    losses: &[F],
    selected: &[u32],
    batch_size: usize,
    nan: NanPolicy,
    takes_part: impl Fn(u32) -> bool,
) -> Vec<u32> {
    let rank = |index: u32| Ranked::new(losses[index as usize], index);
    let last_visited = match selected.last() {
        None if batch_size == 0 => return Vec::new(),
        Some(&last) if selected.len() == batch_size => Some(last),
        _ => None,
    };
    let mut is_selected = vec![false; losses.len()];
    selected.iter().for_each(|&index| is_selected[index as usize] = true);
    let is_suppressed = |&(index, &loss): &(u32, &F)| {
        let is_ranked = nan != NanPolicy::Skip || !loss.is_nan();
        let is_visited = is_ranked && last_visited.is_none_or(|last| rank(index) <= rank(last));
        is_visited && !is_selected[index as usize] && takes_part(index)
    };
    // Nearly all RoIs are easier than the last visited one: one comparison is enough for them.
    let least = last_visited.map(|last| losses[last as usize]);
    let may_be_visited =
        |(_, loss): &(u32, &F)| least.is_none_or(|least| loss.partial_cmp(&&least) != Some(Ordering::Less));
    (0..).zip(losses).filter(may_be_visited).filter(is_suppressed).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOSSES: [f32; 6] = [1.0, f32::NAN, 3.0, 2.0, 2.0, 0.5];

    #[test]
    fn a_full_batch_has_visited_down_to_its_last_roi() {
        let found = |selected: &[u32], nan| suppressed(&LOSSES, selected, selected.len(), nan, |_| true);
        assert_eq!(found(&[2, 4], NanPolicy::Skip), [3]); // an equal loss, but a lower index
        assert_eq!(found(&[2, 3], NanPolicy::Skip), [0; 0]);
        assert_eq!(found(&[2, 3], NanPolicy::First), [1]);
        assert_eq!(found(&[], NanPolicy::First), [0; 0]);
    }

    #[test]
    fn a_batch_that_is_not_full_has_visited_all_that_take_part() {
        let found = |nan| suppressed(&LOSSES, &[2], 9, nan, |index| index != 5);
        assert_eq!((found(NanPolicy::Skip), found(NanPolicy::First)), (vec![0, 3, 4], vec![0, 1, 3, 4]));
    }

    #[test]
    fn means_without_losses_are_none() {
        let Means { all, selected } = Means::compute(&LOSSES, &[3, 0]);
        assert_eq!((all, selected), (Some(1.7), Some(1.5)));
        let none = Means::compute(&[f32::NAN], &[]);
        assert_eq!((none.all, none.selected), (None, None));
        let statistics = statistics_of_all(&[f32::NAN; 2]);
        let none = Means::of(&statistics, &[f32::NAN; 2]);
        assert_eq!((none.all, none.selected), (None, None));
        let opposite = [f32::INFINITY, f32::NEG_INFINITY];
        let of = Means::of(&statistics_of_all(&opposite), &opposite);
        assert!(of.all.is_some_and(f64::is_nan) && of.selected.is_some_and(f64::is_nan));
    }

    /// Statistics of a selection of all RoIs whose loss is not NaN.
    fn statistics_of_all(losses: &[f32]) -> Statistics<f32> {
        let images = vec![0; losses.len()];
        let mut storage = ohem_std::VecStorage::<f32>::new();
        let (quota, nan) = (losses.len(), NanPolicy::Skip);
        ohem_std::rules::rfcn(&images, losses, quota, nan, &mut storage).unwrap().statistics(losses)
    }
}
