//! Assigning, labelling, listing.

use ohem_core::simd::{Portable, Scalar, Simd};
use ohem_core::targets::{
    Assignment, ByImage, IGNORED, LabelConfig, SplitError, UNMATCHED, assign, assign_batch, assign_own,
    label, split,
};
use ohem_core::{BBox, Convention, Float};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::prelude::*;

use crate::{a_config, a_convention, convention, parts, thresholds, wanted};

/// Assigns on a tier, over memory that is full of nonsense.
fn assigned<F: Float, S: Simd>(
    simd: S,
    rois: &Table,
    truth: &Table,
    one_image: bool,
    in_: Convention,
) -> (Vec<F>, Vec<u32>) {
    let (rows, others) = (rois.boxes::<F>(), truth.boxes::<F>());
    let (boxes, ground_truth) = (BBox::from_rows(&rows), BBox::from_rows(&others));
    let (mut overlaps, mut matches) = (vec![F::nan(); boxes.len()], vec![77; boxes.len()]);
    if one_image {
        assign(simd, boxes, ground_truth, in_, &mut overlaps, &mut matches).unwrap();
    } else {
        let boxes = ByImage { boxes, images: &rois.images };
        let ground_truth = ByImage { boxes: ground_truth, images: &truth.images };
        assign_batch(simd, boxes, ground_truth, in_, &mut overlaps, &mut matches).unwrap();
    }
    (overlaps, matches)
}

fn check_assign<F: Float>(rois: &Table, truth: &Table, in_: Convention) {
    for one_image in [true, false] {
        let wanted = parts(&wanted::<F>(rois, truth, one_image, in_));
        assert_eq!(assigned(Portable, rois, truth, one_image, in_), wanted);
        assert_eq!(assigned(Scalar, rois, truth, one_image, in_), wanted);
    }
    let rows = truth.boxes::<F>();
    let (mut overlaps, mut matches) = (vec![F::nan(); rows.len()], vec![77; rows.len()]);
    assign_own(BBox::from_rows(&rows), in_, &mut overlaps, &mut matches).unwrap();
    for ((&row, overlap), (index, matched)) in rows.iter().zip(overlaps).zip(matches.into_iter().enumerate())
    {
        assert_eq!(overlap, oracle::iou(row, row, convention(in_)));
        assert_eq!(matched, if overlap > F::zero() { index as u32 } else { UNMATCHED });
    }
}

fn check_labels<F: Float>(rois: &Table, truth: &Table, config: &LabelConfig) {
    let assigned = wanted::<F>(rois, truth, true, Convention::Pixel);
    let (overlaps, matches) = parts(&assigned);
    let thresholds = thresholds(config);
    let mut labels = vec![77; overlaps.len()];
    let assignment = Assignment { overlaps: &overlaps, matches: &matches };
    label(assignment, &truth.labels, config, &mut labels).unwrap();
    let wanted = oracle::label(&assigned, &truth.labels, &thresholds);
    assert_eq!(labels, wanted.iter().map(|label| label.unwrap_or(IGNORED)).collect::<Vec<_>>());

    let (foreground, background) = oracle::split(&overlaps, &thresholds);
    let needed = foreground.len() + background.len();
    let mut memory = vec![77; needed];
    let listed = split(&overlaps, config, &mut memory).unwrap();
    assert_eq!(listed.foreground(), indices(&foreground));
    assert_eq!(listed.background(), indices(&background));
    assert_eq!(listed.indices(), [indices(&foreground), indices(&background)].concat());
    if needed > 0 {
        let refused = split(&overlaps, config, &mut memory[1..]);
        assert_eq!(refused, Err(SplitError::Memory { places: needed - 1, needed }));
    }
}

fn indices(indices: &[usize]) -> Vec<u32> {
    indices.iter().map(|&index| index as u32).collect()
}

proptest! {
    #[test]
    fn assignment(rois in strategy::table(150, false), truth in strategy::table(40, false), in_ in a_convention()) {
        check_assign::<f32>(&rois, &truth, in_);
        check_assign::<f64>(&rois, &truth, in_);
    }

    #[test]
    fn labels(rois in strategy::table(80, false), truth in strategy::table(20, false), config in a_config()) {
        check_labels::<f32>(&rois, &truth, &config);
        check_labels::<f64>(&rois, &truth, &config);
    }
}

/// Found by the property of assignment.
#[test]
fn what_has_no_area_overlaps_nothing() {
    let table =
        |corners| Table { corners: vec![corners], images: vec![0], labels: vec![0], losses: vec![0.0] };
    let (line, point) = (table([1.0, 7.0, 1.0, 11.0]), table([2.0, 0.0, 2.0, 0.0]));
    check_assign::<f32>(&line, &point, Convention::Continuous);
    check_assign::<f64>(&line, &point, Convention::Continuous);
}

#[test]
fn a_tie_goes_to_the_first_and_an_image_without_objects_has_no_foreground() {
    let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 40];
    let (mut overlaps, mut matches) = ([9.0; 40], [9; 40]);
    assign(Portable, &boxes, &boxes, Convention::Pixel, &mut overlaps, &mut matches).unwrap();
    assert_eq!((overlaps, matches), ([1.0; 40], [0; 40]));
    assign(Portable, &boxes, &[], Convention::Pixel, &mut overlaps, &mut matches).unwrap();
    assert_eq!((overlaps, matches), ([0.0; 40], [UNMATCHED; 40]));
    let mut labels = [9; 40];
    let assignment = Assignment { overlaps: &overlaps, matches: &matches };
    label(assignment, &[], &LabelConfig::new().foreground(-1.0).background(0.0, 1.0), &mut labels).unwrap();
    assert_eq!(labels, [IGNORED; 40], "nothing to be the class of, and too much overlap for background");
    label(assignment, &[], &LabelConfig::new(), &mut labels).unwrap();
    assert_eq!(labels, [0; 40]);
}
