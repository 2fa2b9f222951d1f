//! Mining: rank lazily, admit greedily, stop early.
//!
//! Greedy NMS keeps a RoI exactly when no kept RoI of its group that ranks above it overlaps it. So when
//! RoIs are visited once in their total order, the first `B` kept are the reference's answer, in its order,
//! and nothing that ranks below the last of them can change it. The reference sorts everything, runs NMS
//! on everything, and throws all but `B` away.
//!
//! Cost: one scan of the losses, then (visited x admitted) overlap tests in SIMD, typically tens of thousands
//! instead of millions. Memory: the boxes admitted, and a window of candidates.

use core::fmt;

use crate::admit::{Admitted, COLUMNS, IndexStorage, SpatialHashStorage};
use crate::config::Ready;
use crate::rank::{CandidateBuffer, HardestFirst, RankError};
use crate::simd::Simd;
use crate::{ConfigError, Float, MineConfig, RankKey, Rois, Selection};

/// Memory that is lent for mining.
///
/// How many RoIs can be selected is the length of `selected`, or a fifth ([`COLUMNS`]) of `columns` if that
/// is less; without NMS, `columns` may be empty. Nothing in it need be cleared.
#[derive(Debug)]
pub struct Memory<'a, F, W, I = ()> {
    /// Candidates of one pass over the losses: best about twice as many as will be visited.
    pub window: W,
    /// The boxes admitted.
    pub columns: &'a mut [F],
    /// Room for an index of them, for batches of thousands; `()` for none.
    pub index: I,
    /// The RoIs selected.
    pub selected: &'a mut [u32],
}

impl<'a, F, W> Memory<'a, F, W> {
    /// Memory for batches of up to hundreds, which need no index.
    pub fn new(window: W, columns: &'a mut [F], selected: &'a mut [u32]) -> Self {
        Self { window, columns, index: (), selected }
    }

    /// The same, with memory for an index of the boxes admitted.
    #[must_use]
    pub fn with_index(self, grid: SpatialHashStorage<'a, F>) -> Memory<'a, F, W, SpatialHashStorage<'a, F>> {
        let Self { window, columns, index: (), selected } = self;
        Memory { window, columns, index: grid, selected }
    }

    /// Memory for mining that suppresses nothing, and so keeps no boxes.
    pub fn without_nms(window: W, selected: &'a mut [u32]) -> Self {
        Self::new(window, &mut [], selected)
    }
}

impl<F, W, I> Memory<'_, F, W, I> {
    /// How many RoIs can be selected.
    fn capacity(&self, with_nms: bool) -> usize {
        let boxes = if with_nms { self.columns.len() / COLUMNS } else { usize::MAX };
        self.selected.len().min(boxes)
    }
}

/// Mines the hardest RoIs, in memory that is lent.
///
/// [`Miner::mine`](crate::Miner::mine) is the same over memory of its own. Losses may be of another type than
/// boxes. O(n) to find the hardest, and (visited x selected) overlap tests; every RoI is visited only if
/// nearly all of them suppress each other.
///
/// # Errors
///
/// If there are not as many losses as RoIs, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error),
/// or the memory is too small for the batch.
///
/// # Examples
///
/// ```
/// use ohem_core::{BBox, MineConfig, Ranked, Rois, mine, rank::FixedBuffer, simd::Portable};
///
/// let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
/// let rois = Rois::one_group(BBox::from_rows(&rows))?;
/// let (mut window, mut columns, mut selected) = ([Ranked::PLACEHOLDER; 8], [0.0_f64; 20], [0; 4]);
/// let memory = mine::Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
///
/// let losses = [3_i16, 20, 10]; // quantised
/// let config = MineConfig::fast_rcnn().batch_size(4);
/// assert_eq!(mine::mine(Portable, &rois, &losses, &config, memory)?.indices(), [1, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mine<'a, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    rois: &Rois<'_, F>,
    losses: &[H],
    config: &MineConfig,
    memory: Memory<'a, F, W, I>,
) -> Result<Selection<&'a [u32]>, MineError> {
    Ok(mine_by(simd, rois, losses, config, memory, all())?.map(|indices| &*indices))
}

/// What a mining rule does with the next hardest RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It takes no part.
    Ignore,
    /// It is looked at, but not selected.
    Reject,
    /// It is selected unless it overlaps a harder one of its group that was.
    Consider,
}

/// A mining rule: which RoIs take part, on top of batch and suppression.
pub(crate) struct Rule<T> {
    /// How many to look at, at the most.
    pub(crate) max_visited: usize,
    /// Asked about each RoI, hardest first.
    pub(crate) turn: T,
}

/// The rule by which every RoI takes part.
#[inline(always)]
pub(crate) fn all() -> Rule<impl FnMut(u32) -> Decision> {
    Rule { max_visited: usize::MAX, turn: |_| Decision::Consider }
}

