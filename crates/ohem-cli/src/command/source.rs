//! The source of a table.

use core::fmt;
use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::command::failure::Failure;
use crate::command::{progress, shipped};

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

    /// The name of the source without its folder.
    pub(crate) fn name(&self) -> String {
        let Self::File(path) = self else { return self.to_string() };
        path.file_name().map_or_else(|| self.to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// Reads all of the text.
    ///
    /// # Errors
    ///
    /// If the source cannot be read.
    pub(crate) fn text(&self) -> Result<Cow<'static, [u8]>, Failure> {
        let text = match self {
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

fn standard_input() -> io::Result<Vec<u8>> {
    let progress = progress::incoming();
    let mut text = Vec::new();
    let read = progress.wrap_read(io::stdin().lock()).read_to_end(&mut text);
    progress.finish_and_clear();
    read.map(|_| text)
}
