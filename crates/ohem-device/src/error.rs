//! Why a training stopped.

use core::fmt;

use ohem_core::loss::LossError;
use ohem_core::targets::SampleError;
use ohem_core::{ConfigError, MineError, RoisError};
use ohem_head::HeadError;
use thiserror::Error;

/// Why a training stopped. With the embedded data, only a loss that is NaN can stop it.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Refused {
    /// The miner refused its configuration.
    Config(#[from] ConfigError),
    /// The columns of an image differ in length.
    Rois(#[from] RoisError),
    /// The head refused the data.
    Head(#[from] HeadError),
    /// A loss function refused the data.
    Loss(#[from] LossError),
    /// The RoIs could not be mined because a loss was NaN.
    Mine(#[from] MineError),
    /// The RoIs could not be sampled.
    Sample(#[from] SampleError),
    /// The measurements could not be written.
    Write(#[from] fmt::Error),
}
