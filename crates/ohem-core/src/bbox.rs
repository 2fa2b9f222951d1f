//! Boxes by their corners, their areas and overlaps.

use crate::Float;
use crate::iou::Pivot;

/// How wide a box is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// `x2 - x1`: corners are points (torchvision, COCO).
    #[default]
    Continuous,
    /// `x2 - x1 + 1`: corners are pixels, both inside the box (PASCAL VOC, the reference).
    Pixel,
}

impl Convention {
    /// What is added to a difference of coordinates to make it a width.
    #[inline(always)]
    pub(crate) fn pad<F: Float>(self) -> F {
        match self {
            Self::Continuous => F::zero(),
            Self::Pixel => F::one(),
        }
    }
}

/// A box by its corners, in the layout of four floats in a row.
///
/// Any values are legal; what [`BBox::is_box`] refuses has IoU 0 with everything.
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
    /// Makes a box of its left, top, right and bottom.
    pub const fn new(x1: F, y1: F, x2: F, y2: F) -> Self {
        Self { x1, y1, x2, y2 }
    }
}

impl<F> From<[F; 4]> for BBox<F> {
    fn from([x1, y1, x2, y2]: [F; 4]) -> Self {
        Self { x1, y1, x2, y2 }
    }
}

impl<F: Float> BBox<F> {
    /// Views rows of `x1, y1, x2, y2` as boxes, without a copy.
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// let boxes = BBox::from_rows(&[[1.0, 2.0, 3.0, 4.0]]);
    /// assert_eq!(boxes, [BBox::new(1.0, 2.0, 3.0, 4.0)]);
    /// ```
    pub fn from_rows(rows: &[[F; 4]]) -> &[Self] {
        bytemuck::must_cast_slice(rows)
    }

    /// Views an `n x 4` buffer as boxes, without a copy; nothing if its length is no multiple of 4.
    ///
    /// ```
    /// use ohem_core::BBox;
    ///
    /// assert_eq!(BBox::from_flat(&[1.0, 2.0, 3.0, 4.0]).map(<[_]>::len), Some(1));
    /// assert_eq!(BBox::from_flat(&[1.0, 2.0, 3.0]), None);
    /// ```
    pub fn from_flat(values: &[F]) -> Option<&[Self]> {
        match values.as_chunks() {
            (rows, []) => Some(Self::from_rows(rows)),
            _ => None,
        }
    }

    /// Width times height, each a difference of corners, plus one under [`Convention::Pixel`].
    #[inline(always)]
    pub fn area(&self, convention: Convention) -> F {
        let pad = convention.pad();
        (self.x2 - self.x1 + pad) * (self.y2 - self.y1 + pad)
    }

    /// Whether corners are finite and in order, and the area does not overflow.
    ///
    /// What is not a box has IoU 0 with everything: it never suppresses and is never suppressed.
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
        // A corner in order that is not finite makes its side infinite or NaN, and so the area.
        self.x1 <= self.x2 && self.y1 <= self.y2 && self.area(convention).is_finite()
    }

    /// Intersection over union, each operation rounded to nearest; 0 where the union is 0.
    ///
    /// `inter / (area + area - inter)`, where `inter` is the product of the overlaps of the two intervals.
    /// The same bits as every SIMD kernel gives. At most 1, and 0 if either is not a box.
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
        assert_eq!(BBox::from_flat(&[1.0, 2.0, 3.0, 4.0]), Some(&[BBox::new(1.0, 2.0, 3.0, 4.0)][..]));
        assert_eq!(BBox::from_flat(&[1.0; 5]), None);
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
