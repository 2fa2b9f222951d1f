//! Settings of ohem in the words of the oracle.

use ohem_core::rules::segmentation::Counting;
use ohem_core::targets::{LabelConfig, OnOverlap};
use ohem_core::{Convention, Float, Match, MineConfig, NanPolicy, Suppress};

use crate::oracle::{self, Thresholds};

/// What the oracle calls a convention.
pub const fn convention(convention: Convention) -> oracle::Convention {
    match convention {
        Convention::Continuous => oracle::Convention::Continuous,
        Convention::Pixel => oracle::Convention::Pixel,
    }
}

/// What the oracle calls a side of the threshold.
pub const fn suppress(suppress: Suppress) -> oracle::Suppress {
    match suppress {
        Suppress::Above => oracle::Suppress::Above,
        Suppress::AtOrAbove => oracle::Suppress::AtOrAbove,
    }
}

/// What the oracle calls a policy for NaNs.
pub const fn nan(nan: NanPolicy) -> oracle::Nan {
    match nan {
        NanPolicy::Error => oracle::Nan::Error,
        NanPolicy::Skip => oracle::Nan::Skip,
        NanPolicy::First => oracle::Nan::First,
    }
}

/// What the oracle calls a way to count pixels.
pub const fn counting(counting: Counting) -> oracle::rules::Counting {
    match counting {
        Counting::Exact => oracle::rules::Counting::Exact,
        Counting::Mmsegmentation => oracle::rules::Counting::Mmsegmentation,
        Counting::PaddleSeg => oracle::rules::Counting::PaddleSeg,
    }
}

/// The thresholds of labels, in the float type of the overlaps.
pub fn thresholds<F: Float>(config: &LabelConfig) -> Thresholds<F> {
    Thresholds {
        foreground: F::from_f64(config.foreground),
        background_from: F::from_f64(config.background_from),
        background_below: F::from_f64(config.background_below),
        target: F::from_f64(config.target),
        twice: config.on_overlap == OnOverlap::Duplicate,
    }
}

/// Matches as TensorFlow, Caffe and the oracle write them: an object's index, -1 for background, -2 for ignored.
pub fn matches(signed: &[i32]) -> Vec<Match> {
    signed.iter().copied().map(Match::from_signed).collect()
}

/// The RoIs that take part, for the oracle knows no others: neither their image nor their label is ignored.
pub fn members(groups: &[(u32, u32)]) -> Vec<usize> {
    let ignored = |key| Match::object(key).is_ignored();
    (0..groups.len()).filter(|&roi| !ignored(groups[roi].0) && !ignored(groups[roi].1)).collect()
}

/// Those of the RoIs `part` that mining may visit: the hardest `max_visited` of all.
pub fn may_visit(mut part: Vec<usize>, order: &[usize], config: &MineConfig) -> Vec<usize> {
    if let Some(max_visited) = config.max_visited {
        part.retain(|roi| order.iter().take(max_visited).any(|visited| visited == roi));
    }
    part
}
