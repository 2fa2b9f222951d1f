//! The columns of a table in one precision.

use ohem_std::{BBox, Convention, Float};

use crate::table::RoiTable;

/// The columns of a table that are mined, in one precision.
pub(super) struct MiningInput<'a, F> {
    pub(super) table: &'a RoiTable,
    pub(super) boxes: Vec<BBox<F>>,
    pub(super) losses: Vec<F>,
}

impl<'a, F: Float> MiningInput<'a, F> {
    /// Rounds boxes and losses to the precision.
    pub(super) fn of(table: &'a RoiTable) -> Self {
        let boxes = table.boxes.iter().map(|corners| corners.map(F::from_f64).into()).collect();
        let losses = table.losses.iter().copied().map(F::from_f64).collect();
        Self { table, boxes, losses }
    }

    /// Number of boxes that are not finite or are inverted, and the first of them.
    pub(super) fn invalid_boxes(&self, convention: Convention) -> Option<(usize, usize)> {
        invalid(&self.boxes, convention)
    }
}

fn invalid<F: Float>(boxes: &[BBox<F>], convention: Convention) -> Option<(usize, usize)> {
    let is_invalid = |(index, bbox): (usize, &BBox<F>)| (!bbox.is_box(convention)).then_some(index);
    let mut found = boxes.iter().enumerate().filter_map(is_invalid);
    found.next().map(|first| (1 + found.count(), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_boxes_are_counted_from_the_first() {
        let boxes = [[0.0, 0.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0], [0.0, 0.0, f32::NAN, 1.0]].map(BBox::from);
        assert_eq!(invalid(&boxes, Convention::Pixel), Some((2, 1)));
        assert_eq!(invalid(&boxes[..1], Convention::Pixel), None);
    }
}
