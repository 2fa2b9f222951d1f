//! Intersection over union: the kernel, of one box with many, and as a matrix.
//!
//! The kernel computes, in every lane, exactly what [`BBox::iou`] does: widths as differences of corners
//! (plus one under [`Convention::Pixel`]), their product where both are positive, and one division. What
//! is not a box is shut out beforehand, so no NaN ever enters.

use core::fmt;
use core::slice;

use crate::simd::{Lanes, Simd};
use crate::{BBox, Convention, Float};

/// Corners of as many boxes as there are lanes.
#[derive(Clone, Copy)]
pub(crate) struct Corners<V> {
    pub(crate) x1: V,
    pub(crate) y1: V,
    pub(crate) x2: V,
    pub(crate) y2: V,
}

impl<F: Float, V: Lanes<Scalar = F>> Corners<V> {
    /// The same box in every lane.
    #[inline(always)]
    fn splat(bbox: &BBox<F>) -> Self {
        Self { x1: V::splat(bbox.x1), y1: V::splat(bbox.y1), x2: V::splat(bbox.x2), y2: V::splat(bbox.y2) }
    }

    /// Areas, as [`BBox::area`] computes them.
    #[inline(always)]
    fn area(&self, pad: V) -> V {
        self.x2.sub(self.x1).add(pad).mul(self.y2.sub(self.y1).add(pad))
    }
}

/// One box, spread over the lanes, to be held against many.
#[derive(Clone, Copy)]
pub(crate) struct Pivot<V> {
    corners: Corners<V>,
    area: V,
    pad: V,
}

impl<F: Float, V: Lanes<Scalar = F>> Pivot<V> {
    /// Spreads a box; it must be one ([`BBox::is_box`]).
    #[inline(always)]
    pub(crate) fn new(bbox: &BBox<F>, convention: Convention) -> Self {
        let (corners, pad) = (Corners::splat(bbox), V::splat(convention.pad()));
        Self { corners, area: corners.area(pad), pad }
    }

    /// Areas of the intersections.
    #[inline(always)]
    pub(crate) fn intersection(&self, other: &Corners<V>) -> V {
        let (one, zero) = (&self.corners, V::splat(F::zero()));
        let width = one.x2.min(other.x2).sub(one.x1.max(other.x1)).add(self.pad);
        let height = one.y2.min(other.y2).sub(one.y1.max(other.y1)).add(self.pad);
        width.max(zero).mul(height.max(zero))
    }

    /// IoU, given the intersections and the areas of the others.
    #[inline(always)]
    pub(crate) fn quotient(&self, intersection: V, area: V) -> V {
        // A union of 0 has an intersection of 0: any positive divisor gives 0.
        let union = self.area.add(area).sub(intersection);
        intersection.div(union.max(V::splat(F::SMALLEST)))
    }

    /// IoU with one other box.
    #[inline(always)]
    pub(crate) fn iou_of(&self, other: &BBox<F>) -> F {
        let other = Corners::splat(other);
        let iou = self.iou(&other, self.intersection(&other)).store();
        iou.as_ref().first().copied().unwrap_or_else(F::zero)
    }

    /// IoU, given the intersections.
    #[inline(always)]
    pub(crate) fn iou(&self, other: &Corners<V>, intersection: V) -> V {
        self.quotient(intersection, other.area(self.pad))
    }
}

/// Why overlaps could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IouError {
    /// The output has not as many places as there are pairs.
    Length {
        /// How many pairs there are; `usize::MAX` if that is too many to count.
        pairs: usize,
        /// How many places there are.
        out: usize,
    },
}

impl fmt::Display for IouError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Length { pairs, out } = self;
        write!(f, "{pairs} pairs of boxes, but room for {out} overlaps")
    }
}

impl core::error::Error for IouError {}

/// Writes the IoU of one box with each of many.
///
/// O(n). The same bits as [`BBox::iou`].
///
/// # Errors
///
/// If `out` is not as long as `others`.
///
/// # Examples
///
/// ```
/// use ohem_core::{BBox, Convention, iou, simd::Portable};
///
/// let others = BBox::from_rows(&[[0.0, 0.0, 2.0, 1.0], [5.0, 5.0, 6.0, 6.0]]);
/// let mut out = [0.0; 2];
/// iou::row(Portable, &BBox::new(0.0, 0.0, 2.0, 2.0), others, Convention::Continuous, &mut out)?;
/// assert_eq!(out, [0.5, 0.0]);
/// # Ok::<(), iou::IouError>(())
/// ```
pub fn row<F: Float, S: Simd>(
    simd: S,
    bbox: &BBox<F>,
    others: &[BBox<F>],
    convention: Convention,
    out: &mut [F],
) -> Result<(), IouError> {
    matrix(simd, slice::from_ref(bbox), others, convention, out)
}

/// Writes the IoU of each of `rows` with each of `columns`, row by row.
///
/// O(rows x columns). The same bits as [`BBox::iou`] of each pair.
///
/// # Errors
///
/// If `out` is not as long as there are pairs.
///
/// # Examples
///
/// ```
/// use ohem_core::{BBox, Convention, iou, simd::Portable};
///
/// let a = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let b = BBox::from_rows(&[[0.0, 0.0, 9.0, 4.0]]);
/// let mut out = [0.0; 2];
/// iou::matrix(Portable, a, b, Convention::Pixel, &mut out)?;
/// assert_eq!(out, [0.5, 0.0]);
/// # Ok::<(), iou::IouError>(())
/// ```
pub fn matrix<F: Float, S: Simd>(
    simd: S,
    rows: &[BBox<F>],
    columns: &[BBox<F>],
    convention: Convention,
    out: &mut [F],
) -> Result<(), IouError> {
    let pairs = rows.len().saturating_mul(columns.len());
    if out.len() != pairs {
        return Err(IouError::Length { pairs, out: out.len() });
    }
    simd.run(
        #[inline(always)]
        || tiles::<F, S>(rows, columns, convention, out),
    );
    Ok(())
}

