//! RoIs of a case, and memory to mine them.

use ohem_core::kernel::mine::{COLUMNS, SliceStorage, SpatialHashBlock, SpatialHashStorage};
use ohem_core::{BBox, InputError, MineConfig, NmsConfig, RankKey, Ranked, Rois, Suppress};

use super::input::{Cases, length};
use super::memory::{Arena, MemoryError};
use crate::registry::Real;

/// RoIs as slices.
type InColumns<'a, F> = Rois<&'a [BBox<F>], &'a [u32], &'a [u32]>;

/// RoIs, and how they are mined.
pub(super) struct Table<'a, F> {
    config: MineConfig,
    nms: NmsConfig,
    boxes: &'a [BBox<F>],
    images: &'a [u32],
    pub(super) labels: &'a [u32],
}

impl<'a, F: Real> Table<'a, F> {
    /// Reads all but the losses. Without images and labels, all RoIs are of one group.
    pub(super) fn read(cases: &mut Cases, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        let batch_size = length(cases.number().unwrap_or_default());
        let config = MineConfig::fast_rcnn().batch_size(batch_size);
        let nms = config.nms.unwrap_or(NmsConfig::new(0.7));
        let nms = nms.iou_threshold(cases.number().unwrap_or_default());
        let images = cases.keys(arena)?;
        let (boxes, labels) = (cases.boxes(arena)?, cases.keys(arena)?);
        if images.is_empty() && labels.is_empty() {
            let zeros = arena.lend(boxes.len())?;
            zeros.fill(0);
            return Ok(Self { config, nms, boxes, images: zeros, labels: zeros });
        }
        Ok(Self { config, nms, images, boxes, labels })
    }

    pub(super) fn rois(&self) -> Result<InColumns<'a, F>, InputError> {
        Rois::new(self.boxes, self.images, self.labels)
    }

    pub(super) fn batch_size(&self) -> usize {
        self.config.batch_size
    }

    /// With either side of the threshold suppressing, and without NMS.
    pub(super) fn configs(&self) -> [MineConfig; 3] {
        let Self { config, nms, .. } = self;
        [config.nms(*nms), config.nms(nms.suppress(Suppress::AtOrAbove)), config.without_nms()]
    }
}

/// Number of blocks of the spatial index: so few that it is full now and then.
const BLOCKS: usize = 16;

/// Memory of a spatial index that is lent.
type LentHash<'a, F> = SpatialHashStorage<'a, &'a mut [SpatialHashBlock<F>]>;

/// Memory for a selection of some RoIs.
pub(super) struct Buffers<'a, F, H: RankKey> {
    window: [Ranked<H>; 64],
    columns: &'a mut [F],
    heads: &'a mut [u32],
    blocks: [SpatialHashBlock<F>; BLOCKS],
    selected: &'a mut [u32],
}

impl<'a, F: Real, H: RankKey> Buffers<'a, F, H> {
    /// Takes memory for a selection, and for an index of it that will be full now and then.
    pub(super) fn new(capacity: usize, arena: &mut Arena<'a>) -> Result<Self, MemoryError> {
        Ok(Self {
            window: [Ranked::PLACEHOLDER; 64],
            columns: arena.lend(capacity * COLUMNS)?,
            heads: arena.lend(capacity)?,
            blocks: [SpatialHashBlock::PLACEHOLDER; BLOCKS],
            selected: arena.lend(capacity)?,
        })
    }

    pub(super) fn lend(&mut self) -> SliceStorage<'_, F, H, LentHash<'_, F>> {
        let index = SpatialHashStorage { heads: self.heads, blocks: &mut self.blocks[..], seed: 0 };
        SliceStorage::new(&mut self.window, self.columns, self.selected).with_index(index)
    }
}
