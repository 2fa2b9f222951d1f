//! The index of the NaN that an error names.

use ohem_core::rank::RankError;
use ohem_core::rules::RuleError;
use ohem_core::{MineError, NmsError};
use ohem_std::Error;

/// An error that can name the first NaN; any other is a bug of the test or of what it tests.
pub(super) trait NamesNan {
    /// Returns the index.
    fn nan(self) -> usize;
}

impl NamesNan for RankError {
    fn nan(self) -> usize {
        match self {
            Self::NanLoss { index } => index as usize,
            error => panic!("{error}"),
        }
    }
}

impl NamesNan for MineError {
    fn nan(self) -> usize {
        match self {
            Self::Rank(error) => error.nan(),
            error => panic!("{error}"),
        }
    }
}

impl NamesNan for NmsError {
    fn nan(self) -> usize {
        match self {
            Self::Mine(error) => error.nan(),
            error => panic!("{error}"),
        }
    }
}

impl NamesNan for RuleError {
    fn nan(self) -> usize {
        match self {
            Self::Mine(error) => error.nan(),
            error => panic!("{error}"),
        }
    }
}

impl NamesNan for Error {
    fn nan(self) -> usize {
        match self {
            Self::Mine(error) => error.nan(),
            error => panic!("{error}"),
        }
    }
}
