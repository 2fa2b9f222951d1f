//! A spatial hash of the admitted boxes, so that a new one is compared with a few of them.
//!
//! It is a hash table of chains, over lent memory. An admitted box is inserted in every cell in which a box that
//! overlaps it can be ([`OverlapBounds`]); a new box is looked up in its own cell alone. (At low thresholds, it is looked up
//! in a cell of each class of sizes, and an admitted box is inserted in its own class alone.) The cell and the group choose
//! the chain. Each link is a block of boxes in columns. Two cells that share a chain cost time, never exactness: every
//! candidate takes the whole test, and its group is compared.
//!
//! Boxes with an IoU below `t` of each other cannot crowd a cell, so a chain is short, and a box costs about the
//! same however many there are. Boxes near the ends of the float's range, for which that is not shown, are scanned by
//! each other and by the few that are near them.

mod batch;

use super::OverlapTest;
use super::block::{BLOCK, SpatialHashBlock};
use super::folded_test::{BlockProbe, Candidates, FoldedTest};
use super::lookahead::{Found, SearchedChain};
use super::overlap_bounds::{Cell, OverlapBounds};
use super::spatial_index::SpatialIndex;
use crate::simd::{Lanes, Scalar, Simd};
use crate::{BBox, Float, Group, RankKey, Ranked, RoiSource};

/// The last entry of a chain: the number of its block, and its place in that.
#[derive(Clone, Copy)]
struct ChainHead(u32);

impl ChainHead {
    /// No entry.
    const NONE: Self = Self(u32::MAX);

    #[inline(always)]
    fn is_some(self) -> bool {
        self.0 != Self::NONE.0
    }

    #[inline(always)]
    fn block(self) -> usize {
        self.0 as usize / BLOCK
    }

    #[inline(always)]
    fn lane(self) -> usize {
        self.0 as usize % BLOCK
    }

    /// The entry that follows; `None` if the block is full, or there is none.
    #[inline(always)]
    fn next(self) -> Option<Self> {
        let next = Self(self.0.wrapping_add(1));
        (next.lane() != 0).then_some(next)
    }
}

/// Memory for the blocks of a spatial hash: a slice that is lent, or a vector that grows.
pub trait BlockBuffer<F> {
    /// The blocks in use, and perhaps more.
    fn blocks(&self) -> &[SpatialHashBlock<F>];

    /// The same, to write to.
    fn blocks_mut(&mut self) -> &mut [SpatialHashBlock<F>];

    /// Puts a block behind those in use, of which there are `used`; says whether it found room.
    fn push(&mut self, used: usize, block: SpatialHashBlock<F>) -> bool;
}

impl<F> BlockBuffer<F> for [SpatialHashBlock<F>] {
    #[inline(always)]
    fn blocks(&self) -> &[SpatialHashBlock<F>] {
        self
    }

    #[inline(always)]
    fn blocks_mut(&mut self) -> &mut [SpatialHashBlock<F>] {
        self
    }

    #[inline]
    fn push(&mut self, used: usize, block: SpatialHashBlock<F>) -> bool {
        let slot = self.get_mut(used);
        let has_room = slot.is_some();
        if let Some(slot) = slot {
            *slot = block;
        }
        has_room
    }
}

impl<F, B: BlockBuffer<F> + ?Sized> BlockBuffer<F> for &mut B {
    #[inline(always)]
    fn blocks(&self) -> &[SpatialHashBlock<F>] {
        (**self).blocks()
    }

    #[inline(always)]
    fn blocks_mut(&mut self) -> &mut [SpatialHashBlock<F>] {
        (**self).blocks_mut()
    }

    #[inline(always)]
    fn push(&mut self, used: usize, block: SpatialHashBlock<F>) -> bool {
        (**self).push(used, block)
    }
}

/// Memory for a spatial hash of the admitted boxes, which makes suppression among thousands near-linear.
///
/// A box takes 2 to 8 entries; a block has 16. Twice as many blocks as RoIs can be selected are enough for usual scenes,
/// and unused ones are never touched. Boxes that find no room are scanned. Nothing in it need be cleared.
///
/// The hash is used for thresholds of at least 0.2: below, overlapping boxes differ too much to share cells, and
/// few boxes survive in any case.
#[derive(Debug)]
pub struct SpatialHashStorage<'a, B> {
    /// The table of chains: best about a quarter as many as RoIs can be selected. A power of two of them is used.
    pub heads: &'a mut [u32],
    /// The blocks of the chains: `&mut [SpatialHashBlock<F>]`, or another [`BlockBuffer`].
    pub blocks: B,
    /// Varies which cells share a chain. If it is secret, no input can be made to crowd them; results do not
    /// depend on it.
    pub seed: u64,
}

