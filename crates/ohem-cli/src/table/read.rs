//! Reads a table row by row.

use std::borrow::Cow;
use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::cells::{CellProblem, name, number};
use super::columns::{LossColumns, TableColumns};
use super::error::{Problem, TableError};
use super::interned::Interned;
use super::lines::line_at;
use super::probabilities;
use super::requested::{LossSource, RequestedColumns};
use super::roi_table::RoiTable;

/// Rows between two reports of progress.
const STRIDE: usize = 1 << 12;

impl RoiTable {
    /// Reads a table, and computes its losses if they come from probabilities. O(bytes).
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
        mut progress: impl FnMut(usize),
    ) -> Result<Self, TableError> {
        let text = without_byte_order_mark(text);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(&*text);
        let columns = header(&mut reader, &text, requested)?;
        let mut builder = TableBuilder::new(&text, columns);
        let mut record = StringRecord::new();
        loop {
            let start = offset(&reader);
            builder.starts.push(start); // of a row, or the end of the last
            let has_row =
                reader.read_record(&mut record).map_err(|error| not_utf8(&error, &text, &builder.columns))?;
            if !has_row {
                break;
            }
            builder.push(&record).map_err(|(column, problem)| builder.refuse(start, column, problem))?;
            if builder.losses.len().is_multiple_of(STRIDE) {
                progress(start);
            }
        }
        builder.check_quotes()?;
        let TableBuilder { starts, columns, boxes, losses, overlaps, images, labels, .. } = builder;
        let losses = match requested.loss {
            LossSource::Column(_) => losses,
            LossSource::Probabilities(precision) => probabilities::losses(&losses, precision),
        };
        Ok(Self { starts, columns, boxes, losses, overlaps, images, labels, text })
    }
}

/// The rows read so far.
struct TableBuilder<'a> {
    text: &'a [u8],
    columns: TableColumns,
    starts: Vec<usize>,
    boxes: Vec<[f64; 4]>,
    /// Losses, or the probabilities that they follow from.
    losses: Vec<f64>,
    overlaps: Vec<f64>,
    images: Interned,
    labels: Interned,
}

