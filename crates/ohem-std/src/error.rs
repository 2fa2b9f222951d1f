//! Why a one-call function refused its input.

use core::fmt;

use ohem_core::{ConfigError, MineError, RoisError};

/// Why RoIs could not be mined, or boxes not suppressed, in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The slices do not go together.
    Rois(RoisError),
    /// The configuration makes no sense.
    Config(ConfigError),
    /// The losses do not go with the RoIs, or could not be ranked.
    Mine(MineError),
}

impl From<RoisError> for Error {
    fn from(error: RoisError) -> Self {
        Self::Rois(error)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<MineError> for Error {
    fn from(error: MineError) -> Self {
        Self::Mine(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rois(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
            Self::Mine(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}
