//! What labels of every kind do to losses and gradients.

use super::*;
use crate::error::{InputError, OutOfRange};
use crate::{InvalidKey, Match};

/// Three rows of three columns; the middle one poisons whatever reads it.
const TABLE: [f32; 9] = [1.0, -2.0, 0.5, f32::NAN, f32::NAN, f32::NAN, 0.25, 0.5, 0.25];

/// Losses and dense gradient of all rows, as bits.
fn bits<L: crate::Key>(classes: Classes, labels: &[L; 3]) -> [[u32; 3]; 6] {
    let (mut losses, mut gradients) = ([[9.0; 3]; 3], [[9.0; 9]; 3]);
    let spec = GradientSpec::new(&[0, 1, 2]).scale(0.5);
    cross_entropy(&TABLE, classes, labels, &mut losses[0]).unwrap();
    sigmoid_cross_entropy(&TABLE, classes, labels, &mut losses[1]).unwrap();
    probability_cross_entropy(&TABLE, classes, labels, &mut losses[2]).unwrap();
    cross_entropy_gradient(&TABLE, classes, labels, &spec, &mut gradients[0]).unwrap();
    sigmoid_cross_entropy_gradient(&TABLE, classes, labels, &spec, &mut gradients[1]).unwrap();
    probability_cross_entropy_gradient(&TABLE, classes, labels, &spec, &mut gradients[2]).unwrap();
    let sum = |row: &[f32]| row.iter().map(|x| x.abs()).sum::<f32>();
    let rows = gradients.map(|of| [sum(&of[..3]), sum(&of[3..6]), sum(&of[6..])]);
    let [a, b, c] = losses.map(|of| of.map(f32::to_bits));
    let [d, e, f] = rows.map(|of| of.map(f32::to_bits));
    [a, b, c, d, e, f]
}

#[test]
fn an_ignored_roi_has_neither_loss_nor_gradient() {
    let classes = Classes::new(3);
    let want = bits(classes, &[2, 0, 1]);
    assert!(want.iter().all(|row| f32::from_bits(row[1]).is_nan() && row[0] != 0 && row[2] != 0));
    let want = want.map(|[first, _, last]| [first, 0, last]);
    assert_eq!(bits(classes, &[Match::object(2), Match::IGNORED, Match::object(1)]), want);
    assert_eq!(bits(classes, &[2, u32::MAX, 1]), want);
    let ignoring = classes.invalid_labels(InvalidKey::Ignore);
    assert_eq!(bits(ignoring, &[2_i64, -100, 1]), want);
    assert_eq!(bits(ignoring, &[2.0_f32, 1.5, 1.0]), want);
    assert_eq!(bits(ignoring, &[2_u8, 255, 1]), want);
}

#[test]
fn the_background_may_have_any_number() {
    for background in 0..3 {
        let classes = Classes::new(3).background(background);
        let written_out = bits(classes, &[1, background, background]);
        assert_eq!(bits(classes, &[Match::object(1), Match::BACKGROUND, Match::BACKGROUND]), written_out);
        let softmax = bits(Classes::new(3), &[1, background, background]);
        assert_eq!((written_out[0], written_out[2]), (softmax[0], softmax[2]), "the column of its number");
    }
    // Sigmoid with the background last: label `n` there is label `n + 1` with the background first.
    let (first, last) = (Classes::new(3), Classes::new(3).background(3));
    let (mut want, mut got) = ([9.0; 3], [9.0; 3]);
    sigmoid_cross_entropy(&TABLE, first, &[0, u32::MAX, 3], &mut want).unwrap();
    sigmoid_cross_entropy(&TABLE, last, &[3, u32::MAX, 2], &mut got).unwrap();
    assert_eq!(got, want);
}

#[test]
fn a_label_of_no_class_is_an_error_that_names_it() {
    let (mut losses, mut gradient, classes) = ([9.0; 3], [9.0; 9], Classes::new(3));
    let spec = GradientSpec::new(&[]);
    let named =
        |value, limit| Err(InputError::OutOfRange(OutOfRange { what: "label", position: 1, value, limit }));
    assert_eq!(cross_entropy(&TABLE, classes, &[0, -1, 7], &mut losses), named(-1, 3));
    assert_eq!(probability_cross_entropy(&TABLE, classes, &[0, 3, 7], &mut losses), named(3, 3));
    assert_eq!(sigmoid_cross_entropy(&TABLE, classes, &[3, 4, 7], &mut losses), named(4, 4));
    assert_eq!(cross_entropy_gradient(&TABLE, classes, &[0, 3, 0], &spec, &mut gradient), named(3, 3));
    assert_eq!((losses, gradient), ([9.0; 3], [9.0; 9]), "nothing is written");
}

#[test]
fn only_objects_have_a_regression_loss() {
    let losses_of = |labels: &[Match; 4], background| {
        let (deltas, targets) = ([1.5_f64; 32], [0.0; 16]);
        let regression = Regression::new(labels, &deltas, &targets).unwrap().background(background);
        let (mut losses, mut gradient) = ([9.0; 4], [9.0; 32]);
        regression_losses(&regression, &mut losses).unwrap();
        regression_gradient(&regression, &GradientSpec::new(&[0, 1, 2, 3]), &mut gradient).unwrap();
        for (row, loss) in gradient.chunks(8).zip(losses) {
            assert_eq!(row.iter().sum::<f64>(), if loss > 0.0 { 4.0 } else { 0.0 });
        }
        losses
    };
    let labels = [Match::object(0), Match::object(1), Match::BACKGROUND, Match::IGNORED];
    assert_eq!(losses_of(&labels, 0), [0.0, 4.0, 0.0, 0.0]);
    assert_eq!(losses_of(&labels, 1), [4.0, 0.0, 0.0, 0.0]);
    assert_eq!(losses_of(&labels, 2), [4.0, 4.0, 0.0, 0.0]);
    assert_eq!(losses_of(&[Match::object(80); 4], 80), [0.0; 4], "the background needs no columns");
}

#[test]
fn a_regression_names_the_label_without_columns() {
    let named =
        |value, limit| Err(InputError::OutOfRange(OutOfRange { what: "label", position: 1, value, limit }));
    let (mut losses, mut gradient, narrow) = ([9.0; 2], [9.0; 16], [0.5; 8]);
    let wide = Regression::new(&[1_i64, 2], &[0.5; 16], &narrow).unwrap();
    assert_eq!(add_regression(&wide, &mut losses), named(2, 2));
    assert_eq!(regression_losses(&wide, &mut losses), named(2, 2));
    assert_eq!(regression_gradient(&wide, &GradientSpec::new(&[]), &mut gradient), named(2, 2));
    assert_eq!((losses, gradient), ([9.0; 2], [9.0; 16]), "nothing is written");
    assert_eq!(add_regression(&wide.background(2), &mut losses), Ok(()));
    assert_eq!(add_regression(&wide.invalid_labels(InvalidKey::Ignore), &mut losses), Ok(()));

    let any = Regression::new(&[1_i64, 1000], &narrow, &narrow).unwrap();
    assert_eq!(add_regression(&any, &mut losses), Ok(()));
    let negative = Regression::new(&[1_i64, -1], &narrow, &narrow).unwrap();
    assert_eq!(add_regression(&negative, &mut losses), named(-1, Match::OBJECTS as usize));
    regression_losses(&negative.invalid_labels(InvalidKey::Ignore), &mut losses).unwrap();
    assert_eq!(losses[1], 0.0);
}
