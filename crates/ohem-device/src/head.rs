//! The size of the head.

use crate::data::CLASSES;
use crate::row::WIDTH;

/// The numbers of outputs of the hidden layers.
pub const HIDDEN: [usize; 2] = [16, 16];

/// Number of classes, background included.
pub const LABELS: usize = CLASSES.len() + 1;

/// The head that is trained.
pub type DeviceHead = ohem_head::DetectionHead<f32, WIDTH, { HIDDEN[0] }, { HIDDEN[1] }, LABELS>;
pub(crate) type DeviceTrainer = ohem_head::Trainer<f32, WIDTH, { HIDDEN[0] }, { HIDDEN[1] }, LABELS>;