/// The hash itself.
#[allow(missing_debug_implementations, reason = "no caller ever holds one")]
pub struct SpatialHash<'a, F, B> {
    bounds: OverlapBounds<F>,
    test: FoldedTest<F>,
    hasher: ChainHasher,
    /// The last entry of each chain.
    heads: &'a mut [u32],
    blocks: B,
    /// Number of blocks in use.
    used: usize,
    /// Number of boxes in them.
    inserted: usize,
    /// Whether it was given boxes that are near the ends of the float's range.
    has_extreme: bool,
    /// Whether it was given others that are in no cell.
    has_unhashed: bool,
}

impl<'a, F: Float, B: BlockBuffer<F>> SpatialHash<'a, F, B> {
    /// A hash over lent memory; `None` without memory, or for a threshold that it does not serve.
    pub(super) fn new(storage: SpatialHashStorage<'a, B>, test: OverlapTest<F>) -> Option<Self> {
        let bounds = OverlapBounds::new(test.threshold, test.convention)?;
        let bits = storage.heads.len().checked_ilog2()?.min(31);
        Some(Self {
            bounds,
            test: FoldedTest::new(test),
            hasher: ChainHasher::new(storage.seed, bits),
            heads: storage.heads.get_mut(..1 << bits)?,
            blocks: storage.blocks,
            used: 0,
            inserted: 0,
            has_extreme: false,
            has_unhashed: false,
        })
    }

    /// Appends a box to a chain; says whether it found room.
    #[inline(always)]
    fn append(&mut self, chain: usize, index: u32, values: [F; 5]) -> bool {
        let Some(slot) = self.heads.get_mut(chain) else { return false };
        let head = ChainHead(*slot);
        if let Some(entry) = head.next() {
            if let Some(block) = self.blocks.blocks_mut().get_mut(entry.block()) {
                block.write(entry.lane(), index, values);
            }
            *slot = entry.0;
            return true;
        }
        // Another block, in front of the chain.
        let Some(entry) = self.used.checked_mul(BLOCK).and_then(|entry| u32::try_from(entry).ok()) else {
            return false;
        };
        if !self.blocks.push(self.used, SpatialHashBlock::new(head.0, index, values)) {
            return false;
        }
        *slot = entry;
        self.used += 1;
        true
    }

    /// Number of blocks in which a box is looked up at most: scanning a quarter of the boxes takes as long.
    ///
    /// Where cells share chains, as all do in a table of one, a chain would be longer than a scan of all boxes.
    #[inline(always)]
    fn most_blocks(&self) -> usize {
        2 + self.inserted / (4 * BLOCK)
    }

    /// Whether a box of the group in a chain overlaps this one; `None` if the chain has more blocks than are left to search.
    #[inline(always)]
    fn search<V: Lanes<Scalar = F>, R: RoiSource<Coordinate = F>>(
        &self,
        mut head: ChainHead,
        blocks_left: &mut usize,
        bbox: &BBox<F>,
        probe: &BlockProbe<V>,
        group: Group,
        rois: &R,
    ) -> Option<bool> {
        let blocks = self.blocks.blocks();
        while *blocks_left > 0 {
            let Some(block) = blocks.get(head.block()) else { break };
            *blocks_left -= 1;
            let Candidates { mut maybe, surely } = probe.candidates(block);
            while maybe != 0 {
                let bit = maybe & maybe.wrapping_neg();
                let lane = bit.trailing_zeros() as usize % BLOCK;
                let of_group = rois.membership(block.index(lane)).group() == Some(group);
                if of_group && (surely & bit != 0 || self.test.decides(bbox, &block.bbox(lane))) {
                    return Some(true);
                }
                maybe ^= bit;
            }
            head = ChainHead(block.rest());
        }
        (!head.is_some()).then_some(false)
    }

    #[inline(always)]
    fn overlap_on<V: Lanes<Scalar = F>, R: RoiSource<Coordinate = F>>(
        &self,
        bbox: &BBox<F>,
        group: Group,
        rois: &R,
    ) -> Option<bool> {
        let shape = self.bounds.shape(bbox);
        let area = self.test.ordinary_area(bbox, shape)?;
        let probe = BlockProbe::<V>::new(bbox, area, &self.test);
        let (mut blocks_left, mut found) = (self.most_blocks(), Some(false));
        self.bounds.each_looked_up(
            shape,
            #[inline(always)]
            |cell| {
                let chain = self.hasher.chain(group, cell);
                let head = self.heads.get(chain).map_or(ChainHead::NONE, |&head| ChainHead(head));
                found = self.search(head, &mut blocks_left, bbox, &probe, group, rois);
                found == Some(false)
            },
        );
        if found? {
            return Some(true);
        }
        let meets_extreme = self.has_extreme && !self.test.meets_ordinary_only(area, shape);
        (!self.has_unhashed && !meets_extreme).then_some(false)
    }
}

