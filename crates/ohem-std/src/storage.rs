//! The buffers that mining needs, in vectors that grow.

use core::hash::BuildHasher;
use std::hash::RandomState;
use std::sync::LazyLock;

use num_traits::Zero;
use ohem_core::kernel::mine::{BlockBuffer, COLUMNS, Lent, SpatialHashBlock, SpatialHashStorage};
use ohem_core::kernel::rank::CandidateBuffer;
use ohem_core::{Float, RankKey, Ranked, Storage};

use crate::memory::zeros;

/// Secret, so that no input can be made to crowd the spatial index. Results do not depend on it.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(()));

/// Batch size from which the spatial index pays off.
const MIN_BATCH_FOR_INDEX: usize = 512;

/// Storage that grows as it is asked to, and is kept from step to step.
///
/// [`Miner`](crate::Miner) holds one; the [`rules`](crate::rules) are given one. Any other
/// [`Storage`] serves as well.
///
/// ```
/// use ohem_std::{Match, VecStorage, rules};
///
/// let mut storage = VecStorage::<f32>::new();
/// let config = rules::MmdetConfig::new().num(3).pos_fraction(0.5);
/// let matches = [0, -1, -2, 1, -1].map(Match::from_signed);
/// for losses in [[1.0, 3.0, 9.0, 2.0, 4.0], [2.0, 3.0, 9.0, 1.0, 4.0]] {
///     let (positives, hard) = rules::mmdet(&losses, &matches, &config, &mut storage)?;
///     assert_eq!((positives, hard.len()), (1, 3));
/// }
/// # Ok::<(), ohem_std::MineError>(())
/// ```
#[derive(Clone, Debug)]
pub struct VecStorage<F, H: RankKey = F> {
    candidates: Vec<Ranked<H>>,
    columns: Vec<F>,
    heads: Vec<u32>,
    blocks: GrowingBlocks<F>,
    selected: Vec<u32>,
}

impl<F, H: RankKey> VecStorage<F, H> {
    /// Makes storage that has not grown yet.
    pub const fn new() -> Self {
        Self {
            candidates: Vec::new(),
            columns: Vec::new(),
            heads: Vec::new(),
            blocks: GrowingBlocks(Vec::new()),
            selected: Vec::new(),
        }
    }
}

impl<F, H: RankKey> Default for VecStorage<F, H> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F: Float, H: RankKey> Storage for VecStorage<F, H> {
    type Coordinate = F;
    type Key = H;
    type Candidates<'a>
        = GrowingBuffer<'a, H>
    where
        Self: 'a;
    type Index<'a>
        = SpatialHashStorage<'a, &'a mut GrowingBlocks<F>>
    where
        Self: 'a;

    fn capacity(&self, _: bool) -> usize {
        usize::MAX
    }

    fn lend(
        &mut self,
        batch_size: usize,
        with_boxes: bool,
    ) -> Lent<'_, F, GrowingBuffer<'_, H>, SpatialHashStorage<'_, &mut GrowingBlocks<F>>> {
        grow(&mut self.selected, batch_size);
        if with_boxes {
            grow(&mut self.columns, batch_size.saturating_mul(COLUMNS));
        }
        if with_boxes && batch_size >= MIN_BATCH_FOR_INDEX {
            // The index only saves time: without memory for it, boxes are compared one by one.
            let chains = batch_size.next_power_of_two() / 4;
            if self.heads.len() < chains {
                self.heads = zeros(chains);
            }
            let more = (batch_size / 4).saturating_sub(self.blocks.0.len());
            let _ = self.blocks.0.try_reserve(more);
        }
        Lent {
            candidates: GrowingBuffer(&mut self.candidates),
            columns: &mut self.columns,
            index: SpatialHashStorage { heads: &mut self.heads, blocks: &mut self.blocks, seed: *SEED },
            selected: &mut self.selected,
        }
    }
}

/// Grows a vector to at least `len`. Fresh zeros come from the system untouched: unused ones cost nothing.
fn grow<T: Clone + Zero>(memory: &mut Vec<T>, len: usize) {
    if memory.len() < len {
        *memory = vec![T::zero(); len];
    }
}

/// A buffer of candidates that grows as it is asked to.
#[derive(Debug)]
pub struct GrowingBuffer<'a, H: RankKey>(&'a mut Vec<Ranked<H>>);

impl<H: RankKey> CandidateBuffer<H> for GrowingBuffer<'_, H> {
    #[inline]
    fn lend(&mut self, target: usize) -> &mut [Ranked<H>] {
        self.0.resize(target.max(self.0.len()), Ranked::PLACEHOLDER);
        &mut self.0[..target]
    }
}

/// Blocks of a spatial hash, of which more are made as they are asked for.
#[derive(Clone, Debug)]
pub struct GrowingBlocks<F>(Vec<SpatialHashBlock<F>>);

impl<F: Float> BlockBuffer<F> for GrowingBlocks<F> {
    #[inline]
    fn blocks(&self) -> &[SpatialHashBlock<F>] {
        &self.0
    }

    #[inline]
    fn blocks_mut(&mut self) -> &mut [SpatialHashBlock<F>] {
        &mut self.0
    }

    #[inline]
    fn push(&mut self, used: usize, block: SpatialHashBlock<F>) -> bool {
        if let Some(slot) = self.0.get_mut(used) {
            *slot = block;
            return true;
        }
        let has_room = self.0.try_reserve(1).is_ok();
        if has_room {
            self.0.push(block);
        }
        has_room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_batches_take_memory_for_an_index() {
        let lens = |storage: &VecStorage<f32>| (storage.heads.len(), storage.blocks.0.len());
        let mut storage = VecStorage::<f32>::new();
        storage.lend(MIN_BATCH_FOR_INDEX - 1, true);
        assert_eq!(lens(&storage), (0, 0));
        storage.lend(MIN_BATCH_FOR_INDEX, false);
        assert_eq!(lens(&storage), (0, 0));
        storage.lend(MIN_BATCH_FOR_INDEX, true);
        assert!(storage.heads.len() >= MIN_BATCH_FOR_INDEX / 4);
        assert!((0..2).all(|used| storage.blocks.push(used, SpatialHashBlock::PLACEHOLDER)));
        assert!(storage.blocks.push(0, SpatialHashBlock::PLACEHOLDER));
        assert_eq!(storage.blocks.blocks().len(), 2, "the first is written again");
    }

    #[test]
    fn memory_that_suffices_stays_as_it_is() {
        let mut memory = vec![1_u32; 4];
        grow(&mut memory, 4);
        assert_eq!(memory, [1; 4]);
        grow(&mut memory, 5);
        assert_eq!(memory, [0; 5]);
    }
}
