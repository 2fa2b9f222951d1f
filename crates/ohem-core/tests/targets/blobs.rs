//! Regression targets, scaled and expanded.

use ohem_core::targets::{BoxCoder, ExpandConfig, LabelConfig, Normalization, PerClassTargets};
use ohem_core::{Convention, Float, LengthMismatch, Match, OutOfRange};
use ohem_testkit::adapters::{Core, Gather as _, Oracle, Targets as _};
use ohem_testkit::compare::assert_deltas_near;
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

use crate::{a_config, a_convention, assigned};

fn check_compact<F: Float + Default>(rois: &Table, truth: &Table, config: &LabelConfig, in_: Convention) {
    let (rows, others, assigned) = (rois.boxes::<F>(), truth.boxes::<F>(), assigned::<F>(rois, truth, in_));
    let classes: Vec<_> = truth.labels.iter().map(|label| label % 5).collect();
    let (truth, coder) = ((&others[..], &classes[..]), BoxCoder::new(in_));
    let got = Core::compact(&rows, truth, &assigned, config, &coder);
    let wanted = Oracle::compact(&rows, truth, &assigned, config, &coder);
    assert_eq!(got.len(), wanted.len());
    for (got, wanted) in got.iter().zip(&wanted) {
        assert_eq!(got.0, wanted.0);
        assert_deltas_near(got.1, wanted.1);
    }
    check_expanded(&got);
}

/// All rows expanded, and some of them, against the oracle.
fn check_expanded<F: Float + Default>(targets: &[(Match, [F; 4])]) {
    let config = ExpandConfig::new(5).inside_weights([1.0, 0.5, 0.0, 2.0]);
    let wanted = Oracle::expand(targets, &config);
    assert_eq!(Core::expand(targets, &config), wanted);
    let some: Vec<usize> = (0..targets.len()).rev().step_by(3).flat_map(|index| [index, index]).collect();
    let rows = Core::expand_rows(&some, targets, &config);
    assert_eq!(rows, Oracle::expand_rows(&some, targets, &config));
    assert_eq!(rows, wanted.map(|blob| Core::gather(&some, &blob, 20)));
}

pub(crate) fn lend<F>(
    [targets, inside_weights, outside_weights]: &mut [Vec<F>; 3],
) -> PerClassTargets<'_, F> {
    PerClassTargets { targets, inside_weights, outside_weights }
}

proptest! {
    #[test]
    fn compact_targets(
        rois in strategy::table(80, false),
        truth in strategy::table(20, false),
        config in a_config(),
        in_ in a_convention(),
    ) {
        check_compact::<f32>(&rois, &truth, &config, in_);
        check_compact::<f64>(&rois, &truth, &config, in_);
    }

    #[test]
    fn normalization(deltas in proptest::collection::vec(proptest::array::uniform4(-9.0..9.0_f64), 0..40)) {
        let rows = |first: f64| [[9.0; 4], [first, 0.1, 0.2, 0.3], [0.7, 0.6, first, 0.4]];
        let (means, stds) = (rows(-0.5), rows(2.0));
        // Of each class, 0 among them, and of none.
        let class = |index| if index < 3 { Match::object(index) } else { Match::BACKGROUND };
        let targets: Vec<_> = (0..).zip(&deltas).map(|(index, &delta)| (class(index % 4), delta)).collect();
        for scale in [(&means[..], &stds[..]), (&means[1..2], &stds[1..2])] {
            let scaled = Core::normalize(scale, &targets);
            prop_assert_eq!(&scaled, &Oracle::normalize(scale, &targets));
            let scaled: Vec<_> = targets.iter().zip(scaled).map(|(target, delta)| (target.0, delta)).collect();
            let back = Core::denormalize(scale, &scaled);
            prop_assert_eq!(&back, &Oracle::denormalize(scale, &scaled));
            let off = deltas.iter().flatten().zip(back.iter().flatten()).map(|(a, b)| (a - b).abs());
            prop_assert!(off.fold(0.0, f64::max) < 1e-14);
        }
    }
}

#[test]
fn targets_are_scaled_by_one_row_or_by_that_of_their_class() {
    let (means, stds) = ([[9.0; 4], [1.0, 2.0, 3.0, 4.0]], [[9.0; 4], [0.5, 0.25, 2.0, 4.0]]);
    let targets = [[5.0; 4], [2.0, 3.0, 1.0, 8.0]];
    for (scale, class) in
        [(Normalization::new(&means, &stds), 1), (Normalization::new(&means[1..], &stds[1..]), 7)]
    {
        let (scale, mut scaled, classes) =
            (scale.unwrap(), targets, [Match::BACKGROUND, Match::object(class)]);
        scale.normalize(&classes, &mut scaled).unwrap();
        assert_eq!(scaled, [[5.0; 4], [2.0, 4.0, -1.0, 1.0]], "background is left as it is");
        scale.denormalize(&classes, &mut scaled).unwrap();
        assert_eq!(scaled, targets);
        let refused = LengthMismatch { what: "classes", expected: 2, actual: 1 };
        assert_eq!(scale.normalize(&classes[..1], &mut scaled), Err(refused.into()));
    }
    let refused = OutOfRange { what: "class", position: 1, value: 2, limit: 2 };
    let (classes, mut scaled) = ([Match::BACKGROUND, Match::object(2)], targets);
    let scale = Normalization::new(&means, &stds).unwrap();
    assert_eq!(scale.normalize(&classes, &mut scaled), Err(refused.into()));
    assert_eq!(scaled, targets, "nothing is written");
}
