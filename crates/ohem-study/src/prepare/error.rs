//! Why pictures could not be prepared.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why pictures could not be prepared: the file, the line of a table, and the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrepareError {
    /// The table or the picture.
    pub file: PathBuf,
    /// The line of the table, from 1.
    pub line: Option<u64>,
    /// The problem.
    pub why: String,
}

impl PrepareError {
    /// An error about a file as a whole.
    pub(crate) fn file(file: &Path, why: impl fmt::Display) -> Self {
        Self { file: file.to_owned(), line: None, why: why.to_string() }
    }

    /// An error in a line of a table.
    pub(crate) fn line(file: &Path, line: u64, why: impl fmt::Display) -> Self {
        Self { file: file.to_owned(), line: Some(line), why: why.to_string() }
    }
}

impl fmt::Display for PrepareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.why)
    }
}

impl std::error::Error for PrepareError {}