/// Mines by a rule. Every rule of [`rules`](crate::rules) is this, with another turn.
pub(crate) fn mine_by<'a, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    rois: &Rois<'_, F>,
    losses: &[H],
    config: &MineConfig,
    memory: Memory<'a, F, W, I>,
    rule: Rule<impl FnMut(u32) -> Decision>,
) -> Result<Selection<&'a mut [u32]>, MineError> {
    let ready = config.ready();
    config.check(memory.capacity(ready.threshold.is_some()))?;
    mine_ready(simd, rois, losses, ready, memory, rule)
}

/// Mines by a rule, in memory that is known to be large enough.
#[inline(always)]
pub(crate) fn mine_ready<'a, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    rois: &Rois<'_, F>,
    losses: &[H],
    config: Ready<F>,
    memory: Memory<'a, F, W, I>,
    rule: Rule<impl FnMut(u32) -> Decision>,
) -> Result<Selection<&'a mut [u32]>, MineError> {
    if rois.len() != losses.len() {
        return Err(MineError::Losses { rois: rois.len(), losses: losses.len() });
    }
    simd.run(
        #[inline(always)]
        || visit(simd, rois, losses, config, memory, rule),
    )
}

/// Visits RoIs hardest first until the batch is full.
#[inline(always)]
fn visit<'a, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    rois: &Rois<'_, F>,
    losses: &[H],
    config: Ready<F>,
    memory: Memory<'a, F, W, I>,
    mut rule: Rule<impl FnMut(u32) -> Decision>,
) -> Result<Selection<&'a mut [u32]>, MineError> {
    let Memory { window, columns, index, selected } = memory;
    // A batch visits seldom more than twice its size.
    let expected = config.batch_size.saturating_mul(3);
    let mut hardest = HardestFirst::idle(simd, losses, config.nan, window, expected);
    hardest.start()?;
    let mut admitted = Admitted::new(columns, index, selected, config.threshold, config.convention);
    let mut visited = 0;
    while admitted.len() < config.batch_size
        && visited < rule.max_visited
        && let Some(next) = hardest.next()
    {
        let turn = (rule.turn)(next.index());
        visited += usize::from(turn != Decision::Ignore);
        if turn == Decision::Consider {
            admitted.admit::<S>(next.index(), rois);
        }
    }
    Ok(Selection::new(admitted.into_indices(), rois.len(), visited))
}

/// Why RoIs could not be mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MineError {
    /// There are not as many losses as RoIs.
    Losses {
        /// How many RoIs there are.
        rois: usize,
        /// How many losses there are.
        losses: usize,
    },
    /// The losses could not be ranked.
    Rank(RankError),
    /// The configuration does not go with the memory.
    Config(ConfigError),
}

impl From<RankError> for MineError {
    fn from(error: RankError) -> Self {
        Self::Rank(error)
    }
}

impl From<ConfigError> for MineError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl fmt::Display for MineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Losses { rois, losses } => write!(f, "{rois} RoIs, but {losses} losses"),
            Self::Rank(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for MineError {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::rank::FixedBuffer;
    use crate::simd::Portable;
    use crate::{BBox, Ranked};
    use std::vec;
    use std::vec::Vec;

    /// Mines five boxes that lie apart, in memory for so many columns and selected.
    fn mined(
        config: MineConfig,
        columns: usize,
        selected: usize,
        rule: Rule<impl FnMut(u32) -> Decision>,
    ) -> Result<(Vec<u32>, usize), MineError> {
        let boxes = [0.0, 20.0, 40.0, 60.0, 80.0].map(|x1| BBox::new(x1, 0.0_f32, x1 + 9.0, 9.0));
        let (mut columns, mut selected) = (vec![0.0; columns], vec![0; selected]);
        let mut window = [Ranked::PLACEHOLDER; 5];
        let memory = Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
        let losses = [1.0, 5.0, 2.0, 4.0, 3.0];
        let mined = mine_by(Portable, &Rois::one_group(&boxes).unwrap(), &losses, &config, memory, rule)?;
        Ok((mined.indices().to_vec(), mined.visited()))
    }

    #[test]
    fn a_batch_takes_an_index_and_five_columns_a_roi() {
        let config = MineConfig::new(3);
        let refused = |capacity| Err(ConfigError::BatchSize { batch_size: 3, capacity }.into());
        assert_eq!(mined(config, 15, 3, all()), Ok((vec![1, 3, 4], 3)));
        assert_eq!(mined(config, 14, 3, all()), refused(2));
        assert_eq!(mined(config, 15, 2, all()), refused(2));
        assert_eq!(mined(config.without_nms(), 0, 3, all()), Ok((vec![1, 3, 4], 3)));
        assert_eq!(mined(config.without_nms(), 0, 2, all()), refused(2));
    }

    #[test]
    fn a_rule_ends_after_the_most_it_visits_and_passing_is_no_visit() {
        let turns = |roi| match roi {
            1 => Decision::Ignore,
            3 => Decision::Reject,
            _ => Decision::Consider,
        };
        for (max_visited, want) in
            [(0, vec![]), (1, vec![]), (2, vec![4]), (3, vec![4, 2]), (9, vec![4, 2, 0])]
        {
            let rule = Rule { max_visited, turn: turns };
            assert_eq!(mined(MineConfig::new(5), 25, 5, rule), Ok((want, max_visited.min(4))));
        }
    }
}
