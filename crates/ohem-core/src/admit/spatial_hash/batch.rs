//! The search for many boxes at once: first the chains of all, in vectors, then a block of each chain in turn.
//!
//! Every index is below [`AHEAD`], as the compiler can see: it leaves out all checks, and no index can panic.

use super::{BlockBuffer, ChainHead, SpatialHash};
use crate::admit::block::BLOCK;
use crate::admit::folded_test::{BlockProbe, Candidates};
use crate::admit::lookahead::{AHEAD, Found, SearchedChain};
use crate::simd::Lanes;
use crate::{BBox, Float, Group, Membership, RankKey, Ranked, RoiSource};

/// The next RoIs, in columns.
struct Batch<F> {
    boxes: [[F; AHEAD]; 4],
    areas: [F; AHEAD],
    groups: [Group; AHEAD],
    /// The number of each chain; the largest number for a RoI that has no chain.
    chains: [usize; AHEAD],
}

impl<F: Float> Batch<F> {
    /// Fetches boxes and groups. A RoI that does not exist, or takes no part, gets NaN for a box.
    #[inline(always)]
    fn fetch<H: RankKey, R: RoiSource<Coordinate = F>>(next: &[Ranked<H>], rois: &R) -> Self {
        let mut batch = Self {
            boxes: [[F::nan(); AHEAD]; 4],
            areas: [F::ZERO; AHEAD],
            groups: [Group { image: 0, label: 0 }; AHEAD],
            chains: [usize::MAX; AHEAD],
        };
        let [x1, y1, x2, y2] = &mut batch.boxes;
        let slots = x1.iter_mut().zip(y1).zip(x2).zip(y2).zip(&mut batch.groups);
        for (((((x1, y1), x2), y2), of), ranked) in slots.zip(next) {
            let roi = ranked.index();
            if let (Some(bbox), Membership::Member(group)) = (rois.bbox(roi), rois.membership(roi)) {
                (*x1, *y1, *x2, *y2, *of) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2, group);
            }
        }
        batch
    }

    #[inline(always)]
    fn bbox(&self, i: usize) -> BBox<F> {
        let [x1, y1, x2, y2] = &self.boxes;
        BBox::new(x1[i], y1[i], x2[i], y2[i])
    }
}

impl<F: Float, B: BlockBuffer<F>> SpatialHash<'_, F, B> {
    /// Looks up the first 64 RoIs.
    #[inline(always)]
    pub(super) fn look_up_batch<V: Lanes<Scalar = F>, H: RankKey, R: RoiSource<Coordinate = F>>(
        &self,
        next: &[Ranked<H>],
        rois: &R,
    ) -> Found {
        // At low thresholds, an empty chain says nothing.
        if self.bounds.is_low {
            return Found::NOTHING;
        }
        let mut batch = Batch::fetch(next, rois);
        self.locate(&mut batch);
        let mut found = self.search_chains::<V, R>(&batch, rois);
        // A box that is in no chain may overlap any of them.
        if self.has_extreme || self.has_unhashed {
            found.free = 0;
        }
        found
    }

    /// Computes areas and chains, without a branch.
    #[inline(always)]
    fn locate(&self, batch: &mut Batch<F>) {
        for i in 0..AHEAD {
            let bbox = batch.bbox(i);
            let shape = self.bounds.shape(&bbox);
            // With pixels, corners that are not in order may have an area, too.
            let is_box = (bbox.x1 <= bbox.x2) & (bbox.y1 <= bbox.y2);
            let (area, is_ordinary) = self.test.area(&bbox, shape);
            let chain = self.hasher.chain(batch.groups[i], self.bounds.cell(shape));
            batch.areas[i] = area;
            batch.chains[i] = if is_box & is_ordinary { chain } else { usize::MAX };
        }
    }

    /// Searches each chain until it ends, a box in it may overlap the new one, or it is too long.
    #[inline(always)]
    fn search_chains<V: Lanes<Scalar = F>, R: RoiSource<Coordinate = F>>(
        &self,
        batch: &Batch<F>,
        rois: &R,
    ) -> Found {
        let (mut open, mut found) = (0_u64, Found::NOTHING);
        let mut places = [ChainHead::NONE; AHEAD];
        for (i, ((place, searched), &chain)) in
            places.iter_mut().zip(&mut found.chains).zip(&batch.chains).enumerate()
        {
            let Some(&head) = self.heads.get(chain) else { continue };
            #[allow(clippy::cast_possible_truncation, reason = "a table has at most 2^31 chains")]
            (*searched = SearchedChain { number: chain as u32, head });
            *place = ChainHead(head);
            open |= u64::from(place.is_some()) << i;
            found.free |= u64::from(!place.is_some()) << i;
        }
        let blocks = self.blocks.blocks();
        for _ in 0..self.most_blocks() {
            let mut round = core::mem::take(&mut open);
            if round == 0 {
                break;
            }
            while round != 0 {
                let i = round.trailing_zeros() as usize % AHEAD;
                round &= round - 1;
                let Some(block) = blocks.get(places[i].block()) else { continue };
                let probe = BlockProbe::<V>::new(&batch.bbox(i), batch.areas[i], &self.test);
                let Candidates { maybe, surely } = probe.candidates(block);
                // Without a bit, this is the first box of the block: every block has one.
                let lane = surely.trailing_zeros() as usize % BLOCK;
                let by = rois.membership(block.index(lane)).group();
                places[i] = ChainHead(block.rest());
                // No branches: they could not be predicted.
                let is_suppressed = (surely != 0) & (by == Some(batch.groups[i]));
                let is_clear = maybe == 0;
                found.suppressed |= u64::from(is_suppressed) << i;
                found.free |= u64::from(is_clear & !places[i].is_some()) << i;
                open |= u64::from(is_clear & places[i].is_some()) << i;
            }
        }
        found
    }
}
