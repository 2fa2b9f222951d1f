//! The RoIs that were selected, and what can be said about them.

use crate::RankKey;
use crate::error::{InputError, LengthMismatch};
use crate::gather;

/// The hard RoIs, hardest first.
///
/// `I` holds their indices: a slice of the miner's memory, or a `Vec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection<I> {
    indices: I,
    total: usize,
    visited: usize,
    suppressed: usize,
    ignored: usize,
    is_partial: bool,
}

/// What a step of mining saw, for a training log.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Statistics<H> {
    /// How many RoIs there were.
    pub total: usize,
    /// How many were looked at.
    pub visited: usize,
    /// How many of those overlapped a harder one of their group.
    pub suppressed: usize,
    /// Number of RoIs passed over because they are ignored.
    pub ignored: usize,
    /// How many were selected.
    pub selected: usize,
    /// The loss of the easiest one selected.
    pub cut: Option<H>,
    /// Mean loss of those selected; NaN if there is none, or one of them is NaN.
    pub mean_selected: f64,
    /// Mean loss of all that are not NaN; NaN if there is none.
    pub mean_all: f64,
}

impl<I: AsRef<[u32]>> Selection<I> {
    #[doc(hidden)] // for the C interface, which holds selections in another layout
    pub fn new(indices: I, total: usize, visited: usize, ignored: usize) -> Self {
        let suppressed = visited.saturating_sub(indices.as_ref().len());
        Self { indices, total, visited, suppressed, ignored, is_partial: false }
    }
}

impl<I> Selection<I> {
    /// Notes whether a limit on the number of visits cut it short.
    pub(crate) fn partial(self, is_partial: bool) -> Self {
        Self { is_partial, ..self }
    }
}

impl<'a> Selection<&'a mut [u32]> {
    /// Gives up the right to change the indices.
    pub(crate) fn shared(self) -> Selection<&'a [u32]> {
        self.map(|indices| &*indices)
    }

    /// Drops some of the RoIs again, which then count as suppressed.
    pub(crate) fn narrow(self, narrow: impl FnOnce(&'a mut [u32]) -> &'a mut [u32]) -> Selection<&'a [u32]> {
        let Self { indices, total, visited, ignored, is_partial, .. } = self;
        Selection::new(&*narrow(indices), total, visited, ignored).partial(is_partial)
    }
}

impl<I> Selection<I> {
    /// Converts the container of the indices: `map(<[_]>::to_vec)` makes the selection own them.
    ///
    /// The counts of the step stay as they are, whatever the container holds.
    pub fn map<J>(self, convert: impl FnOnce(I) -> J) -> Selection<J> {
        let Self { indices, total, visited, suppressed, ignored, is_partial } = self;
        Selection { indices: convert(indices), total, visited, suppressed, ignored, is_partial }
    }
}

impl<I: AsRef<[u32]>> Selection<I> {
    /// The RoIs selected, hardest first.
    pub fn indices(&self) -> &[u32] {
        self.indices.as_ref()
    }

    /// The RoIs selected, as they are held.
    pub fn into_indices(self) -> I {
        self.indices
    }

    /// How many were selected.
    pub fn len(&self) -> usize {
        self.indices().len()
    }

    /// Whether no RoI was selected.
    pub fn is_empty(&self) -> bool {
        self.indices().is_empty()
    }

    /// How many RoIs there were.
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many were looked at: those as hard as the last one selected, or harder, and ranked at all.
    pub fn visited(&self) -> usize {
        self.visited
    }

    /// Number of visited RoIs that were not selected, because they overlapped a harder one of their group.
    ///
    /// RoIs that one of the [`rules`](crate::rules) rejected count, too.
    pub fn suppressed(&self) -> usize {
        self.suppressed
    }

    /// Number of RoIs that were met on the way and passed over, because their label or image says so.
    ///
    /// See [`Match::IGNORED`](crate::Match::IGNORED). Those that rank below the last one selected are not met.
    pub fn ignored(&self) -> usize {
        self.ignored
    }

    /// Whether every RoI was visited or ignored, so that a larger batch would select no more.
    ///
    /// A NaN that was skipped was not visited.
    pub fn is_complete(&self) -> bool {
        self.visited + self.ignored == self.total
    }