/// How many boxes are turned into columns at a time.
pub(crate) const TILE: usize = 32;

/// Boxes as columns, read again for each row of the matrix.
pub(crate) struct Tile<F> {
    x1: [F; TILE],
    y1: [F; TILE],
    x2: [F; TILE],
    y2: [F; TILE],
    area: [F; TILE],
}

impl<F: Float> Tile<F> {
    /// Boxes that overlap nothing, so that IoU comes out as 0: their intervals are inside out.
    #[inline(always)]
    fn nowhere() -> Self {
        let (left, right) = ([F::max_value(); TILE], [F::min_value(); TILE]);
        Self { x1: left, y1: left, x2: right, y2: right, area: [F::zero(); TILE] }
    }

    /// Turns up to a tile of boxes into columns, leaving out what is not a box.
    #[inline(always)]
    pub(crate) fn of(boxes: &[BBox<F>], convention: Convention) -> Self {
        let mut tile = Self::nowhere();
        let corners = tile.x1.iter_mut().zip(&mut tile.y1).zip(&mut tile.x2).zip(&mut tile.y2);
        for (((((x1, y1), x2), y2), area), bbox) in corners.zip(&mut tile.area).zip(boxes) {
            if bbox.is_box(convention) {
                (*x1, *y1, *x2, *y2) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2);
                *area = bbox.area(convention);
            }
        }
        tile
    }

    /// Writes the IoU of the pivot with the first boxes of the tile, as many as there is room for.
    #[inline(always)]
    fn row<V: Lanes<Scalar = F>>(&self, pivot: &Pivot<V>, out: &mut [F]) {
        let (x1, y1) = (V::chunks(&self.x1).0, V::chunks(&self.y1).0);
        let (x2, y2) = (V::chunks(&self.x2).0, V::chunks(&self.y2).0);
        let columns = x1.iter().zip(y1).zip(x2).zip(y2).zip(V::chunks(&self.area).0);
        let mut overlaps = columns.map(
            #[inline(always)]
            |((((x1, y1), x2), y2), area)| {
                let other = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
                pivot.quotient(pivot.intersection(&other), V::load(area))
            },
        );
        let (whole, rest) = V::chunks_mut(out);
        for (slot, overlap) in whole.iter_mut().zip(&mut overlaps) {
            *slot = overlap.store();
        }
        if let (false, Some(overlap)) = (rest.is_empty(), overlaps.next()) {
            for (slot, &lane) in rest.iter_mut().zip(overlap.store().as_ref()) {
                *slot = lane;
            }
        }
    }

    /// Visits the boxes and their areas, a vector of them at a time.
    #[inline(always)]
    pub(crate) fn each<V: Lanes<Scalar = F>>(&self, mut visit: impl FnMut(&Corners<V>, V)) {
        let (x1, y1) = (V::chunks(&self.x1).0, V::chunks(&self.y1).0);
        let (x2, y2) = (V::chunks(&self.x2).0, V::chunks(&self.y2).0);
        let columns = x1.iter().zip(y1).zip(x2).zip(y2).zip(V::chunks(&self.area).0);
        for ((((x1, y1), x2), y2), area) in columns {
            let corners = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
            visit(&corners, V::load(area));
        }
    }
}

/// Fills the matrix tile by tile of columns: a tile stays in registers' reach for all rows.
#[inline(always)]
fn tiles<F: Float, S: Simd>(rows: &[BBox<F>], columns: &[BBox<F>], convention: Convention, out: &mut [F]) {
    if columns.is_empty() {
        return;
    }
    for (nth, boxes) in columns.chunks(TILE).enumerate() {
        let tile = Tile::of(boxes, convention);
        for (row, out) in rows.iter().zip(out.chunks_mut(columns.len())) {
            let Some(out) = out.get_mut(nth * TILE..).and_then(|out| out.get_mut(..boxes.len())) else {
                break;
            };
            if row.is_box(convention) {
                tile.row(&Pivot::<F::Lanes<S>>::new(row, convention), out);
            } else {
                out.fill(F::zero());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Portable, Scalar};

    #[test]
    fn what_is_not_a_box_overlaps_nothing_not_even_a_point() {
        let rows =
            [[0.0, 0.0, 5.0, 5.0], [3.0, 3.0, 3.0, 3.0], [5.0, 0.0, 0.0, 5.0], [0.0, 0.0, f32::NAN, 5.0]];
        let boxes = BBox::from_rows(&rows);
        for convention in [Convention::Pixel, Convention::Continuous] {
            let mut out = [f32::NAN; 16];
            matrix(Portable, boxes, boxes, convention, &mut out).unwrap();
            for (pair, &iou) in out.iter().enumerate() {
                assert_eq!(iou, boxes[pair / 4].iou(&boxes[pair % 4], convention));
                assert!(pair / 4 < 2 && pair % 4 < 2 || iou == 0.0);
            }
        }
    }

    #[test]
    fn a_matrix_of_the_wrong_size_is_refused() {
        let boxes = [BBox::new(0.0, 0.0, 1.0, 1.0); 3];
        let refused = matrix(Scalar, &boxes, &boxes, Convention::Pixel, &mut [0.0; 8]);
        assert_eq!(refused, Err(IouError::Length { pairs: 9, out: 8 }));
        assert_eq!(matrix(Scalar, &boxes, &[], Convention::Pixel, &mut []), Ok(()));
    }
}
