//! Vecs that grow once, lent to core's mining.

use num_traits::Zero;
use ohem_core::admit::{BLOCK_FLOATS, BLOCK_LINKS, COLUMNS, SpatialHashStorage};
use ohem_core::mine::Memory;
use ohem_core::rank::CandidateBuffer;
use ohem_core::{Float, RankKey, Ranked};

/// From batches of so many on, an index of the boxes admitted is of use.
const MIN_BATCH_FOR_INDEX: usize = 512;

/// What mining needs, kept from step to step.
#[derive(Debug)]
pub(crate) struct Owned<F, H: RankKey> {
    window: Vec<Ranked<H>>,
    columns: Vec<F>,
    heads: Vec<u32>,
    blocks: Vec<F>,
    links: Vec<u32>,
    selected: Vec<u32>,
}

impl<F: Float, H: RankKey> Owned<F, H> {
    pub(crate) const fn new() -> Self {
        Self {
            window: Vec::new(),
            columns: Vec::new(),
            heads: Vec::new(),
            blocks: Vec::new(),
            links: Vec::new(),
            selected: Vec::new(),
        }
    }

    /// Lends memory for the selection of `capacity` RoIs.
    pub(crate) fn lend(
        &mut self,
        capacity: usize,
    ) -> Memory<'_, F, GrowingBuffer<'_, H>, SpatialHashStorage<'_, F>> {
        grow(&mut self.columns, capacity.saturating_mul(COLUMNS));
        if capacity >= MIN_BATCH_FOR_INDEX {
            grow(&mut self.heads, capacity.next_power_of_two());
            grow(&mut self.blocks, capacity.saturating_mul(BLOCK_FLOATS));
            grow(&mut self.links, capacity.saturating_mul(BLOCK_LINKS));
        }
        grow(&mut self.selected, capacity);
        let grid =
            SpatialHashStorage { heads: &mut self.heads, floats: &mut self.blocks, links: &mut self.links };
        Memory::new(GrowingBuffer(&mut self.window), &mut self.columns, &mut self.selected).with_index(grid)
    }

    /// Lends memory for the selection of `capacity` RoIs whose boxes do not matter.
    pub(crate) fn lend_without_nms(&mut self, capacity: usize) -> Memory<'_, F, GrowingBuffer<'_, H>> {
        grow(&mut self.selected, capacity);
        Memory::without_nms(GrowingBuffer(&mut self.window), &mut self.selected)
    }
}

/// Makes memory at least so large. Fresh zeros come from the system untouched: what is not used costs nothing.
fn grow<T: Clone + Zero>(memory: &mut Vec<T>, len: usize) {
    if memory.len() < len {
        *memory = vec![T::zero(); len];
    }
}

/// A window that grows as it is asked to.
#[derive(Debug)]
pub(crate) struct GrowingBuffer<'a, H: RankKey>(&'a mut Vec<Ranked<H>>);

impl<H: RankKey> CandidateBuffer<H> for GrowingBuffer<'_, H> {
    #[inline]
    fn lend(&mut self, wanted: usize) -> &mut [Ranked<H>] {
        self.0.resize(wanted.max(self.0.len()), Ranked::PLACEHOLDER);
        &mut self.0[..wanted]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_large_batches_take_memory_for_an_index() {
        let mut owned = Owned::<f32, f32>::new();
        owned.lend(MIN_BATCH_FOR_INDEX - 1);
        assert_eq!((owned.heads.len(), owned.blocks.len(), owned.links.len()), (0, 0, 0));
        owned.lend(MIN_BATCH_FOR_INDEX);
        assert!(
            owned.heads.len() >= MIN_BATCH_FOR_INDEX && !owned.blocks.is_empty() && !owned.links.is_empty()
        );
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
