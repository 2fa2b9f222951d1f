//! RoIs in plain columns.

use ohem_core::{BBox, Float, Rois};

use crate::generate::Table;

/// RoIs of boxes, images and labels in slices.
pub(super) type PlainRois<'a, F> = Rois<&'a [BBox<F>], &'a [u32], &'a [u32]>;

/// The RoIs of a step, in columns of one length.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, F, H = F> {
    /// Corners `x1, y1, x2, y2`.
    pub boxes: &'a [[F; 4]],
    /// The image of each; `u32::MAX` if the RoI is ignored.
    pub images: &'a [u32],
    /// The class of each; `u32::MAX` if the RoI is ignored.
    pub labels: &'a [u32],
    /// What each is ranked by.
    pub losses: &'a [H],
}

impl<'a, F: Float, H> Batch<'a, F, H> {
    /// The images and labels of a table, with its boxes in one precision and losses of any type.
    pub fn new(table: &'a Table, boxes: &'a [[F; 4]], losses: &'a [H]) -> Self {
        Self { boxes, images: &table.images, labels: &table.labels, losses }
    }

    /// Some consecutive RoIs.
    #[must_use]
    pub fn part(&self, rows: core::ops::Range<usize>) -> Self {
        let (boxes, images) = (&self.boxes[rows.clone()], &self.images[rows.clone()]);
        Self { boxes, images, labels: &self.labels[rows.clone()], losses: &self.losses[rows] }
    }

    pub(super) fn rois(&self) -> PlainRois<'a, F> {
        Rois::new(BBox::from_rows(self.boxes), self.images, self.labels).expect("columns of one length")
    }
}
