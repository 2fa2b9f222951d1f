//! Why pictures could not be prepared, and where.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why pictures could not be prepared: the file, the line of a table, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The table or the picture.
    pub file: PathBuf,
    /// The line, from 1: of the table, or of the table that names the picture.
    pub line: Option<u64>,
    /// What is wrong.
    pub why: String,
}

impl Error {
    /// Something that is wrong with a file as a whole.
    pub(crate) fn file(file: &Path, why: impl fmt::Display) -> Self {
        Self { file: file.to_owned(), line: None, why: why.to_string() }
    }

    /// Something that is wrong in a line of a table.
    pub(crate) fn line(file: &Path, line: u64, why: impl fmt::Display) -> Self {
        Self { file: file.to_owned(), line: Some(line), why: why.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.why)
    }
}

impl std::error::Error for Error {}
