//! Losses do not depend on how labels are numbered, on any tier. `ohem-core`'s test of this name has more of the same.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

use ohem_testkit::adapters::loss::Function;
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::check::labels;
use ohem_testkit::generate::strategy::head;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_background_may_be_last_and_rois_ignored(
        rows in head(-30.0..30.0, 0),
        sigmoid_rows in head(-30.0..30.0, 1),
        marks in vec(any::<bool>(), 20),
    ) {
        on_each_tier(|| {
            for (function, head, last) in [
                (Function::Softmax, &rows, rows.columns - 1),
                (Function::Probability, &rows, rows.columns - 1),
                (Function::Sigmoid, &sigmoid_rows, sigmoid_rows.columns),
            ] {
                labels::renumbered::<f32>(function, head, last as u32);
                labels::renumbered::<f64>(function, head, last as u32);
                labels::ignored::<f32>(function, head, |row| marks[row]);
                labels::ignored::<f64>(function, head, |row| marks[row]);
            }
        });
    }
}
