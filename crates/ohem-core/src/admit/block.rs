//! A block of boxes in columns, as wide as any vector that searches it.

use crate::{BBox, Float};

/// Number of boxes in a block. No vector is wider that searches one.
pub(super) const BLOCK: usize = 16;

/// Left, top, right and bottom of a block of boxes, and their areas times `f` of the folded test.
pub(super) type Columns<F> = [[F; BLOCK]; 5];

/// A part of a spatial hash: 16 boxes of similar shape and position.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct SpatialHashBlock<F> {
    columns: Columns<F>,
    /// The RoI of each box.
    indices: [u32; BLOCK],
    /// The last entry of the block that follows in the chain.
    rest: u32,
}

impl<F: Float> SpatialHashBlock<F> {
    /// Fills memory that is lent; its value is never read before it is overwritten.
    pub const PLACEHOLDER: Self = Self { columns: [[F::ZERO; BLOCK]; 5], indices: [0; BLOCK], rest: 0 };

    /// Starts a block with one box. No box overlaps an empty entry.
    #[inline(always)]
    pub(super) fn new(rest: u32, index: u32, values: [F; 5]) -> Self {
        let (zeros, largest) = ([F::ZERO; BLOCK], [F::max_value(); BLOCK]);
        let columns = [zeros, zeros, zeros, zeros, largest];
        let mut block = Self { columns, indices: [0; BLOCK], rest };
        block.write(0, index, values);
        block
    }

    /// Writes a box; `lane` is below [`BLOCK`].
    #[inline(always)]
    pub(super) fn write(&mut self, lane: usize, index: u32, values: [F; 5]) {
        for (column, value) in self.columns.iter_mut().zip(values) {
            if let Some(slot) = column.get_mut(lane) {
                *slot = value;
            }
        }
        if let Some(slot) = self.indices.get_mut(lane) {
            *slot = index;
        }
    }

    #[inline(always)]
    pub(super) fn columns(&self) -> &Columns<F> {
        &self.columns
    }

    #[inline(always)]
    pub(super) fn index(&self, lane: usize) -> u32 {
        self.indices.get(lane).copied().unwrap_or(u32::MAX)
    }

    #[inline(always)]
    pub(super) fn bbox(&self, lane: usize) -> BBox<F> {
        let [x1, y1, x2, y2, _] = &self.columns;
        let corner = |column: &[F; BLOCK]| column.get(lane).copied().unwrap_or(F::ZERO);
        BBox::new(corner(x1), corner(y1), corner(x2), corner(y2))
    }

    #[inline(always)]
    pub(super) fn rest(&self) -> u32 {
        self.rest
    }
}
