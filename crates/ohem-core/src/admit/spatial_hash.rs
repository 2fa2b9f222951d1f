//! A spatial hash of the admitted boxes, so that a new one is compared with a few of them.
//!
//! It is a hash table of chains, over lent memory: the cell of a box ([`OverlapBounds`]) and its group choose the
//! chain. Each link is a block of boxes in columns, as wide as a usual vector. Two cells that share a chain cost
//! time, never exactness: every candidate takes the whole test, and its group is compared.
//!
//! Boxes with an IoU below `t` of each other cannot crowd a cell, so a chain is short, and a box costs about the
//! same however many there are.

use super::overlap_bounds::OverlapBounds;
use super::overlap_test::{OverlapTest, Probe};
use super::spatial_index::SpatialIndex;
use crate::simd::{Lanes, Scalar, Simd};
use crate::{BBox, Float, Group, RoiSource};

/// Number of boxes in a block.
pub(super) const BLOCK: usize = 8;
/// Number of floats that a block takes: four corners of each box.
pub const BLOCK_FLOATS: usize = 4 * BLOCK;
/// Number of `u32` that a block takes: the index of each box, and the next block of the chain.
pub const BLOCK_LINKS: usize = BLOCK + 1;

/// Number of admitted boxes from which the index pays off; fewer are scanned faster.
pub(super) const MIN_BOXES_FOR_INDEX: usize = 256;

/// Marks an entry without a RoI.
const EMPTY: u32 = u32::MAX;

/// The first block of a chain and whether another one follows it, in one integer: links need seldom be read.
#[derive(Clone, Copy)]
struct ChainHead(u32);

impl ChainHead {
    /// No block.
    const NONE: Self = Self(u32::MAX);

    fn new(block: usize, next: Self) -> Option<Self> {
        let twice = u32::try_from(block).ok()?.checked_mul(2)?;
        Some(Self(twice | u32::from(!next.is_none()))).filter(|head| !head.is_none())
    }

    #[inline(always)]
    fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }

    /// The number of the block; out of range for [`ChainHead::NONE`].
    #[inline(always)]
    fn block(self) -> usize {
        (self.0 >> 1) as usize
    }

    #[inline(always)]
    fn is_last(self) -> bool {
        self.0 & 1 == 0
    }
}

/// Memory for a spatial hash of the admitted boxes, which makes suppression among thousands near-linear.
///
/// A block holds up to 8 boxes of similar size and position; as many blocks as RoIs can be selected are always
/// enough, and unused ones are never touched. Boxes that find no room are scanned. Nothing in it need be cleared.
///
/// The hash is used for thresholds of at least 0.2: below, overlapping boxes differ too much to share cells, and
/// few boxes survive in any case.
#[derive(Debug, Default)]
pub struct SpatialHashStorage<'a, F> {
    /// The table of chains: best about as many as RoIs can be selected. A power of two of them is used.
    pub heads: &'a mut [u32],
    /// [`BLOCK_FLOATS`] for each block.
    pub floats: &'a mut [F],
    /// [`BLOCK_LINKS`] for each block.
    pub links: &'a mut [u32],
}

/// Corners of boxes in one bin, in columns.
pub(super) type Block<F> = [[F; BLOCK]; 4];

/// The index itself.
#[allow(missing_debug_implementations, reason = "no caller ever holds one")]
pub struct SpatialHash<'a, F> {
    bounds: OverlapBounds<F>,
    /// The first block of each chain.
    heads: &'a mut [u32],
    /// Shift that turns a hash into the number of a chain.
    shift: u32,
    blocks: &'a mut [Block<F>],
    /// Indices of the boxes of a block, then the block that follows in the chain.
    links: &'a mut [[u32; BLOCK_LINKS]],
    /// Number of blocks in use.
    used: usize,
    /// The chain of boxes whose sides are too large or too small for a cell.
    oversized: ChainHead,
}

impl<'a, F: Float> SpatialHash<'a, F> {
    /// A hash over lent memory; `None` without memory, or for a threshold that it does not serve.
    pub(super) fn new(storage: SpatialHashStorage<'a, F>, test: OverlapTest<F>) -> Option<Self> {
        let bounds = OverlapBounds::new(test.threshold, test.convention)?;
        let bits = storage.heads.len().checked_ilog2()?.min(31);
        let heads = storage.heads.get_mut(..1 << bits)?;
        let (blocks, _) = storage.floats.as_chunks_mut::<BLOCK>().0.as_chunks_mut::<4>();
        let (links, _) = storage.links.as_chunks_mut::<BLOCK_LINKS>();
        Some(Self { bounds, heads, shift: 32 - bits, blocks, links, used: 0, oversized: ChainHead::NONE })
    }

