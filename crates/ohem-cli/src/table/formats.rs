//! The formats in which tables come, and what else a file may be.
//!
//! A text in CSV is read as it is. JSON, JSON lines and arrays of numpy become such a text, so that one reader checks
//! every cell by the same rules. Parquet is read column by column.

mod json;
mod kind;
mod npy;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
mod plain;
mod unpack;

use std::borrow::Cow;

use super::error::{Problem, TableError};
use super::requested::RequestedColumns;
use super::roi_table::{Origin, RoiTable, Text};
pub use kind::FileKind;
#[cfg(feature = "parquet")]
pub(super) use parquet::ParquetRows;
pub use plain::PlainCsv;
pub use unpack::MAX_UNPACKED;

impl RoiTable {
    /// Reads a table in any format: CSV, JSON lines, an array of JSON objects, npz, npy or Parquet; also gzipped.
    ///
    /// Memory: O(bytes); a converted format takes up to twice its unpacked size more.
    ///
    /// # Errors
    ///
    /// If the file is something else, or as [`RoiTable::read`].
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_cli::table::{RequestedColumns, RoiTable};
    ///
    /// let lines = br#"{"image": 7, "x1": 0, "y1": 0, "x2": 9, "y2": 9, "label": "cat", "loss": 0.5}"#;
    /// let table = RoiTable::open(lines.into(), &RequestedColumns::loss("loss"), |_| {})?;
    /// assert_eq!((table.losses.at(0), table.labels.of(0)), (0.5, "cat"));
    /// # Ok::<(), ohem_cli::table::TableError>(())
    /// ```
    pub fn open(
        bytes: Cow<'static, [u8]>,
        requested: &RequestedColumns<'_>,
        progress: impl FnMut(usize),
    ) -> Result<Self, TableError> {
        let bytes = unpack::unpacked(bytes).map_err(not_a_table)?;
        match FileKind::of(&bytes) {
            FileKind::Text => Self::read(bytes, requested, progress),
            FileKind::JsonLines => Self::read_converted(json::lines(&bytes)?, requested, progress),
            FileKind::JsonArray => Self::read_converted(json::array(&bytes)?, requested, progress),
            FileKind::Npz => {
                Self::read_converted(npz::text(&bytes).map_err(not_a_table)?, requested, progress)
            }
            FileKind::Npy => {
                Self::read_converted(npy::text(&bytes).map_err(not_a_table)?, requested, progress)
            }
            #[cfg(feature = "parquet")]
            FileKind::Parquet => Self::of_parquet(bytes.into_owned().into(), requested),
            other => Err(not_a_table(other.refusal())),
        }
    }

    fn read_converted(
        converted: Converted,
        requested: &RequestedColumns<'_>,
        progress: impl FnMut(usize),
    ) -> Result<Self, TableError> {
        let Converted { text, origin } = converted;
        let text = Text { bytes: Cow::Owned(text), starts: Vec::new(), delimiter: b',', origin };
        Self::read_text(text, requested, progress)
    }
}

/// A table as CSV, with a header, and where its rows come from.
struct Converted {
    text: Vec<u8>,
    origin: Origin,
}

/// An error about a file as a whole.
fn not_a_table(why: impl Into<String>) -> TableError {
    TableError { place: None, column: None, problem: Problem::NotATable(why.into()) }
}

/// A writer of CSV in memory. Writing to it cannot fail.
struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    fn new() -> Self {
        Self(csv::WriterBuilder::new().flexible(true).from_writer(Vec::new()))
    }

    fn row<T: AsRef<[u8]>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.0.write_record(cells).expect("writing to memory cannot fail");
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner().expect("writing to memory cannot fail")
    }
}
