//! Boxes in columns, as the kernel reads them.

use super::{Corners, IouError, Pivot};
use crate::simd::{Lanes, Simd};
use crate::{BBox, Convention, Float};

/// How many boxes are turned into columns at a time; no vector is wider.
pub(crate) const TILE: usize = 32;

/// Boxes in columns, over lent memory: laid out once, to be held against any number of others.
///
/// [`matrix`](super::matrix) lays boxes out as it goes; this is for boxes that stay, such as anchors.
///
/// ```
/// use ohem_core::{BBox, Convention, iou::Columns, simd::Portable};
///
/// let others = BBox::from_rows(&[[0.0, 0.0, 2.0, 1.0], [5.0, 5.0, 6.0, 6.0]]);
/// let mut floats = [0.0; Columns::<f64>::floats(2)];
/// let columns = Columns::new(others, Convention::Continuous, &mut floats)?;
/// let mut out = [0.0; 2];
/// columns.row(Portable, &BBox::new(0.0, 0.0, 2.0, 2.0), &mut out)?;
/// assert_eq!(out, [0.5, 0.0]);
/// # Ok::<(), ohem_core::iou::IouError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Columns<'a, F> {
    tiles: &'a [Tile<F>],
    len: usize,
    convention: Convention,
}

impl<'a, F: Float> Columns<'a, F> {
    /// How many floats of memory so many boxes take.
    pub const fn floats(boxes: usize) -> usize {
        boxes.div_ceil(TILE).saturating_mul(5 * TILE)
    }

    /// Lays boxes out. What is not a box overlaps nothing. O(n).
    ///
    /// # Errors
    ///
    /// If `floats` is not as long as [`Columns::floats`] says.
    pub fn new(boxes: &[BBox<F>], convention: Convention, floats: &'a mut [F]) -> Result<Self, IouError> {
        let (places, needed) = (floats.len(), Self::floats(boxes.len()));
        if places != needed {
            return Err(IouError::Memory { places, needed });
        }
        let tiles = floats.as_chunks_mut().0.as_chunks_mut().0;
        for (tile, boxes) in tiles.iter_mut().zip(boxes.chunks(TILE)) {
            fill(tile, boxes, convention);
        }
        Ok(Self { tiles, len: boxes.len(), convention })
    }

    /// Writes the IoU of a box with each of these.
    ///
    /// O(n). The same bits as [`BBox::iou`].
    ///
    /// # Errors
    ///
    /// If `out` is not as long as there are boxes.
    pub fn row<S: Simd>(&self, simd: S, bbox: &BBox<F>, out: &mut [F]) -> Result<(), IouError> {
        if out.len() != self.len {
            return Err(IouError::Length { pairs: self.len, out: out.len() });
        }
        if !bbox.is_box(self.convention) {
            out.fill(F::zero());
            return Ok(());
        }
        simd.run(
            #[inline(always)]
            || {
                let pivot = Pivot::<F::Lanes<S>>::new(bbox, self.convention);
                for (tile, out) in self.tiles.iter().zip(out.chunks_mut(TILE)) {
                    write(tile, &pivot, out);
                }
            },
        );
        Ok(())
    }
}

/// Left, top, right, bottom and area of a few boxes.
pub(crate) type Tile<F> = [[F; TILE]; 5];

/// Memory for a tile.
#[inline(always)]
pub(crate) fn blank<F: Float>() -> Tile<F> {
    [[F::zero(); TILE]; 5]
}

/// Lays out up to a tile of boxes; the other places, and what is no box, overlap nothing.
#[inline(always)]
pub(crate) fn fill<F: Float>(tile: &mut Tile<F>, boxes: &[BBox<F>], convention: Convention) {
    // Intervals that are inside out, so that IoU comes out as 0.
    let (left, right) = ([F::max_value(); TILE], [F::min_value(); TILE]);
    *tile = [left, left, right, right, [F::zero(); TILE]];
    let [x1, y1, x2, y2, area] = tile;
    let places = x1.iter_mut().zip(y1).zip(x2).zip(y2).zip(area);
    for (((((x1, y1), x2), y2), area), bbox) in places.zip(boxes) {
        if bbox.is_box(convention) {
            (*x1, *y1, *x2, *y2) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2);
            *area = bbox.area(convention);
        }
    }
}

/// Writes the IoU of the pivot with the first boxes of a tile, as many as there is room for.
#[inline(always)]
pub(super) fn write<F: Float, V: Lanes<Scalar = F>>(tile: &Tile<F>, pivot: &Pivot<V>, out: &mut [F]) {
    if let Some(out) = out.first_chunk_mut() {
        return write_all(tile, pivot, out);
    }
    let mut overlaps = [F::zero(); TILE];
    write_all(tile, pivot, &mut overlaps);
    out.iter_mut().zip(overlaps).for_each(|(slot, overlap)| *slot = overlap);
}

#[inline(always)]
fn write_all<F: Float, V: Lanes<Scalar = F>>(tile: &Tile<F>, pivot: &Pivot<V>, out: &mut [F; TILE]) {
    let mut slots = V::chunks_mut(out).0.iter_mut();
    each(
        tile,
        #[inline(always)]
        |other, area| {
            if let Some(slot) = slots.next() {
                *slot = pivot.quotient(pivot.intersection(other), area).store();
            }
        },
    );
}

/// Visits the boxes of a tile and their areas, a vector of them at a time.
#[inline(always)]
pub(crate) fn each<F: Float, V: Lanes<Scalar = F>>(tile: &Tile<F>, mut visit: impl FnMut(&Corners<V>, V)) {
    let [x1, y1, x2, y2, area] = tile;
    let columns = V::chunks(x1).0.iter().zip(V::chunks(y1).0).zip(V::chunks(x2).0).zip(V::chunks(y2).0);
    for ((((x1, y1), x2), y2), area) in columns.zip(V::chunks(area).0) {
        let corners = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
        visit(&corners, V::load(area));
    }
}
