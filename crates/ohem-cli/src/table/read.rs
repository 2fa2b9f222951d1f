//! Reads a table row by row.

use std::borrow::Cow;
use std::io::Read;

use csv::{Reader, StringRecord};

use super::cells::{CellProblem, name, number};
use super::columns::{LossColumns, TableColumns};
use super::delimiter;
use super::error::{Place, Problem, TableError};
use super::interned::Interned;
use super::lines::{comments, line_at};
use super::numbers::Numbers;
use super::probabilities;
use super::requested::{Layout, LossSource, RequestedColumns};
use super::roi_boxes::RoiBoxes;
use super::roi_table::{Origin, RoiTable, Rows, Text};

/// Rows between two reports of progress.
const STRIDE: usize = 1 << 12;

impl RoiTable {
    /// Reads a table from a text, and computes its losses if they come from probabilities. O(bytes).
    ///
    /// From time to time, `progress` receives the number of bytes read so far.
    ///
    /// # Errors
    ///
    /// If the text is not such a table. The error names the first wrong line and column.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_cli::table::{RequestedColumns, RoiTable};
    ///
    /// let text = b"image,x1,y1,x2,y2,label,loss\n7,0,0,9,wide,cat,0.5\n";
    /// let error = RoiTable::read(text.into(), &RequestedColumns::loss("loss"), |_| {}).unwrap_err();
    /// assert_eq!(error.to_string(), "line 2, column 5 (y2): expected a number, found wide");
    /// ```
    pub fn read(
        text: Cow<'static, [u8]>,
        requested: &RequestedColumns<'_>,
        progress: impl FnMut(usize),
    ) -> Result<Self, TableError> {
        let text = without_byte_order_mark(text);
        let delimiter = requested.layout.delimiter.unwrap_or_else(|| delimiter::of(&text));
        let text = Text { bytes: text, starts: Vec::new(), delimiter, origin: Origin::Lines };
        Self::read_text(text, requested, progress)
    }

    /// Reads a table from a text of this origin.
    pub(super) fn read_text(
        text: Text,
        requested: &RequestedColumns<'_>,
        mut progress: impl FnMut(usize),
    ) -> Result<Self, TableError> {
        let mut reader = text.settings().from_reader(&*text.bytes);
        let columns = header(&mut reader, &text, requested)?;
        let mut builder = TableBuilder::new(&text, columns, &requested.layout);
        let mut record = StringRecord::new();
        loop {
            let start = offset(&reader);
            builder.starts.push(start); // of a row, or the end of the last
            builder.notice_comments(start);
            let has_row =
                reader.read_record(&mut record).map_err(|error| not_utf8(&error, &text, &builder))?;
            if !has_row {
                break;
            }
            builder.push(&record).map_err(|(column, problem)| builder.refuse(start, column, problem))?;
            if builder.losses.len().is_multiple_of(STRIDE) {
                progress(start);
            }
        }
        builder.check_quotes()?;
        let TableBuilder {
            starts,
            columns,
            corners,
            losses,
            overlaps,
            images,
            labels,
            sizes,
            row_comments,
            ..
        } = builder;
        let losses = match requested.loss {
            LossSource::Columns(_) => losses,
            LossSource::Probabilities(precision) => probabilities::losses(&losses, precision),
        };
        let (rows, boxes) =
            (Rows::Text(Text { starts, ..text }), RoiBoxes { corners: corners.map(Numbers::from) });
        let (losses, overlaps) = (losses.into(), overlaps.into());
        Ok(Self { rows, columns, boxes, losses, overlaps, images, labels, sizes, row_comments })
    }
}

/// The rows read so far.
struct TableBuilder<'a> {
    text: &'a Text,
    layout: &'a Layout,
    starts: Vec<usize>,
    columns: TableColumns,
    corners: [Vec<f64>; 4],
    /// Losses, or the probabilities that they follow from.
    losses: Vec<f64>,
    overlaps: Vec<f64>,
    images: Interned,
    labels: Interned,
    /// Width and height of each image, by its first row.
    sizes: Vec<Option<[f64; 2]>>,
    /// Number of comments that have as many cells as a row, and the line of the first.
    row_comments: Option<(usize, usize)>,
}

impl<'a> TableBuilder<'a> {
    fn new(text: &'a Text, columns: TableColumns, layout: &'a Layout) -> Self {
        let (starts, corners, losses, overlaps) = (Vec::new(), Default::default(), Vec::new(), Vec::new());
        let (images, labels, sizes) = (Interned::default(), Interned::default(), Vec::new());
        let row_comments = None;
        Self { text, layout, starts, columns, corners, losses, overlaps, images, labels, sizes, row_comments }
    }

