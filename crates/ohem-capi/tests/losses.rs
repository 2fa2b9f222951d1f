//! Losses and gradients are those of `ohem-core`, bit for bit, and so are the refusals.

use core::ptr;

use ohem_capi::Status;
use ohem_capi::loss::{self, GradientSpec, OHEM_LAYOUT_DENSE, OHEM_LAYOUT_GATHERED};
use ohem_capi::regression::{self, Regression};
use ohem_core::Float;
use ohem_core::loss::{self as core_loss, LossError, Weights};
use ohem_core::simd::Portable;
use ohem_testkit::generate::{Table, strategy};
use proptest::collection::vec;
use proptest::prelude::*;

/// What was written, and the status with the offender, `usize::MAX - 1` where it was not set.
type Outcome = (Vec<u64>, Status, usize);

/// An output of rubbish that is not all the same.
fn rubbish<F: Float>(length: usize) -> Vec<F> {
    (0_u16..).take(length).map(|at| F::from_f64(at.into())).collect()
}

/// Bits, the same of every NaN.
fn bits<F: Float>(values: &[F]) -> Vec<u64> {
    values.iter().map(|value| if value.is_nan() { u64::MAX } else { Float::to_u64(*value) }).collect()
}

fn by_c<F: Float>(length: usize, call: impl FnOnce(*mut F, *mut usize) -> Status) -> Outcome {
    let (mut out, mut offender) = (rubbish::<F>(length), usize::MAX - 1);
    let status = call(out.as_mut_ptr(), &mut offender);
    (bits(&out), status, offender)
}

fn by_core<F: Float>(length: usize, call: impl FnOnce(&mut [F]) -> Result<(), LossError>) -> Outcome {
    let mut out = rubbish::<F>(length);
    let (status, offender) = match call(&mut out) {
        Ok(()) => (Status::Ok, usize::MAX - 1),
        Err(LossError::Label { row, .. }) => (Status::Label, row),
        Err(LossError::Index { position, .. }) => (Status::Index, position),
        Err(LossError::Boxes { .. }) => (Status::Columns, usize::MAX),
        Err(error) => panic!("{error}"),
    };
    (bits(&out), status, offender)
}

