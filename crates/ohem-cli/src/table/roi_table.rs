//! The table itself.

use std::borrow::Cow;

use super::columns::{LossColumns, TableColumns};
use super::error::{Problem, TableError};
use super::interned::Interned;
use super::lines::{line_at, trimmed};
use super::probabilities;

/// A table of RoIs. Entry `i` of every column belongs to data row `i` of the file.
#[derive(Debug)]
pub struct RoiTable {
    /// The file without its byte order mark.
    pub(super) text: Cow<'static, [u8]>,
    /// The start of each row in `text` (or of blank lines before the row), then the end of the last row.
    pub(super) starts: Vec<usize>,
    pub(super) columns: TableColumns,
    /// Corners `x1, y1, x2, y2`.
    pub boxes: Vec<[f64; 4]>,
    /// The loss of each RoI.
    pub losses: Vec<f64>,
    /// IoU of each RoI with ground truth; empty if not requested.
    pub overlaps: Vec<f64>,
    /// The image of each RoI.
    pub images: Interned,
    /// The label of each RoI.
    pub labels: Interned,
}

impl RoiTable {
    /// Number of RoIs.
    pub fn len(&self) -> usize {
        self.losses.len()
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// The header as written in the file, without its line end.
    pub fn header(&self) -> &[u8] {
        trimmed(&self.text[..self.starts[0]])
    }

    /// A data row as written in the file, without its line end.
    pub fn row(&self, index: usize) -> &[u8] {
        trimmed(&self.text[self.starts[index]..self.starts[index + 1]])
    }

    /// The line of the file, from 1, on which a row begins.
    pub fn line(&self, index: usize) -> usize {
        line_at(&self.text, self.starts[index])
    }

    /// A name for a column of the losses, if they were computed and the file has no such column.
    pub fn computed_loss(&self) -> Option<&'static str> {
        match &self.columns.losses {
            LossColumns::Loss(_) => None,
            LossColumns::Probabilities(_) if self.columns.has("loss") => Some("loss_from_probabilities"),
            LossColumns::Probabilities(_) => Some("loss"),
        }
    }

    /// The name of the column of overlaps, if one was requested.
    pub fn overlap_name(&self) -> Option<String> {
        self.columns.overlap.map(|column| self.columns.numbered(column).1)
    }

    /// The error for a row whose loss is NaN.
    pub fn nan_loss(&self, index: usize) -> TableError {
        let column = match &self.columns.losses {
            LossColumns::Loss(column) => *column,
            // The loss follows from the probability of the row's own label alone.
            LossColumns::Probabilities(columns) => {
                probabilities::class(self.labels.of(index)).map_or(0, |class| columns[class])
            }
        };
        let column = self.columns.numbered(column);
        TableError { line: self.line(index), column: Some(column), problem: Problem::NanLoss }
    }
}
