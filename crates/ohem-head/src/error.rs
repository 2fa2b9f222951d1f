//! Why a pass was refused.

use core::fmt;

use crate::block::BLOCK;

/// Why a forward or backward pass was refused. Then nothing is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadError {
    /// A table does not have a row for every RoI.
    Table {
        /// The name of the table.
        table: &'static str,
        /// The number of its values.
        values: usize,
        /// The number of RoIs.
        rows: usize,
        /// The number of columns that a row must have.
        columns: usize,
    },
    /// The number of kept activations is wrong.
    Kept {
        /// The number of blocks kept.
        blocks: usize,
        /// The number of RoIs.
        rows: usize,
    },
    /// An index is out of range.
    Index {
        /// The position in the list of indices.
        position: usize,
        /// The index.
        index: u32,
        /// The number of RoIs.
        rows: usize,
    },
}

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { table, values, rows, columns } => {
                write!(f, "{table}: {values} values but {rows} RoIs with {columns} columns each")
            }
            Self::Kept { blocks, rows } => {
                write!(f, "kept activations: {blocks} blocks of {BLOCK} RoIs but {rows} RoIs")
            }
            Self::Index { position, index, rows } => {
                write!(f, "index {index} at position {position} but {rows} RoIs")
            }
        }
    }
}

impl core::error::Error for HeadError {}

/// Checks that a table has a row for every RoI.
pub(crate) fn check_table(
    table: &'static str,
    values: usize,
    rows: usize,
    columns: usize,
) -> Result<(), HeadError> {
    match rows.checked_mul(columns) {
        Some(expected) if expected == values => Ok(()),
        _ => Err(HeadError::Table { table, values, rows, columns }),
    }
}

/// Checks that there are activations for every block of RoIs.
pub(crate) fn check_blocks(blocks: usize, rows: usize) -> Result<(), HeadError> {
    if blocks == rows.div_ceil(BLOCK) { Ok(()) } else { Err(HeadError::Kept { blocks, rows }) }
}
