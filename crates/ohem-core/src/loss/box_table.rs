//! Tables with four columns for each RoI, or for each RoI and class.

use crate::Float;
use crate::error::LengthMismatch;

/// Weights of the four columns of a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BoxWeights<'a, F> {
    /// The same four for every RoI.
    Same([F; 4]),
    /// A table of `n x 4` or `n x 4K` values: the original's blob.
    Each(&'a [F]),
}

/// A table of the right length, or the same four values for all RoIs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum BoxTable<'a, F> {
    Same([F; 4]),
    /// Values row by row, four for each of the classes.
    Each {
        values: &'a [F],
        classes: usize,
    },
}

impl<'a, F: Float> BoxTable<'a, F> {
    /// Finds the number of classes from the length.
    pub(super) fn new(what: &'static str, values: &'a [F], rows: usize) -> Result<Self, LengthMismatch> {
        let four_each = rows.saturating_mul(4);
        if values.len() == four_each {
            return Ok(Self::Each { values, classes: 1 });
        }
        // The nearest length above that makes whole rows; without rows, no value can be had.
        let expected = values.len().max(1).checked_next_multiple_of(four_each).unwrap_or(four_each);
        LengthMismatch::check(what, expected, values.len())?;
        Ok(Self::Each { values, classes: values.len().checked_div(four_each).unwrap_or(1) })
    }

    pub(super) fn from_weights(
        what: &'static str,
        weights: BoxWeights<'a, F>,
        rows: usize,
    ) -> Result<Self, LengthMismatch> {
        match weights {
            BoxWeights::Same(four) => Ok(Self::Same(four)),
            BoxWeights::Each(values) => Self::new(what, values, rows),
        }
    }

    /// The number of classes that have columns, if each has its own.
    pub(super) const fn classes(&self) -> Option<usize> {
        match self {
            Self::Each { classes, .. } if *classes > 1 => Some(*classes),
            _ => None,
        }
    }

    /// Number of columns.
    pub(super) const fn width(&self) -> usize {
        match self {
            Self::Same(_) => 4,
            Self::Each { classes, .. } => 4 * *classes,
        }
    }

    /// First of the four columns of a class.
    #[inline(always)]
    pub(super) const fn first_column(&self, class: u32) -> usize {
        match self {
            Self::Each { classes, .. } if *classes > 1 => 4 * class as usize,
            _ => 0,
        }
    }

    /// The four values of a RoI and its class.
    #[inline(always)]
    pub(super) fn four(&self, row: usize, class: u32) -> [F; 4] {
        match self {
            Self::Same(four) => *four,
            Self::Each { values, .. } => {
                let start = row * self.width() + self.first_column(class);
                let four = values.get(start..).and_then(<[F]>::first_chunk);
                four.copied().unwrap_or([F::nan(); 4])
            }
        }
    }
}
