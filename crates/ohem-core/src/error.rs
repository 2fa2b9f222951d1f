//! Why an operation refused its input. Each error names the expected and the actual value, and where it is.
//!
//! Five kinds of fault are enough for the whole crate: [`LengthMismatch`], [`OutOfRange`], [`NanLoss`],
//! [`InvalidBox`] and [`ConfigError`]. An operation returns [`MineError`] if it ranks losses, and [`InputError`] if it does not.

mod display;

use core::error::Error;
use core::fmt;

use crate::{BBox, Convention, Float};

/// A slice has another length than the rest of the input asks for.
///
/// ```
/// use ohem_core::LengthMismatch;
///
/// let error = LengthMismatch { what: "losses", expected: 5, actual: 3 };
/// assert_eq!(error.to_string(), "expected 5 losses, found 3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LengthMismatch {
    /// What the slice holds.
    pub what: &'static str,
    /// The length that the rest of the input asks for; `usize::MAX` if that does not fit a `usize`.
    pub expected: usize,
    /// The length it has.
    pub actual: usize,
}

impl LengthMismatch {
    /// Checks a length.
    #[inline]
    pub(crate) fn check(what: &'static str, expected: usize, actual: usize) -> Result<(), Self> {
        if actual == expected { Ok(()) } else { Err(Self { what, expected, actual }) }
    }

    /// Checks that a table has `rows` rows of `columns` values.
    #[inline]
    pub(crate) fn check_table(
        what: &'static str,
        rows: usize,
        columns: usize,
        actual: usize,
    ) -> Result<(), Self> {
        Self::check(what, rows.saturating_mul(columns), actual)
    }
}

/// A number names something that does not exist: an index, a label, an image.
///
/// ```
/// use ohem_core::OutOfRange;
///
/// let error = OutOfRange { what: "label", position: 7, value: -3, limit: 21 };
/// assert_eq!(error.to_string(), "label -3 at position 7: expected a number from 0 to 20");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OutOfRange {
    /// What the number names.
    pub what: &'static str,
    /// Index of the number in its slice: the first such.
    pub position: usize,
    /// The number; the nearest one that an `i64` can hold, and 0 for NaN.
    pub value: i64,
    /// The first number that is too large.
    pub limit: usize,
}

impl OutOfRange {
    /// Checks that every index is below a limit.
    #[inline]
    pub(crate) fn check_indices(indices: &[u32], limit: usize) -> Result<(), Self> {
        match (0..).zip(indices).find(|&(_, &index)| index as usize >= limit) {
            Some((position, &index)) => Err(Self { what: "index", position, value: index.into(), limit }),
            None => Ok(()),
        }
    }
}

/// A loss is NaN, and [`NanPolicy::Error`](crate::NanPolicy::Error) was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NanLoss {
    /// Index of the loss: the first such.
    pub index: u32,
}

/// A box that must be valid is not: see [`BBox::is_box`].
///
/// ```
/// use ohem_core::InvalidBox;
///
/// let error = InvalidBox { what: "ground-truth box", index: 4 };
/// let expected = "expected finite corners with x1 <= x2 and y1 <= y2, and a finite area";
/// assert_eq!(error.to_string(), format!("ground-truth box 4 is invalid: {expected}"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct InvalidBox {
    /// What the box is.
    pub what: &'static str,
    /// Index of the box: the first such.
    pub index: usize,
}

impl InvalidBox {
    /// Checks that every box is valid.
    #[inline]
    pub(crate) fn check<F: Float>(
        what: &'static str,
        boxes: &[BBox<F>],
        convention: Convention,
    ) -> Result<(), Self> {
        match boxes.iter().position(|bbox| !bbox.is_box(convention)) {
            Some(index) => Err(Self { what, index }),
            None => Ok(()),
        }
    }
}

/// A configuration makes no sense, or asks for more than there is memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ConfigError {
    /// A setting has a value that it cannot have.
    Setting {
        /// The field's name.
        name: &'static str,
        /// Which values it can have.
        expected: &'static str,
    },
    /// A row of a setting that is a table has a value that it cannot have.
    Row {
        /// The table's name.
        name: &'static str,
        /// Index of the row: the first such.
        row: usize,
        /// Which values it can have.
        expected: &'static str,
    },
    /// The memory is too small.
    Capacity {
        /// What has to fit.
        what: &'static str,
        /// How many of them have to fit; `usize::MAX` if that does not fit a `usize`.
        needed: usize,
        /// How many fit.
        capacity: usize,
    },
}

impl ConfigError {
    /// Checks that a number of things fits.
    #[inline]
    pub(crate) const fn check_capacity(
        what: &'static str,
        needed: usize,
        capacity: usize,
    ) -> Result<(), Self> {
        if needed <= capacity { Ok(()) } else { Err(Self::Capacity { what, needed, capacity }) }
    }

    /// Checks that every element can have a `u32` as its index.
    #[inline]
    pub(crate) fn check_countable(what: &'static str, len: usize) -> Result<(), Self> {
        match u32::try_from(len) {
            Ok(_) => Ok(()),
            Err(_) => Err(Self::Capacity { what, needed: len, capacity: u32::MAX as usize }),
        }
    }

    /// Checks that a threshold is not NaN.
    #[inline]
    pub(crate) const fn check_threshold(name: &'static str, value: f64) -> Result<(), Self> {
        if value.is_nan() { Err(Self::Setting { name, expected: "a number, not NaN" }) } else { Ok(()) }
    }
}

/// Declares an error that is one of several faults: displayed as that fault, which is its source.
macro_rules! any_of {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident($fault:ty)),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant($fault)),+
        }

        $(impl From<$fault> for $name {
            fn from(fault: $fault) -> Self {
                Self::$variant(fault)
            }
        })+

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant(fault) => fault.fmt(f)),+
                }
            }
        }

        impl Error for $name {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                match self {
                    $(Self::$variant(fault) => Some(fault)),+
                }
            }
        }
    };
}

any_of! {
    /// Why an operation that ranks losses refused its input: mining, its rules, NMS, top-k.
    ///
    /// ```
    /// use ohem_core::error::{MineError, NanLoss};
    /// use std::error::Error;
    ///
    /// let error = MineError::from(NanLoss { index: 3 });
    /// assert_eq!(error.to_string(), "the loss of RoI 3 is NaN");
    /// assert!(error.source().is_some_and(|fault| fault.is::<NanLoss>()));
    /// ```
    MineError {
        /// A slice has the wrong length.
        Length(LengthMismatch),
        /// An index, label or image does not exist.
        OutOfRange(OutOfRange),
        /// A loss is NaN.
        Nan(NanLoss),
        /// A box is invalid that must be valid; mining itself takes any boxes.
        Box(InvalidBox),
        /// The configuration makes no sense, or does not fit the memory.
        Config(ConfigError),
    }
}

any_of! {
    /// Why an operation that ranks nothing refused its input: IoU, losses, targets, gathering, merging.
    ///
    /// Nothing was written then.
    InputError {
        /// A slice has the wrong length.
        Length(LengthMismatch),
        /// An index, label or image does not exist.
        OutOfRange(OutOfRange),
        /// A ground-truth box or a region is invalid.
        Box(InvalidBox),
        /// The configuration makes no sense, or does not fit the memory.
        Config(ConfigError),
    }
}

impl From<InputError> for MineError {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Length(fault) => Self::Length(fault),
            InputError::OutOfRange(fault) => Self::OutOfRange(fault),
            InputError::Box(fault) => Self::Box(fault),
            InputError::Config(fault) => Self::Config(fault),
        }
    }
}

#[cfg(test)]
mod tests;
