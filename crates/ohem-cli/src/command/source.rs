//! The source of a table.

use core::fmt;
use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::command::failure::Failure;
use crate::command::{progress, shipped};
use crate::table::{RequestedColumns, RoiTable, TableError};

/// The source of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Standard,
    /// The table built into the command.
    Shipped,
}

impl Source {
    /// The source that an argument names.
    pub(crate) fn named(file: Option<&Path>) -> Self {
        match file {
            None => Self::Shipped,
            Some(path) if path.as_os_str() == "-" => Self::Standard,
            Some(path) => Self::File(path.to_owned()),
        }
    }

    /// Whether this is a file of an array of JSON objects with boxes, as results of COCO are.
    pub(crate) fn is_coco_results(&self) -> bool {
        let Self::File(path) = self else { return false };
        let mut start = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(4096).read_to_end(&mut start));
        let text = String::from_utf8_lossy(&start);
        read.is_ok()
            && text.trim_start().starts_with('[')
            && text.contains("\"bbox\"")
            && text.contains("\"category_id\"")
    }

    /// The name of the source without its folder.
    pub(crate) fn name(&self) -> String {
        let Self::File(path) = self else { return self.to_string() };
        path.file_name().map_or_else(|| self.to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// Reads the table, with a progress bar if it is long.
    ///
    /// # Errors
    ///
    /// If the source cannot be read, or does not hold a table.
    pub(crate) fn table(&self, requested: &RequestedColumns<'_>) -> Result<RoiTable, Failure> {
        let refuse = |error: TableError| Failure::input(self, error);
        #[cfg(feature = "parquet")]
        if let Self::File(path) = self
            && let Some(file) = parquet(path)
        {
            return RoiTable::of_parquet_file(file, requested).map_err(refuse);
        }
        let bytes = self.text()?;
        let bar = progress::over(bytes.len());
        let table = RoiTable::open(bytes, requested, |bytes| bar.set_position(bytes as u64));
        bar.finish_and_clear();
        table.map_err(refuse)
    }

    /// Reads all of the text.
    ///
    /// # Errors
    ///
    /// If the source cannot be read.
    pub(crate) fn text(&self) -> Result<Cow<'static, [u8]>, Failure> {
        let text = match self {
            Self::File(path) if path.is_dir() => Err(io::Error::other("expected a file, found a folder")),
            Self::File(path) => fs::read(path),
            Self::Standard => standard_input(),
            Self::Shipped => return Ok(Cow::Borrowed(shipped::TABLE)),
        };
        text.map(Cow::Owned).map_err(|error| Failure::input(self, error))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Standard => f.write_str("standard input"),
            Self::Shipped => f.write_str(shipped::NAME),
        }
    }
}

/// Opens a regular file if it is Parquet, so that only the needed parts are read.
#[cfg(feature = "parquet")]
fn parquet(path: &Path) -> Option<fs::File> {
    let mut file =
        fs::File::open(path).ok().filter(|file| file.metadata().is_ok_and(|found| found.is_file()))?;
    let mut start = [0; 4];
    file.read_exact(&mut start).ok()?;
    (start == *b"PAR1").then_some(file)
}

fn standard_input() -> io::Result<Vec<u8>> {
    let progress = progress::incoming();
    let mut text = Vec::new();
    let read = progress.wrap_read(io::stdin().lock()).read_to_end(&mut text);
    progress.finish_and_clear();
    read.map(|_| text)
}
