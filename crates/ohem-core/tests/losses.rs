//! Losses and gradients equal what `ohem-reference` does, to the last bits that `exp` and `ln` leave open, and
//! are the same to the bit in any number of lanes.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

mod lanes;

use lanes::Pack;
use ohem_core::Float;
use ohem_core::loss::{self, Backward, LossError, Regression, Weights};
use ohem_core::simd::{Portable, Scalar, Simd};
use ohem_reference::loss as reference;
use proptest::collection::vec;
use proptest::prelude::*;

/// How near a float type comes to what the reference finds in `f64`, and the same where terms may cancel.
trait Near: Float {
    const RELATIVE: f64;
    const ABSOLUTE: f64;
}

impl Near for f32 {
    const RELATIVE: f64 = 1e-5;
    const ABSOLUTE: f64 = 2e-6;
}

impl Near for f64 {
    const RELATIVE: f64 = 1e-12;
    const ABSOLUTE: f64 = 1e-14;
}

fn narrow<F: Float>(values: &[f64]) -> Vec<F> {
    values.iter().map(|&value| F::from_f64(value)).collect()
}

/// The values as they are after rounding.
fn rounded<F: Float>(values: &[f64]) -> Vec<f64> {
    narrow::<F>(values).into_iter().map(ohem_core::Hardness::to_f64).collect()
}

#[track_caller]
fn assert_near<F: Near>(got: &[F], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (at, (&got, &want)) in got.iter().zip(want).enumerate() {
        let near = F::from_f64(want) == got || want.is_nan() && got.is_nan();
        let off = (got.to_f64() - want).abs();
        let subnormal = 2.0 * F::SMALLEST.to_f64();
        assert!(near || off <= F::RELATIVE * want.abs() + subnormal, "at {at}: {got:?}, expected {want:e}");
    }
}

#[track_caller]
fn assert_close<F: Near>(got: &[F], want: &[f64], scale: f64) {
    for (&got, &want) in got.iter().zip(want) {
        let near = (got.to_f64() - want).abs() <= F::ABSOLUTE * scale || want.is_nan() && got.is_nan();
        assert!(near, "{got:?}, expected {want:e}");
    }
}

/// Equal to the bit, but for the payload of a NaN.
#[track_caller]
fn assert_same<F: Float>(got: &[F], want: &[F]) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        let same = got == want && got.is_sign_negative() == want.is_sign_negative();
        assert!(same || got.is_nan() && want.is_nan(), "{got:?}, {want:?} in other lanes");
    }
}

