//! The boxes of a table, in the precision of the file.

use std::borrow::Cow;

use ohem_std::BBox;

/// Corners `x1, y1, x2, y2` of each RoI.
///
/// A file of 32-bit corners takes half of the memory, and mining in that precision reads them without a copy.
#[derive(Clone, Debug, PartialEq)]
pub enum RoiBoxes {
    /// As a file with 32-bit corners has them.
    Singles(Vec<[f32; 4]>),
    /// As any other file has them.
    Doubles(Vec<[f64; 4]>),
}

impl RoiBoxes {
    /// The corners of a row.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_cli::table::RoiBoxes;
    ///
    /// assert_eq!(RoiBoxes::Singles(vec![[0.5, 1.0, 2.0, 3.0]]).at(0), [0.5, 1.0, 2.0, 3.0]);
    /// ```
    pub fn at(&self, row: usize) -> [f64; 4] {
        match self {
            Self::Singles(boxes) => boxes[row].map(f64::from),
            Self::Doubles(boxes) => boxes[row],
        }
    }

    /// Number of boxes.
    pub fn len(&self) -> usize {
        match self {
            Self::Singles(boxes) => boxes.len(),
            Self::Doubles(boxes) => boxes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The corners of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = [f64; 4]> {
        (0..self.len()).map(|row| self.at(row))
    }

    /// The boxes in single precision, rounded if the file has more.
    pub fn singles(&self) -> Cow<'_, [BBox<f32>]> {
        #[expect(clippy::cast_possible_truncation, reason = "rounding is what the caller asks for")]
        let rounded = |corners: &[f64; 4]| corners.map(|corner| corner as f32).into();
        match self {
            Self::Singles(boxes) => Cow::Borrowed(BBox::from_rows(boxes)),
            Self::Doubles(boxes) => Cow::Owned(boxes.iter().map(rounded).collect()),
        }
    }

    /// The boxes in double precision.
    pub fn doubles(&self) -> Cow<'_, [BBox<f64>]> {
        match self {
            Self::Singles(_) => Cow::Owned(self.iter().map(BBox::from).collect()),
            Self::Doubles(boxes) => Cow::Borrowed(BBox::from_rows(boxes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_precisions_give_the_same_numbers() {
        let singles = RoiBoxes::Singles(vec![[0.1, -1.0, f32::INFINITY, 1e30], [1.0, 2.0, 3.0, 4.0]]);
        let doubles = RoiBoxes::Doubles(singles.iter().collect());
        assert_eq!((singles.len(), singles.at(1)), (2, [1.0, 2.0, 3.0, 4.0]));
        assert_eq!(singles.at(0), doubles.at(0));
        assert_eq!((singles.singles(), singles.doubles()), (doubles.singles(), doubles.doubles()));
        assert!(
            matches!(singles.singles(), Cow::Borrowed(_)) && matches!(doubles.doubles(), Cow::Borrowed(_))
        );
        // A corner beyond `f32` is infinite.
        assert_eq!(RoiBoxes::Doubles(vec![[1e300; 4]]).singles()[0], BBox::from([f32::INFINITY; 4]));
    }
}
