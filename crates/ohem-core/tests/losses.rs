//! Losses and gradients equal what the oracle does, up to the last bits of `exp` and `ln`, and are the
//! same to the bit in any number of lanes.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

use ohem_core::loss::{self, BoxWeights, Classes, GradientSpec, Layout, Regression};
use ohem_core::{ConfigError, Float, InputError, LengthMismatch, OutOfRange};
use ohem_testkit::adapters::lanes::in_all_lanes;
use ohem_testkit::adapters::loss::{Backward, Binary, Boxes, Function, Rows, Weights};
use ohem_testkit::adapters::{Core, Losses as _, Oracle};
use ohem_testkit::compare::{Near, assert_near, assert_same, narrow, rounded};
use ohem_testkit::generate::Head;
use ohem_testkit::generate::strategy::head;
use ohem_testkit::oracle::loss as oracle;
use proptest::collection::vec;
use proptest::prelude::*;

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

fn check_rows<F: Near>(function: Function, head: &Head, oracle: fn(&[f64], usize) -> f64) {
    let (values, Head { columns, labels, .. }) = (narrow::<F>(&head.values), head);
    let losses = in_all_lanes(Rows { function, values: &values, columns: *columns, labels });
    let want: Vec<f64> = head.rows::<F>().iter().map(|(row, label)| oracle(row, *label)).collect();
    assert_near(&losses, &want);
}

fn check_binary<F: Near>(logits: &[f64], targets: &[f64]) {
    let (x, t) = (narrow::<F>(logits), narrow::<F>(targets));
    let losses = in_all_lanes(Binary { logits: &x, targets: &t });
    assert_near(&losses, &Oracle::binary(&rounded::<F>(logits), &rounded::<F>(targets)));
}

/// Boxes with every layout of tables; the arithmetic is the oracle's, so the results are equal.
fn check_boxes<F: Float>(case: &Case) {
    let Case { labels, label_count, wide, beta, .. } = case;
    let tables: Vec<Vec<F>> = case.tables.iter().map(|table| narrow(table)).collect();
    let table = |nth: usize| &tables[nth][..labels.len() * if wide[nth] { 4 * label_count } else { 4 }];
    let (inside, outside) = (Weights::Each(table(2)), Weights::Each(table(3)));
    let boxes = Boxes { inside, outside, beta: F::from_f64(*beta), ..Boxes::new(labels, table(0), table(1)) };
    let want = Oracle::boxes(&boxes);
    assert_same(&in_all_lanes(boxes), &want);

    let mut sum = vec![F::one(); labels.len()];
    Core::add_boxes(&boxes, &mut sum);
    assert_same(&sum, &want.iter().map(|&loss| F::one() + loss).collect::<Vec<_>>());

    let selected: Vec<u32> = (0..labels.len() as u32).filter(|row| row % 3 != 1).collect();
    for gathered in [false, true] {
        let backward = Backward { selected: &selected, scale: F::from_f64(0.5), gathered };
        let (got, want) = (Core::box_gradient(&boxes, &backward), Oracle::box_gradient(&boxes, &backward));
        assert_eq!(got.len(), want.len());
        assert!(got.iter().zip(&want).all(|(got, want)| got == want || got.is_nan() && want.is_nan()));
    }
}

#[derive(Clone, Debug)]
struct Case {
    labels: Vec<u32>,
    label_count: usize,
    tables: Vec<Vec<f64>>,
    wide: Vec<bool>,
    beta: f64,
}

fn a_case() -> impl Strategy<Value = Case> {
    let value = prop_oneof![
        6 => -4.0..4.0,
        6 => (-4..5_i8).prop_map(|quarters| f64::from(quarters) / 4.0),
        1 => proptest::sample::select(vec![f64::NAN, f64::INFINITY, 1e30, 1e-30, -0.0]),
    ];
    let beta = proptest::sample::select(vec![1.0, 1.0 / 9.0, 0.5, 2.0, 0.0, 1e30, f64::INFINITY]);
    (2..6_usize, 1..30_usize, beta).prop_flat_map(move |(label_count, rows, beta)| {
        let tables = vec(vec(value.clone(), rows * label_count * 4), 4);
        (vec(0..label_count as u32, rows), tables, vec(any::<bool>(), 4))
            .prop_map(move |(labels, tables, wide)| Case { labels, label_count, tables, wide, beta })
    })
}

