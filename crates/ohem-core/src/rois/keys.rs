//! Labels and images as mining reads them: a slice of any type, a column of a table, or none.

use crate::error::{ConfigError, InputError, LengthMismatch};
use crate::key::Key;

mod sealed {
    pub trait Sealed {}
}

/// Labels or images of RoIs: a slice of [`Key`]s, a [`KeyColumn`], or `()` where all share one. Sealed.
#[allow(clippy::len_without_is_empty, reason = "its methods are read by `Rois`, which has one")]
pub trait Keys: Copy + sealed::Sealed {
    /// Number of keys; `None` if there is one for any number of RoIs.
    #[doc(hidden)]
    fn count(&self) -> Option<usize>;

    /// The key of a RoI; `None` if it is invalid.
    #[doc(hidden)]
    fn number(&self, index: u32) -> Option<u32>;

    /// The key of a RoI as the nearest `i64`.
    #[doc(hidden)]
    fn nearest(&self, index: u32) -> i64;
}

impl sealed::Sealed for () {}

impl Keys for () {
    #[inline(always)]
    fn count(&self) -> Option<usize> {
        None
    }

    #[inline(always)]
    fn number(&self, _: u32) -> Option<u32> {
        Some(0)
    }

    fn nearest(&self, _: u32) -> i64 {
        0
    }
}

impl<K> sealed::Sealed for &[K] {}

impl<K: Key> Keys for &[K] {
    #[inline(always)]
    fn count(&self) -> Option<usize> {
        Some(<[K]>::len(self))
    }

    #[inline(always)]
    fn number(&self, index: u32) -> Option<u32> {
        // Each RoI has a key, so an index out of range is never asked for.
        self.get(index as usize).map_or(Some(0), |key| key.to_number())
    }

    fn nearest(&self, index: u32) -> i64 {
        self.get(index as usize).map_or(0, |key| key.to_nearest())
    }
}

/// Keys in a column of a table, such as the image in front of each box of an `n x 5` table.
///
/// ```
/// use ohem_core::{BBox, KeyColumn, Rois};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
/// let table = [7.0_f32, 0.5, 8.0, 0.25]; // a label and something else
/// let rois = Rois::one_group(&boxes)?.with_labels(KeyColumn::new(&table, 2, 0)?)?;
/// assert_eq!(rois.check_keys(), Ok(()));
/// # Ok::<(), ohem_core::InputError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KeyColumn<'a, K> {
    values: &'a [K],
    stride: usize,
    column: usize,
}

impl<'a, K: Key> KeyColumn<'a, K> {
    /// Views a column of a table with rows of `stride` values.
    ///
    /// # Errors
    ///
    /// If a row has no such column, or the table is not a whole number of rows.
    pub fn new(values: &'a [K], stride: usize, column: usize) -> Result<Self, InputError> {
        ConfigError::check_capacity("columns up to the key's", column.saturating_add(1), stride)?;
        let rows = values.len() / stride.max(1);
        LengthMismatch::check("values in whole rows", rows * stride, values.len())?;
        Ok(Self { values, stride, column })
    }

    #[inline(always)]
    fn get(&self, index: u32) -> Option<K> {
        let at = (index as usize).checked_mul(self.stride)?.checked_add(self.column)?;
        self.values.get(at).copied()
    }
}

impl<K> sealed::Sealed for KeyColumn<'_, K> {}

impl<K: Key> Keys for KeyColumn<'_, K> {
    #[inline(always)]
    fn count(&self) -> Option<usize> {
        Some(self.values.len().checked_div(self.stride).unwrap_or(0))
    }

    #[inline(always)]
    fn number(&self, index: u32) -> Option<u32> {
        self.get(index).map_or(Some(0), Key::to_number)
    }

    fn nearest(&self, index: u32) -> i64 {
        self.get(index).map_or(0, Key::to_nearest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_a_key_in_each_row() {
        let table = [3.0, 0.5, 4.0, -1.0, 5.0, 1e12];
        let (first, second) = (KeyColumn::new(&table, 2, 0).unwrap(), KeyColumn::new(&table, 2, 1).unwrap());
        assert_eq!((first.count(), [0, 1, 2].map(|i| first.number(i))), (Some(3), [3, 4, 5].map(Some)));
        assert_eq!([0, 1, 2].map(|i| second.number(i)), [None; 3]);
        assert_eq!([0, 1, 2].map(|i| second.nearest(i)), [0, -1, 1_000_000_000_000]);
        let ragged = LengthMismatch { what: "values in whole rows", expected: 4, actual: 6 };
        assert_eq!(KeyColumn::new(&table, 4, 0).unwrap_err(), ragged.into());
        let missing = ConfigError::Capacity { what: "columns up to the key's", needed: 3, capacity: 2 };
        assert_eq!(KeyColumn::new(&table, 2, 2).unwrap_err(), missing.into());
    }
}
