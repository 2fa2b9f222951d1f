//! Why a pack could not be read or written.

use std::fmt;
use std::io;

/// The longest text that a message repeats in full.
const MAX_SHOWN: usize = 40;

/// Why a pack could not be read or written, and the file.
#[derive(Debug)]
pub struct PackError {
    /// The name of the file, without its folder.
    pub file: String,
    /// The problem of the file.
    pub problem: Problem,
}

/// What can be wrong with a file of a pack. Rows count from 0, lines from 1.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// The file could not be read or written.
    Io(io::Error),
    /// The file is not an array of this type.
    Array {
        /// The expected type, by its name in numpy.
        expected: &'static str,
        /// The problem.
        why: String,
    },
    /// The number of rows differs from that of the split's first file.
    Rows {
        /// The number of rows.
        rows: usize,
        /// The expected number.
        expected: usize,
    },
    /// The number of values per row is wrong.
    Columns {
        /// The number of values per row.
        columns: usize,
        /// The expected number.
        expected: usize,
    },
    /// The index of an image is lower than that of the row above.
    ImageOrder {
        /// The row.
        row: usize,
        /// Its image.
        image: u16,
        /// The image of the row above.
        above: u16,
    },
    /// A label has no class.
    Label {
        /// The row.
        row: usize,
        /// Its label.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// A number is NaN or out of its range.
    Value {
        /// The row.
        row: usize,
        /// The number.
        value: f32,
    },
    /// The right or bottom edge of a box is before its left or top edge.
    Inverted {
        /// The row.
        row: usize,
        /// The corners.
        bbox: [u16; 4],
    },
    /// A line of a text file is invalid.
    Line {
        /// The line.
        line: u64,
        /// The problem there.
        why: String,
    },
}

impl PackError {
    pub(crate) fn new(file: &str, problem: Problem) -> Self {
        Self { file: file.to_owned(), problem }
    }
}

/// A text of a file in quotes, without its end if it is long.
pub(crate) fn shown(text: &str) -> String {
    let start = start(text);
    let dots = if start.len() < text.len() { "..." } else { "" };
    format!("{start:?}{dots}")
}

/// A text of a file, without its end if it is long.
pub(crate) fn start(text: &str) -> &str {
    text.char_indices().nth(MAX_SHOWN).map_or(text, |(end, _)| &text[..end])
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Array { expected, why } => write!(f, "expected a numpy array of {expected}: {why}"),
            Self::Rows { rows, expected } => {
                write!(f, "expected {expected} rows as in the other files, found {rows}")
            }
            Self::Columns { columns, expected } => {
                write!(f, "expected {expected} values per row, found {columns}")
            }
            Self::ImageOrder { row, image, above } => {
                write!(
                    f,
                    "row {row}: image {image} after image {above}, but rows must be in the order of images"
                )
            }
            Self::Label { row, label, classes } => {
                write!(f, "row {row}: label {label} but {classes} classes")
            }
            Self::Value { row, value } => write!(f, "row {row}: {value} is out of range"),
            Self::Inverted { row, bbox: [x1, y1, x2, y2] } => {
                write!(f, "row {row}: the box {x1}, {y1}, {x2}, {y2} is inverted")
            }
            Self::Line { line, why } => write!(f, "line {line}: {why}"),
        }
    }
}

impl std::error::Error for PackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            Problem::Io(error) => Some(error),
            _ => None,
        }
    }
}
