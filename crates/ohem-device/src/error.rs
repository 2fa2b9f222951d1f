//! Why a training stopped.

use core::fmt;

use ohem_core::{ConfigError, InputError, MineError};
use ohem_head::HeadError;
use thiserror::Error;

/// Why a training stopped. With the embedded data, only a loss that is NaN can stop it.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Refused {
    /// The miner refused its configuration.
    Config(#[from] ConfigError),
    /// The head refused the data.
    Head(#[from] HeadError),
    /// RoIs, a loss function or the sampler refused the data.
    Input(#[from] InputError),
    /// The RoIs could not be mined because a loss was NaN.
    Mine(#[from] MineError),
    /// The measurements could not be written.
    Write(#[from] fmt::Error),
}
