//! Tables of RoIs in CSV: what of them is mined, and the text of all of it.
//!
//! Every row is read or the table is refused, with the line and the column that are wrong.
//!
//! ```
//! use ohem_table::{Table, Wanted};
//!
//! let text = b"image,x1,y1,x2,y2,label,loss\n7,0,0,9,9,cat,0.5\n";
//! let table = Table::read(text.into(), &Wanted::loss("loss"), |_| {})?;
//! assert_eq!((table.len(), table.losses[0], table.labels.of(0)), (1, 0.5, "cat"));
//! # Ok::<(), ohem_table::TableError>(())
//! ```

#![forbid(unsafe_code)]

mod columns;
mod error;
mod names;
mod probabilities;
mod read;

pub use error::TableError;
pub use names::{Coded, is_below_zero, is_foreground};
pub use probabilities::Precision;

use std::borrow::Cow;

use columns::{Columns, Losses};
use error::Problem;

/// What mining needs of a table besides boxes, images and labels.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// What to rank by.
    pub loss: WantedLoss<'a>,
    /// The names that a column of overlaps with ground truth may have, if one is needed.
    pub overlap: Option<Vec<&'a str>>,
}

/// What to rank by.
#[derive(Clone, Copy, Debug)]
pub enum WantedLoss<'a> {
    /// The column of this name.
    Column(&'a str),
    /// What follows from the columns `p0`, `p1` and so on, computed in this precision.
    Probabilities(Precision),
}

impl<'a> Wanted<'a> {
    /// A column to rank by, and nothing else.
    pub fn loss(name: &'a str) -> Self {
        Self { loss: WantedLoss::Column(name), overlap: None }
    }
}

/// A table of RoIs. Row `i` of the file's data is entry `i` of every column here.
#[derive(Debug)]
pub struct Table {
    /// The file, without its byte order mark. Rows are kept as they are written in it, once.
    text: Cow<'static, [u8]>,
    /// Where each row begins in the text, or in blank lines before it, and where the last ends.
    starts: Vec<usize>,
    columns: Columns,
    /// Left, top, right, bottom.
    pub boxes: Vec<[f64; 4]>,
    /// What to rank by.
    pub losses: Vec<f64>,
    /// How much each RoI overlaps ground truth; empty if nobody asked.
    pub overlaps: Vec<f64>,
    /// The image of each RoI.
    pub images: Coded,
    /// The label of each RoI.
    pub labels: Coded,
}

impl Table {
    /// How many RoIs there are.
    pub fn len(&self) -> usize {
        self.losses.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// The header line as it is written in the file, without its line end.
    pub fn header(&self) -> &[u8] {
        trimmed(&self.text[..self.starts[0]])
    }

    /// A row as it is written in the file, without its line end.
    pub fn row(&self, index: usize) -> &[u8] {
        trimmed(&self.text[self.starts[index]..self.starts[index + 1]])
    }

    /// The line of the file that a row begins on, from 1.
    pub fn line(&self, index: usize) -> usize {
        line_at(&self.text, self.starts[index])
    }

    /// The name of a column for the losses, if they were computed and are in none.
    pub fn computed_loss(&self) -> Option<&'static str> {
        match &self.columns.losses {
            Losses::Column(_) => None,
            Losses::Probabilities(_) if self.columns.has("loss") => Some("loss_from_probabilities"),
            Losses::Probabilities(_) => Some("loss"),
        }
    }

    /// The name of the column of overlaps, if one was asked for.
    pub fn overlap_name(&self) -> Option<String> {
        self.columns.overlap.map(|column| self.columns.place(column).1)
    }

    /// The refusal of a row whose loss is NaN.
    pub fn nan_loss(&self, index: usize) -> TableError {
        let column = match &self.columns.losses {
            Losses::Column(column) => *column,
            Losses::Probabilities(columns) => {
                probabilities::class(self.labels.of(index)).map_or(0, |class| columns[class])
            }
        };
        let column = self.columns.place(column);
        TableError { line: self.line(index), column: Some(column), problem: Problem::NanLoss }
    }
}

/// A row without the line ends around it: those inside are between quotes.
fn trimmed(row: &[u8]) -> &[u8] {
    let end = |byte: &u8| !matches!(byte, b'\n' | b'\r');
    match (row.iter().position(end), row.iter().rposition(end)) {
        (Some(first), Some(last)) => &row[first..=last],
        _ => &[],
    }
}

/// The line, from 1, of the row that is read from here: blank lines before it belong to no row.
fn line_at(text: &[u8], start: usize) -> usize {
    let blank = text[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    1 + text[..start + blank].iter().filter(|&&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_the_line_ends_between_their_quotes() {
        assert_eq!(trimmed(b"\r\n\"a\nb\",\"\n\"\r\n"), b"\"a\nb\",\"\n\"");
        assert_eq!(trimmed(b"\n\r\n"), b"");
    }

    #[test]
    fn blank_lines_are_counted_but_belong_to_no_row() {
        let text = b"a,b\n\n\n1,2\n3,4\n";
        assert_eq!([0, 4, 6, 10].map(|start| line_at(text, start)), [1, 4, 4, 5]);
    }
}
