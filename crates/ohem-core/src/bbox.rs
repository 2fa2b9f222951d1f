//! Boxes by their corners, their areas and overlaps.

use crate::iou::Pivot;
use crate::{Coordinate, Float, LengthMismatch};

/// Whether the right and bottom edge belong to the box, which makes it a unit wider and higher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Convention {
    /// `x2 - x1`: corners are points (torchvision, COCO).
    #[default]
    Continuous,
    /// `x2 - x1 + 1`: corners are pixels, both inside the box (PASCAL VOC, the original).
    Pixel,
}

impl Convention {
    /// The term that turns a difference of coordinates into a width.
    #[inline(always)]
    pub(crate) fn pad<F: Float>(self) -> F {
        match self {
            Self::Continuous => F::zero(),
            Self::Pixel => F::one(),
        }
    }
}

/// A box by its corners, laid out as four coordinates in a row.
///
/// Any values are legal; a box that [`BBox::is_box`] refuses has IoU 0 with everything.
///
/// ```
/// use ohem_core::{BBox, Convention};
///
/// let bbox = BBox::new(0.0, 0.0, 9.0, 4.0);
/// assert_eq!(bbox.area(Convention::Pixel), 50.0);
/// assert_eq!(bbox.area(Convention::Continuous), 36.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, bytemuck::AnyBitPattern)]
#[repr(C)]
pub struct BBox<F> {
    /// Left.
    pub x1: F,
    /// Top.
    pub y1: F,
    /// Right, not less than left.
    pub x2: F,
    /// Bottom, not less than top.
    pub y2: F,
}

impl<F> BBox<F> {
    /// Makes a box from its left, top, right and bottom.
    pub const fn new(x1: F, y1: F, x2: F, y2: F) -> Self {
        Self { x1, y1, x2, y2 }
    }
}

impl<F> From<[F; 4]> for BBox<F> {
    fn from([x1, y1, x2, y2]: [F; 4]) -> Self {
        Self { x1, y1, x2, y2 }
    }
}

impl<C: Coordinate> BBox<C> {
    /// Views rows of `x1, y1, x2, y2` as boxes, without a copy.
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// let boxes = BBox::from_rows(&[[1.0, 2.0, 3.0, 4.0]]);
    /// assert_eq!(boxes, [BBox::new(1.0, 2.0, 3.0, 4.0)]);
    /// ```
    pub fn from_rows(rows: &[[C; 4]]) -> &[Self] {
        bytemuck::must_cast_slice(rows)
    }

    /// Views an `n x 4` buffer as boxes, without a copy.
    ///
    /// # Errors
    ///
    /// If its length is not a multiple of 4.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// assert_eq!(BBox::from_flat(&[1.0, 2.0, 3.0, 4.0])?.len(), 1);
    /// let error = BBox::from_flat(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap_err();
    /// assert_eq!(error.to_string(), "expected 4 corners in fours, found 5");
    /// # Ok::<(), ohem_core::LengthMismatch>(())
    /// ```
    pub fn from_flat(values: &[C]) -> Result<&[Self], LengthMismatch> {
        let (rows, rest) = values.as_chunks();
        LengthMismatch::check("corners in fours", values.len() - rest.len(), values.len())?;
        Ok(Self::from_rows(rows))
    }
}

impl<F: Float> BBox<F> {
    /// Makes a box from its left and top corner, width and height, as COCO has it.
    ///
    /// Of continuous coordinates: under [`Convention::Pixel`], pass a width and height that are less by one.
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// assert_eq!(BBox::from_xywh(10.0, 20.0, 30.0, 5.0), BBox::new(10.0, 20.0, 40.0, 25.0));
    /// ```
    pub fn from_xywh(x: F, y: F, width: F, height: F) -> Self {
        Self::new(x, y, x + width, y + height)
    }

    /// Makes a box from its centre, width and height, as YOLO has it.
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// assert_eq!(BBox::from_cxcywh(10.0, 20.0, 4.0, 2.0), BBox::new(8.0, 19.0, 12.0, 21.0));
    /// ```
    pub fn from_cxcywh(x: F, y: F, width: F, height: F) -> Self {
        let half = F::from_f64(0.5);
        Self::new(x - half * width, y - half * height, x + half * width, y + half * height)
    }

