//! Why a table could not be mined.

use ohem_std::{MineError, NanLoss};

use crate::command::failure::Failure;
use crate::command::source::Source;
use crate::table::RoiTable;

/// Why a table could not be mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The loss of this row is NaN.
    NanLoss(u32),
    /// The library refused the table for another reason.
    Mine(MineError),
}

impl Refusal {
    /// The failure of mining a table of this source.
    pub(crate) fn about(self, table: &RoiTable, source: &Source) -> Failure {
        match self {
            Self::NanLoss(row) => Failure::input(source, table.nan_loss(row as usize)),
            Self::Mine(error) => Failure::input(source, error),
        }
    }
}

impl From<MineError> for Refusal {
    fn from(error: MineError) -> Self {
        match error {
            MineError::Nan(NanLoss { index }) => Self::NanLoss(index),
            other => Self::Mine(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ohem_std::LengthMismatch;

    #[test]
    fn a_nan_names_its_row() {
        assert_eq!(Refusal::from(MineError::from(NanLoss { index: 3 })), Refusal::NanLoss(3));
        let length = MineError::from(LengthMismatch { what: "losses", expected: 2, actual: 3 });
        assert_eq!(Refusal::from(length), Refusal::Mine(length));
    }
}
