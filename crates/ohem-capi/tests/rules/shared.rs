//! The settings of the rules, and how C and core answer.

use core::{ptr, slice};

use ohem_capi::miner::{self, Miner};
use ohem_capi::rois::{OHEM_BACKGROUND, OHEM_IGNORED, Selection};
use ohem_capi::{Status, config};
use ohem_core::{ConfigError, MineError, NanPolicy, OutOfRange, RankKey};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// The most RoIs of a table, and what a miner can select.
pub(crate) const MOST: usize = 60;
pub(crate) const CAPACITY: usize = 40;

/// The settings of all rules.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) num: usize,
    pub(crate) fraction: f64,
    pub(crate) ratio: f64,
    pub(crate) threshold: f64,
    pub(crate) least: usize,
    pub(crate) bins: usize,
    pub(crate) choice: u32,
    pub(crate) with_nms: u32,
    pub(crate) nan: u32,
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let ratio = prop_oneof![Just(-1.0), 0.0..5.0_f64, Just(3.0)];
    let numbers = (0..70_usize, 0..9_usize, 0..5_usize, prop_oneof![6 => 0.0..1.0_f64, 1 => Just(1.5)]);
    (numbers, ratio, strategy::threshold(), 0..2_u32, 0..2_u32, 0..3_u32).prop_map(
        |((num, least, bins, fraction), ratio, threshold, choice, with_nms, nan)| Asked {
            num,
            fraction,
            ratio,
            threshold,
            least,
            bins,
            choice,
            with_nms,
            nan,
        },
    )
}

/// What each anchor was matched to.
pub(crate) fn matches(table: &Table) -> Vec<u32> {
    let of = |(row, &label): (usize, &u32)| match row % 4 {
        0 | 1 => OHEM_BACKGROUND,
        2 if row % 3 == 0 => OHEM_IGNORED,
        _ => label % 7,
    };
    table.labels.iter().enumerate().map(of).collect()
}

pub(crate) fn nan_policy(asked: &Asked) -> NanPolicy {
    [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First][asked.nan as usize]
}

/// What a rule selected: indices, how many were visited and ignored, and the number of positives.
pub(crate) type Selected = Result<(Vec<u32>, usize, usize, usize), (Status, usize)>;

/// Runs a call of C that writes a selection, and perhaps a number of positives.
pub(crate) fn by_c(call: impl FnOnce(*mut Selection, *mut usize, *mut usize) -> Status) -> Selected {
    let mut selection =
        Selection { indices: ptr::null(), count: 0, total: 0, visited: 0, ignored: 0, is_partial: true };
    let (mut positives, mut offender) = (0, usize::MAX);
    match call(&mut selection, &mut positives, &mut offender) {
        Status::Ok => {
            // SAFETY: they are in the miner's memory, which outlives the call.
            let indices = unsafe { slice::from_raw_parts(selection.indices, selection.count) };
            Ok((indices.to_vec(), selection.visited, selection.ignored, positives))
        }
        status => Err((status, offender)),
    }
}

pub(crate) fn by_core(of: Result<(usize, ohem_core::Selection<&[u32]>), MineError>) -> Selected {
    match of {
        Ok((positives, hard)) => Ok((hard.indices().to_vec(), hard.visited(), hard.ignored(), positives)),
        Err(MineError::Nan(nan)) => Err((Status::NanLoss, nan.index as usize)),
        Err(MineError::Config(ConfigError::Capacity { needed, .. })) => Err((Status::BatchSize, needed)),
        Err(MineError::Config(ConfigError::Setting { name: "iou_threshold", .. })) => {
            Err((Status::NanThreshold, usize::MAX))
        }
        Err(MineError::Config(ConfigError::Setting { .. })) => Err((Status::Setting, usize::MAX)),
        Err(MineError::OutOfRange(OutOfRange { position, .. })) => Err((Status::Index, position)),
        Err(error) => unreachable!("{error}"),
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        pub(crate) mod $float {
            use super::*;

            pub(crate) fn to(value: f64) -> $float {
                value as $float
            }

            /// The number as core reads it of C.
            pub(crate) fn wide(value: f64) -> f64 {
                RankKey::to_f64(to(value))
            }

            pub(crate) fn limit(ratio: f64) -> Option<f64> {
                (ratio >= 0.0).then_some(wide(ratio))
            }

            /// A miner whose configuration no rule reads.
            pub(crate) fn miner(memory: &mut [u8]) -> Miner<$float> {
                let config = config::$float::mine_config_new(0);
                let mut miner = Miner { config, capacity: 0, window: 0, memory: ptr::null_mut() };
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (at, size) = (memory.as_mut_ptr().cast(), memory.len());
                    miner::$float::miner_init(&mut miner, at, size, CAPACITY, &config, ptr::null_mut())
                };
                assert_eq!(status, Status::Ok);
                miner.config.iou_threshold = $float::NAN;
                miner
            }
        }
    )*};
}

instances!(f32 f64);