proptest! {
    #[test]
    fn softmax(head in head(logit(), 0)) {
        check_rows::<f32>(Function::Softmax, &head, oracle::cross_entropy);
        check_rows::<f64>(Function::Softmax, &head, oracle::cross_entropy);
    }

    #[test]
    fn softmax_of_anything(head in head(any_logit(), 0)) {
        check_rows::<f32>(Function::Softmax, &head, oracle::cross_entropy);
        check_rows::<f64>(Function::Softmax, &head, oracle::cross_entropy);
    }

    #[test]
    fn sigmoid(head in head(logit(), 1)) {
        check_rows::<f32>(Function::Sigmoid, &head, oracle::sigmoid_cross_entropy);
        check_rows::<f64>(Function::Sigmoid, &head, oracle::sigmoid_cross_entropy);
    }

    #[test]
    fn probabilities(head in head(prop_oneof![8 => 0.0..1.0, 1 => any_logit()], 0)) {
        check_rows::<f32>(Function::Probability, &head, oracle::probability_cross_entropy);
        check_rows::<f64>(Function::Probability, &head, oracle::probability_cross_entropy);
    }

    #[test]
    fn binary(pairs in vec((any_logit(), prop_oneof![Just(0.0), Just(1.0), 0.0..1.0]), 0..40)) {
        let (logits, targets): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        check_binary::<f32>(&logits, &targets);
        check_binary::<f64>(&logits, &targets);
    }

    #[test]
    fn boxes_of_all_kinds(case in a_case()) {
        check_boxes::<f32>(&case);
        check_boxes::<f64>(&case);
    }

}

#[test]
fn an_infinite_logit_on_the_right_side_costs_nothing() {
    let mut losses = [f32::NAN; 3];
    let logits = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY];
    loss::sigmoid_cross_entropy(&logits, Classes::new(1), &[1, 0, 0], &mut losses).unwrap();
    assert_eq!(losses, [0.0, 0.0, f32::INFINITY]);
}

/// Found by the fuzz target `loss_and_targets`.
#[test]
fn a_box_without_columns_costs_nothing_whatever_is_nan() {
    let mut losses = [f64::NAN; 2];
    let regression = Regression::new(&[1, 1], &[f64::NAN; 8], &[0.0; 8]).unwrap();
    let inside = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let regression = regression.weights(BoxWeights::Each(&inside), BoxWeights::Same([1.0; 4])).unwrap();
    loss::regression_losses(&regression, &mut losses).unwrap();
    assert_eq!(losses[0], 0.0);
    assert!(losses[1].is_nan());
}

#[test]
fn a_beta_that_is_negative_or_nan_is_refused() {
    let refused = Err(ConfigError::Setting { name: "beta", expected: "at least 0" }.into());
    for beta in [-1.0, -1e-300, f64::NAN, -f64::NAN, f64::NEG_INFINITY] {
        let regression = Regression::new(&[1], &[0.5; 4], &[0.0; 4]).unwrap().beta(beta);
        let (mut losses, mut gradient) = ([9.0], [9.0; 4]);
        assert_eq!(loss::regression_losses(&regression, &mut losses), refused);
        assert_eq!(loss::add_regression(&regression, &mut losses), refused);
        assert_eq!(loss::regression_gradient(&regression, &GradientSpec::new(&[0]), &mut gradient), refused);
        assert_eq!((losses, gradient), ([9.0], [9.0; 4]), "nothing is written");
    }
    for (beta, want) in [(0.0, 2.0), (-0.0, 2.0), (f64::INFINITY, 0.0)] {
        let mut losses = [9.0];
        let regression = Regression::new(&[1], &[0.5; 4], &[0.0; 4]).unwrap().beta(beta);
        loss::regression_losses(&regression, &mut losses).unwrap();
        assert_eq!(losses, [want]);
    }
}

#[test]
fn an_infinite_logit_has_the_limit_as_its_loss() {
    let (plus, minus) = (f32::INFINITY, f32::NEG_INFINITY);
    let logits = [plus, plus, plus, minus, minus, minus, f32::NAN, 0.0];
    let targets = [1.0, 0.0, 0.5, 0.0, 1.0, 1e-30, 1.0, f32::NAN];
    let (mut losses, mut gradient) = ([9.0; 8], [9.0; 8]);
    loss::binary_cross_entropy(&logits, &targets, &mut losses).unwrap();
    assert_eq!(losses[..6], [0.0, plus, plus, 0.0, plus, plus]);
    let every = [0, 1, 2, 3, 4, 5, 6, 7];
    loss::binary_cross_entropy_gradient(&logits, &targets, &GradientSpec::new(&every), &mut gradient)
        .unwrap();
    assert_eq!(gradient[..6], [0.0, 1.0, 0.5, 0.0, -1.0, -1e-30]);
    assert!(losses[6..].iter().chain(&gradient[6..]).all(|value| value.is_nan()));
}

