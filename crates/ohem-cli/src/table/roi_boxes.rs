//! The boxes of a table.

use super::numbers::Numbers;

/// Corners `x1, y1, x2, y2` of each RoI, a column for each corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoiBoxes {
    /// Columns of equal length.
    pub(super) corners: [Numbers; 4],
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
    /// use ohem_cli::table::{RequestedColumns, RoiTable};
    ///
    /// let text = b"image,x1,y1,x2,y2,label,loss\n7,0.5,1,2,3,cat,0.5\n";
    /// let table = RoiTable::read(text.into(), &RequestedColumns::loss("loss"), |_| {})?;
    /// assert_eq!(table.boxes.at(0), [0.5, 1.0, 2.0, 3.0]);
    /// # Ok::<(), ohem_cli::table::TableError>(())
    /// ```
    pub fn at(&self, row: usize) -> [f64; 4] {
        self.corners.each_ref().map(|corner| corner.at(row))
    }

    /// Number of boxes.
    pub fn len(&self) -> usize {
        self.corners[0].len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The corners of all rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = [f64; 4]> + Clone {
        (0..self.len()).map(|row| self.at(row))
    }

    /// The columns `x1`, `y1`, `x2` and `y2`.
    pub fn columns(&self) -> &[Numbers; 4] {
        &self.corners
    }
}

/// Joins boxes row by row.
impl FromIterator<[f64; 4]> for RoiBoxes {
    fn from_iter<I: IntoIterator<Item = [f64; 4]>>(boxes: I) -> Self {
        let mut corners: [Vec<f64>; 4] = Default::default();
        for row in boxes {
            corners.iter_mut().zip(row).for_each(|(column, corner)| column.push(corner));
        }
        Self { corners: corners.map(Numbers::from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns() {
        let rows = [[0.1, -1.0, f64::INFINITY, 1e30], [1.0, 2.0, 3.0, 4.0]];
        let boxes: RoiBoxes = rows.into_iter().collect();
        assert_eq!((boxes.len(), boxes.at(1)), (2, rows[1]));
        assert_eq!(boxes.iter().collect::<Vec<_>>(), rows);
        assert_eq!(boxes.columns()[3], Numbers::from(vec![1e30, 4.0]));
        assert!(RoiBoxes::default().is_empty());
    }
}
