//! The kernel of assigning.
//!
//! For each RoI it computes the largest IoU with the ground truth, as [`BBox::iou`] computes it, and the
//! lowest index among the boxes that have this IoU. A vector of RoIs is compared with one box after the
//! other; a box takes a RoI over only if its IoU is strictly larger, which keeps the lowest index.

use crate::iou::{Corners, Pivot, TILE, Tile, blank, each, fill};
use crate::simd::{Lanes, Simd};
use crate::{BBox, Convention, Float, Match};

/// Assigns RoIs to boxes that come with their indices, a block of boxes at a time. The boxes are valid.
#[inline(always)]
pub(super) fn best<'a, F: Float, S: Simd>(
    rois: &[BBox<F>],
    ground_truth: impl Iterator<Item = (&'a BBox<F>, u32)>,
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [Match],
) {
    overlaps.fill(F::zero());
    matches.fill(Match::BACKGROUND);
    let mut ground_truth = ground_truth.fuse();
    let mut tile = blank();
    while let Some(block) = Block::<F::Lanes<S>>::of(&mut ground_truth, convention) {
        let out = overlaps.chunks_mut(TILE).zip(matches.chunks_mut(TILE));
        for (boxes, (overlaps, matches)) in rois.chunks(TILE).zip(out) {
            fill(&mut tile, boxes, convention);
            block.improve(&tile, overlaps, matches);
        }
    }
}

/// Number of boxes whose pivots are made at a time: they stay in L1 while all RoIs pass by.
const BLOCK: usize = 32;

/// Ground-truth boxes in all lanes, to be compared with tiles of RoIs.
struct Block<V> {
    /// The boxes with their numbers in the block, as floats: lanes have no integers.
    pivots: [(Pivot<V>, V); BLOCK],
    matches: [Match; BLOCK],
    len: usize,
}

impl<F: Float, V: Lanes<Scalar = F>> Block<V> {
    /// Takes the next boxes; `None` if there are no more.
    #[inline(always)]
    fn of<'a>(boxes: &mut impl Iterator<Item = (&'a BBox<F>, u32)>, convention: Convention) -> Option<Self> {
        let (first, index) = boxes.next()?;
        let first = (Pivot::new(first, convention), V::splat(F::zero()));
        let mut block = Self { pivots: [first; BLOCK], matches: [Match::object(index); BLOCK], len: 1 };
        let slots = block.pivots.iter_mut().zip(&mut block.matches).zip(0_u32..).skip(1);
        // Slots come first in the `zip`, so that a full block takes no box that it cannot hold.
        for (((pivot, matched), number), (bbox, index)) in slots.zip(boxes) {
            *pivot = (Pivot::new(bbox, convention), V::splat(F::from_u24(number)));
            *matched = Match::object(index);
            block.len += 1;
        }
        Some(block)
    }

    /// Takes over the RoIs of a tile that overlap a box of the block more than their best box so far.
    #[inline(always)]
    fn improve(&self, tile: &Tile<F>, overlaps: &mut [F], matches: &mut [Match]) {
        let (mut best, mut numbers) = ([F::zero(); TILE], [F::zero(); TILE]);
        best.iter_mut().zip(overlaps.iter()).for_each(|(best, &overlap)| *best = overlap);
        let vectors = V::chunks_mut(&mut best).0.iter_mut().zip(V::chunks_mut(&mut numbers).0);
        let mut vectors = vectors.take(overlaps.len().div_ceil(V::N));
        each(
            tile,
            #[inline(always)]
            |corners, area| {
                if let Some((best, number)) = vectors.next() {
                    let found = self.best_of(corners, area, V::load(best));
                    (*best, *number) = (found.0.store(), found.1.store());
                }
            },
        );
        overlaps.iter_mut().zip(best).for_each(|(overlap, best)| *overlap = best);
        for (matched, number) in matches.iter_mut().zip(numbers) {
            // -1 does not convert to `usize`, so the RoI keeps its match.
            if let Some(&better) = number.to_usize().and_then(|number| self.matches.get(number)) {
                *matched = better;
            }
        }
    }

    /// The best overlap of each RoI, and the number in the block of the box that has it; -1 if no box of the
    /// block beats the best so far.
    #[inline(always)]
    fn best_of(&self, corners: &Corners<V>, area: V, so_far: V) -> (V, V) {
        let mut best = (so_far, V::splat(F::zero() - F::one()));
        for (pivot, number) in self.pivots.get(..self.len).unwrap_or_default() {
            let overlap = pivot.quotient(pivot.intersection(corners), area);
            best = (overlap.max(best.0), V::select(overlap.le(best.0), best.1, *number));
        }
        best
    }
}