    /// The box with these corners in any order: left before right, top before bottom. NaN stays.
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// assert_eq!(BBox::new(5.0, 1.0, 2.0, 3.0).ordered(), BBox::new(2.0, 1.0, 5.0, 3.0));
    /// ```
    #[must_use]
    pub fn ordered(self) -> Self {
        let sorted = |from: F, to: F| if to < from { (to, from) } else { (from, to) };
        let ((x1, x2), (y1, y2)) = (sorted(self.x1, self.x2), sorted(self.y1, self.y2));
        Self { x1, y1, x2, y2 }
    }

    /// Width times height, each a difference of corners, plus one under [`Convention::Pixel`].
    #[inline(always)]
    pub fn area(&self, convention: Convention) -> F {
        let pad = convention.pad();
        (self.x2 - self.x1 + pad) * (self.y2 - self.y1 + pad)
    }

    /// Whether corners are finite and in order, and the area does not overflow.
    ///
    /// If not, the box has IoU 0 with everything: it never suppresses and is never suppressed.
    ///
    /// ```
    /// use ohem_core::{BBox, Convention};
    ///
    /// assert!(BBox::new(5.0, 5.0, 5.0, 5.0).is_box(Convention::Continuous)); // a point is a box
    /// assert!(!BBox::new(6.0, 5.0, 5.0, 5.0).is_box(Convention::Pixel));
    /// assert!(!BBox::new(0.0, 0.0, f32::NAN, 5.0).is_box(Convention::Pixel));
    /// assert!(!BBox::new(0.0, 0.0, 1e20_f32, 1e20).is_box(Convention::Pixel));
    /// ```
    #[inline(always)]
    pub fn is_box(&self, convention: Convention) -> bool {
        // An infinite corner, even in order, makes its side infinite or NaN, and with it the area.
        self.x1 <= self.x2 && self.y1 <= self.y2 && self.area(convention).is_finite()
    }

    /// Intersection over union, each operation rounded to nearest; 0 where the union is 0.
    ///
    /// `inter / (area + area - inter)`, where `inter` is the product of the overlaps of the two intervals.
    /// The same bits as every SIMD kernel gives. At most 1, and 0 if either is not a box. Never NaN, not even on
    /// a machine that takes subnormals for 0.
    ///
    /// ```
    /// use ohem_core::{BBox, Convention};
    ///
    /// let (a, b) = (BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 4.0));
    /// assert_eq!(a.iou(&b, Convention::Pixel), 0.5);
    /// ```
    #[inline]
    pub fn iou(&self, other: &Self, convention: Convention) -> F {
        if self.is_box(convention) && other.is_box(convention) {
            Pivot::<F::Lanes<crate::simd::Scalar>>::new(self, convention).iou_of(other)
        } else {
            F::zero()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_values_in_a_row_are_a_box() {
        assert_eq!(BBox::from_flat(&[1.0, 2.0, 3.0, 4.0]), Ok(&[BBox::new(1.0, 2.0, 3.0, 4.0)][..]));
        let ragged = LengthMismatch { what: "corners in fours", expected: 4, actual: 5 };
        assert_eq!(BBox::from_flat(&[1.0; 5]), Err(ragged));
    }

    #[test]
    fn a_corner_that_is_not_finite_makes_no_box() {
        for convention in [Convention::Continuous, Convention::Pixel] {
            assert!(BBox::new(3.0, 4.0, 3.0, 4.0).is_box(convention), "a point is one");
            for (corner, value) in
                (0..4).flat_map(|i| [(i, f64::NAN), (i, f64::INFINITY), (i, -f64::INFINITY)])
            {
                let mut row = [3.0, 4.0, 3.0, 4.0];
                row[corner] = value;
                assert!(!BBox::from(row).is_box(convention), "{row:?}");
            }
            let infinite = BBox::new(f64::INFINITY, 0.0, f64::INFINITY, 0.0);
            assert!(!infinite.is_box(convention));
        }
    }
}
