//! Mining: rank lazily, admit greedily, stop early.
//!
//! Greedy NMS keeps a RoI exactly when no kept RoI of its group that ranks above it overlaps it. So if RoIs are
//! visited once in their total order, the first `B` kept are the original's answer, in its order, and a RoI that
//! ranks below the last of them cannot change it. The original sorts everything, runs NMS on everything, and
//! throws all but `B` away.
//!
//! Cost: one scan of the losses, then (visited x selected) overlap tests in SIMD, typically tens of thousands
//! instead of millions; [`MinerOver::mine`](crate::kernel::mine::MinerOver::mine) states the worst case. Memory: the
//! boxes selected, and a buffer of candidates.

mod above;
mod mining;
mod visit;

pub use above::mine_above;
pub use mining::Mining;
pub(crate) use visit::visit;

use crate::error::MineError;
use crate::simd::Simd;
use crate::storage::Storage;
use crate::{MineConfig, RoiSource, Selection};

/// What a mining rule decides about the next hardest RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It takes no part, as if it did not exist.
    Ignore,
    /// It is visited, but not selected.
    Reject,
    /// It is selected unless it overlaps a harder one of its group that was.
    Consider,
}

/// Which RoIs take part in mining, on top of the batch size and suppression.
///
/// Mining asks about RoIs hardest first, reports to the rule which of them it selected, and ends when the batch or the
/// rule is full. Every rule of [`rules`](crate::rules) is one of these; a closure that decides is a rule, too.
///
/// ```
/// use ohem_core::{BBox, Decision, MineConfig, Miner, MiningRule, Rois};
///
/// /// At most one RoI of each label, whatever overlaps it.
/// struct OnePerLabel<'a> {
///     labels: &'a [u32],
///     taken: [bool; 10],
/// }
///
/// impl MiningRule for OnePerLabel<'_> {
///     fn consider(&mut self, roi: u32) -> Decision {
///         let label = self.labels[roi as usize] as usize;
///         if self.taken[label] { Decision::Reject } else { Decision::Consider }
///     }
///     fn selected(&mut self, roi: u32) {
///         self.taken[self.labels[roi as usize] as usize] = true;
///     }
/// }
///
/// let (boxes, labels) = ([BBox::new(0.0, 0.0, 9.0, 9.0); 4], [1, 1, 2, 2]);
/// let mut rule = OnePerLabel { labels: &labels, taken: [false; 10] };
/// let mut miner = Miner::<f32, 4>::new(MineConfig::new(4).without_nms())?;
/// let hard = miner.mine_by(&Rois::one_group(&boxes)?, &[0.5, 2.0, 1.0, 1.5], &mut rule)?;
/// assert_eq!(hard.indices(), [1, 3]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub trait MiningRule {
    /// Decides about the next hardest RoI.
    fn consider(&mut self, roi: u32) -> Decision;

    /// Learns that the RoI it considered last was selected: no selected RoI of its group overlaps it.
    fn selected(&mut self, roi: u32) {
        let _ = roi;
    }

    /// Whether no further RoI can be selected, so that mining may end.
    fn is_full(&self) -> bool {
        false
    }

    /// Whether mining may leave out asking about RoIs that a selected one suppresses.
    ///
    /// That is so if the rule never ignores a RoI, and its decisions depend on nothing but the RoI and those selected.
    /// Then mining ends early where many RoIs are suppressed and the window is small.
    fn is_pure(&self) -> bool {
        false
    }
}

impl<T: FnMut(u32) -> Decision> MiningRule for T {
    #[inline(always)]
    fn consider(&mut self, roi: u32) -> Decision {
        self(roi)
    }
}

/// The rule by which every RoI takes part.
#[derive(Clone, Copy, Debug, Default)]
pub struct All;

impl MiningRule for All {
    #[inline(always)]
    fn consider(&mut self, _: u32) -> Decision {
        Decision::Consider
    }

    #[inline(always)]
    fn is_pure(&self) -> bool {
        true
    }
}

/// Mines the hardest RoIs over any storage, on a chosen instruction set.
///
/// [`Miner::mine`](crate::Miner::mine) is the same over storage that it owns, and states the cost. Losses may be of
/// another type than boxes.
///
/// # Errors
///
/// If there is not a loss for each RoI, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), a label
/// or image that is visited is invalid under [`InvalidKey::Error`](crate::InvalidKey::Error), or the batch size
/// exceeds the storage's capacity.
pub fn mine<'m, R: RoiSource, T: Storage<Coordinate = R::Coordinate>, S: Simd>(
    simd: S,
    rois: &R,
    losses: &[T::Key],
    config: &MineConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    mine_by(simd, rois, losses, config, &mut All, storage)
}

