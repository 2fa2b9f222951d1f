//! Gradients are what the oracle finds, the slopes of the losses, and the same to the bit in any lanes.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

use ohem_core::loss::{self, BoxWeights, Classes, GradientSpec, Regression};
use ohem_testkit::adapters::lanes::in_all_lanes;
use ohem_testkit::adapters::loss::{Backward, Function, Gradient, Rows};
use ohem_testkit::adapters::{Losses as _, Oracle};
use ohem_testkit::compare::{Near, assert_close, assert_same, narrow, rounded};
use ohem_testkit::generate::Head;
use ohem_testkit::generate::strategy::head;
use proptest::collection::vec;
use proptest::prelude::*;

/// Gradients of some rows in both layouts, of the rows and as the oracle has them.
fn check_gradients<F: Near>(head: &Head, picks: &[prop::sample::Index]) {
    let (values, Head { columns, labels, .. }) = (narrow::<F>(&head.values), head);
    let selected: Vec<u32> = if labels.is_empty() {
        Vec::new()
    } else {
        picks.iter().map(|pick| pick.index(labels.len()) as u32).collect()
    };
    for function in [Function::Softmax, Function::Sigmoid, Function::Probability] {
        let dense = Backward { selected: &selected, scale: F::from_f64(0.25), gathered: false };
        let rows = Rows { function, values: &values, columns: *columns, labels };
        let whole = in_all_lanes(Gradient { rows, backward: dense });
        let part = in_all_lanes(Gradient { rows, backward: Backward { gathered: true, ..dense } });
        let rows = Rows { function, values: &rounded::<F>(&head.values), columns: *columns, labels };
        let backward = Backward { selected: &selected, scale: 0.25, gathered: false };
        let want = Oracle::gradient(&Gradient { rows, backward });
        assert_eq!(whole.len(), want.len());
        assert_close(&whole, &want, if function == Function::Probability { 30.0 } else { 1.0 });
        let rows: Vec<F> =
            selected.iter().flat_map(|&row| whole[row as usize * columns..][..*columns].to_vec()).collect();
        assert_same(&part, &rows);
    }
}

proptest! {
    #[test]
    fn gradients(head in head(-30.0..30.0, 0), picks in vec(any::<prop::sample::Index>(), 0..12)) {
        check_gradients::<f32>(&head, &picks);
        check_gradients::<f64>(&head, &picks);
    }
}

proptest! {
    // Each computes all losses twice for every logit.
    #![proptest_config(ProptestConfig::with_cases(64))]
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
    let (Head { values, labels, .. }, classes) = (head, Classes::new(head.columns));
    let (row, loss_of) = (at.index(labels.len()), vec![0.0; labels.len()]);
    let selected = [row as u32];
    let backward = GradientSpec::new(&selected);
    let mut gradient = vec![0.0; values.len()];

    loss::cross_entropy_gradient(values, classes, labels, &backward, &mut gradient).unwrap();
    assert_slopes(values, &gradient, |logits| {
        let mut losses = loss_of.clone();
        loss::cross_entropy(logits, classes, labels, &mut losses).unwrap();
        losses[row]
    });
    loss::sigmoid_cross_entropy_gradient(values, classes, labels, &backward, &mut gradient).unwrap();
    assert_slopes(values, &gradient, |logits| {
        let mut losses = loss_of.clone();
        loss::sigmoid_cross_entropy(logits, classes, labels, &mut losses).unwrap();
        losses[row]
    });
    let targets: Vec<f64> = values.iter().map(|value| (value + 6.0) / 12.0).collect();
    let every: Vec<u32> = (0..values.len() as u32).collect();
    loss::binary_cross_entropy_gradient(values, &targets, &GradientSpec::new(&every), &mut gradient).unwrap();
    assert_slopes(values, &gradient, |logits| {
        let mut losses = vec![0.0; logits.len()];
        loss::binary_cross_entropy(logits, &targets, &mut losses).unwrap();
        losses.iter().sum()
    });

    // Boxes: no difference within a step of where the slope jumps.
    let labels: Vec<u32> = labels.iter().map(|label| label % 3).collect();
    let predictions: Vec<f64> = (0..labels.len() * 12).map(|nth| values[nth % values.len()]).collect();
    let off_the_bend =
        |prediction: &f64| prediction + if (prediction.abs() - 0.5).abs() < 1e-3 { 0.1 } else { 0.0 };
    let predictions: Vec<f64> = predictions.iter().map(off_the_bend).collect();
    let targets = vec![0.0; labels.len() * 4];
    let (inside, outside) = (BoxWeights::Same([1.0, 1.0, 1.0, 0.0]), BoxWeights::Same([1.0, 2.0, 0.5, 1.0]));
    let regression = |predictions: &[f64], losses: &mut [f64]| {
        let regression = Regression::new(&labels, predictions, &targets).unwrap().beta(0.5);
        loss::regression_losses(&regression.weights(inside, outside).unwrap(), losses).unwrap();
    };
    let mut gradient = vec![0.0; predictions.len()];
    let boxes = Regression::new(&labels, &predictions, &targets).unwrap().beta(0.5);
    let boxes = boxes.weights(inside, outside).unwrap();
    loss::regression_gradient(&boxes, &backward, &mut gradient).unwrap();
    assert_slopes(&predictions, &gradient, |predictions| {
        let mut losses = loss_of.clone();
        regression(predictions, &mut losses);
        losses[row]
    });
}

#[test]
fn the_gradient_of_a_tiny_loss_is_as_good_as_any() {
    let (spec, mut gradient) = (GradientSpec::new(&[0]), [0.0; 2]);
    loss::cross_entropy_gradient(&[40.0, 0.0], Classes::new(2), &[0], &spec, &mut gradient).unwrap();
    assert_eq!(gradient, [-(-40_f64).exp(), (-40_f64).exp()]);
    let out = &mut gradient[..1];
    loss::sigmoid_cross_entropy_gradient(&[40.0], Classes::new(1), &[1], &spec, out).unwrap();
    assert_eq!(gradient[0], -(-40_f64).exp());
}
