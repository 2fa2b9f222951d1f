//! RoIs of a case, and memory to mine them.

use ohem_core::admit::{BLOCK_FLOATS, BLOCK_LINKS, COLUMNS, SpatialHashStorage};
use ohem_core::mine::Memory;
use ohem_core::rank::FixedBuffer;
use ohem_core::{BBox, Float, MineConfig, RankKey, Ranked, Rois, RoisError, Suppress};

use crate::input::{Cases, length};
use crate::memory::{Arena, MemoryError};

/// RoIs, and how they are mined.
pub(crate) struct Table<'a, F> {
    config: MineConfig,
    boxes: &'a [BBox<F>],
    images: &'a [u32],
    pub(crate) labels: &'a [u32],
}

impl<'a, F: Float> Table<'a, F> {
    /// Reads all but the losses.
    pub(crate) fn read(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        let batch_size = length(cases.number().unwrap_or_default());
        let config = MineConfig::fast_rcnn().batch_size(batch_size);
        let config = config.nms_threshold(cases.number().unwrap_or_default());
        let images = cases.keys(arena)?;
        Ok(Self { config, images, boxes: cases.boxes(arena)?, labels: cases.keys(arena)? })
    }

    /// The RoIs; where they have no images and labels, all of one group.
    pub(crate) fn rois(&self) -> Result<Rois<'a, F>, RoisError> {
        match self {
            Self { boxes, images: [], labels: [], .. } => Rois::one_group(boxes),
            Self { boxes, images, labels, .. } => Rois::new(boxes, images, labels),
        }
    }

    pub(crate) fn batch_size(&self) -> usize {
        self.config.batch_size
    }

    /// With either side of the threshold suppressing, and without NMS.
    pub(crate) fn configs(&self) -> [MineConfig; 3] {
        [self.config, self.config.suppress(Suppress::AtOrAbove), self.config.without_nms()]
    }
}

/// Memory for a selection of so many RoIs.
pub(crate) struct Room<'a, F, H: RankKey> {
    window: [Ranked<H>; 64],
    columns: &'a mut [F],
    heads: &'a mut [u32],
    blocks: &'a mut [F],
    links: &'a mut [u32],
    selected: &'a mut [u32],
}

impl<'a, F: Float, H: RankKey> Room<'a, F, H> {
    /// Takes memory for a selection, and for an index of it that will be full now and then.
    pub(crate) fn new(capacity: usize, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        let blocks = capacity / 8;
        Ok(Self {
            window: [Ranked::PLACEHOLDER; 64],
            columns: arena.lend(capacity * COLUMNS)?,
            heads: arena.lend(capacity)?,
            blocks: arena.lend(blocks * BLOCK_FLOATS)?,
            links: arena.lend(blocks * BLOCK_LINKS)?,
            selected: arena.lend(capacity)?,
        })
    }

    pub(crate) fn lend(&mut self) -> Memory<'_, F, FixedBuffer<'_, H>, SpatialHashStorage<'_, F>> {
        let grid = SpatialHashStorage { heads: self.heads, floats: self.blocks, links: self.links };
        Memory::new(FixedBuffer(&mut self.window), self.columns, self.selected).with_index(grid)
    }
}