/// Mines by a rule, over any storage, on a chosen instruction set.
///
/// # Errors
///
/// As [`mine`].
pub fn mine_by<'m, R: RoiSource, T: Storage<Coordinate = R::Coordinate>, M: MiningRule, S: Simd>(
    simd: S,
    rois: &R,
    losses: &[T::Key],
    config: &MineConfig,
    rule: &mut M,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    let resolved = config.resolve();
    let with_boxes = resolved.test::<R::Coordinate>().is_some();
    config.check(storage.capacity(with_boxes))?;
    let lent = storage.lend(config.batch_size.min(rois.len()), with_boxes);
    Ok(visit(simd, rois, losses, resolved, rule, lent)?.shared())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::simd::Portable;
    use crate::storage::SliceStorage;
    use crate::{BBox, ConfigError, Match, Ranked, Rois};
    use std::vec;
    use std::vec::Vec;

    /// Five boxes that lie apart.
    fn boxes() -> [BBox<f32>; 5] {
        [0.0, 20.0, 40.0, 60.0, 80.0].map(|x1| BBox::new(x1, 0.0_f32, x1 + 9.0, 9.0))
    }

    /// Mines them in storage of these lengths.
    fn mined(
        config: MineConfig,
        columns: usize,
        selected: usize,
        rule: &mut impl MiningRule,
    ) -> Result<(Vec<u32>, usize), MineError> {
        let (mut columns, mut selected) = (vec![0.0; columns], vec![0; selected]);
        let mut candidates = [Ranked::PLACEHOLDER; 5];
        let mut storage = SliceStorage::new(&mut candidates, &mut columns, &mut selected);
        let (boxes, losses) = (boxes(), [1.0, 5.0, 2.0, 4.0, 3.0]);
        let mined =
            mine_by(Portable, &Rois::one_group(&boxes).unwrap(), &losses, &config, rule, &mut storage)?;
        Ok((mined.indices().to_vec(), mined.visited()))
    }

    #[test]
    fn a_batch_takes_an_index_and_five_columns_a_roi() {
        let config = MineConfig::new(3);
        let refused =
            |capacity| Err(ConfigError::Capacity { what: "selected RoIs", needed: 3, capacity }.into());
        assert_eq!(mined(config, 15, 3, &mut All), Ok((vec![1, 3, 4], 3)));
        assert_eq!(mined(config, 14, 3, &mut All), refused(2));
        assert_eq!(mined(config, 15, 2, &mut All), refused(2));
        assert_eq!(mined(config.without_nms(), 0, 3, &mut All), Ok((vec![1, 3, 4], 3)));
        assert_eq!(mined(config.without_nms(), 0, 2, &mut All), refused(2));
    }

    /// Ignores RoI 1, rejects RoI 3, and is full after a number of RoIs.
    struct Scripted {
        full_after: usize,
        considered: usize,
        selected: Vec<u32>,
    }

    impl MiningRule for Scripted {
        fn consider(&mut self, roi: u32) -> Decision {
            self.considered += usize::from(roi != 1);
            match roi {
                1 => Decision::Ignore,
                3 => Decision::Reject,
                _ => Decision::Consider,
            }
        }
        fn selected(&mut self, roi: u32) {
            self.selected.push(roi);
        }
        fn is_full(&self) -> bool {
            self.considered == self.full_after
        }
    }

    #[test]
    fn a_rule_ends_mining_when_it_is_full_and_learns_what_was_selected() {
        for (full_after, want) in
            [(0, vec![]), (1, vec![]), (2, vec![4]), (3, vec![4, 2]), (9, vec![4, 2, 0])]
        {
            let mut rule = Scripted { full_after, considered: 0, selected: vec![] };
            let visited = full_after.min(4);
            assert_eq!(mined(MineConfig::new(5), 25, 5, &mut rule), Ok((want.clone(), visited)));
            assert_eq!(rule.selected, want);
        }
    }

    #[test]
    fn an_ignored_roi_neither_counts_nor_suppresses_and_an_invalid_key_ends_mining() {
        let boxes = [boxes()[0]; 3];
        let (mut candidates, mut columns, mut selected) = ([Ranked::PLACEHOLDER; 3], [0.0; 15], [0; 3]);
        let mut storage = SliceStorage::new(&mut candidates, &mut columns, &mut selected);
        let (labels, config) = ([Match::object(1), Match::IGNORED, Match::object(1)], MineConfig::new(3));
        let rois = Rois::by_label(&boxes, &labels).unwrap();
        let hard = mine(Portable, &rois, &[1.0, 3.0, 2.0], &config, &mut storage).unwrap();
        assert_eq!((hard.indices(), hard.visited(), hard.ignored()), (&[2][..], 2, 1));
        assert!(hard.is_complete());
        let rois = Rois::by_label(&boxes, &[1_i64, -1, 1]).unwrap();
        let error = mine(Portable, &rois, &[1.0, 3.0, 2.0], &config, &mut storage).unwrap_err();
        assert_eq!(error, rois.invalid_key(1).into());
        let hard = mine(Portable, &rois, &[1.0, 0.5, 2.0], &config.batch_size(1), &mut storage).unwrap();
        assert_eq!(hard.indices(), [2], "a key that is not visited is not read");
    }
}
