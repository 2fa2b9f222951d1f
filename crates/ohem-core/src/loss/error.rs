//! Why losses or gradients could not be written, and the checks at the border.

use core::fmt;

/// Why losses or gradients could not be written. Then nothing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LossError {
    /// A table has not a row of columns for every RoI.
    Table {
        /// How many values it has.
        values: usize,
        /// How many RoIs there are.
        rows: usize,
        /// How many columns a row must have.
        columns: usize,
    },
    /// A table of boxes has neither 4 columns nor 4 for each label.
    Boxes {
        /// How many values it has.
        values: usize,
        /// How many RoIs there are.
        rows: usize,
    },
    /// A label is out of range.
    Label {
        /// The RoI: the first such.
        row: usize,
        /// Its label.
        label: u32,
        /// How many labels there are.
        labels: usize,
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
    /// The output is not of the right length.
    Out {
        /// How many places it has.
        places: usize,
        /// How many it must have; `usize::MAX` if that is too many to count.
        needed: usize,
    },
}

impl fmt::Display for LossError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { values, rows, columns } => {
                write!(f, "a table of {values} values, but {rows} RoIs with {columns} columns each")
            }
            Self::Boxes { values, rows } => {
                write!(f, "a table of {values} values: neither 4 nor 4 a label for each of {rows} RoIs")
            }
            Self::Label { row, label, labels } => {
                write!(f, "the label of RoI {row} is {label}, but there are {labels} labels")
            }
            Self::Index { position, index, rows } => {
                write!(f, "index {index} at position {position}, but {rows} RoIs")
            }
            Self::Out { places, needed } => write!(f, "room for {places} values, {needed} are needed"),
        }
    }
}

impl core::error::Error for LossError {}

/// Checks that a table has a row for every RoI.
pub(super) fn check_table(values: usize, rows: usize, columns: usize) -> Result<(), LossError> {
    match rows.checked_mul(columns) {
        Some(needed) if needed == values => Ok(()),
        _ => Err(LossError::Table { values, rows, columns }),
    }
}

/// Checks that every label is one of so many.
pub(super) fn check_labels(labels: &[u32], count: usize) -> Result<(), LossError> {
    match labels.iter().zip(0..).find(|&(&label, _)| label as usize >= count) {
        Some((&label, row)) => Err(LossError::Label { row, label, labels: count }),
        None => Ok(()),
    }
}

/// Checks that the output has as many places as there are values.
pub(super) fn check_out(places: usize, needed: usize) -> Result<(), LossError> {
    if places == needed { Ok(()) } else { Err(LossError::Out { places, needed }) }
}
