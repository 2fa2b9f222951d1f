//! Reading a table, row by row.

use std::borrow::Cow;
use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord};

use crate::columns::{Columns, Losses};
use crate::error::{Problem, TableError};
use crate::{Coded, Table, Wanted, WantedLoss, line_at, probabilities};

/// Rows between two words of progress.
const STRIDE: usize = 1 << 12;

impl Table {
    /// Reads a table, and computes its losses if they are not in it.
    ///
    /// Now and then `progress` is told how many bytes have been read.
    ///
    /// # Errors
    ///
    /// If the text is no such table; the error names the first line and column that are wrong.
    pub fn read(
        text: Cow<'static, [u8]>,
        wanted: &Wanted<'_>,
        mut progress: impl FnMut(usize),
    ) -> Result<Self, TableError> {
        let text = without_mark(text);
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(&*text);
        let columns = header(&mut reader, &text, wanted)?;
        let mut rows = Rows::new(&text, columns);
        let mut record = StringRecord::new();
        loop {
            let start = place(&reader);
            rows.starts.push(start);
            let more =
                reader.read_record(&mut record).map_err(|error| not_utf8(&error, &text, &rows.columns))?;
            if !more {
                break;
            }
            rows.push(&record).map_err(|(column, problem)| rows.refuse(start, column, problem))?;
            if rows.losses.len().is_multiple_of(STRIDE) {
                progress(start);
            }
        }
        rows.check_quotes()?;
        let Rows { starts, columns, boxes, losses, overlaps, images, labels, .. } = rows;
        let losses = match wanted.loss {
            WantedLoss::Column(_) => losses,
            WantedLoss::Probabilities(precision) => probabilities::losses(&losses, precision),
        };
        Ok(Self { starts, columns, boxes, losses, overlaps, images, labels, text })
    }
}

/// The rows read so far.
struct Rows<'a> {
    text: &'a [u8],
    columns: Columns,
    starts: Vec<usize>,
    boxes: Vec<[f64; 4]>,
    /// Or the probabilities that they follow from.
    losses: Vec<f64>,
    overlaps: Vec<f64>,
    images: Coded,
    labels: Coded,
}

impl<'a> Rows<'a> {
    fn new(text: &'a [u8], columns: Columns) -> Self {
        let (starts, boxes, losses, overlaps) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (images, labels) = (Coded::default(), Coded::default());
        Self { text, columns, starts, boxes, losses, overlaps, images, labels }
    }

    /// Takes a row in; refuses it with the column that is wrong.
    fn push(&mut self, record: &StringRecord) -> Result<(), (usize, Problem)> {
        let columns = &self.columns;
        if record.len() != columns.len() {
            let wrong = record.len().min(columns.len());
            return Err((wrong, Problem::Ragged { cells: record.len(), columns: columns.len() }));
        }
        self.images.push(name(record, columns.image)?);
        let [x1, y1, x2, y2] = columns.corners.map(|column| number(record, column));
        self.boxes.push([x1?, y1?, x2?, y2?]);
        self.labels.push(name(record, columns.label)?);
        self.losses.push(match &columns.losses {
            Losses::Column(column) => number(record, *column)?,
            Losses::Probabilities(of_classes) => probabilities::own(record, of_classes, columns.label)?,
        });
        if let Some(column) = columns.overlap {
            self.overlaps.push(number(record, column)?);
        }
        Ok(())
    }

    fn refuse(&self, start: usize, column: usize, problem: Problem) -> TableError {
        TableError { line: line_at(self.text, start), column: Some(self.columns.place(column)), problem }
    }

    /// Refuses a quotation mark that is never closed: it makes one row of all that follows it.
    fn check_quotes(&self) -> Result<(), TableError> {
        let [.., start, end] = self.starts[..] else { return Ok(()) };
        // Where the last row is complete, what is put behind it is another row.
        let probed = self.text[start..end].chain(&b"\n0"[..]);
        let rows =
            ReaderBuilder::new().has_headers(false).flexible(true).from_reader(probed).into_byte_records();
        if rows.count() > 1 {
            Ok(())
        } else {
            Err(self.refuse(start, self.columns.len() - 1, Problem::OpenQuote))
        }
    }
}