impl<F: Float, B: BlockBuffer<F>> SpatialIndex<F> for SpatialHash<'_, F, B> {
    /// The lower the threshold, the more cells a box is inserted or looked up in, and few are scanned faster. A fuzzer, which
    /// looks for boxes that the index misses, needs no more than a few.
    fn pays_off(admitted: usize, capacity: usize, test: &OverlapTest<F>) -> bool {
        let least = match test.threshold {
            _ if cfg!(fuzzing) => 8,
            t if t >= F::from_f64(0.65) => 128,
            _ => 256,
        };
        admitted >= least && capacity >= 2 * least
    }

    #[inline(always)]
    fn look_up_batch<S: Simd, H: RankKey, R: RoiSource<Coordinate = F>>(
        &self,
        next: &[Ranked<H>],
        rois: &R,
    ) -> Found {
        if BLOCK.is_multiple_of(F::Lanes::<S>::N) {
            self.look_up_batch::<F::Lanes<S>, H, R>(next, rois)
        } else {
            self.look_up_batch::<F::Lanes<Scalar>, H, R>(next, rois)
        }
    }

    #[inline(always)]
    fn is_as_searched(&self, chain: SearchedChain) -> bool {
        self.heads.get(chain.number as usize) == Some(&chain.head) && !self.has_extreme && !self.has_unhashed
    }

    fn clear(&mut self, sample: impl Iterator<Item = BBox<F>>) {
        self.heads.fill(ChainHead::NONE.0);
        self.bounds.fit(sample);
    }

    fn insert(&mut self, index: u32, bbox: &BBox<F>, group: Group) -> bool {
        let (bounds, hasher) = (self.bounds, self.hasher);
        let shape = bounds.shape(bbox);
        let Some(area) = self.test.ordinary_area(bbox, shape) else {
            self.has_extreme = true;
            return true;
        };
        let values = [bbox.x1, bbox.y1, bbox.x2, bbox.y2, self.test.folded_area(area)];
        self.inserted += 1;
        let mut has_room = true;
        let is_hashed = bounds.each_inserted(
            shape,
            #[inline(always)]
            |cell| {
                has_room = self.append(hasher.chain(group, cell), index, values);
                has_room
            },
        );
        self.has_unhashed |= !is_hashed && has_room;
        has_room
    }

    #[inline(always)]
    fn overlap<S: Simd, R: RoiSource<Coordinate = F>>(
        &self,
        bbox: &BBox<F>,
        group: Group,
        _: &OverlapTest<F>,
        rois: &R,
    ) -> Option<bool> {
        if BLOCK.is_multiple_of(F::Lanes::<S>::N) {
            self.overlap_on::<F::Lanes<S>, R>(bbox, group, rois)
        } else {
            self.overlap_on::<F::Lanes<Scalar>, R>(bbox, group, rois)
        }
    }
}

/// Numbers the chains: the high bits of `mix(((group a + classes) b + x) c + y) d`, for odd numbers that a seed makes.
///
/// Two different numbers times `d` share their high bits by chance alone (multiply-shift; Dietzfelbinger et al. 1997).
/// Those before it tell cells apart: each part is multiplied by an odd number that is independent of the others'.
#[derive(Clone, Copy)]
struct ChainHasher {
    odd: [u64; 4],
    shift: u32,
}

impl ChainHasher {
    fn new(mut seed: u64, bits: u32) -> Self {
        // SplitMix64 (Steele, Lea, Flood 2014).
        let mut next = || {
            seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (seed ^ seed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
            (mixed ^ mixed >> 31) | 1
        };
        Self { odd: [next(), next(), next(), next()], shift: 63 - bits }
    }

    /// The number of a chain.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "a table has at most 2^31 chains")]
    fn chain(&self, group: Group, Cell { classes, x, y }: Cell) -> usize {
        let [a, b, c, d] = self.odd;
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let sum = pair(group.image, group.label).wrapping_mul(a).wrapping_add(pair(classes.0, classes.1));
        let sum = sum.wrapping_mul(b).wrapping_add(x.cast_unsigned());
        let sum = sum.wrapping_mul(c).wrapping_add(y.cast_unsigned());
        // Without this, cells in a row would be numbers in a row, of which many may share the high bits.
        let mixed = sum ^ sum >> 32;
        (mixed.wrapping_mul(d) >> 1).wrapping_shr(self.shift) as usize
    }
}

#[cfg(test)]
mod tests;
