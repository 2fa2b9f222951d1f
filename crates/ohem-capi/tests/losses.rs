//! Losses and gradients are those of `ohem-core`, bit for bit, and so are the refusals.

use core::ptr;

use ohem_capi::Status;
use ohem_capi::config::{OHEM_INVALID_KEY_ERROR, OHEM_INVALID_KEY_IGNORE};
use ohem_capi::loss::{self, Classes, GradientSpec, OHEM_LAYOUT_DENSE, OHEM_LAYOUT_GATHERED};
use ohem_capi::regression::{self, Regression};
use ohem_capi::rois::{OHEM_BACKGROUND, OHEM_IGNORED};
use ohem_core::loss::{self as core_loss, BoxWeights, Layout};
use ohem_core::{Float, InputError, InvalidKey, LengthMismatch};
use ohem_testkit::generate::{Table, strategy};
use proptest::collection::vec;
use proptest::prelude::*;

/// The output, the status, and the offender: `usize::MAX - 1` if it was not set.
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

fn by_core<F: Float>(length: usize, call: impl FnOnce(&mut [F]) -> Result<(), InputError>) -> Outcome {
    let mut out = rubbish::<F>(length);
    let (status, offender) = match call(&mut out) {
        Ok(()) => (Status::Ok, usize::MAX - 1),
        Err(InputError::OutOfRange(fault)) if fault.what == "label" => (Status::Label, fault.position),
        Err(InputError::OutOfRange(fault)) if fault.what == "index" => (Status::Index, fault.position),
        Err(InputError::Length(LengthMismatch { what, .. })) if what.contains("rows x 4 x classes") => {
            (Status::Columns, usize::MAX)
        }
        Err(error) => panic!("{error}"),
    };
    (bits(&out), status, offender)
}

