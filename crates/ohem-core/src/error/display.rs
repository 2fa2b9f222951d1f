//! How faults are displayed.

use core::error::Error;
use core::fmt;

use super::{ConfigError, InvalidBox, LengthMismatch, NanLoss, OutOfRange};

impl fmt::Display for LengthMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, expected, actual } = self;
        write!(f, "expected {expected} {what}, found {actual}")
    }
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, position, value, limit } = self;
        match limit.checked_sub(1) {
            Some(last) => {
                write!(f, "{what} {value} at position {position}: expected a number from 0 to {last}")
            }
            None => write!(f, "{what} {value} at position {position}: expected none"),
        }
    }
}

impl fmt::Display for NanLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the loss of RoI {} is NaN", self.index)
    }
}

impl fmt::Display for InvalidBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, index } = self;
        let expected = "finite corners with x1 <= x2 and y1 <= y2, and a finite area";
        write!(f, "{what} {index} is invalid: expected {expected}")
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setting { name, expected } => write!(f, "`{name}` must be {expected}"),
            Self::Row { name, row, expected } => write!(f, "row {row} of `{name}` must be {expected}"),
            Self::Capacity { what, needed, capacity } => {
                write!(f, "{needed} {what} exceed the capacity of {capacity}")
            }
        }
    }
}

impl Error for LengthMismatch {}
impl Error for OutOfRange {}
impl Error for NanLoss {}
impl Error for InvalidBox {}
impl Error for ConfigError {}
