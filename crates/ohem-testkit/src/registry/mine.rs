//! Mining: in one call, step after step, over any storage, by a rule, and of RoIs in any layout.

mod by_rule;
mod integers;
mod layouts;
#[cfg(feature = "std")]
pub mod naive;
mod plain;
mod selection;
mod spatial;

pub use by_rule::MineBy;
pub use integers::MineIntegers;
pub use layouts::Layouts;
pub use plain::Mine;
pub use selection::Selected;
pub use spatial::Spatial;

use ohem_core::kernel::mine::{COLUMNS, SliceStorage, SpatialHashBlock, SpatialHashStorage};
use ohem_core::{MineConfig, RankKey, Ranked, Selection};

use super::table::{self, Table, each};
use super::{Column, MAX, Real, Source};

/// Capacity of fixed memory: some batches do not fit.
pub(super) const CAPACITY: usize = 48;

/// Candidates of fixed memory: few, so that many inputs take several passes.
pub(super) const WINDOW: usize = 24;

/// Makes a column shorter by one, or longer if it is empty.
pub(super) fn spoil<T: Default>(column: &mut Column<T>) {
    if column.pop().is_none() {
        let _ = column.push(T::default());
    }
}

/// A selection that does not borrow.
pub(super) fn owned(selection: Selection<&[u32]>) -> Selection<Column<u32>> {
    selection.map(|indices| each(indices, |&index| index))
}

/// RoIs, and how they are mined.
#[derive(Clone, Debug)]
pub struct Step {
    /// The RoIs.
    pub table: Table,
    /// How they are mined.
    pub config: MineConfig,
    /// How many candidates are lent: 2 or more.
    pub window: usize,
}

impl Step {
    /// Nasty RoIs; now and then one fault.
    pub(super) fn any(source: &mut Source<'_>) -> Self {
        let (mut table, fault) = (Table::any(source), source.below(32));
        let batch_size = if source.once_in(4) { source.below(CAPACITY + 4) } else { source.below(13) };
        // One fault is enough: which of two is named is not promised.
        let batch_size = if fault < 28 { batch_size } else { batch_size.min(CAPACITY) };
        let mut config = table::mine_config(source, batch_size);
        match fault {
            28 => spoil(&mut table.images),
            29 => spoil(&mut table.labels),
            30 => spoil(&mut table.losses),
            31 => config = config.nms(table::nms_config(source).iou_threshold(f64::NAN)),
            _ => {}
        }
        if source.once_in(6) {
            config = config.max_visited(source.below(MAX));
        }
        Self { table, config, window: 2 + source.below(MAX - 1) }
    }

    /// Whether the batch fits fixed memory.
    pub(super) fn fits(&self) -> bool {
        self.config.batch_size <= CAPACITY
    }

    /// Lends memory for a batch of the capacity, and for an index of it.
    pub(super) fn lend<F: Real, H: RankKey, T>(
        &self,
        work: impl FnOnce(SliceStorage<'_, F, H, spatial::LentHash<'_, F>>) -> T,
    ) -> T {
        // What it holds must not matter.
        let (mut candidates, mut selected) = ([Ranked::PLACEHOLDER; MAX], [7; CAPACITY]);
        let mut columns = [F::one(); CAPACITY * COLUMNS];
        let (mut heads, mut blocks) = ([7; 8], [SpatialHashBlock::PLACEHOLDER; 4]);
        let index = SpatialHashStorage { heads: &mut heads, blocks: &mut blocks[..], seed: 7 };
        let candidates = candidates.get_mut(..self.window).unwrap_or_default();
        work(SliceStorage::new(candidates, &mut columns, &mut selected).with_index(index))
    }
}