/// Writes with every kind of lanes; all must agree to the bit.
fn in_all_lanes<F: Float>(count: usize, write: impl Fn(Write<'_, F>) -> Result<(), LossError>) -> Vec<F> {
    let fresh = || vec![F::nan(); count];
    let (mut out, mut other) = (fresh(), fresh());
    write(Write::Portable(&mut out)).unwrap();
    write(Write::Scalar(&mut other)).unwrap();
    assert_same(&other, &out);
    for lanes in [2, 4, 16, 32] {
        let mut other = fresh();
        write(Write::Pack(lanes, &mut other)).unwrap();
        assert_same(&other, &out);
    }
    out
}

enum Write<'a, F> {
    Portable(&'a mut [F]),
    Scalar(&'a mut [F]),
    Pack(usize, &'a mut [F]),
}

/// Calls a function of core with the lanes that are asked for.
macro_rules! write {
    ($write:expr, |$simd:ident, $out:ident| $call:expr) => {
        match $write {
            Write::Portable($out) => with(Portable, |$simd| $call),
            Write::Scalar($out) => with(Scalar, |$simd| $call),
            Write::Pack(2, $out) => with(Pack::<2>, |$simd| $call),
            Write::Pack(4, $out) => with(Pack::<4>, |$simd| $call),
            Write::Pack(16, $out) => with(Pack::<16>, |$simd| $call),
            Write::Pack(_, $out) => with(Pack::<32>, |$simd| $call),
        }
    };
}

fn with<S: Simd, R>(simd: S, call: impl FnOnce(S) -> R) -> R {
    call(simd)
}

/// A table with a label for each row.
#[derive(Clone, Debug)]
struct Head {
    values: Vec<f64>,
    columns: usize,
    labels: Vec<u32>,
}

impl Head {
    fn rows<F: Float>(&self) -> Vec<(Vec<f64>, usize)> {
        let rounded = rounded::<F>(&self.values);
        let rows = rounded.chunks(self.columns).map(<[f64]>::to_vec);
        rows.zip(&self.labels).map(|(row, &label)| (row, label as usize)).collect()
    }
}

fn head(
    values: impl Strategy<Value = f64> + Clone + 'static,
    labels_beyond: u32,
) -> impl Strategy<Value = Head> {
    (1..40_usize, 0..20_usize).prop_flat_map(move |(columns, rows)| {
        let labels = vec(0..columns as u32 + labels_beyond, rows);
        (vec(values.clone(), rows * columns), labels).prop_map(move |(values, labels)| Head {
            values,
            columns,
            labels,
        })
    })
}

/// Logits as they are, confident ones, ties, and floats that break things.
fn logit() -> impl Strategy<Value = f64> + Clone {
    let special = [0.0, -0.0, 88.8, -104.0, 710.0, -1e4, 1e30, -1e30, 3.4e38, -3.4e38, 1e-40, f64::MAX];
    prop_oneof![
        12 => -8.0..8.0,
        3 => -100.0..100.0,
        3 => (-2..3_i8).prop_map(f64::from),
        1 => proptest::sample::select(special.to_vec()),
    ]
}

fn any_logit() -> impl Strategy<Value = f64> + Clone {
    let special = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    prop_oneof![60 => logit(), 1 => proptest::sample::select(special.to_vec())]
}

fn check_softmax<F: Near>(head: &Head) {
    let (logits, Head { columns, labels, .. }) = (narrow::<F>(&head.values), head);
    let losses = in_all_lanes(labels.len(), |write| {
        write!(write, |simd, out| loss::cross_entropy(simd, &logits, *columns, labels, out))
    });
    let want: Vec<f64> =
        head.rows::<F>().iter().map(|(row, label)| reference::cross_entropy(row, *label)).collect();
    assert_near(&losses, &want);
}

fn check_sigmoid<F: Near>(head: &Head) {
    let (logits, Head { columns, labels, .. }) = (narrow::<F>(&head.values), head);
    let losses = in_all_lanes(labels.len(), |write| {
        write!(write, |simd, out| loss::sigmoid_cross_entropy(simd, &logits, *columns, labels, out))
    });
    let rows = head.rows::<F>();
    let want: Vec<f64> =
        rows.iter().map(|(row, label)| reference::sigmoid_cross_entropy(row, *label)).collect();
    assert_near(&losses, &want);
}

fn check_probabilities<F: Near>(head: &Head) {
    let (table, Head { columns, labels, .. }) = (narrow::<F>(&head.values), head);
    let losses = in_all_lanes(labels.len(), |write| {
        write!(write, |simd, out| loss::probability_cross_entropy(simd, &table, *columns, labels, out))
    });
    let rows = head.rows::<F>();
    let want = rows.iter().map(|(row, label)| reference::probability_cross_entropy(row, *label));
    assert_near(&losses, &want.collect::<Vec<_>>());
}

fn check_binary<F: Near>(logits: &[f64], targets: &[f64]) {
    let (x, t) = (narrow::<F>(logits), narrow::<F>(targets));
    let losses = in_all_lanes(x.len(), |write| {
        write!(write, |simd, out| loss::binary_cross_entropy(simd, &x, &t, out))
    });
    // Between 0 and 1 a target makes terms cancel, so the reference works in the type itself there.
    let rounded = rounded::<F>(logits).into_iter().zip(rounded::<F>(targets));
    let want: Vec<f64> = rounded.map(|(x, t)| reference::binary_cross_entropy(x, t)).collect();
    for (&got, (&want, &x)) in losses.iter().zip(want.iter().zip(logits)) {
        assert_close(&[got], &[want], 1.0 + x.abs());
    }
}

/// Gradients of some rows in both layouts, of the rows and as the reference has them.
fn check_gradients<F: Near>(head: &Head, picks: &[prop::sample::Index]) {
    let (logits, Head { columns, labels, .. }) = (narrow::<F>(&head.values), head);
    let selected: Vec<u32> = if labels.is_empty() {
        Vec::new()
    } else {
        picks.iter().map(|pick| pick.index(labels.len()) as u32).collect()
    };
    let scale = F::from_f64(0.25);
    let dense = Backward::new(&selected).scale(scale);
    let gathered = dense.gathered();
    type Reference = fn(&[f64], usize) -> Vec<f64>;
    for (nth, gradient) in
        [reference::cross_entropy_gradient as Reference, reference::sigmoid_cross_entropy_gradient]
            .iter()
            .enumerate()
    {
        let whole = in_all_lanes(logits.len(), |write| {
            write!(write, |simd, out| match nth {
                0 => loss::cross_entropy_gradient(simd, &logits, *columns, labels, &dense, out),
                _ => loss::sigmoid_cross_entropy_gradient(simd, &logits, *columns, labels, &dense, out),
            })
        });
        let part = in_all_lanes(selected.len() * columns, |write| {
            write!(write, |simd, out| match nth {
                0 => loss::cross_entropy_gradient(simd, &logits, *columns, labels, &gathered, out),
                _ => loss::sigmoid_cross_entropy_gradient(simd, &logits, *columns, labels, &gathered, out),
            })
        });
        for (row, ((values, label), whole)) in head.rows::<F>().iter().zip(whole.chunks(*columns)).enumerate()
        {
            let want = match selected.contains(&(row as u32)) {
                true => gradient(values, *label),
                false => vec![0.0; *columns],
            };
            assert_close(whole, &want.iter().map(|slope| 0.25 * slope).collect::<Vec<_>>(), 1.0);
        }
        let rows: Vec<F> =
            selected.iter().flat_map(|&row| whole[row as usize * columns..][..*columns].to_vec()).collect();
        assert_same(&part, &rows);
    }
}

/// Boxes with every layout of tables; the arithmetic is the reference's, so the results are equal.
fn check_boxes<F: Float>(boxes: &Boxes) {
    let Boxes { labels, label_count, wide, beta, .. } = boxes;
    let (count, beta) = (*label_count, F::from_f64(*beta));
    let tables: Vec<Vec<F>> = boxes.tables.iter().map(|table| narrow(table)).collect();
    let width = |table: usize| if wide[table] { 4 * count } else { 4 };
    let table = |nth: usize| &tables[nth][..labels.len() * width(nth)];
    let four = |nth: usize, row: usize| -> [F; 4] {
        let from = if wide[nth] { 4 * labels[row] as usize } else { 0 };
        core::array::from_fn(|column| table(nth)[row * width(nth) + from + column])
    };
    let regression = Regression::new(labels, table(0), table(1)).unwrap().beta(beta);
    let regression = regression.weights(Weights::Each(table(2)), Weights::Each(table(3))).unwrap();
    let want: Vec<F> = (0..labels.len())
        .map(|row| match labels[row] {
            0 => F::zero(),
            _ => reference::box_loss(four(0, row), four(1, row), four(2, row), four(3, row), beta),
        })
        .collect();
    let losses = in_all_lanes(labels.len(), |write| write!(write, |simd, out| regression.losses(simd, out)));
    assert_same(&losses, &want);

    let mut sum = vec![F::one(); labels.len()];
    regression.add_to(Portable, &mut sum).unwrap();
    assert_same(&sum, &want.iter().map(|&loss| F::one() + loss).collect::<Vec<_>>());

    let selected: Vec<u32> = (0..labels.len() as u32).filter(|row| row % 3 != 1).collect();
    let mut gradient = vec![F::nan(); labels.len() * width(0)];
    regression.gradient(&Backward::new(&selected).scale(F::from_f64(0.5)), &mut gradient).unwrap();
    for row in 0..labels.len() {
        let mut want = vec![F::zero(); width(0)];
        if labels[row] != 0 && row % 3 != 1 {
            let slopes =
                reference::box_gradient(four(0, row), four(1, row), four(2, row), four(3, row), beta);
            let from = if wide[0] { 4 * labels[row] as usize } else { 0 };
            want[from..from + 4].copy_from_slice(&slopes.map(|slope| slope * F::from_f64(0.5)));
        }
        let got = &gradient[row * width(0)..][..width(0)];
        assert!(got.iter().zip(&want).all(|(got, want)| got == want || got.is_nan() && want.is_nan()));
    }
}

#[derive(Clone, Debug)]
struct Boxes {
    labels: Vec<u32>,
    label_count: usize,
    tables: Vec<Vec<f64>>,
    wide: Vec<bool>,
    beta: f64,
}

fn boxes() -> impl Strategy<Value = Boxes> {
    let value = prop_oneof![
        6 => -4.0..4.0,
        6 => (-4..5_i8).prop_map(|quarters| f64::from(quarters) / 4.0),
        1 => proptest::sample::select(vec![f64::NAN, f64::INFINITY, 1e30, 1e-30, -0.0]),
    ];
    let beta = proptest::sample::select(vec![1.0, 1.0 / 9.0, 0.5, 2.0, 0.0, -1.0, f64::NAN]);
    (2..6_usize, 1..30_usize, beta).prop_flat_map(move |(label_count, rows, beta)| {
        let tables = vec(vec(value.clone(), rows * label_count * 4), 4);
        (vec(0..label_count as u32, rows), tables, vec(any::<bool>(), 4))
            .prop_map(move |(labels, tables, wide)| Boxes { labels, label_count, tables, wide, beta })
    })
}

proptest! {
    #[test]
    fn softmax(head in head(logit(), 0)) {
        check_softmax::<f32>(&head);
        check_softmax::<f64>(&head);
    }

    #[test]
    fn softmax_of_anything(head in head(any_logit(), 0)) {
        check_softmax::<f32>(&head);
        check_softmax::<f64>(&head);
    }

    #[test]
    fn sigmoid(head in head(logit(), 1)) {
        check_sigmoid::<f32>(&head);
        check_sigmoid::<f64>(&head);
    }

    #[test]
    fn probabilities(head in head(prop_oneof![8 => 0.0..1.0, 1 => any_logit()], 0)) {
        check_probabilities::<f32>(&head);
        check_probabilities::<f64>(&head);
    }

    #[test]
    fn binary(pairs in vec((-100.0..100.0, prop_oneof![Just(0.0), Just(1.0), 0.0..1.0]), 0..40)) {
        let (logits, targets): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        check_binary::<f32>(&logits, &targets);
        check_binary::<f64>(&logits, &targets);
    }

    #[test]
    fn gradients(head in head(-30.0..30.0, 0), picks in vec(any::<prop::sample::Index>(), 0..12)) {
        check_gradients::<f32>(&head, &picks);
        check_gradients::<f64>(&head, &picks);
    }

    #[test]
    fn boxes_of_all_kinds(boxes in boxes()) {
        check_boxes::<f32>(&boxes);
        check_boxes::<f64>(&boxes);
    }

    #[test]
    fn gradients_are_slopes(head in head(-6.0..6.0, 0), at in any::<prop::sample::Index>()) {
        if !head.labels.is_empty() {
            check_slopes(&head, at);
        }
    }
}

/// The slope of a loss by one of its inputs, by central differences.
fn slope(inputs: &[f64], at: usize, loss: impl Fn(&[f64]) -> f64) -> f64 {
    let step = 1e-5;
    let moved = |by: f64| {
        let mut inputs = inputs.to_vec();
        inputs[at] += by;
        loss(&inputs)
    };
    (moved(step) - moved(-step)) / (2.0 * step)
}

#[track_caller]
fn assert_slopes(inputs: &[f64], gradient: &[f64], loss: impl Fn(&[f64]) -> f64) {
    for (at, &got) in gradient.iter().enumerate() {
        let want = slope(inputs, at, &loss);
        assert!((got - want).abs() < 1e-8, "at {at}: {got}, but the slope is {want}");
    }
}

/// Each gradient, of one row, against central differences of the loss that core itself computes.
fn check_slopes(head: &Head, at: prop::sample::Index) {
    let Head { values, columns, labels } = head;
    let (row, loss_of) = (at.index(labels.len()), vec![0.0; labels.len()]);
    let selected = [row as u32];
    let backward = Backward::new(&selected);
    let mut gradient = vec![0.0; values.len()];

    loss::cross_entropy_gradient(Portable, values, *columns, labels, &backward, &mut gradient).unwrap();
    assert_slopes(values, &gradient, |logits| {
        let mut losses = loss_of.clone();
        loss::cross_entropy(Portable, logits, *columns, labels, &mut losses).unwrap();
        losses[row]
    });
    loss::sigmoid_cross_entropy_gradient(Portable, values, *columns, labels, &backward, &mut gradient)
        .unwrap();
    assert_slopes(values, &gradient, |logits| {
        let mut losses = loss_of.clone();
        loss::sigmoid_cross_entropy(Portable, logits, *columns, labels, &mut losses).unwrap();
        losses[row]
    });
    let targets: Vec<f64> = values.iter().map(|value| (value + 6.0) / 12.0).collect();
    let every: Vec<u32> = (0..values.len() as u32).collect();
    loss::binary_cross_entropy_gradient(values, &targets, &Backward::new(&every), &mut gradient).unwrap();
    assert_slopes(values, &gradient, |logits| {
        let mut losses = vec![0.0; logits.len()];
        loss::binary_cross_entropy(Portable, logits, &targets, &mut losses).unwrap();
        losses.iter().sum()
    });

    // Boxes: no difference within a step of where the slope jumps.
    let labels: Vec<u32> = labels.iter().map(|label| label % 3).collect();
    let predictions: Vec<f64> = (0..labels.len() * 12).map(|nth| values[nth % values.len()]).collect();
    let off_the_bend =
        |prediction: &f64| prediction + if (prediction.abs() - 0.5).abs() < 1e-3 { 0.1 } else { 0.0 };
    let predictions: Vec<f64> = predictions.iter().map(off_the_bend).collect();
    let targets = vec![0.0; labels.len() * 4];
    let (inside, outside) = (Weights::Same([1.0, 1.0, 1.0, 0.0]), Weights::Same([1.0, 2.0, 0.5, 1.0]));
    let regression = |predictions: &[f64], losses: &mut [f64]| {
        let regression = Regression::new(&labels, predictions, &targets).unwrap().beta(0.5);
        regression.weights(inside, outside).unwrap().losses(Portable, losses).unwrap();
    };
    let mut gradient = vec![0.0; predictions.len()];
    let boxes = Regression::new(&labels, &predictions, &targets).unwrap().beta(0.5);
    boxes.weights(inside, outside).unwrap().gradient(&backward, &mut gradient).unwrap();
    assert_slopes(&predictions, &gradient, |predictions| {
        let mut losses = loss_of.clone();
        regression(predictions, &mut losses);
        losses[row]
    });
}

#[test]
fn the_gradient_of_a_tiny_loss_is_as_good_as_any() {
    let mut gradient = [0.0; 2];
    loss::cross_entropy_gradient(Portable, &[40.0, 0.0], 2, &[0], &Backward::new(&[0]), &mut gradient)
        .unwrap();
    assert_eq!(gradient, [-(-40_f64).exp(), (-40_f64).exp()]);
    loss::sigmoid_cross_entropy_gradient(
        Portable,
        &[40.0],
        1,
        &[1],
        &Backward::new(&[0]),
        &mut gradient[..1],
    )
    .unwrap();
    assert_eq!(gradient[0], -(-40_f64).exp());
}

#[test]
fn an_infinite_logit_on_the_right_side_costs_nothing() {
    let mut losses = [f32::NAN; 3];
    let logits = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY];
    loss::sigmoid_cross_entropy(Portable, &logits, 1, &[1, 0, 0], &mut losses).unwrap();
    assert_eq!(losses, [0.0, 0.0, f32::INFINITY]);
}

#[test]
fn what_does_not_fit_is_named_and_nothing_written() {
    let (logits, labels) = ([0.0; 6], [0, 3]);
    let mut out = [9.0; 2];
    let table = LossError::Table { values: 6, rows: 2, columns: 4 };
    assert_eq!(loss::cross_entropy(Portable, &logits, 4, &labels, &mut out), Err(table));
    let overflowing = loss::cross_entropy(Portable, &logits, usize::MAX, &labels, &mut out);
    assert_eq!(overflowing, Err(LossError::Table { values: 6, rows: 2, columns: usize::MAX }));
    let label = LossError::Label { row: 1, label: 3, labels: 3 };
    assert_eq!(loss::cross_entropy(Portable, &logits, 3, &labels, &mut out), Err(label));
    assert_eq!(loss::probability_cross_entropy(Portable, &logits, 3, &labels, &mut out), Err(label));
    assert_eq!(loss::sigmoid_cross_entropy(Portable, &logits, 3, &labels, &mut out), Ok(()));
    let label = LossError::Label { row: 0, label: 4, labels: 4 };
    assert_eq!(loss::sigmoid_cross_entropy(Portable, &logits, 3, &[4, 0], &mut [9.0; 2]), Err(label));
    let places = LossError::Out { places: 1, needed: 2 };
    assert_eq!(loss::cross_entropy(Portable, &logits, 3, &[0, 0], &mut [9.0]), Err(places));
    let table = LossError::Table { values: 1, rows: 2, columns: 1 };
    assert_eq!(loss::binary_cross_entropy(Portable, &[0.0; 2], &[0.0], &mut [9.0; 2]), Err(table));
    assert_eq!(loss::cross_entropy::<f32, _>(Portable, &[], 0, &[], &mut []), Ok(()));
    assert_eq!(loss::cross_entropy::<f32, _>(Portable, &[], usize::MAX, &[], &mut []), Ok(()));

    let mut out = [9.0; 6];
    let gradient = |selected: &[u32], out: &mut [f64]| {
        loss::cross_entropy_gradient(Portable, &logits, 3, &[0, 0], &Backward::new(selected).gathered(), out)
    };
    let index = LossError::Index { position: 1, index: 2, rows: 2 };
    assert_eq!(gradient(&[0, 2], &mut out), Err(index));
    assert_eq!(gradient(&[0], &mut out), Err(LossError::Out { places: 6, needed: 3 }));
    assert_eq!(out, [9.0; 6]);
    assert_eq!(gradient(&[], &mut []), Ok(()));
}

#[test]
fn tables_of_boxes_that_do_not_fit_are_named() {
    let new = |labels: &[u32], values: usize| {
        Regression::new(labels, &vec![0.0; values], &vec![0.0; 4 * labels.len()]).err()
    };
    assert_eq!(new(&[0, 1], 8), None);
    assert_eq!(new(&[0, 1], 16), None);
    for values in [0, 2, 7, 10, 12] {
        assert_eq!(new(&[0, 1], values), Some(LossError::Boxes { values, rows: 2 }));
    }
    assert_eq!(new(&[0, 2], 16), Some(LossError::Label { row: 1, label: 2, labels: 2 }));
    assert_eq!(new(&[], 0), None);
    assert_eq!(new(&[], 4), Some(LossError::Boxes { values: 4, rows: 0 }));
    let regression = Regression::new(&[1], &[0.0; 4], &[0.0; 4]).unwrap();
    assert_eq!(regression.losses(Portable, &mut [0.0; 2]), Err(LossError::Out { places: 2, needed: 1 }));
    let weights = regression.weights(Weights::Each(&[1.0; 3]), Weights::Same([1.0; 4])).err();
    assert_eq!(weights, Some(LossError::Boxes { values: 3, rows: 1 }));
}
