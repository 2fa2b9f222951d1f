//! The columns of a table in one precision.

use std::borrow::Cow;

use ohem_std::{BBox, Convention, Float};

use crate::command::labels::{Kind, Kinds};
use crate::table::RoiTable;

/// The columns of a table that are mined, in one precision.
pub(super) struct MiningInput<'a, F: Float> {
    pub(super) table: &'a RoiTable,
    /// The meaning of the table's labels.
    pub(super) kinds: &'a Kinds,
    pub(super) boxes: Cow<'a, [BBox<F>]>,
    pub(super) losses: Vec<F>,
}

impl<'a, F: Float> MiningInput<'a, F> {
    /// Takes the boxes of the table in this precision, and rounds its losses.
    pub(super) fn of(table: &'a RoiTable, kinds: &'a Kinds, boxes: Cow<'a, [BBox<F>]>) -> Self {
        let losses = table.losses.iter().copied().map(F::from_f64).collect();
        Self { table, kinds, boxes, losses }
    }

    /// The RoIs that are not ignored.
    pub(super) fn taking_part(&self) -> TakingPart<F> {
        let takes_part = |label: &u32| self.kinds.of(*label) != Kind::Ignored;
        let labels = &self.table.labels.ids;
        let rows: Vec<u32> =
            (0..).zip(labels).filter(|(_, label)| takes_part(label)).map(|(row, _)| row).collect();
        TakingPart {
            boxes: gathered(&self.boxes, &rows),
            losses: gathered(&self.losses, &rows),
            images: gathered(&self.table.images.ids, &rows),
            labels: gathered(labels, &rows),
            rows,
        }
    }

    /// Number of boxes that are not finite or are inverted, and the first of them.
    pub(super) fn invalid_boxes(&self, convention: Convention) -> Option<(usize, usize)> {
        invalid(&self.boxes, convention)
    }
}

/// The RoIs that take part in mining.
pub(super) struct TakingPart<F> {
    /// Their rows in the table.
    pub(super) rows: Vec<u32>,
    pub(super) boxes: Vec<BBox<F>>,
    pub(super) losses: Vec<F>,
    pub(super) images: Vec<u32>,
    pub(super) labels: Vec<u32>,
}

/// The values of some rows.
pub(super) fn gathered<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| values[row as usize]).collect()
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
