//! Tables with four columns for each RoI, or for each RoI and label.

use super::LossError;
use super::error::{check_labels, check_table};
use crate::Float;

/// What columns are weighted by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weights<'a, F> {
    /// The same four for every RoI.
    Same([F; 4]),
    /// A table of `n x 4` or `n x 4K`: the reference's blob.
    Each(&'a [F]),
}

/// A checked table of boxes' columns, or the same four for all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Columns<'a, F> {
    Same([F; 4]),
    Each { values: &'a [F], labels: usize },
}

impl<'a, F: Float> Columns<'a, F> {
    pub(super) fn new(values: &'a [F], labels: &[u32]) -> Result<Self, LossError> {
        let rows = labels.len();
        let width = values.len().checked_div(rows).unwrap_or(4);
        check_table(values.len(), rows, width)
            .ok()
            .filter(|()| width > 0 && width.is_multiple_of(4))
            .ok_or(LossError::Boxes { values: values.len(), rows })?;
        if width > 4 {
            check_labels(labels, width / 4)?;
        }
        Ok(Self::Each { values, labels: width / 4 })
    }

    pub(super) const fn width(&self) -> usize {
        match self {
            Self::Same(_) => 4,
            Self::Each { labels, .. } => 4 * *labels,
        }
    }

    /// Where in a row the columns of a label begin.
    #[inline(always)]
    pub(super) const fn first_column(&self, label: u32) -> usize {
        match self {
            Self::Each { labels, .. } if *labels > 1 => 4 * label as usize,
            _ => 0,
        }
    }

    /// The four of a RoI and its label.
    #[inline(always)]
    pub(super) fn four(&self, row: usize, label: u32) -> [F; 4] {
        match self {
            Self::Same(four) => *four,
            Self::Each { values, .. } => {
                let at = row * self.width() + self.first_column(label);
                let four = values.get(at..).and_then(<[F]>::first_chunk);
                four.copied().unwrap_or([F::nan(); 4])
            }
        }
    }
}
