//! A table as rules read it, in one precision.

use std::borrow::Cow;

use ohem_std::{BBox, Convention, Float, Group, Membership, RoiSource};

use crate::command::labels::{Kind, Kinds};
use crate::table::{Interned, Numbers, RoiTable};

/// A table that is mined in one precision. Boxes are converted when they are read: few are.
pub(super) struct MiningInput<'a, F: Float> {
    pub(super) table: &'a RoiTable,
    /// The meaning of the table's labels.
    pub(super) kinds: &'a Kinds,
    pub(super) losses: Cow<'a, [F]>,
    /// Empty if the rule needs none.
    pub(super) overlaps: Cow<'a, [F]>,
}

impl<'a, F: Float> MiningInput<'a, F> {
    /// Takes the columns of the table in one precision.
    pub(super) fn of(
        table: &'a RoiTable,
        kinds: &'a Kinds,
        column: impl Fn(&'a Numbers) -> Cow<'a, [F]>,
    ) -> Self {
        Self { table, kinds, losses: column(&table.losses), overlaps: column(&table.overlaps) }
    }

    /// All RoIs.
    pub(super) fn all(&self) -> TakingPart<'_, F> {
        TakingPart { table: self.table, rows: None, losses: Cow::Borrowed(&self.losses) }
    }

    /// The RoIs that are not ignored.
    pub(super) fn not_ignored(&self) -> TakingPart<'_, F> {
        let labels = (0..).zip(&self.table.labels.ids);
        let rows: Vec<u32> =
            labels.filter(|(_, label)| self.kinds.of(**label) != Kind::Ignored).map(|(row, _)| row).collect();
        let losses = Cow::Owned(gathered(&self.losses, &rows));
        TakingPart { table: self.table, rows: Some(rows), losses }
    }

    /// The box of a row.
    pub(super) fn bbox(&self, row: u32) -> BBox<F> {
        bbox(self.table, row)
    }

    /// Number of boxes that are not finite or are inverted, and the first of them.
    pub(super) fn invalid_boxes(&self, convention: Convention) -> Option<(usize, usize)> {
        use Numbers::{Doubles, Singles};
        let is_box = |corners: [f64; 4]| BBox::from(corners.map(F::from_f64)).is_box(convention);
        // The types of columns are found out once, not in each row.
        match self.table.boxes.columns() {
            [Singles(x1), Singles(y1), Singles(x2), Singles(y2)] => invalid(zip(x1, y1, x2, y2), is_box),
            [Doubles(x1), Doubles(y1), Doubles(x2), Doubles(y2)] => invalid(zip(x1, y1, x2, y2), is_box),
            _ => invalid(self.table.boxes.iter(), is_box),
        }
    }
}

fn bbox<F: Float>(table: &RoiTable, row: u32) -> BBox<F> {
    table.boxes.at(row as usize).map(F::from_f64).into()
}

/// The RoIs of a table that take part in mining.
pub(super) struct TakingPart<'a, F: Float> {
    table: &'a RoiTable,
    /// Their rows in the table; `None` for all.
    rows: Option<Vec<u32>>,
    pub(super) losses: Cow<'a, [F]>,
}

impl<F: Float> TakingPart<'_, F> {
    /// The row of a RoI in the table.
    pub(super) fn row(&self, index: u32) -> u32 {
        self.rows.as_ref().map_or(index, |rows| rows[index as usize])
    }

    /// The image of each RoI.
    pub(super) fn images(&self) -> Cow<'_, [u32]> {
        let Interned { ids, .. } = &self.table.images;
        self.rows.as_ref().map_or(Cow::Borrowed(ids), |rows| Cow::Owned(gathered(ids, rows)))
    }
}

impl<F: Float> RoiSource for TakingPart<'_, F> {
    type Coordinate = F;

    fn len(&self) -> usize {
        self.losses.len()
    }

    fn bbox(&self, index: u32) -> Option<BBox<F>> {
        ((index as usize) < self.len()).then(|| bbox(self.table, self.row(index)))
    }

    fn membership(&self, index: u32) -> Membership {
        let row = self.row(index) as usize;
        let [image, label] = [&self.table.images, &self.table.labels].map(|names| names.ids[row]);
        Membership::Member(Group { image, label })
    }
}

/// The values of some rows.
pub(super) fn gathered<T: Copy>(values: &[T], rows: &[u32]) -> Vec<T> {
    rows.iter().map(|&row| values[row as usize]).collect()
}

/// The boxes of four columns.
fn zip<T: Copy + Into<f64>>(
    x1: &[T],
    y1: &[T],
    x2: &[T],
    y2: &[T],
) -> impl Iterator<Item = [f64; 4]> + Clone {
    let boxes = x1.iter().zip(y1).zip(x2.iter().zip(y2));
    boxes.map(|((&x1, &y1), (&x2, &y2))| [x1.into(), y1.into(), x2.into(), y2.into()])
}

fn invalid(
    boxes: impl Iterator<Item = [f64; 4]> + Clone,
    is_box: impl Fn([f64; 4]) -> bool,
) -> Option<(usize, usize)> {
    // Counted without branches, in vectors; most tables have none.
    let count = boxes.clone().map(|corners| usize::from(!is_box(corners))).sum();
    let first = if count > 0 { boxes.map(is_box).position(|is_box| !is_box) } else { None };
    first.map(|first| (count, first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_boxes_are_counted_from_the_first() {
        let is_box = |corners| BBox::from(corners).is_box(Convention::Pixel);
        let invalid = |rows: usize| {
            let [x1, y1, x2, y2] = [[0.0, 2.0, 0.0], [0.0; 3], [1.0, 1.0, f64::NAN], [1.0; 3]];
            super::invalid(zip(&x1[..rows], &y1[..rows], &x2[..rows], &y2[..rows]), is_box)
        };
        assert_eq!([1, 2, 3].map(invalid), [None, Some((1, 1)), Some((2, 1))]);
    }
}
