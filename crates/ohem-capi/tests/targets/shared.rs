//! The settings of both interfaces, and whether their answers agree.

use ohem_capi::Status;
use ohem_capi::coder::BoxCoder;
use ohem_capi::rois::{BBox, OHEM_BACKGROUND, OHEM_IGNORED};
use ohem_core::targets as core_targets;
use ohem_core::{Convention, Float, RankKey};
use ohem_testkit::generate::Table;
use proptest::prelude::*;

pub(crate) fn bits<F: Float>(values: &[F]) -> Vec<u64> {
    values.iter().map(|&value| RankKey::to_f64(value).to_bits()).collect()
}

/// Labels or matches of these, some of them background or ignored.
pub(crate) fn numbers(table: &Table, rows: usize, below: u32) -> Vec<u32> {
    let number = |(row, &label): (usize, &u32)| match row % 7 {
        5 => OHEM_BACKGROUND,
        6 => OHEM_IGNORED,
        _ => label % below.max(1),
    };
    table.labels.iter().cycle().take(rows).enumerate().map(number).collect()
}

/// Numbers of another one in which a fault may be.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) convention: u32,
    pub(crate) decoding: u32,
    pub(crate) largest_log: f64,
    pub(crate) thresholds: [f64; 4],
    pub(crate) on_overlap: u32,
    pub(crate) seam: usize,
    pub(crate) classes: u32,
    pub(crate) beyond: u32,
    pub(crate) share: f64,
}

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let threshold = prop_oneof![6 => 0.0..1.0_f64, 2 => Just(0.5), 1 => Just(f64::NAN)];
    let thresholds = [threshold.clone(), threshold.clone(), threshold.clone(), threshold.clone()];
    let log = prop_oneof![Just(0.0), Just(4.135_166_556_742_356), Just(-1.0), Just(f64::NAN)];
    let numbers = (0..20_usize, 1..5_u32, 0..3_u32);
    (0..2_u32, 0..2_u32, log, thresholds, 0..2_u32, numbers, threshold).prop_map(
        |(convention, decoding, largest_log, thresholds, on_overlap, (seam, classes, beyond), share)| Asked {
            convention,
            decoding,
            largest_log,
            thresholds,
            on_overlap,
            seam,
            classes,
            beyond,
            share,
        },
    )
}

/// What a refused call writes nowhere.
pub(crate) const UNTOUCHED: u32 = 4711;

/// A call of C ended as the same call of core did.
pub(crate) fn same(status: Status, offender: usize, core: Result<(), ohem_core::InputError>) {
    use ohem_core::{ConfigError, InputError, InvalidBox, OutOfRange};
    let want = match core {
        Ok(()) => return assert_eq!(status, Status::Ok),
        Err(InputError::Config(ConfigError::Row { row, .. })) => (Status::Normalization, row),
        Err(InputError::Config(ConfigError::Setting { .. })) => (Status::NanThreshold, usize::MAX),
        Err(InputError::OutOfRange(OutOfRange { what: "class", position, .. })) => (Status::Label, position),
        Err(InputError::OutOfRange(OutOfRange { position, .. })) => (Status::Index, position),
        Err(InputError::Box(InvalidBox { index, .. })) => (Status::InvalidBox, index),
        // C has no means or deviations where core counts them.
        Err(InputError::Length(_)) => (Status::Normalization, 0),
        Err(error) => unreachable!("{error}"),
    };
    assert_eq!((status, offender), want);
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        pub(crate) mod $float {
            use super::*;

            pub(crate) fn boxes(table: &Table) -> (Vec<BBox<$float>>, Vec<ohem_core::BBox<$float>>) {
                let rows = table.boxes::<$float>();
                let c = rows.iter().map(|&[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect();
                (c, rows.iter().map(|&[x1, y1, x2, y2]| ohem_core::BBox::new(x1, y1, x2, y2)).collect())
            }

            pub(crate) fn four(boxes: &[BBox<$float>]) -> Vec<$float> {
                boxes.iter().flat_map(|b| [b.x1, b.y1, b.x2, b.y2]).collect()
            }

            pub(crate) fn four_of_core(boxes: &[ohem_core::BBox<$float>]) -> Vec<$float> {
                boxes.iter().flat_map(|b| [b.x1, b.y1, b.x2, b.y2]).collect()
            }

            pub(crate) fn coders(asked: &Asked) -> (BoxCoder<$float>, core_targets::BoxCoder) {
                let largest_log = <$float as Float>::from_f64(asked.largest_log);
                let c = BoxCoder { convention: asked.convention, decoding: asked.decoding, largest_log };
                let decoding =
                    [core_targets::Decode::Exact, core_targets::Decode::Original][asked.decoding as usize];
                let core = core_targets::BoxCoder::new(convention(asked)).decoding(decoding);
                (c, if largest_log == 0.0 { core } else { core.largest_log(RankKey::to_f64(largest_log)) })
            }

            pub(crate) fn convention(asked: &Asked) -> Convention {
                [Convention::Continuous, Convention::Pixel][asked.convention as usize]
            }
        }
    )*};
}

instances!(f32 f64);
