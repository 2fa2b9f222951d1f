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
    /// Left, top, right, bottom and area, each filled up to whole vectors with what overlaps nothing.
    columns: [&'a [F]; 5],
    len: usize,
    convention: Convention,
}

impl<'a, F: Float> Columns<'a, F> {
    /// How many floats of memory so many boxes take.
    pub const fn floats(boxes: usize) -> usize {
        5_usize.saturating_mul(boxes.div_ceil(TILE).saturating_mul(TILE))
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
        Ok(Self::lay_out(boxes, convention, floats))
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
        simd.run(
            #[inline(always)]
            || self.write::<F::Lanes<S>>(bbox, out),
        );
        Ok(())
    }

    /// Lays boxes out in five columns of equal length, of which whole vectors are filled.
    #[inline(always)]
    fn lay_out(boxes: &[BBox<F>], convention: Convention, floats: &'a mut [F]) -> Self {
        let mut columns = floats.chunks_exact_mut((floats.len() / 5).max(1));
        let mut next = || columns.next().unwrap_or_default();
        let [x1, y1, x2, y2, area] = [next(), next(), next(), next(), next()];
        // Boxes that overlap nothing, so that IoU comes out as 0: their intervals are inside out.
        let filled = boxes.len().next_multiple_of(TILE);
        let nowhere = [F::max_value(), F::max_value(), F::min_value(), F::min_value(), F::zero()];
        for (column, value) in [&mut *x1, &mut *y1, &mut *x2, &mut *y2, &mut *area].into_iter().zip(nowhere) {
            column.iter_mut().take(filled).for_each(|slot| *slot = value);
        }
        let places = x1.iter_mut().zip(&mut *y1).zip(&mut *x2).zip(&mut *y2).zip(&mut *area);
        for (((((x1, y1), x2), y2), area), bbox) in places.zip(boxes) {
            if bbox.is_box(convention) {
                (*x1, *y1, *x2, *y2) = (bbox.x1, bbox.y1, bbox.x2, bbox.y2);
                *area = bbox.area(convention);
            }
        }
        Self { columns: [x1, y1, x2, y2, area], len: boxes.len(), convention }
    }

    /// Writes the IoU of a box with the first of these, as many as there is room for.
    #[inline(always)]
    pub(super) fn write<V: Lanes<Scalar = F>>(&self, bbox: &BBox<F>, out: &mut [F]) {
        if !bbox.is_box(self.convention) {
            return out.fill(F::zero());
        }
        let pivot = Pivot::<V>::new(bbox, self.convention);
        let (whole, rest) = V::chunks_mut(out);
        let mut whole = whole.iter_mut();
        self.each(
            #[inline(always)]
            |other, area| {
                let overlaps = pivot.quotient(pivot.intersection(other), area).store();
                match whole.next() {
                    Some(slot) => *slot = overlaps,
                    None => rest.iter_mut().zip(overlaps.as_ref()).for_each(|(slot, &lane)| *slot = lane),
                }
            },
        );
    }

    /// Visits the boxes and their areas, a vector of them at a time.
    #[inline(always)]
    pub(crate) fn each<V: Lanes<Scalar = F>>(&self, mut visit: impl FnMut(&Corners<V>, V)) {
        let [x1, y1, x2, y2, area] = self.columns;
        let columns = V::chunks(x1).0.iter().zip(V::chunks(y1).0).zip(V::chunks(x2).0).zip(V::chunks(y2).0);
        let vectors = columns.zip(V::chunks(area).0).take(self.len.div_ceil(V::N));
        for ((((x1, y1), x2), y2), area) in vectors {
            let corners = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
            visit(&corners, V::load(area));
        }
    }
}

/// Memory for the columns of a few boxes.
pub(crate) struct Tile<F>([[F; TILE]; 5]);

impl<F: Float> Tile<F> {
    /// Not filled as yet.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self([[F::zero(); TILE]; 5])
    }

    /// Lays out up to [`TILE`] boxes.
    #[inline(always)]
    pub(crate) fn fill(&mut self, boxes: &[BBox<F>], convention: Convention) -> Columns<'_, F> {
        Columns::lay_out(boxes, convention, self.0.as_flattened_mut())
    }
}