    /// Writes a box into the first block of a chain, unless that is full.
    fn add(&mut self, head: ChainHead, index: u32, bbox: &BBox<F>) -> bool {
        let links = self.links.get_mut(head.block()).and_then(|links| links.first_chunk_mut::<BLOCK>());
        let Some(([x1, y1, x2, y2], indices)) = self.blocks.get_mut(head.block()).zip(links) else {
            return false;
        };
        let places = indices.iter_mut().zip(x1).zip(y1).zip(x2).zip(y2);
        for ((((slot, x1), y1), x2), y2) in places {
            if *slot == EMPTY {
                *slot = index;
                (*x1, *y1, *x2, *y2) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2);
                return true;
            }
        }
        false
    }

    /// Takes another block into use, in front of a chain, filled with boxes that overlap nothing.
    fn start_block(&mut self, next: ChainHead) -> Option<ChainHead> {
        let head = ChainHead::new(self.used, next)?;
        let (block, links) = self.blocks.get_mut(self.used).zip(self.links.get_mut(self.used))?;
        let (left, right) = ([F::max_value(); BLOCK], [F::min_value(); BLOCK]);
        *block = [left, left, right, right];
        *links = [EMPTY; BLOCK_LINKS];
        *links.last_mut()? = next.0;
        self.used += 1;
        Some(head)
    }

    /// The head of a chain.
    #[inline(always)]
    fn head(&self, chain: usize) -> ChainHead {
        self.heads.get(chain).map_or(ChainHead::NONE, |&head| ChainHead(head))
    }

    #[inline(always)]
    fn search<V: Lanes<Scalar = F>, R: RoiSource<Float = F>>(
        &self,
        bbox: &BBox<F>,
        group: Group,
        probe: &Probe<V>,
        rois: &R,
    ) -> Option<bool> {
        let (width, height) = self.bounds.sides(bbox)?;
        let (x, y) = (bbox.x1 + bbox.x2, bbox.y1 + bbox.y2);
        let key = hash(group);
        // A box that overlaps it is most often in the same cell.
        let own = self.chain(key, self.bounds.cell(x, width), self.bounds.cell(y, height));
        if self.hit(self.head(own), probe, group, rois) || self.hit(self.oversized, probe, group, rois) {
            return Some(true);
        }
        let (columns, rows) = (self.bounds.cells(x, width)?, self.bounds.cells(y, height)?);
        for &y in &rows {
            for &x in &columns {
                let chain = self.chain(key, x, y);
                if chain != own && self.hit(self.head(chain), probe, group, rois) {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// Whether a box of the group in a chain overlaps the tested one.
    #[inline(always)]
    fn hit<V: Lanes<Scalar = F>, R: RoiSource<Float = F>>(
        &self,
        mut head: ChainHead,
        probe: &Probe<V>,
        group: Group,
        rois: &R,
    ) -> bool {
        while !head.is_none()
            && let Some(block) = self.blocks.get(head.block())
        {
            let mut hits = probe.hits_in_block(block);
            while hits != 0 {
                let links = self.links.get(head.block());
                let index = links.and_then(|links| links.get(hits.trailing_zeros() as usize));
                if index.is_some_and(|&index| rois.membership(index).group() == Some(group)) {
                    return true;
                }
                hits &= hits - 1;
            }
            if head.is_last() {
                return false;
            }
            let links = self.links.get(head.block());
            head = links.and_then(|links| links.last()).map_or(ChainHead::NONE, |&next| ChainHead(next));
        }
        false
    }

    /// The number of a chain.
    #[inline(always)]
    fn chain(&self, group: u32, x: u32, y: u32) -> usize {
        let key = group.wrapping_add(x).wrapping_add(y.rotate_left(16));
        (key ^ key >> 15).wrapping_mul(0x2C1B_3C6D).checked_shr(self.shift).unwrap_or(0) as usize
    }
}

impl<F: Float> SpatialIndex<F> for SpatialHash<'_, F> {
    fn clear(&mut self) {
        self.heads.fill(ChainHead::NONE.0);
    }

    fn insert(&mut self, index: u32, bbox: &BBox<F>, group: Group) -> bool {
        let chain = self.bounds.sides(bbox).map(|(width, height)| {
            let x = self.bounds.cell(bbox.x1 + bbox.x2, width);
            self.chain(hash(group), x, self.bounds.cell(bbox.y1 + bbox.y2, height))
        });
        let head = match chain {
            Some(chain) => self.head(chain),
            None => self.oversized,
        };
        if self.add(head, index, bbox) {
            return true;
        }
        let Some(head) = self.start_block(head) else { return false };
        match chain.and_then(|chain| self.heads.get_mut(chain)) {
            Some(slot) => *slot = head.0,
            None => self.oversized = head,
        }
        self.add(head, index, bbox)
    }

    #[inline(always)]
    fn overlap<S: Simd, R: RoiSource<Float = F>>(
        &self,
        bbox: &BBox<F>,
        group: Group,
        test: &OverlapTest<F>,
        rois: &R,
    ) -> Option<bool> {
        if F::Lanes::<S>::N <= BLOCK {
            self.search(bbox, group, &Probe::<F::Lanes<S>>::new(bbox, test), rois)
        } else {
            self.search(bbox, group, &Probe::<F::Lanes<Scalar>>::new(bbox, test), rois)
        }
    }
}

/// One integer for a group; another group seldom has the same.
#[inline(always)]
fn hash(group: Group) -> u32 {
    (group.image.rotate_left(16) ^ group.label).wrapping_mul(0x27D4_EB2F)
}

#[cfg(test)]
mod tests;