impl<'a> TableBuilder<'a> {
    fn new(text: &'a [u8], columns: TableColumns) -> Self {
        let (starts, boxes, losses, overlaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (images, labels) = (Interned::default(), Interned::default());
        Self { text, columns, starts, boxes, losses, overlaps, images, labels }
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
        let [x1, y1, x2, y2] = columns.corners.map(|column| number(record, column));
        self.boxes.push([x1?, y1?, x2?, y2?]);
        self.labels.push(name(record, columns.label)?);
        self.losses.push(match &columns.losses {
            LossColumns::Loss(column) => number(record, *column)?,
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
        TableError { line: line_at(self.text, start), column: Some(self.columns.numbered(column)), problem }
    }

    /// Refuses a quotation mark that is never closed: it turns the rest of the file into one row.
    fn check_quotes(&self) -> Result<(), TableError> {
        let [.., start, end] = self.starts[..] else { return Ok(()) };
        // Text appended to the last row begins another row, unless the last row is inside a quote.
        let probed = self.text[start..end].chain(&b"\n0"[..]);
        let rows =
            ReaderBuilder::new().has_headers(false).flexible(true).from_reader(probed).into_byte_records();
        if rows.count() > 1 {
            Ok(())
        } else {
            Err(self.refuse(start, self.columns.len() - 1, Problem::UnclosedQuote))
        }
    }
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
    text: &[u8],
    requested: &RequestedColumns<'_>,
) -> Result<TableColumns, TableError> {
    let line = line_at(text, 0);
    match reader.headers() {
        Ok(header) => TableColumns::find(header, line, requested),
        Err(error) => {
            let column = wrong_cell(&error);
            Err(TableError {
                line,
                column: Some((column + 1, "header".to_owned())),
                problem: Problem::NotUtf8,
            })
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

fn not_utf8(error: &csv::Error, text: &[u8], columns: &TableColumns) -> TableError {
    let start = error.position().map_or(0, |at| usize::try_from(at.byte()).expect("an offset in memory"));
    let column = Some(columns.numbered(wrong_cell(error)));
    TableError { line: line_at(text, start), column, problem: Problem::NotUtf8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "image,x1,y1,x2,y2,label,loss,note\n";

    fn read(rows: &str) -> Result<RoiTable, TableError> {
        RoiTable::read(
            Cow::Owned(format!("{HEADER}{rows}").into_bytes()),
            &RequestedColumns::loss("loss"),
            |_| {},
        )
    }

    #[test]
    fn rows_are_read_and_kept_as_written() {
        let table = read("7,1,2,3,4.5,cat,0.5,\"a,\n\"\"b\"\"\"\r\n\r\n8,1,2,3,inf,0, -1e3 ,\n").unwrap();
        assert_eq!(table.boxes, [[1.0, 2.0, 3.0, 4.5], [1.0, 2.0, 3.0, f64::INFINITY]]);
        assert_eq!((table.losses.as_slice(), table.len()), (&[0.5, -1000.0][..], 2));
        assert_eq!(table.header(), HEADER.trim_end().as_bytes());
        assert_eq!(table.row(0), b"7,1,2,3,4.5,cat,0.5,\"a,\n\"\"b\"\"\"");
        assert_eq!(table.row(1), b"8,1,2,3,inf,0, -1e3 ,");
        assert_eq!([0, 1].map(|row| table.line(row)), [2, 5]);
        assert_eq!((table.images.of(1), table.labels.of(0)), ("8", "cat"));
    }

    #[test]
    fn a_file_may_lack_its_last_line_end_and_have_a_mark() {
        let text = format!("\u{feff}{HEADER}7,1,2,3,4,0,1,x");
        let table =
            RoiTable::read(Cow::Owned(text.into_bytes()), &RequestedColumns::loss("loss"), |_| {}).unwrap();
        assert_eq!((table.len(), table.row(0)), (1, &b"7,1,2,3,4,0,1,x"[..]));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = "7,1,2,3,4,0,1,x\n";
        let cases = [
            ("7,1,2,3,4,0\n", "line 3, column 7 (loss): the row has 6 cells but the header has 8"),
            ("7,1,2,3,4,0,1,x,y,z\n", "line 3, column 9 (\"\"): the row has 10 cells but the header has 8"),
            ("7,1,2,3 px,4,0,1,x\n", "line 3, column 4 (x2): expected a number, found \"3 px\""),
            ("7,1,2,3,4,0,,x\n", "line 3, column 7 (loss): expected a number, found an empty cell"),
            (
                ",1,2,3,4,0,1,x\n",
                "line 3, column 1 (image): expected a whole number or text, found an empty cell",
            ),
            (
                "\n\r\n7,1,2,3,4, ,1,x\n",
                "line 5, column 6 (label): expected a whole number or text, found an empty cell",
            ),
            (
                "7,1,2,3,4,0,1,\"x\n7,1,2,3,4,0,1,x\n",
                "line 3, column 8 (note): this row opens a quotation mark that is never closed",
            ),
        ];
        for (bad, said) in cases {
            assert_eq!(read(&format!("{good}{bad}")).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let mut text = format!("{HEADER}7,1,2,3,4,0,1,x\n7,1,2,3,4,").into_bytes();
        text.extend(b"\xff,1,x\n");
        let error = RoiTable::read(Cow::Owned(text), &RequestedColumns::loss("loss"), |_| {}).unwrap_err();
        assert_eq!(error.to_string(), "line 3, column 6 (label): the cell is not UTF-8");
        let error =
            RoiTable::read(Cow::Borrowed(b"\xff\xfei\0m\0,b\n"), &RequestedColumns::loss("loss"), |_| {})
                .unwrap_err();
        assert_eq!(error.to_string(), "line 1, column 1 (header): the cell is not UTF-8");
    }

    #[test]
    fn no_rows_and_no_header_are_told_apart() {
        assert_eq!(read("").unwrap().len(), 0);
        let error = RoiTable::read(Cow::Borrowed(b""), &RequestedColumns::loss("loss"), |_| {}).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 1: missing column: image or image_id; the file has no header line"
        );
    }
}
