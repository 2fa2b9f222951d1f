//! Why a table could not be mined.

use ohem_std::rules::RuleError;
use ohem_std::{Error, MineError, RankError};

/// Why a table could not be mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The loss of this row is NaN.
    NanLoss(usize),
    /// A rule of another framework refused the table for another reason.
    Rule(RuleError),
    /// Mining refused the table for another reason.
    Mine(Error),
}

impl From<RuleError> for Refusal {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Mine(MineError::Rank(error)) => error.into(),
            other => Self::Rule(other),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Mine(MineError::Rank(error)) => error.into(),
            other => Self::Mine(other),
        }
    }
}

impl From<RankError> for Refusal {
    fn from(error: RankError) -> Self {
        match error {
            RankError::NanLoss { index } => Self::NanLoss(index as usize),
            other => Self::Mine(Error::Mine(other.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_names_its_row_whatever_found_it() {
        let error = RankError::NanLoss { index: 3 };
        assert_eq!(Refusal::from(RuleError::Mine(error.into())), Refusal::NanLoss(3));
        assert_eq!(Refusal::from(Error::Mine(error.into())), Refusal::NanLoss(3));
    }
}
