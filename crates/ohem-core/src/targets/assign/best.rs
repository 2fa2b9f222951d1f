//! The kernel of assigning.
//!
//! It computes, for each RoI, the largest of its IoUs with the ground truth, as [`BBox::iou`] computes them, and
//! the lowest index among the boxes that have it. A vector of RoIs is held against one box after the other; a
//! box takes a RoI over where its IoU is strictly larger, which keeps the lowest index.

use crate::iou::{Corners, Pivot, TILE, Tile, blank, each, fill};
use crate::simd::{Lanes, Simd};
use crate::{BBox, Convention, Float};

use super::UNMATCHED;

/// Assigns RoIs to boxes that come with their indices, a block of boxes at a time.
#[inline(always)]
pub(super) fn best<'a, F: Float, S: Simd>(
    rois: &[BBox<F>],
    ground_truth: impl Iterator<Item = (&'a BBox<F>, u32)>,
    convention: Convention,
    overlaps: &mut [F],
    matches: &mut [u32],
) {
    overlaps.fill(F::zero());
    matches.fill(UNMATCHED);
    let mut ground_truth = ground_truth.filter(|(bbox, _)| bbox.is_box(convention)).fuse();
    let mut tile = blank();
    while let Some(block) = Block::<F::Lanes<S>>::of(&mut ground_truth, convention) {
        let out = overlaps.chunks_mut(TILE).zip(matches.chunks_mut(TILE));
        for (boxes, (overlaps, matches)) in rois.chunks(TILE).zip(out) {
            fill(&mut tile, boxes, convention);
            block.improve(&tile, overlaps, matches);
        }
    }
}

/// How many boxes are spread over the lanes at a time.
const BLOCK: usize = 32;

/// Ground-truth boxes, spread over the lanes, to be held against tiles of RoIs.
struct Block<V> {
    /// The boxes, and their numbers in the block.
    pivots: [(Pivot<V>, V); BLOCK],
    indices: [u32; BLOCK],
    len: usize,
}

impl<F: Float, V: Lanes<Scalar = F>> Block<V> {
    /// Spreads the next boxes; nothing if there are no more.
    #[inline(always)]
    fn of<'a>(boxes: &mut impl Iterator<Item = (&'a BBox<F>, u32)>, convention: Convention) -> Option<Self> {
        let (first, index) = boxes.next()?;
        let first = (Pivot::new(first, convention), V::splat(F::zero()));
        let mut block = Self { pivots: [first; BLOCK], indices: [index; BLOCK], len: 1 };
        let places = block.pivots.iter_mut().zip(&mut block.indices).zip(0_u32..).skip(1);
        for (((pivot, place), number), (bbox, index)) in places.zip(boxes) {
            *pivot = (Pivot::new(bbox, convention), V::splat(F::from_u24(number)));
            *place = index;
            block.len += 1;
        }
        Some(block)
    }

    /// Takes over the RoIs of a tile that a box of the block overlaps more than their best so far.
    #[inline(always)]
    fn improve(&self, tile: &Tile<F>, overlaps: &mut [F], matches: &mut [u32]) {
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
        for (place, number) in matches.iter_mut().zip(numbers) {
            if let Some(&index) = number.to_usize().and_then(|number| self.indices.get(number)) {
                *place = index;
            }
        }
    }

    /// The best overlaps of some RoIs, and the numbers in the block of the boxes that have them; -1 where the
    /// best so far is none of the block's.
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
