//! Boxes as mining reads them: a slice, rows of a wider table, or none.

use core::marker::PhantomData;

use crate::error::{ConfigError, InputError, LengthMismatch};
use crate::{BBox, Coordinate};

mod sealed {
    pub trait Sealed {}
}

/// Boxes of RoIs: `&[BBox<C>]`, [`BoxRows`] or [`NoBoxes`]. Sealed; [`RoiSource`](crate::RoiSource) is open.
#[allow(clippy::len_without_is_empty, reason = "its methods are read by `Rois`, which has one")]
pub trait Boxes: Copy + sealed::Sealed {
    /// The type of corners.
    type Coordinate: Coordinate;

    /// Number of boxes.
    #[doc(hidden)]
    fn count(&self) -> usize;

    /// A box; `None` if it does not exist.
    #[doc(hidden)]
    fn bbox(&self, index: u32) -> Option<BBox<Self::Coordinate>>;
}

impl<C> sealed::Sealed for &[BBox<C>] {}

impl<C: Coordinate> Boxes for &[BBox<C>] {
    type Coordinate = C;

    #[inline(always)]
    fn count(&self) -> usize {
        <[_]>::len(self)
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<C>> {
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
pub struct BoxRows<'a, C> {
    values: &'a [C],
    stride: usize,
    first: usize,
    len: usize,
}

impl<'a, C: Coordinate> BoxRows<'a, C> {
    /// Views a table with rows of `stride` values, whose boxes begin at column `first`.
    ///
    /// # Errors
    ///
    /// If a row has no room for a box there, or the table is not a whole number of rows.
    pub fn new(values: &'a [C], stride: usize, first: usize) -> Result<Self, InputError> {
        ConfigError::check_capacity("columns up to the box's last", first.saturating_add(4), stride)?;
        let len = values.len() / stride.max(1);
        LengthMismatch::check("values in whole rows", len * stride, values.len())?;
        Ok(Self { values, stride, first, len })
    }
}

impl<C> sealed::Sealed for BoxRows<'_, C> {}

impl<C: Coordinate> Boxes for BoxRows<'_, C> {
    type Coordinate = C;

    #[inline(always)]
    fn count(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<BBox<C>> {
        let from = (index as usize).checked_mul(self.stride)?.checked_add(self.first)?;
        self.values.get(from..)?.first_chunk::<4>().copied().map(BBox::from)
    }
}

/// A number of RoIs whose boxes do not matter, because nothing is suppressed.
#[derive(Clone, Copy, Debug)]
pub struct NoBoxes<C> {
    len: usize,
    float: PhantomData<C>,
}

impl<C> NoBoxes<C> {
    pub(crate) const fn new(len: usize) -> Self {
        Self { len, float: PhantomData }
    }
}

impl<C> sealed::Sealed for NoBoxes<C> {}

impl<C: Coordinate> Boxes for NoBoxes<C> {
    type Coordinate = C;

    #[inline(always)]
    fn count(&self) -> usize {
        self.len
    }

    #[inline(always)]
    fn bbox(&self, _: u32) -> Option<BBox<C>> {
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