    /// Whether [`MineConfig::max_visited`](crate::MineConfig::max_visited) ended the step before the batch was full,
    /// although there were RoIs left to visit.
    pub fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// What the step saw; `losses` are those that were mined.
    ///
    /// O(n): it reads every loss once more, which mining itself does not add up.
    ///
    /// ```
    /// use ohem_core::{BBox, MineConfig, Miner, Rois};
    ///
    /// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 3];
    /// let losses = [0.5_f32, 2.0, 0.5];
    /// let mut miner = Miner::<f32, 8>::new(MineConfig::new(2))?;
    /// let statistics = miner.mine(&Rois::one_group(&boxes)?, &losses)?.statistics(&losses);
    /// assert_eq!((statistics.visited, statistics.suppressed, statistics.selected), (3, 2, 1));
    /// assert_eq!((statistics.cut, statistics.mean_selected, statistics.mean_all), (Some(2.0), 2.0, 1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statistics<H: RankKey>(&self, losses: &[H]) -> Statistics<H> {
        let loss = |&index: &u32| losses.get(index as usize).copied();
        Statistics {
            total: self.total,
            visited: self.visited,
            suppressed: self.suppressed,
            ignored: self.ignored,
            selected: self.len(),
            cut: self.indices().last().and_then(loss),
            mean_selected: mean(self.indices().iter().filter_map(loss)),
            mean_all: mean(losses.iter().copied().filter(|loss| !loss.is_nan_key())),
        }
    }

    /// Copies the rows of a table of `width` columns that were selected, hardest first. See [`gather::rows`].
    ///
    /// # Errors
    ///
    /// If `table` does not consist of whole rows, lacks a selected one, or `out` has the wrong length.
    pub fn gather<T: Copy>(&self, table: &[T], width: usize, out: &mut [T]) -> Result<(), InputError> {
        gather::rows(self.indices(), table, width, out)
    }

    /// Writes `true` for selected RoIs and `false` for all others. See [`gather::mask`].
    ///
    /// # Errors
    ///
    /// If `out` does not have one value for each RoI.
    pub fn mask(&self, out: &mut [bool]) -> Result<(), InputError> {
        self.weights(true, false, out)
    }

    /// Writes one weight for selected RoIs and another for all others. See [`gather::mask`].
    ///
    /// # Errors
    ///
    /// If `out` does not have one value for each RoI.
    pub fn weights<T: Copy>(&self, selected: T, rest: T, out: &mut [T]) -> Result<(), InputError> {
        LengthMismatch::check("weights", self.total, out.len())?;
        Ok(gather::mask(self.indices(), selected, rest, out)?)
    }
}

/// The mean of some losses, added up in `f64`.
fn mean<H: RankKey>(losses: impl Iterator<Item = H>) -> f64 {
    let (sum, count) = losses.fold((0.0, 0.0), |(sum, count), loss| (sum + loss.to_f64(), count + 1.0));
    sum / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_says_how_much_of_what_was_seen() {
        let selection = Selection::new([3_u32, 1], 5, 4, 0);
        assert_eq!((selection.indices(), selection.into_indices()), (&[3, 1][..], [3, 1]));
        assert_eq!((selection.len(), selection.total(), selection.visited()), (2, 5, 4));
        assert_eq!(
            (selection.suppressed(), selection.is_complete(), selection.is_empty()),
            (2, false, false)
        );
        let all = Selection::new([0_u32; 0], 5, 4, 1);
        assert_eq!((all.is_complete(), all.is_empty()), (true, true));
    }

    #[test]
    fn counts_stay_whatever_a_container_holds() {
        let selection = Selection::new([3_u32, 1], 5, 4, 1);
        for others in [&[][..], &[0; 9]] {
            let other = selection.map(|_| others);
            assert_eq!((other.total(), other.visited(), other.suppressed(), other.ignored()), (5, 4, 2, 1));
            assert_eq!((other.len(), other.is_complete()), (others.len(), true));
            assert_eq!(other.statistics(&[1.0_f32; 5]).suppressed, 2);
        }
    }

    #[test]
    fn a_selection_becomes_rows_masks_and_weights() {
        let selection = Selection::new([3_u32, 1], 4, 4, 0);
        let (mut rows, mut mask, mut weights) = ([9; 4], [true; 4], [9.0; 4]);
        selection.gather(&[0, 0, 10, 11, 20, 21, 30, 31], 2, &mut rows).unwrap();
        selection.mask(&mut mask).unwrap();
        selection.weights(0.5, 0.0, &mut weights).unwrap();
        assert_eq!(rows, [30, 31, 10, 11]);
        assert_eq!((mask, weights), ([false, true, false, true], [0.0, 0.5, 0.0, 0.5]));
        let length = Err(LengthMismatch { what: "weights", expected: 4, actual: 5 }.into());
        assert_eq!((selection.mask(&mut [true; 5]), selection.weights(1, 0, &mut [9; 5])), (length, length));
    }

    #[test]
    fn statistics_are_of_the_losses_that_were_mined() {
        let losses = [0.5_f32, 2.0, f32::NAN, 4.0, 1.5];
        let statistics = Selection::new([3_u32, 1], 5, 3, 0).statistics(&losses);
        let want = Statistics {
            total: 5,
            visited: 3,
            suppressed: 1,
            ignored: 0,
            selected: 2,
            cut: Some(2.0),
            mean_selected: 3.0,
            mean_all: 2.0,
        };
        assert_eq!(statistics, want);
        assert!(Selection::new([0_u32; 0], 5, 3, 0).statistics(&losses).mean_selected.is_nan());
    }
}
