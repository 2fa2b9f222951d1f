//! Rows and columns of an array, read one by one.

use ohem_core::BBox;

use crate::kind::{Kind, Real, number};

/// Rows and columns of an array, to be read by a thread without the GIL.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(super) data: *const u8,
    pub(crate) kind: Kind,
    pub(super) row: isize,
    pub(super) column: isize,
}

// SAFETY: it is only read, and who made it keeps the array alive.
unsafe impl Send for View {}
// SAFETY: the same.
unsafe impl Sync for View {}

impl View {
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> *const u8 {
        self.data.wrapping_offset(row as isize * self.row + column as isize * self.column)
    }

    /// The number at a row and column; `Err` has the nearest `i64` if it is negative, not whole or too large.
    ///
    /// # Safety
    ///
    /// The array must have this row and column, and live.
    #[inline(always)]
    pub(crate) unsafe fn number(self, row: usize, column: usize) -> Result<u32, i64> {
        // SAFETY: by the caller.
        unsafe { number(self.at(row, column), self.kind) }
    }

    /// The view without the columns before `first`.
    pub(crate) fn skip_columns(self, first: usize) -> Self {
        Self { data: self.at(0, first), ..self }
    }

    /// The box in the first four columns.
    ///
    /// # Safety
    ///
    /// The array must have this row and these columns, live, and have elements that `F` can read.
    #[inline(always)]
    pub(crate) unsafe fn bbox<F: Real>(self, row: usize) -> BBox<F> {
        // SAFETY: by the caller; neighbouring elements of the type itself are read at once.
        unsafe {
            if self.kind == F::KIND && self.column == size_of::<F>() as isize {
                return BBox::from(self.at(row, 0).cast::<[F; 4]>().read_unaligned());
            }
            self.bbox_of_any(row)
        }
    }

    /// The same of any layout, kept out of the loop of mining.
    #[inline(never)]
    unsafe fn bbox_of_any<F: Real>(self, row: usize) -> BBox<F> {
        // SAFETY: by the caller.
        BBox::from([0, 1, 2, 3].map(|column| unsafe { F::read(self.at(row, column), self.kind) }))
    }
}