/// The error of a slice of another length.
fn length(what: &'static str, expected: usize, actual: usize) -> Result<(), InputError> {
    Err(LengthMismatch { what, expected, actual }.into())
}

/// The error of a label that names no class.
fn label(position: usize, value: i64, limit: usize) -> Result<(), InputError> {
    Err(OutOfRange { what: "label", position, value, limit }.into())
}

#[test]
fn what_does_not_fit_is_named_and_nothing_written() {
    let (logits, labels, table) = ([0.0; 6], [0, 3], "values of logits (rows x classes)");
    let (classes, mut out) = (Classes::new(3), [9.0; 2]);
    assert_eq!(loss::cross_entropy(&logits, Classes::new(4), &labels, &mut out), length(table, 8, 6));
    let overflowing = loss::cross_entropy(&logits, Classes::new(usize::MAX), &labels, &mut out);
    assert_eq!(overflowing, length(table, usize::MAX, 6));
    assert_eq!(loss::sigmoid_cross_entropy(&logits, Classes::new(2), &labels, &mut out), length(table, 4, 6));
    let refused = loss::probability_cross_entropy(&logits, Classes::new(2), &labels, &mut out);
    assert_eq!(refused, length("values of probabilities (rows x classes)", 4, 6));
    assert_eq!(loss::cross_entropy(&logits, classes, &labels, &mut out), label(1, 3, 3));
    assert_eq!(loss::probability_cross_entropy(&logits, classes, &labels, &mut out), label(1, 3, 3));
    assert_eq!(loss::sigmoid_cross_entropy(&logits, classes, &[4, 0], &mut out), label(0, 4, 4));
    assert_eq!(loss::cross_entropy(&logits, classes, &[0, 0], &mut out[..1]), length("losses", 2, 1));
    let shorter = loss::probability_cross_entropy(&logits, classes, &[0, 0], &mut out[..1]);
    assert_eq!(shorter, length("losses", 2, 1));
    let shorter = loss::sigmoid_cross_entropy(&logits, classes, &[0, 0], &mut out[..1]);
    assert_eq!(shorter, length("losses", 2, 1));
    let targets = LengthMismatch { what: "targets", expected: 2, actual: 1 };
    assert_eq!(loss::binary_cross_entropy(&[0.0; 2], &[0.0], &mut out), Err(targets));
    let losses = LengthMismatch { what: "losses", expected: 1, actual: 2 };
    assert_eq!(loss::binary_cross_entropy(&[0.0], &[0.0], &mut out), Err(losses));
    assert_eq!(out, [9.0; 2]);
    assert_eq!(loss::sigmoid_cross_entropy(&logits, classes, &labels, &mut out), Ok(()));
    assert_eq!(loss::cross_entropy::<f32, u32>(&[], Classes::new(0), &[], &mut []), Ok(()));
    assert_eq!(loss::cross_entropy::<f32, u32>(&[], Classes::new(usize::MAX), &[], &mut []), Ok(()));
}

#[test]
fn gradients_that_do_not_fit_are_named_and_nothing_written() {
    let (logits, classes, mut out) = ([0.0; 6], Classes::new(3), [9.0; 6]);
    let gradient = |selected: &[u32], out: &mut [f64]| {
        let spec = GradientSpec::new(selected).layout(Layout::Gathered);
        loss::cross_entropy_gradient(&logits, classes, &[0, 0], &spec, out)
    };
    let index = OutOfRange { what: "index", position: 1, value: 2, limit: 2 };
    assert_eq!(gradient(&[0, 2], &mut out), Err(index.into()));
    assert_eq!(gradient(&[0], &mut out), length("values of the gradient (rows x columns)", 3, 6));
    let dense = GradientSpec::new(&[0]);
    let refused = loss::sigmoid_cross_entropy_gradient(&logits, classes, &[0, 4], &dense, &mut out);
    assert_eq!(refused, label(1, 4, 4));
    let refused = loss::probability_cross_entropy_gradient(&logits, classes, &[0, 4], &dense, &mut out);
    assert_eq!(refused, label(1, 4, 3));
    let refused = loss::binary_cross_entropy_gradient(&logits, &[0.0; 5], &dense, &mut out);
    assert_eq!(refused, length("targets", 6, 5));
    assert_eq!(out, [9.0; 6]);
    assert_eq!(gradient(&[], &mut []), Ok(()));
}

