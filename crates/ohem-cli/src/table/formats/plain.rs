//! Tables for readers that know only CSV with commas and one name for each column.

use std::borrow::Cow;

use csv::ByteRecord;

use super::{Converted, CsvText, FileKind, json, not_a_table, unpack};
use crate::table::delimiter;
use crate::table::error::TableError;
use crate::table::names;
use crate::table::requested::{BoxFormat, Part};
use crate::table::roi_table::{Origin, Text};

/// A table as CSV with commas, and the line of the file that each of its lines comes from.
#[derive(Debug)]
pub struct PlainCsv {
    /// A header with the names `image`, `x1`, ..., `label` for the columns that have one of their usual names, and the rows.
    pub text: Vec<u8>,
    /// The line in the file of each line of the text, from 1.
    lines: Vec<usize>,
}

impl PlainCsv {
    /// Converts CSV with any delimiter and with comments, or JSON lines; also gzipped.
    ///
    /// Memory: O(bytes), up to four times the unpacked size.
    ///
    /// # Errors
    ///
    /// If the file is something else, or damaged.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_cli::table::PlainCsv;
    ///
    /// let text = "# by hand\nFilename;xmin;ymin;xmax;ymax;class\na.png;0;0;9;9;cat\n";
    /// let plain = PlainCsv::of(text.as_bytes().into())?;
    /// assert_eq!(plain.text, b"image,x1,y1,x2,y2,label\na.png,0,0,9,9,cat\n");
    /// assert_eq!(plain.line(2), 3);
    /// # Ok::<(), ohem_cli::table::TableError>(())
    /// ```
    pub fn of(bytes: Cow<'static, [u8]>) -> Result<Self, TableError> {
        let bytes = unpack::unpacked(bytes).map_err(not_a_table)?;
        match FileKind::of(&bytes) {
            FileKind::Text => {
                let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).to_vec();
                let delimiter = delimiter::of(&bytes);
                Ok(Self::rewritten(&text(bytes, delimiter, Origin::Lines), &[]))
            }
            FileKind::JsonLines => {
                let Converted { text: converted, origin } = json::lines(&bytes)?;
                let lines = match &origin {
                    Origin::LinesOf(lines) => lines.clone(),
                    Origin::Lines | Origin::Rows => Vec::new(),
                };
                Ok(Self::rewritten(&text(converted, b',', origin), &lines))
            }
            other => {
                let found = match other {
                    FileKind::JsonArray | FileKind::JsonObject => "another JSON file",
                    FileKind::Xml => "XML",
                    FileKind::Parquet => "Parquet",
                    FileKind::Npz | FileKind::Npy => "an array of numpy",
                    FileKind::Other(other) => other,
                    FileKind::Text | FileKind::JsonLines => "another text",
                };
                Err(not_a_table(format!("expected CSV or JSON lines, found {found}")))
            }
        }
    }

    /// Writes the cells again. `lines` are those of the rows, if the text is not the file.
    fn rewritten(text: &Text, lines: &[usize]) -> Self {
        let mut reader = text.settings().has_headers(false).from_reader(&*text.bytes);
        let (mut out, mut line_of, mut record) = (CsvText::new(), Vec::new(), ByteRecord::new());
        // Bytes in memory cannot fail to be read; a row that is wrong is left to the reader of the result.
        while reader.read_byte_record(&mut record).unwrap_or(false) {
            let row = line_of.len();
            let line = row.checked_sub(1).and_then(|row| lines.get(row)).copied();
            let line = line.unwrap_or_else(|| record.position().map_or(0, |at| line_from(text, at)));
            match row {
                0 => out.row(named(&record)),
                // A break would make the lines of the result differ from its rows.
                _ => out.row(
                    record.iter().map(|cell| cell.iter().map(|&byte| unbroken(byte)).collect::<Vec<u8>>()),
                ),
            }
            line_of.push(line);
        }
        Self { text: out.finish(), lines: line_of }
    }

    /// The line in the file of a line of the text, both from 1.
    pub fn line(&self, line: u64) -> u64 {
        let found = usize::try_from(line).ok().and_then(|line| self.lines.get(line.checked_sub(1)?));
        found.map_or(line, |&line| line as u64)
    }
}

/// The line of the row that the reader found from a position on: blank lines and comments may come before it.
fn line_from(text: &Text, at: &csv::Position) -> usize {
    let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    let rest = text.bytes.get(number(at.byte())..).unwrap_or_default();
    let is_between =
        |line: &[u8]| line.trim_ascii().is_empty() || text.has_comments() && line.starts_with(b"#");
    let before = rest.split(|&byte| byte == b'\n').take_while(|line| is_between(line)).count();
    number(at.line()) + before
}

fn text(bytes: Vec<u8>, delimiter: u8, origin: Origin) -> Text {
    Text { bytes: bytes.into(), starts: Vec::new(), delimiter, origin }
}

/// A vertical tab for a line break, which no name has by intention; messages show it escaped.
fn unbroken(byte: u8) -> u8 {
    if matches!(byte, b'\n' | b'\r') { 0x0b } else { byte }
}

/// The header with the names of parts for their first column with a usual name, and with small letters.
fn named(header: &ByteRecord) -> Vec<String> {
    let lower: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_lowercase()).collect();
    let mut names = lower.clone();
    let parts = [Part::Image, Part::Label].into_iter().chain((0..4).map(Part::Corner));
    for part in parts {
        let accepted = names::accepted(part, BoxFormat::Xyxy).iter();
        let found = accepted.filter_map(|name| lower.iter().position(|present| present == name)).next();
        if let Some(found) = found {
            names::name(part, BoxFormat::Xyxy).clone_into(&mut names[found]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &[u8]) -> PlainCsv {
        PlainCsv::of(text.to_vec().into()).unwrap()
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let csv = plain(b"image\tlabel\r\n# no row\r\n\r\na\t\"x\ny\"\r\nb\tz\r\n");
        assert_eq!(csv.text, b"image,label\na,x\x0by\nb,z\n");
        assert_eq!([1, 2, 3, 9].map(|line| csv.line(line)), [1, 4, 6, 9]);
        let json = plain(b"\n{\"Image\": \"a\", \"xmin\": 1}\n\n{\"Image\": \"b\"}\n");
        assert_eq!(json.text, b"image,x1\na,1\nb,\n");
        assert_eq!([2, 3].map(|line| json.line(line)), [2, 4]);
    }

    #[test]
    fn the_first_usual_name_counts_and_others_stay() {
        let csv = plain(b"Path,file_name,CLASS,Split\n1,2,3,4\n");
        assert_eq!(csv.text, b"path,image,label,split\n1,2,3,4\n");
    }

    #[test]
    fn other_formats_are_refused() {
        let said = PlainCsv::of(b"\x93NUMPY\x01\x00".to_vec().into()).unwrap_err().to_string();
        assert!(said.contains("expected CSV or JSON lines"), "{said}");
    }
}
