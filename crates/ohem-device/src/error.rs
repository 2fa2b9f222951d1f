//! Why a training stopped.

use core::fmt;

use ohem_core::loss::LossError;
use ohem_core::targets::SampleError;
use ohem_core::{ConfigError, MineError, RoisError};
use ohem_head::HeadError;
use thiserror::Error;

/// Why a training stopped. With the data that are compiled in, only a loss that is NaN can be why.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error(transparent)]
#[non_exhaustive]
pub enum Refused {
    /// The batch does not go with the miner.
    Config(#[from] ConfigError),
    /// The RoIs of an image are not whole.
    Rois(#[from] RoisError),
    /// The head has not the size of the data.
    Head(#[from] HeadError),
    /// The losses have not.
    Loss(#[from] LossError),
    /// The RoIs could not be mined: a loss was NaN.
    Mine(#[from] MineError),
    /// They could not be drawn.
    Sample(#[from] SampleError),
    /// What was measured could not be written.
    Write(#[from] fmt::Error),
}
