//! What the oracles of several entries share: answers, faults, and settings in the words of the oracle.

use ohem_core::{Convention, MineConfig, NanPolicy, NmsConfig, Suppress};

use super::{Refused, Sink, Words};
use crate::oracle;

/// A selection, with as many words as core's.
#[derive(Clone, Debug, Default)]
pub struct Hard {
    /// Indices, hardest first.
    pub indices: Vec<usize>,
    /// How many RoIs there were.
    pub total: usize,
    /// How many were looked at.
    pub visited: usize,
    /// How many were passed over.
    pub ignored: usize,
    /// Whether a limit on visits cut it short.
    pub is_partial: bool,
}

impl Words for Hard {
    fn add_to(&self, out: &mut impl Sink) {
        let Self { indices, total, visited, ignored, is_partial } = self;
        indices.add_to(out);
        [*total, *visited, visited - indices.len(), *ignored].add_to(out);
        (indices.len(), indices.is_empty(), visited + ignored == *total, *is_partial).add_to(out);
    }
}

/// A length that must be this one.
pub fn length(expected: usize, actual: usize) -> Result<(), Refused> {
    if expected == actual { Ok(()) } else { Err(Refused::Length { expected, actual }) }
}

/// Boxes that must be valid.
pub fn boxes<F: num_traits::Float>(rows: &[[F; 4]], convention: oracle::Convention) -> Result<(), Refused> {
    let is_invalid = |&row: &[F; 4]| !oracle::is_box(row, convention);
    rows.iter().position(is_invalid).map_or(Ok(()), |index| Err(Refused::Box { index }))
}

/// What must fit.
pub fn capacity(needed: usize, capacity: usize) -> Result<(), Refused> {
    if needed <= capacity { Ok(()) } else { Err(Refused::Capacity { needed, capacity }) }
}

/// A threshold that must be a number.
pub fn number(value: f64) -> Result<(), Refused> {
    if value.is_nan() { Err(Refused::Setting) } else { Ok(()) }
}

/// A key as the number that it names; `None` if it names no number.
pub fn key(key: i64) -> Option<u32> {
    u32::try_from(key).ok()
}

/// The group of a RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// Of this image and label.
    Of(u32, u32),
    /// Of none: it takes no part.
    Ignored,
    /// Of none, and whoever meets it stops with an error.
    Invalid,
}

/// The group of a RoI with this image and label.
pub fn member(image: i64, label: i64) -> Member {
    match (key(image), key(label)) {
        (Some(u32::MAX), _) | (_, Some(u32::MAX)) => Member::Ignored,
        (Some(image), Some(label)) => Member::Of(image, label),
        _ => Member::Invalid,
    }
}

/// The error that names an invalid key of a RoI.
pub fn invalid(images: &[i64], labels: &[i64], position: usize) -> Refused {
    let value = if key(images[position]).is_none() { images[position] } else { labels[position] };
    Refused::OutOfRange { position, value, limit: u32::MAX as usize }
}

/// What the oracle calls a convention.
pub fn convention(convention: Convention) -> oracle::Convention {
    match convention {
        Convention::Continuous => oracle::Convention::Continuous,
        Convention::Pixel => oracle::Convention::Pixel,
    }
}

/// What the oracle calls a policy for NaNs.
pub fn nan(nan: NanPolicy) -> oracle::Nan {
    match nan {
        NanPolicy::Error => oracle::Nan::Error,
        NanPolicy::Skip => oracle::Nan::Skip,
        NanPolicy::First => oracle::Nan::First,
    }
}

/// What the oracle calls a side of the threshold.
pub fn suppress(suppress: Suppress) -> oracle::Suppress {
    match suppress {
        Suppress::Above => oracle::Suppress::Above,
        Suppress::AtOrAbove => oracle::Suppress::AtOrAbove,
    }
}

/// The threshold in the float type of the boxes.
pub fn threshold<F: super::Real>(config: &NmsConfig) -> (F, oracle::Suppress) {
    (F::from_f64(config.iou_threshold), suppress(config.suppress))
}

/// The threshold of mining, if there is one, and the convention of its boxes.
pub fn nms<F: super::Real>(config: &MineConfig) -> (Option<(F, oracle::Suppress)>, oracle::Convention) {
    let of_boxes = config.nms.map_or(Convention::Continuous, |nms| nms.convention);
    (config.nms.as_ref().map(threshold), convention(of_boxes))
}

/// Indices that must be below a limit.
pub fn in_range(indices: &[usize], limit: usize) -> Result<(), Refused> {
    match indices.iter().position(|&index| index >= limit) {
        Some(position) => {
            let value = i64::try_from(indices[position]).expect("it is an index");
            Err(Refused::OutOfRange { position, value, limit })
        }
        None => Ok(()),
    }
}
