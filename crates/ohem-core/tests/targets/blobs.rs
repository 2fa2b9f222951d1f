//! RegressionTargets targets, scaled and expanded.

use ohem_core::targets::{
    Assignment, Blobs, BoxCoder, ExpandConfig, LabelConfig, Normalization, NormalizeError, RegressionTargets,
    expand, expand_rows, regression_targets,
};
use ohem_core::{BBox, Convention, Float, gather};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::prelude::*;

use crate::{a_config, a_convention, check_step, convention, parts, wanted};

fn check_compact<F: Float>(rois: &Table, truth: &Table, config: &LabelConfig, in_: Convention) {
    let (rows, others) = (rois.boxes::<F>(), truth.boxes::<F>());
    let assigned = wanted::<F>(rois, truth, true, in_);
    let (overlaps, matches) = parts(&assigned);
    let classes: Vec<_> = truth.labels.iter().map(|label| label % 5).collect();
    let (mut target_classes, mut steps) = (vec![77; rows.len()], vec![[F::nan(); 4]; rows.len()]);
    regression_targets(
        BBox::from_rows(&rows),
        (BBox::from_rows(&others), &classes),
        Assignment { overlaps: &overlaps, matches: &matches },
        config,
        &BoxCoder::new(in_),
        RegressionTargets { classes: &mut target_classes, steps: &mut steps },
    )
    .unwrap();
    let wanted =
        oracle::compact(&rows, &others, &classes, &assigned, F::from_f64(config.target), convention(in_));
    for ((class, step), wanted) in target_classes.iter().zip(&steps).zip(&wanted) {
        assert_eq!(*class, wanted.0);
        check_step(*step, wanted.1);
    }
    check_expanded(&target_classes, &steps);
}

/// All rows expanded, and some of them, against the reference.
fn check_expanded<F: Float>(classes: &[u32], steps: &[[F; 4]]) {
    let config = ExpandConfig::new(5).inside_weights([1.0, 0.5, 0.0, 2.0]);
    let compact: Vec<_> = classes.iter().copied().zip(steps.iter().copied()).collect();
    let wanted = oracle::expand(&compact, 5, config.inside_weights.map(F::from_f64));
    let mut got = [(); 3].map(|()| vec![F::nan(); classes.len() * 20]);
    expand(classes, steps, &config, lend(&mut got)).unwrap();
    assert_eq!(got, wanted);

    let some: Vec<u32> =
        (0..classes.len() as u32).rev().step_by(3).flat_map(|index| [index, index]).collect();
    let mut rows = [(); 3].map(|()| vec![F::nan(); some.len() * 20]);
    expand_rows(&some, classes, steps, &config, lend(&mut rows)).unwrap();
    for (rows, blob) in rows.iter().zip(&wanted) {
        let mut gathered = vec![F::nan(); rows.len()];
        gather::rows(&some, blob, 20, &mut gathered).unwrap();
        assert_eq!(*rows, gathered);
    }
}

pub(crate) fn lend<F>([targets, inside_weights, outside_weights]: &mut [Vec<F>; 3]) -> Blobs<'_, F> {
    Blobs { targets, inside_weights, outside_weights }
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
    fn normalization(steps in proptest::collection::vec(proptest::array::uniform4(-9.0..9.0_f64), 0..40)) {
        let rows = |first: f64| [[9.0; 4], [first, 0.1, 0.2, 0.3], [0.7, 0.6, first, 0.4]];
        let (means, stds) = (rows(-0.5), rows(2.0));
        let classes: Vec<_> = (0..steps.len() as u32).map(|index| index % 3).collect();
        let scale = Normalization::new(&means, &stds).unwrap();
        let mut scaled = steps.clone();
        scale.normalize(&classes, &mut scaled).unwrap();
        for ((&step, &got), &class) in steps.iter().zip(&scaled).zip(&classes) {
            let row = class as usize;
            let want = if class > 0 { oracle::normalize(step, means[row], stds[row]) } else { step };
            prop_assert_eq!(got, want);
        }
        scale.denormalize(&classes, &mut scaled).unwrap();
        let off = steps.iter().flatten().zip(scaled.iter().flatten()).map(|(a, b)| (a - b).abs());
        prop_assert!(off.fold(0.0, f64::max) < 1e-14);
    }
}

#[test]
fn targets_are_scaled_by_one_row_or_by_that_of_their_class() {
    let (means, stds) = ([[9.0; 4], [1.0, 2.0, 3.0, 4.0]], [[9.0; 4], [0.5, 0.25, 2.0, 4.0]]);
    let steps = [[5.0; 4], [2.0, 3.0, 1.0, 8.0]];
    for (scale, classes) in
        [(Normalization::new(&means, &stds), [0, 1]), (Normalization::new(&means[1..], &stds[1..]), [0, 7])]
    {
        let (scale, mut scaled) = (scale.unwrap(), steps);
        scale.normalize(&classes, &mut scaled).unwrap();
        assert_eq!(scaled, [[5.0; 4], [2.0, 4.0, -1.0, 1.0]], "background is left as it is");
        scale.denormalize(&classes, &mut scaled).unwrap();
        assert_eq!(scaled, steps);
        let refused = NormalizeError::Classes { steps: 2, classes: 1 };
        assert_eq!(scale.normalize(&[0], &mut scaled), Err(refused));
    }
    let refused = NormalizeError::Class { row: 1, class: 2, rows: 2 };
    let mut scaled = steps;
    assert_eq!(Normalization::new(&means, &stds).unwrap().normalize(&[0, 2], &mut scaled), Err(refused));
    assert_eq!(scaled, steps, "nothing is written");
}