    /// Counts comments that could be rows whose first cell begins with `#`.
    fn notice_comments(&mut self, start: usize) {
        if !self.text.has_comments() {
            return;
        }
        let cells = |line: &[u8]| 1 + line.iter().filter(|&&byte| byte == self.text.delimiter).count();
        let rest = &self.text.bytes[start..];
        let found = comments(rest).filter(|line| cells(line) == self.columns.len()).count();
        if found > 0 && self.columns.len() > 1 {
            let first = line_at(&self.text.bytes, start, false);
            let (count, first) = self.row_comments.unwrap_or((0, first));
            self.row_comments = Some((count + found, first));
        }
    }

    /// Adds a row, or names the column that is wrong.
    fn push(&mut self, record: &StringRecord) -> Result<(), CellProblem> {
        let columns = &self.columns;
        if record.len() != columns.len() {
            // The first column without a cell, or the first cell without a column.
            let wrong = record.len().min(columns.len());
            return Err((wrong, Problem::Ragged { cells: record.len(), columns: columns.len() }));
        }
        self.images.push(name(record, columns.image)?);
        if self.images.texts().len() > self.sizes.len() {
            let size = columns.size.map(|size| size.map(|column| number(record, column).ok()));
            self.sizes.push(size.and_then(|[width, height]| Some([width?, height?])));
        }
        let [x1, y1, x2, y2] = columns.corners.map(|column| number(record, column));
        let corners = self.layout.boxes.corners([x1?, y1?, x2?, y2?], self.layout.pixel);
        self.corners.iter_mut().zip(corners).for_each(|(column, corner)| column.push(corner));
        self.labels.push(name(record, columns.label)?);
        self.losses.push(match &columns.losses {
            LossColumns::Sum(parts) => sum(record, parts)?,
            LossColumns::Probabilities(of_classes) => {
                probabilities::of_label(record, of_classes, columns.label)?
            }
        });
        if let Some(column) = columns.overlap {
            self.overlaps.push(number(record, column)?);
        }
        Ok(())
    }

    fn refuse(&self, start: usize, column: usize, problem: Problem) -> TableError {
        let place = self.text.place(self.starts.len() - 1, start);
        TableError { place: Some(place), column: Some(self.columns.numbered(column)), problem }
    }

    /// Refuses a quotation mark that is never closed: it turns the rest of the file into one row.
    fn check_quotes(&self) -> Result<(), TableError> {
        let [.., start, end] = self.starts[..] else { return Ok(()) };
        // Text appended to the last row begins another row, unless the last row is inside a quote.
        let probed = self.text.bytes[start..end].chain(&b"\n0"[..]);
        let rows = self.text.settings().has_headers(false).from_reader(probed).into_byte_records();
        if rows.count() > 1 {
            Ok(())
        } else {
            let place = Some(self.text.place(self.starts.len() - 2, start));
            let column = Some(self.columns.numbered(self.columns.len() - 1));
            Err(TableError { place, column, problem: Problem::UnclosedQuote })
        }
    }
}

/// The weighted sum of some columns; a single column of weight 1 as it is.
fn sum(record: &StringRecord, parts: &[(usize, f64)]) -> Result<f64, CellProblem> {
    if let [(column, 1.0)] = *parts {
        return number(record, column);
    }
    parts.iter().try_fold(0.0, |sum, &(column, weight)| Ok(sum + weight * number(record, column)?))
}

fn without_byte_order_mark(text: Cow<'static, [u8]>) -> Cow<'static, [u8]> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    match text {
        Cow::Owned(mut text) if text.starts_with(MARK) => {
            text.drain(..MARK.len());
            Cow::Owned(text)
        }
        text => text,
    }
}

fn header(
    reader: &mut Reader<&[u8]>,
    text: &Text,
    requested: &RequestedColumns<'_>,
) -> Result<TableColumns, TableError> {
    let place = text.has_comments().then(|| Place::Line(line_at(&text.bytes, 0, true)));
    match reader.headers() {
        Ok(header) => TableColumns::find(header.iter().map(str::to_owned), place, requested),
        Err(error) => {
            let column = Some((wrong_cell(&error) + 1, "header".to_owned()));
            Err(TableError { place, column, problem: Problem::NotUtf8 })
        }
    }
}

/// The reader's offset in the text.
fn offset(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).expect("an offset in memory")
}

/// The cell that is not UTF-8. Nothing else can go wrong in reading rows from memory.
fn wrong_cell(error: &csv::Error) -> usize {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => err.field(),
        _ => 0,
    }
}

fn not_utf8(error: &csv::Error, text: &Text, builder: &TableBuilder<'_>) -> TableError {
    let start = error.position().map_or(0, |at| usize::try_from(at.byte()).expect("an offset in memory"));
    let column = Some(builder.columns.numbered(wrong_cell(error)));
    let place = Some(text.place(builder.starts.len() - 1, start));
    TableError { place, column, problem: Problem::NotUtf8 }
}

#[cfg(test)]
mod tests;
