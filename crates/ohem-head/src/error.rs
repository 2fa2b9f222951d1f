//! Why a pass was refused.

use core::fmt;

/// Why a forward or backward pass was refused. Then nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadError {
    /// A table has not a row for every RoI.
    Table {
        /// How many values it has.
        values: usize,
        /// How many RoIs there are.
        rows: usize,
        /// How many columns a row must have.
        columns: usize,
    },
    /// An index names no RoI.
    Index {
        /// Where among the indices it stands.
        position: usize,
        /// The index.
        index: u32,
        /// How many RoIs there are.
        rows: usize,
    },
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { values, rows, columns } => {
                write!(f, "a table of {values} values, but {rows} RoIs with {columns} columns each")
            }
            Self::Index { position, index, rows } => {
                write!(f, "index {index} at position {position}, but {rows} RoIs")
            }
        }
    }
}

impl core::error::Error for HeadError {}

/// Checks that a table has a row for every RoI.
pub(crate) fn check_table(values: usize, rows: usize, columns: usize) -> Result<(), HeadError> {
    match rows.checked_mul(columns) {
        Some(needed) if needed == values => Ok(()),
        _ => Err(HeadError::Table { values, rows, columns }),
    }
}
