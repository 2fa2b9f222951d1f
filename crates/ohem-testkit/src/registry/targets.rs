//! Labels and targets: what each RoI is, the box it should become, and the baseline that draws at random.

mod assign;
mod clip;
mod coder;
mod expand;
mod forced;
mod label;
mod normalize;
mod regression;
mod sample;

pub use assign::Assigned;
pub use clip::Clipped;
pub use coder::Coded;
pub use expand::Expanded;
pub use forced::Forced;
pub use label::Labelled;
pub use normalize::Normalized;
pub use regression::Encoded;
pub use sample::Sampled;

use ohem_core::Match;
use ohem_core::targets::{BoxCoder, Decode, LabelConfig, OnOverlap};

use super::table;
use super::{Column, Source, numbers};

/// Thresholds of labels.
fn label_config(source: &mut Source<'_>) -> LabelConfig {
    let config = source.choose(LabelConfig::new(), [LabelConfig::fast_rcnn()]);
    let config = config.foreground(numbers::threshold(source)).target(numbers::threshold(source));
    let from = source.choose(0.0, [0.1, -1.0, 0.5]);
    let config = config.background(from, numbers::threshold(source));
    config.on_overlap(source.choose(OnOverlap::Foreground, [OnOverlap::Duplicate]))
}

/// A coder of boxes.
fn coder(source: &mut Source<'_>) -> BoxCoder {
    let new = BoxCoder::new(table::convention(source));
    let coder = source.choose(new, [BoxCoder::fast_rcnn()]).convention(table::convention(source));
    let coder = coder.decoding(source.choose(Decode::Exact, [Decode::Original]));
    let largest = source.choose(BoxCoder::TORCHVISION_LARGEST_LOG, [0.5, 0.0, f64::NAN]);
    if source.once_in(2) { coder.largest_log(largest) } else { coder }
}

/// Matches with one of `objects` objects, background, or nothing.
fn matches(source: &mut Source<'_>, len: usize, objects: usize) -> Column<Match> {
    source.column(len, |source| match source.below(8) {
        6 => Match::BACKGROUND,
        7 => Match::IGNORED,
        _ if objects == 0 => Match::BACKGROUND,
        _ => Match::object(u32::try_from(source.below(objects)).unwrap_or_default()),
    })
}

/// Overlaps from 0 up to 1, and NaN now and then.
fn overlaps(source: &mut Source<'_>, len: usize) -> Column<f64> {
    source.column(len, |source| match source.below(16) {
        12 | 13 => source.choose(0.5, [0.7, 0.3, 0.1]),
        14 => 0.0,
        15 => source.choose(1.0, [f64::NAN]),
        _ => source.unit(),
    })
}

/// Checks that every match with an object names one of the `objects`.
#[cfg(feature = "std")]
fn known(matches: &[Match], objects: usize) -> Result<(), super::Refused> {
    let is_unknown = |matched: &Match| matched.number().is_some_and(|number| number as usize >= objects);
    match matches.iter().position(is_unknown) {
        Some(position) => {
            let value = matches[position].number().expect("it is an object").into();
            Err(super::Refused::OutOfRange { position, value, limit: objects })
        }
        None => Ok(()),
    }
}

/// The object of a match as an index.
#[cfg(feature = "std")]
fn object(matched: Match) -> Option<usize> {
    matched.number().map(|number| number as usize)
}

/// The thresholds in the float type of the overlaps.
#[cfg(feature = "std")]
fn thresholds<F: super::Real>(config: &LabelConfig) -> crate::oracle::Thresholds<F> {
    crate::oracle::Thresholds {
        foreground: F::from_f64(config.foreground),
        background_from: F::from_f64(config.background_from),
        background_below: F::from_f64(config.background_below),
        target: F::from_f64(config.target),
        twice: config.on_overlap == OnOverlap::Duplicate,
    }
}

/// Checks all thresholds of labels.
#[cfg(feature = "std")]
fn check(config: &LabelConfig) -> Result<(), super::Refused> {
    let LabelConfig { foreground, background_from, background_below, target, .. } = *config;
    [foreground, background_from, background_below, target].into_iter().try_for_each(super::naive::number)
}
