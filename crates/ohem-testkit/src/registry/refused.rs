//! Why an operation refused its input, by numbers alone.

use ohem_core::{ConfigError, InputError, InvalidBox, LengthMismatch, MineError, NanLoss, OutOfRange};

use super::{Sink, Words};

/// A fault and the numbers that it names. Its words may be put better some day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A slice has the wrong length.
    Length {
        /// The right one.
        expected: usize,
        /// The length it has.
        actual: usize,
    },
    /// A number names something that does not exist.
    OutOfRange {
        /// Where it is.
        position: usize,
        /// The number.
        value: i64,
        /// The first that is too large.
        limit: usize,
    },
    /// A loss is NaN.
    Nan {
        /// Its index.
        index: usize,
    },
    /// A box is invalid.
    Box {
        /// Its index.
        index: usize,
    },
    /// A setting has a value that it cannot have.
    Setting,
    /// So has a row of a setting.
    Row {
        /// Its index.
        row: usize,
    },
    /// The memory is too small.
    Capacity {
        /// How many must fit.
        needed: usize,
        /// How many do.
        capacity: usize,
    },
}

impl Words for Refused {
    fn add_to(&self, out: &mut impl Sink) {
        match *self {
            Self::Length { expected, actual } => (0_u8, expected, actual).add_to(out),
            Self::OutOfRange { position, value, limit } => (1_u8, position, value, limit).add_to(out),
            Self::Nan { index } => (2_u8, index).add_to(out),
            Self::Setting => 3_u8.add_to(out),
            Self::Row { row } => (4_u8, row).add_to(out),
            Self::Capacity { needed, capacity } => (5_u8, needed, capacity).add_to(out),
            Self::Box { index } => (6_u8, index).add_to(out),
        }
    }
}

impl From<LengthMismatch> for Refused {
    fn from(LengthMismatch { expected, actual, .. }: LengthMismatch) -> Self {
        Self::Length { expected, actual }
    }
}

impl From<OutOfRange> for Refused {
    fn from(OutOfRange { position, value, limit, .. }: OutOfRange) -> Self {
        Self::OutOfRange { position, value, limit }
    }
}

impl From<NanLoss> for Refused {
    fn from(NanLoss { index }: NanLoss) -> Self {
        Self::Nan { index: index as usize }
    }
}

impl From<InvalidBox> for Refused {
    fn from(InvalidBox { index, .. }: InvalidBox) -> Self {
        Self::Box { index }
    }
}

impl From<ConfigError> for Refused {
    fn from(error: ConfigError) -> Self {
        match error {
            ConfigError::Row { row, .. } => Self::Row { row },
            ConfigError::Capacity { needed, capacity, .. } => Self::Capacity { needed, capacity },
            _ => Self::Setting,
        }
    }
}

impl From<InputError> for Refused {
    fn from(error: InputError) -> Self {
        MineError::from(error).into()
    }
}

impl From<MineError> for Refused {
    fn from(error: MineError) -> Self {
        match error {
            MineError::Length(fault) => fault.into(),
            MineError::OutOfRange(fault) => fault.into(),
            MineError::Nan(fault) => fault.into(),
            MineError::Box(fault) => fault.into(),
            MineError::Config(fault) => fault.into(),
            // A variant of a later version must be given numbers here.
            _ => Self::Setting,
        }
    }
}

macro_rules! by_numbers {
    ($($error:ident)*) => {$(
        impl Words for $error {
            fn add_to(&self, out: &mut impl Sink) {
                Refused::from(*self).add_to(out);
            }
        }
    )*};
}

by_numbers!(LengthMismatch OutOfRange NanLoss InvalidBox ConfigError InputError MineError);
