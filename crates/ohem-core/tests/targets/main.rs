//! Labels and targets equal the oracle's by `==`, except for rounding in `exp` and `ln`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

mod assigned;
mod blobs;
mod configs;
mod drawn;
mod refused;
mod steps;

use ohem_core::targets::{LabelConfig, OnOverlap};
use ohem_core::{Convention, Float};
use ohem_testkit::adapters::targets::{Assign, Assigned};
use ohem_testkit::adapters::{Oracle, Targets as _};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

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

/// The labels of ground truth, as classes that a match can hold: 0 is a class like any other.
fn classes_of(truth: &Table) -> Vec<u32> {
    truth.labels.iter().map(|&label| label.min(u32::MAX - 2)).collect()
}

/// The best box of each RoI, all in one image.
fn assigned<F: Float>(rois: &Table, truth: &Table, convention: Convention) -> Assigned<F> {
    let (rois, truth) = ((&rois.boxes()[..], &rois.images[..]), (&truth.boxes()[..], &truth.images[..]));
    Oracle::assign(&Assign { rois, truth, one_image: true, convention })
}
