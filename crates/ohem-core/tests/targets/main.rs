//! Labels and targets equal what `ohem-reference` makes of them, by `==` but for `exp` and `ln`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

mod assigned;
mod blobs;
mod configs;
mod drawn;
mod refused;
mod steps;

use ohem_core::targets::{LabelConfig, OnOverlap, UNMATCHED};
use ohem_core::{Convention, Float};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::prelude::*;

type Assigned<F> = Vec<(F, Option<usize>)>;

fn convention(convention: Convention) -> oracle::Convention {
    match convention {
        Convention::Continuous => oracle::Convention::Continuous,
        Convention::Pixel => oracle::Convention::Pixel,
    }
}

fn a_convention() -> impl Strategy<Value = Convention> {
    prop_oneof![Just(Convention::Continuous), Just(Convention::Pixel)]
}

fn a_config() -> impl Strategy<Value = LabelConfig> {
    let threshold = strategy::threshold;
    let both = prop_oneof![Just(OnOverlap::Foreground), Just(OnOverlap::Duplicate)];
    (threshold(), threshold(), threshold(), threshold(), both).prop_map(
        |(foreground, from, below, target, both)| {
            LabelConfig::new().foreground(foreground).background(from, below).target(target).on_overlap(both)
        },
    )
}

fn thresholds<F: Float>(config: &LabelConfig) -> oracle::Thresholds<F> {
    oracle::Thresholds {
        foreground: F::from_f64(config.foreground),
        background_from: F::from_f64(config.background_from),
        background_below: F::from_f64(config.background_below),
        target: F::from_f64(config.target),
        twice: config.on_overlap == OnOverlap::Duplicate,
    }
}

/// A match as core writes it.
fn narrow(matched: Option<usize>) -> u32 {
    matched.map_or(UNMATCHED, |index| index as u32)
}

fn parts<F: Float>(assigned: &[(F, Option<usize>)]) -> (Vec<F>, Vec<u32>) {
    assigned.iter().map(|&(overlap, matched)| (overlap, narrow(matched))).unzip()
}

fn wanted<F: Float>(rois: &Table, truth: &Table, one_image: bool, in_: Convention) -> Assigned<F> {
    let images = |table: &Table| if one_image { vec![0; table.len()] } else { table.images.clone() };
    oracle::assign(&rois.boxes(), &images(rois), &truth.boxes(), &images(truth), convention(in_))
}

/// Equal, or as near as two libraries' `exp` and `ln` are; NaN equals NaN.
fn near<F: Float>(got: F, want: F, scale: F) -> bool {
    let tolerance = F::epsilon() * F::from_f64(8.0) * want.abs().max(scale);
    got == want || (got.is_nan() && want.is_nan()) || (got - want).abs() <= tolerance
}

fn check_step<F: Float>(got: [F; 4], want: [F; 4]) {
    for value in 0..4 {
        let same = got[value] == want[value] || (got[value].is_nan() && want[value].is_nan());
        let is_log = value > 1;
        assert!(same || is_log && near(got[value], want[value], F::one()), "{value}: {got:?} {want:?}");
    }
}
