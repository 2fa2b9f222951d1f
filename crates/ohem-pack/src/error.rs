//! Why a pack could not be read or written, and where.

use std::fmt;
use std::io;

/// Why a pack could not be read or written, and the file where.
#[derive(Debug)]
pub struct PackError {
    /// The name of the file, without its folder.
    pub file: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a file of a pack. Rows count from 0, lines from 1.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// It could not be read or written.
    Io(io::Error),
    /// It is no array of this type.
    Array {
        /// The type wanted, as numpy writes it.
        wanted: &'static str,
        /// What is wrong.
        why: String,
    },
    /// It has not as many rows as the first file of the split.
    Rows {
        /// How many it has.
        rows: usize,
        /// How many it must have.
        wanted: usize,
    },
    /// A row has not as many values as it should.
    Columns {
        /// How many it has.
        columns: usize,
        /// How many it must have.
        wanted: usize,
    },
    /// An image comes before one that stands above it.
    ImageOrder {
        /// The row.
        row: usize,
        /// Its image.
        image: u16,
        /// The image of the row above.
        above: u16,
    },
    /// A label is no class's.
    Label {
        /// The row.
        row: usize,
        /// Its label.
        label: u8,
        /// How many classes there are.
        classes: usize,
    },
    /// A number is NaN or out of its range.
    Value {
        /// The row.
        row: usize,
        /// The number.
        value: f32,
    },
    /// The right or the bottom of a box comes before its left or top.
    Inverted {
        /// The row.
        row: usize,
        /// The corners.
        bbox: [u16; 4],
    },
    /// A line of a text makes no sense.
    Line {
        /// The line.
        line: u64,
        /// What is wrong there.
        why: String,
    },
}

impl PackError {
    pub(crate) fn new(file: &str, problem: Problem) -> Self {
        Self { file: file.to_owned(), problem }
    }
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
            Self::Array { wanted, why } => write!(f, "no array of {wanted}: {why}"),
            Self::Rows { rows, wanted } => write!(f, "{rows} rows, expected {wanted} as in the others"),
            Self::Columns { columns, wanted } => write!(f, "{columns} values a row, expected {wanted}"),
            Self::ImageOrder { row, image, above } => {
                write!(f, "row {row}: image {image} after image {above}; rows must be in the order of images")
            }
            Self::Label { row, label, classes } => {
                write!(f, "row {row}: label {label}, but there are {classes} classes")
            }
            Self::Value { row, value } => write!(f, "row {row}: {value} is out of range"),
            Self::Inverted { row, bbox: [x1, y1, x2, y2] } => {
                write!(f, "row {row}: the box {x1}, {y1}, {x2}, {y2} is inverted")
            }
            Self::Line { line, why } => write!(f, "line {line}: {why}"),
        }
    }
}

impl std::error::Error for PackError {}