fn without_mark(text: Cow<'static, [u8]>) -> Cow<'static, [u8]> {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    match text {
        Cow::Owned(mut text) if text.starts_with(MARK) => {
            text.drain(..MARK.len());
            Cow::Owned(text)
        }
        text => text,
    }
}

fn header(reader: &mut Reader<&[u8]>, text: &[u8], wanted: &Wanted<'_>) -> Result<Columns, TableError> {
    let line = line_at(text, 0);
    match reader.headers() {
        Ok(header) => Columns::find(header, line, wanted),
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

/// Where the reader is in the text.
fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).expect("a place in memory")
}

/// The cell of a row that is not UTF-8, the only thing that can go wrong in reading rows from memory.
fn wrong_cell(error: &csv::Error) -> usize {
    match error.kind() {
        csv::ErrorKind::Utf8 { err, .. } => err.field(),
        _ => 0,
    }
}

fn not_utf8(error: &csv::Error, text: &[u8], columns: &Columns) -> TableError {
    let start = error.position().map_or(0, |place| usize::try_from(place.byte()).expect("a place in memory"));
    let column = Some(columns.place(wrong_cell(error)));
    TableError { line: line_at(text, start), column, problem: Problem::NotUtf8 }
}

pub(crate) fn number(record: &StringRecord, column: usize) -> Result<f64, (usize, Problem)> {
    let text = record[column].trim();
    text.parse().map_err(|_| (column, Problem::NotANumber(text.to_owned())))
}

fn name(record: &StringRecord, column: usize) -> Result<&str, (usize, Problem)> {
    match record[column].trim() {
        "" => Err((column, Problem::Unnamed)),
        name => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "image,x1,y1,x2,y2,label,loss,note\n";

    fn read(rows: &str) -> Result<Table, TableError> {
        Table::read(Cow::Owned(format!("{HEADER}{rows}").into_bytes()), &Wanted::loss("loss"), |_| {})
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
        let table = Table::read(Cow::Owned(text.into_bytes()), &Wanted::loss("loss"), |_| {}).unwrap();
        assert_eq!((table.len(), table.row(0)), (1, &b"7,1,2,3,4,0,1,x"[..]));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = "7,1,2,3,4,0,1,x\n";
        let cases = [
            ("7,1,2,3,4,0\n", "line 3, column 7 (loss): the row has 6 cells where the header has 8"),
            ("7,1,2,3,4,0,1,x,y,z\n", "line 3, column 9 (\"\"): the row has 10 cells where the header has 8"),
            ("7,1,2,3 px,4,0,1,x\n", "line 3, column 4 (x2): expected a number, found \"3 px\""),
            ("7,1,2,3,4,0,,x\n", "line 3, column 7 (loss): expected a number, found an empty cell"),
            (
                ",1,2,3,4,0,1,x\n",
                "line 3, column 1 (image): expected a whole number or a text, found an empty cell",
            ),
            (
                "\n\r\n7,1,2,3,4, ,1,x\n",
                "line 5, column 6 (label): expected a whole number or a text, found an empty cell",
            ),
            (
                "7,1,2,3,4,0,1,\"x\n7,1,2,3,4,0,1,x\n",
                "line 3, column 8 (note): a quotation mark is opened in this row and never closed",
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
        let error = Table::read(Cow::Owned(text), &Wanted::loss("loss"), |_| {}).unwrap_err();
        assert_eq!(error.to_string(), "line 3, column 6 (label): the cell is not UTF-8");
        let error =
            Table::read(Cow::Borrowed(b"\xff\xfei\0m\0,b\n"), &Wanted::loss("loss"), |_| {}).unwrap_err();
        assert_eq!(error.to_string(), "line 1, column 1 (header): the cell is not UTF-8");
    }

    #[test]
    fn no_rows_and_no_header_are_told_apart() {
        assert_eq!(read("").unwrap().len(), 0);
        let error = Table::read(Cow::Borrowed(b""), &Wanted::loss("loss"), |_| {}).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 1, column \"image or image_id\": there is none; the file has no header line"
        );
    }
}