/// The same request for a gradient in C's layout and in core's, and how many rows it takes.
fn requests<F: Float>(
    selected: &[u32],
    rows: usize,
) -> [(GradientSpec<F>, core_loss::GradientSpec<'_, F>, usize); 2] {
    let (pointer, count, scale) = (selected.as_ptr(), selected.len(), F::from_f64(0.25));
    let dense = GradientSpec { selected: pointer, count, scale, layout: OHEM_LAYOUT_DENSE };
    let gathered = GradientSpec { layout: OHEM_LAYOUT_GATHERED, ..dense };
    let core = core_loss::GradientSpec::new(selected).scale(scale);
    [(dense, core, rows), (gathered, core.gathered(), count)]
}

/// Labels of so many rows, few of them out of range.
fn labels(table: &Table, rows: usize, beyond: u32) -> Vec<u32> {
    table.labels.iter().take(rows).map(|&label| label.min(beyond)).collect()
}

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;

            type Losses =
                unsafe extern "C" fn(*const $float, usize, usize, *const u32, *mut $float, *mut usize) -> Status;
            type Gradient = unsafe extern "C" fn(
                *const $float,
                usize,
                usize,
                *const u32,
                *const GradientSpec<$float>,
                *mut $float,
                *mut usize,
            ) -> Status;

            /// A loss of labelled rows, and its gradient, of C and of core.
            fn labelled(
                (losses, gradient): (Losses, Gradient),
                core_losses: fn(Portable, &[$float], usize, &[u32], &mut [$float]) -> Result<(), LossError>,
                core_gradient: fn(
                    &[$float],
                    usize,
                    &[u32],
                    &core_loss::GradientSpec<'_, $float>,
                    &mut [$float],
                ) -> Result<(), LossError>,
                (values, classes, labels): (&[$float], usize, &[u32]),
                selected: &[u32],
            ) {
                let (table, rows, keys) = (values.as_ptr(), labels.len(), labels.as_ptr());
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    losses(table, rows, classes, keys, out, offender)
                });
                assert_eq!(got, by_core(rows, |out| core_losses(Portable, values, classes, labels, out)));
                for (backward, core, written) in requests(selected, rows) {
                    // SAFETY: every pointer is to what it should be.
                    let got = by_c(written * classes, |out, offender| unsafe {
                        gradient(table, rows, classes, keys, &backward, out, offender)
                    });
                    let wanted =
                        by_core(written * classes, |out| core_gradient(values, classes, labels, &core, out));
                    assert_eq!(got, wanted);
                }
            }

            pub(super) fn classification(table: &Table, classes: usize, selected: &[u32], beyond: u32) {
                let values = table.losses::<$float>();
                let rows = values.len() / classes;
                let (values, labels) = (&values[..rows * classes], labels(table, rows, beyond));
                let head = (values, classes, labels.as_slice());
                labelled(
                    (loss::$float::cross_entropy, loss::$float::cross_entropy_gradient),
                    core_loss::cross_entropy,
                    |values, classes, labels, backward, out| {
                        core_loss::cross_entropy_gradient(Portable, values, classes, labels, backward, out)
                    },
                    head,
                    selected,
                );
                labelled(
                    (loss::$float::sigmoid_cross_entropy, loss::$float::sigmoid_cross_entropy_gradient),
                    core_loss::sigmoid_cross_entropy,
                    |values, classes, labels, backward, out| {
                        core_loss::sigmoid_cross_entropy_gradient(Portable, values, classes, labels, backward, out)
                    },
                    head,
                    selected,
                );
                labelled(
                    (loss::$float::probability_cross_entropy, loss::$float::probability_cross_entropy_gradient),
                    core_loss::probability_cross_entropy,
                    core_loss::probability_cross_entropy_gradient,
                    head,
                    selected,
                );
            }

            pub(super) fn binary(table: &Table, selected: &[u32]) {
                let logits = table.losses::<$float>();
                let targets: Vec<$float> = table.boxes().iter().map(|corners| corners[0]).collect();
                let (x, t, rows) = (logits.as_ptr(), targets.as_ptr(), logits.len());
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    loss::$float::binary_cross_entropy(x, t, rows, out, offender)
                });
                let wanted =
                    by_core(rows, |out| core_loss::binary_cross_entropy(Portable, &logits, &targets, out));
                assert_eq!(got, wanted);
                for (backward, core, written) in requests(selected, rows) {
                    // SAFETY: every pointer is to what it should be.
                    let got = by_c(written, |out, offender| unsafe {
                        loss::$float::binary_cross_entropy_gradient(x, t, rows, &backward, out, offender)
                    });
                    let wanted = by_core(written, |out| {
                        core_loss::binary_cross_entropy_gradient(&logits, &targets, &core, out)
                    });
                    assert_eq!(got, wanted);
                }
            }

            /// Predictions of `columns` columns, targets and weights of 4; weights only if asked for.
            pub(super) fn regression(
                table: &Table,
                columns: usize,
                selected: &[u32],
                beyond: u32,
                weighted: bool,
            ) {
                let targets = table.boxes::<$float>();
                let targets = targets.as_flattened();
                let rows = table.len();
                let predictions: Vec<_> = targets.iter().rev().copied().cycle().take(rows * columns).collect();
                let labels = labels(table, rows, beyond);
                let weights = |least: u8| -> Vec<$float> {
                    (least..3).map(<$float>::from).cycle().take(4 * rows).collect()
                };
                let (inside, outside) = (weights(0), weights(1));
                let pointer = |weights: &[$float]| if weighted { weights.as_ptr() } else { ptr::null() };
                let of = Regression {
                    labels: labels.as_ptr(),
                    length: rows,
                    predictions: predictions.as_ptr(),
                    prediction_columns: columns,
                    targets: targets.as_ptr(),
                    target_columns: 4,
                    inside: pointer(&inside),
                    outside: pointer(&outside),
                    beta: 0.5,
                };
                let of_core = || {
                    let regression = core_loss::Regression::new(&labels, &predictions, targets)?.beta(0.5);
                    if !weighted {
                        return Ok(regression);
                    }
                    regression.weights(Weights::Each(&inside), Weights::Each(&outside))
                };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    regression::$float::regression_losses(&of, out, offender)
                });
                assert_eq!(got, by_core(rows, |out| of_core()?.losses(Portable, out)));
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    regression::$float::add_regression_losses(&of, out, offender)
                });
                assert_eq!(got, by_core(rows, |out| of_core()?.add_to(Portable, out)));
                for (backward, core, written) in requests(selected, rows) {
                    // SAFETY: every pointer is to what it should be.
                    let got = by_c(written * columns, |out, offender| unsafe {
                        regression::$float::regression_gradient(&of, &backward, out, offender)
                    });
                    assert_eq!(got, by_core(written * columns, |out| of_core()?.gradient(&core, out)));
                }
                for x in targets.iter().copied() {
                    let pair = [regression::$float::smooth_l1(x, 0.5), regression::$float::smooth_l1_slope(x, 0.5)];
                    let wanted = [core_loss::smooth_l1(x, 0.5), core_loss::smooth_l1_slope(x, 0.5)];
                    assert_eq!(bits(&pair), bits(&wanted));
                }
            }
        }
    )*};
}

checks!(f32 f64);

proptest! {
    #[test]
    fn classification(
        table in strategy::table(60, true),
        classes in 1..6_usize,
        selected in vec(0..40_u32, 0..8),
        beyond in 0..7_u32,
    ) {
        f32::classification(&table, classes, &selected, beyond);
        f64::classification(&table, classes, &selected, beyond);
    }

    #[test]
    fn binary(table in strategy::table(60, true), selected in vec(0..60_u32, 0..8)) {
        f32::binary(&table, &selected);
        f64::binary(&table, &selected);
    }

    #[test]
    fn regression(
        table in strategy::table(40, true),
        columns in prop::sample::select(vec![4, 6, 8, 12]),
        selected in vec(0..40_u32, 0..8),
        beyond in 0..4_u32,
        weighted in any::<bool>(),
    ) {
        f32::regression(&table, columns, &selected, beyond, weighted);
        f64::regression(&table, columns, &selected, beyond, weighted);
    }
}