/// The same request for a gradient in C's layout and in core's, and the number of its rows.
fn requests<F: Float>(
    selected: &[u32],
    rows: usize,
) -> [(GradientSpec<F>, core_loss::GradientSpec<'_, F>, usize); 2] {
    let (pointer, count, scale) = (selected.as_ptr(), selected.len(), F::from_f64(0.25));
    let dense = GradientSpec { selected: pointer, count, scale, layout: OHEM_LAYOUT_DENSE };
    let gathered = GradientSpec { layout: OHEM_LAYOUT_GATHERED, ..dense };
    let core = core_loss::GradientSpec::new(selected).scale(scale);
    [(dense, core, rows), (gathered, core.layout(Layout::Gathered), count)]
}

/// Labels of this number of rows: classes up to `beyond`, background and ignored.
fn labels(table: &Table, rows: usize, beyond: u32) -> Vec<u32> {
    let of = |(row, &label): (usize, &u32)| match label {
        _ if row % 5 == 4 => OHEM_BACKGROUND,
        OHEM_IGNORED => OHEM_IGNORED,
        class => class.min(beyond),
    };
    table.labels.iter().enumerate().take(rows).map(of).collect()
}

/// The label of the background, and whether invalid labels are ignored.
type Asked = (u32, bool);

fn asked() -> impl Strategy<Value = Asked> {
    (prop_oneof![3 => Just(0), 2 => 1..7_u32, 1 => Just(u32::MAX)], any::<bool>())
}

/// The same choice in C's number and in core's type.
fn invalid_key(ignored: bool) -> (u32, InvalidKey) {
    if ignored {
        (OHEM_INVALID_KEY_IGNORE, InvalidKey::Ignore)
    } else {
        (OHEM_INVALID_KEY_ERROR, InvalidKey::Error)
    }
}

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;

            type Losses =
                unsafe extern "C" fn(*const $float, usize, Classes, *const u32, *mut $float, *mut usize) -> Status;
            type Gradient = unsafe extern "C" fn(
                *const $float,
                usize,
                Classes,
                *const u32,
                *const GradientSpec<$float>,
                *mut $float,
                *mut usize,
            ) -> Status;

            /// A loss of labelled rows, and its gradient, of C and of core.
            fn labelled(
                (losses, gradient): (Losses, Gradient),
                core_losses: fn(&[$float], core_loss::Classes, &[u32], &mut [$float]) -> Result<(), InputError>,
                core_gradient: fn(
                    &[$float],
                    core_loss::Classes,
                    &[u32],
                    &core_loss::GradientSpec<'_, $float>,
                    &mut [$float],
                ) -> Result<(), InputError>,
                (values, count, labels): (&[$float], usize, &[u32]),
                (background, ignored): Asked,
                selected: &[u32],
            ) {
                let (table, rows, keys) = (values.as_ptr(), labels.len(), labels.as_ptr());
                let (invalid_labels, invalid_key) = invalid_key(ignored);
                let classes = Classes { count, background, invalid_labels };
                let core = core_loss::Classes::new(count).background(background).invalid_labels(invalid_key);
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    losses(table, rows, classes, keys, out, offender)
                });
                assert_eq!(got, by_core(rows, |out| core_losses(values, core, labels, out)));
                for (spec, core_spec, written) in requests(selected, rows) {
                    // SAFETY: every pointer is to what it should be.
                    let got = by_c(written * count, |out, offender| unsafe {
                        gradient(table, rows, classes, keys, &spec, out, offender)
                    });
                    let wanted =
                        by_core(written * count, |out| core_gradient(values, core, labels, &core_spec, out));
                    assert_eq!(got, wanted);
                }
            }

            pub(super) fn classification(
                table: &Table,
                classes: usize,
                selected: &[u32],
                beyond: u32,
                asked: Asked,
            ) {
                let values = table.losses::<$float>();
                let rows = values.len() / classes;
                let (values, labels) = (&values[..rows * classes], labels(table, rows, beyond));
                let head = (values, classes, labels.as_slice());
                labelled(
                    (loss::$float::cross_entropy, loss::$float::cross_entropy_gradient),
                    core_loss::cross_entropy,
                    core_loss::cross_entropy_gradient,
                    head,
                    asked,
                    selected,
                );
                labelled(
                    (loss::$float::sigmoid_cross_entropy, loss::$float::sigmoid_cross_entropy_gradient),
                    core_loss::sigmoid_cross_entropy,
                    core_loss::sigmoid_cross_entropy_gradient,
                    head,
                    asked,
                    selected,
                );
                labelled(
                    (loss::$float::probability_cross_entropy, loss::$float::probability_cross_entropy_gradient),
                    core_loss::probability_cross_entropy,
                    core_loss::probability_cross_entropy_gradient,
                    head,
                    asked,
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
                    by_core(rows, |out| Ok(core_loss::binary_cross_entropy(&logits, &targets, out)?));
                assert_eq!(got, wanted);
                for (spec, core, written) in requests(selected, rows) {
                    // SAFETY: every pointer is to what it should be.
                    let got = by_c(written, |out, offender| unsafe {
                        loss::$float::binary_cross_entropy_gradient(x, t, rows, &spec, out, offender)
                    });
                    let wanted = by_core(written, |out| {
                        core_loss::binary_cross_entropy_gradient(&logits, &targets, &core, out)
                    });
                    assert_eq!(got, wanted);
                }
            }

            /// Deltas of `columns` columns, targets and weights of 4 columns; weights only if `weighted`.
            pub(super) fn regression(
                table: &Table,
                columns: usize,
                selected: &[u32],
                beyond: u32,
                (background, ignored): Asked,
                weighted: bool,
            ) {
                let targets = table.boxes::<$float>();
                let targets = targets.as_flattened();
                let rows = table.len();
                let deltas: Vec<_> = targets.iter().rev().copied().cycle().take(rows * columns).collect();
                let labels = labels(table, rows, beyond);
                let weights = |least: u8| -> Vec<$float> {
                    (least..3).map(<$float>::from).cycle().take(4 * rows).collect()
                };
                let (inside, outside) = (weights(0), weights(1));
                let (invalid_labels, invalid_key) = invalid_key(ignored);
                let pointer = |weights: &[$float]| if weighted { weights.as_ptr() } else { ptr::null() };
                let of = Regression {
                    labels: labels.as_ptr(),
                    length: rows,
                    deltas: deltas.as_ptr(),
                    delta_columns: columns,
                    targets: targets.as_ptr(),
                    target_columns: 4,
                    inside: pointer(&inside),
                    outside: pointer(&outside),
                    beta: 0.5,
                    background,
                    invalid_labels,
                };
                let of_core = || {
                    let regression = core_loss::Regression::new(&labels, &deltas, targets)?
                        .beta(0.5)
                        .background(background)
                        .invalid_labels(invalid_key);
                    if !weighted {
                        return Ok::<_, InputError>(regression);
                    }
                    Ok(regression.weights(BoxWeights::Each(&inside), BoxWeights::Each(&outside))?)
                };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    regression::$float::regression_losses(&of, out, offender)
                });
                assert_eq!(got, by_core(rows, |out| core_loss::regression_losses(&of_core()?, out)));
                // SAFETY: every pointer is to what it should be.
                let got = by_c(rows, |out, offender| unsafe {
                    regression::$float::add_regression(&of, out, offender)
                });
                assert_eq!(got, by_core(rows, |out| core_loss::add_regression(&of_core()?, out)));
                for (spec, core, written) in requests(selected, rows) {
                    // SAFETY: every pointer is to what it should be.
                    let got = by_c(written * columns, |out, offender| unsafe {
                        regression::$float::regression_gradient(&of, &spec, out, offender)
                    });
                    let wanted = by_core(written * columns, |out| {
                        core_loss::regression_gradient(&of_core()?, &core, out)
                    });
                    assert_eq!(got, wanted);
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
        asked in asked(),
    ) {
        f32::classification(&table, classes, &selected, beyond, asked);
        f64::classification(&table, classes, &selected, beyond, asked);
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
        asked in asked(),
        weighted in any::<bool>(),
    ) {
        f32::regression(&table, columns, &selected, beyond, asked, weighted);
        f64::regression(&table, columns, &selected, beyond, asked, weighted);
    }
}
