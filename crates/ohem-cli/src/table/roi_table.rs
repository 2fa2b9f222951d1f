//! The table itself.

use std::borrow::Cow;

use csv::ReaderBuilder;

use super::columns::{LossColumns, TableColumns};
use super::error::{Place, Problem, TableError};
#[cfg(feature = "parquet")]
use super::formats::ParquetRows;
use super::interned::Interned;
use super::lines::{line_at, trimmed};
use super::numbers::Numbers;
use super::probabilities;
use super::roi_boxes::RoiBoxes;

/// A table of RoIs. Entry `i` of every column belongs to data row `i` of the file.
#[derive(Debug)]
pub struct RoiTable {
    pub(super) rows: Rows,
    pub(super) columns: TableColumns,
    /// The box of each RoI.
    pub boxes: RoiBoxes,
    /// The loss of each RoI.
    pub losses: Numbers,
    /// IoU of each RoI with ground truth; empty if not requested.
    pub overlaps: Numbers,
    /// The image of each RoI.
    pub images: Interned,
    /// The label of each RoI.
    pub labels: Interned,
    /// Width and height of each image in pixels, if the table has them.
    pub sizes: Vec<Option<[f64; 2]>>,
    /// Number of comments after the header that have as many cells as a row, and the line of the first.
    pub row_comments: Option<(usize, usize)>,
}

/// The rows of the file, with all their cells.
#[derive(Debug)]
pub(super) enum Rows {
    /// As written.
    Text(Text),
    /// In a file of which more columns can be read.
    #[cfg(feature = "parquet")]
    Parquet(ParquetRows),
}

/// A table as text.
#[derive(Debug)]
pub(super) struct Text {
    /// The text without its byte order mark.
    pub(super) bytes: Cow<'static, [u8]>,
    /// The start of each row (or of blank lines before the row), then the end of the last row.
    pub(super) starts: Vec<usize>,
    pub(super) delimiter: u8,
    pub(super) origin: Origin,
}

/// Where the rows of a text come from.
#[derive(Debug)]
pub(super) enum Origin {
    /// The text is the file.
    Lines,
    /// Each row was written on this line of the file.
    LinesOf(Vec<usize>),
    /// The file has no lines.
    Rows,
}

impl Text {
    /// How to read the text.
    pub(super) fn settings(&self) -> ReaderBuilder {
        let mut settings = ReaderBuilder::new();
        settings.flexible(true).delimiter(self.delimiter).comment(self.has_comments().then_some(b'#'));
        settings
    }

    /// Whether lines that begin with `#` are comments.
    pub(super) fn has_comments(&self) -> bool {
        matches!(self.origin, Origin::Lines)
    }

    /// A data row without its line end.
    fn row(&self, index: usize) -> &[u8] {
        trimmed(&self.bytes[self.starts[index]..self.starts[index + 1]], self.has_comments())
    }

    /// The place of a row that starts at this byte.
    pub(super) fn place(&self, row: usize, start: usize) -> Place {
        match &self.origin {
            Origin::Lines => Place::Line(line_at(&self.bytes, start, true)),
            Origin::LinesOf(lines) => Place::Line(lines.get(row).copied().unwrap_or_default()),
            Origin::Rows => Place::Row(row),
        }
    }
}

impl RoiTable {
    /// Number of RoIs.
    pub fn len(&self) -> usize {
        self.boxes.len()
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self) -> bool {
        self.boxes.is_empty()
    }

    /// What separates the cells of [`header`](Self::header) and of its rows.
    pub fn delimiter(&self) -> u8 {
        match &self.rows {
            Rows::Text(text) => text.delimiter,
            #[cfg(feature = "parquet")]
            Rows::Parquet(_) => b',',
        }
    }

    /// The header as written in the file, without its line end.
    pub fn header(&self) -> Cow<'_, [u8]> {
        match &self.rows {
            Rows::Text(text) => Cow::Borrowed(trimmed(&text.bytes[..text.starts[0]], text.has_comments())),
            #[cfg(feature = "parquet")]
            Rows::Parquet(rows) => Cow::Owned(rows.header()),
        }
    }

    /// Data rows as written in the file, without their line ends, or as CSV if the file is binary.
    ///
    /// # Errors
    ///
    /// If the file must be read again for them, and that fails.
    pub fn rows(&self, indices: &[u32]) -> Result<Vec<Cow<'_, [u8]>>, TableError> {
        match &self.rows {
            Rows::Text(text) => {
                Ok(indices.iter().map(|&index| Cow::Borrowed(text.row(index as usize))).collect())
            }
            #[cfg(feature = "parquet")]
            Rows::Parquet(rows) => Ok(rows.rows(indices, self)?.into_iter().map(Cow::Owned).collect()),
        }
    }

    /// Where in the file a row begins.
    pub fn place(&self, index: usize) -> Place {
        match &self.rows {
            Rows::Text(text) => text.place(index, text.starts[index]),
            #[cfg(feature = "parquet")]
            Rows::Parquet(_) => Place::Row(index),
        }
    }

    /// The names of all columns.
    pub fn names(&self) -> &[String] {
        self.columns.names()
    }

    /// A name for a column of the losses, if they were computed; other than those of the file.
    pub fn computed_loss(&self) -> Option<&'static str> {
        match &self.columns.losses {
            losses if !losses.is_computed() => None,
            LossColumns::Sum(_) if self.columns.has("loss") => Some("loss_sum"),
            LossColumns::Probabilities(_) if self.columns.has("loss") => Some("loss_from_probabilities"),
            _ => Some("loss"),
        }
    }

    /// The name of the column of overlaps, if one was requested.
    pub fn overlap_name(&self) -> Option<String> {
        self.columns.overlap.map(|column| self.columns.numbered(column).1)
    }

    /// The error for a row whose loss is NaN.
    pub fn nan_loss(&self, index: usize) -> TableError {
        let column = match &self.columns.losses {
            LossColumns::Sum(columns) => columns[0].0,
            // The loss follows from the probability of the row's own label alone.
            LossColumns::Probabilities(columns) => {
                probabilities::class(self.labels.of(index)).map_or(0, |class| columns[class])
            }
        };
        let column = Some(self.columns.numbered(column));
        TableError { place: Some(self.place(index)), column, problem: Problem::NanLoss }
    }
}
