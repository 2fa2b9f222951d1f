//! Boxes as mining reads them: a slice, rows of a wider table, or none.

use core::marker::PhantomData;

use crate::error::{ConfigError, InputError, LengthMismatch};
use crate::{BBox, Float};

mod sealed {
    pub trait Sealed {}
}

/// Boxes of RoIs: `&[BBox<F>]`, [`BoxRows`] or [`NoBoxes`]. Sealed; [`RoiSource`](crate::RoiSource) is open.
#[allow(clippy::len_without_is_empty, reason = "its methods are read by `Rois`, which has one")]
pub trait Boxes: Copy + sealed::Sealed {
    /// The float type of corners.
    type Float: Float;

    /// Number of boxes.
    #[doc(hidden)]
    fn count(&self) -> usize;

    /// A box; `None` if it does not exist.
    #[doc(hidden)]
    fn bbox(&self, index: u32) -> Option<BBox<Self::Float>>;
}

impl<F> sealed::Sealed for &[BBox<F>] {}

impl<F: Float> Boxes for &[BBox<F>] {
    type Float = F;

    #[inline(always)]
    fn count(&self) -> usize {
        <[_]>::len(self)
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<F>> {
        self.get(index as usize).copied()
    }
}

/// Boxes in rows of a table: four neighbouring columns `x1, y1, x2, y2` of four or more.
///
/// ```
/// use ohem_core::{BBox, BoxRows, Rois};
///
/// let table = [7.0_f32, 0.0, 0.0, 9.0, 9.0, 8.0, 1.0, 1.0, 5.0, 5.0]; // the image, then the box
/// let rois = Rois::from_boxes(BoxRows::new(&table, 5, 1)?)?;
/// assert_eq!(rois.len(), 2);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BoxRows<'a, F> {
    values: &'a [F],
    stride: usize,
    first: usize,
    len: usize,
}

impl<'a, F: Float> BoxRows<'a, F> {
    /// Views a table with rows of `stride` values, whose boxes begin at column `first`.
    ///
    /// # Errors
    ///
    /// If a row has no room for a box there, or the table is not a whole number of rows.
    pub fn new(values: &'a [F], stride: usize, first: usize) -> Result<Self, InputError> {
        ConfigError::check_capacity("columns up to the box's last", first.saturating_add(4), stride)?;
        let len = values.len() / stride.max(1);
        LengthMismatch::check("values in whole rows", len * stride, values.len())?;
        Ok(Self { values, stride, first, len })
    }
}

impl<F> sealed::Sealed for BoxRows<'_, F> {}

impl<F: Float> Boxes for BoxRows<'_, F> {
    type Float = F;

    #[inline(always)]
    fn count(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<F>> {
        let from = (index as usize).checked_mul(self.stride)?.checked_add(self.first)?;
        self.values.get(from..)?.first_chunk::<4>().copied().map(BBox::from)
    }
}

/// A number of RoIs whose boxes do not matter, because nothing is suppressed.
#[derive(Clone, Copy, Debug)]
pub struct NoBoxes<F> {
    len: usize,
    float: PhantomData<F>,
}

impl<F> NoBoxes<F> {
    pub(crate) const fn new(len: usize) -> Self {
        Self { len, float: PhantomData }
    }
}

impl<F> sealed::Sealed for NoBoxes<F> {}

impl<F: Float> Boxes for NoBoxes<F> {
    type Float = F;

    #[inline(always)]
    fn count(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn bbox(&self, _: u32) -> Option<BBox<F>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole_and_hold_a_box() {
        let table: [f64; 12] = core::array::from_fn(|i| f64::from(u8::try_from(i).unwrap()));
        let rows = BoxRows::new(&table, 6, 1).unwrap();
        assert_eq!((rows.count(), rows.bbox(1)), (2, Some(BBox::new(7.0, 8.0, 9.0, 10.0))));
        assert_eq!((rows.bbox(2), rows.bbox(u32::MAX)), (None, None));
        assert_eq!(BoxRows::new(&table, 4, 0).unwrap().count(), 3);
        assert_eq!(BoxRows::<f64>::new(&[], 5, 0).unwrap().count(), 0);
        let ragged = LengthMismatch { what: "values in whole rows", expected: 10, actual: 12 };
        assert_eq!(BoxRows::new(&table, 5, 0).unwrap_err(), ragged.into());
        let narrow = |needed, capacity| ConfigError::Capacity {
            what: "columns up to the box's last",
            needed,
            capacity,
        };
        assert_eq!(BoxRows::new(&table, 6, 3).unwrap_err(), narrow(7, 6).into());
        assert_eq!(BoxRows::new(&table, 0, 0).unwrap_err(), narrow(4, 0).into());
    }
}