const DELTAS: &str = "predicted deltas (rows x 4, or rows x 4 x classes)";

#[test]
fn tables_of_boxes_that_do_not_fit_are_named() {
    let new = |labels: &[u32], values: usize| {
        let (deltas, targets) = (vec![0.0; values], vec![0.0; 4 * labels.len()]);
        let regression = Regression::new(labels, &deltas, &targets)?;
        loss::regression_losses(&regression, &mut vec![0.0; labels.len()])
    };
    assert_eq!(new(&[0, 1], 8), Ok(()));
    assert_eq!(new(&[0, 1], 16), Ok(()));
    for (values, expected) in [(0, 8), (2, 8), (7, 8), (10, 16), (12, 16)] {
        assert_eq!(new(&[0, 1], values), length(DELTAS, expected, values));
    }
    assert_eq!(new(&[0, 2], 16), label(1, 2, 2));
    assert_eq!(new(&[], 0), Ok(()));
    assert_eq!(new(&[], 4), length(DELTAS, 0, 4));
    let targets =
        LengthMismatch { what: "targets (rows x 4, or rows x 4 x classes)", expected: 4, actual: 3 };
    assert_eq!(Regression::new(&[1], &[0.0; 4], &[0.0; 3]).err(), Some(targets));
    let regression = Regression::new(&[1], &[0.0; 4], &[0.0; 4]).unwrap();
    assert_eq!(loss::regression_losses(&regression, &mut [0.0; 2]), length("losses", 1, 2));
    let same = BoxWeights::Same([1.0; 4]);
    let weights = |what| Some(LengthMismatch { what, expected: 4, actual: 3 });
    let inside = regression.weights(BoxWeights::Each(&[1.0; 3]), same).err();
    assert_eq!(inside, weights("inside weights (rows x 4, or rows x 4 x classes)"));
    let outside = regression.weights(same, BoxWeights::Each(&[1.0; 3])).err();
    assert_eq!(outside, weights("outside weights (rows x 4, or rows x 4 x classes)"));
}

#[test]
fn gradients_are_by_hand() {
    let (probabilities, mut gradient) = ([0.5, 0.5, 0.75, 0.25], [9.0; 4]);
    let backward = GradientSpec::new(&[1, 0]).scale(2.0).layout(Layout::Gathered);
    let classes = Classes::new(2);
    loss::probability_cross_entropy_gradient(&probabilities, classes, &[0, 1], &backward, &mut gradient)
        .unwrap();
    assert_eq!(gradient, [1.5, -1.5, -1.0, 1.0]);
    let dense = GradientSpec::new(&[2, 0]).scale(4.0);
    let mut gradient = [9.0; 3];
    loss::binary_cross_entropy_gradient(&[0.0; 3], &[1.0, 0.0, 0.25], &dense, &mut gradient).unwrap();
    assert_eq!(gradient, [-2.0, 0.0, 1.0]);
    assert_eq!([0.0, 0.5, -1.0, 2.0, -4.0].map(|x| loss::smooth_l1(x, 2.0)), [0.0, 0.0625, 0.25, 1.0, 3.0]);
    assert_eq!(
        [0.0, 0.5, -1.0, 2.0, -4.0].map(|x| loss::smooth_l1_slope(x, 2.0)),
        [0.0, 0.25, -0.5, 1.0, -1.0]
    );
}

#[test]
fn a_reduction_is_a_scale() {
    use loss::Reduction::{Mean, MeanOfAll, Sum};
    let scales = |total, selected| [Sum, Mean, MeanOfAll].map(|by| by.scale::<f64>(total, selected));
    assert_eq!(scales(9, 4), [1.0, 0.25, 2.25]);
    assert_eq!(scales(9, 0), [0.0; 3]);
}

#[test]
fn a_regression_is_as_long_as_its_labels() {
    for labels in [&[][..], &[1_u32], &[1, 0, 1]] {
        let (predictions, targets) = (vec![0.0; 8 * labels.len()], vec![0.0; 4 * labels.len()]);
        let regression = Regression::new(labels, &predictions, &targets).unwrap();
        assert_eq!((regression.len(), regression.is_empty()), (labels.len(), labels.is_empty()));
        assert_eq!(regression.columns(), if labels.is_empty() { 4 } else { 8 });
    }
}
