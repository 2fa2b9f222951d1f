//! Losses and gradients do not depend on how labels are numbered, nor on their type.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

use ohem_testkit::adapters::loss::Function;
use ohem_testkit::check::labels;
use ohem_testkit::generate::strategy::head;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

const FUNCTIONS: [Function; 2] = [Function::Softmax, Function::Probability];

/// Labels of boxes, their number of classes, and two tables of as many columns.
fn boxes() -> impl Strategy<Value = (Vec<u32>, usize, [Vec<f64>; 2])> {
    (1..6_u32, 1..20_usize).prop_flat_map(|(classes, rows)| {
        let table = || vec(-4.0..4.0, rows * 4 * classes as usize);
        let tables = [table(), table()];
        (vec(0..=classes, rows), tables).prop_map(move |(labels, tables)| (labels, classes as usize, tables))
    })
}

proptest! {
    #[test]
    fn the_background_may_be_any_number(
        rows in head(-30.0..30.0, 0),
        sigmoid_rows in head(-30.0..30.0, 1),
        pick in any::<Index>(),
    ) {
        for background in [pick.index(rows.columns), rows.columns - 1] {
            for function in FUNCTIONS {
                labels::renumbered::<f32>(function, &rows, background as u32);
                labels::renumbered::<f64>(function, &rows, background as u32);
            }
        }
        let last = sigmoid_rows.columns;
        for background in [pick.index(last + 1), last] {
            labels::renumbered::<f32>(Function::Sigmoid, &sigmoid_rows, background as u32);
            labels::renumbered::<f64>(Function::Sigmoid, &sigmoid_rows, background as u32);
        }
    }

    #[test]
    fn the_background_of_boxes_may_be_last((of_boxes, classes, [deltas, targets]) in boxes()) {
        labels::boxes::<f32>(&of_boxes, classes, [&deltas, &targets]);
        labels::boxes::<f64>(&of_boxes, classes, [&deltas, &targets]);
    }

    #[test]
    fn ignored_rois_cost_nothing(
        rows in head(-30.0..30.0, 0),
        sigmoid_rows in head(-30.0..30.0, 1),
        marks in vec(any::<bool>(), 20),
    ) {
        for function in FUNCTIONS {
            labels::ignored::<f32>(function, &rows, |row| marks[row]);
            labels::ignored::<f64>(function, &rows, |row| marks[row]);
        }
        labels::ignored::<f32>(Function::Sigmoid, &sigmoid_rows, |row| marks[row]);
        labels::ignored::<f64>(Function::Sigmoid, &sigmoid_rows, |row| marks[row]);
    }
}
