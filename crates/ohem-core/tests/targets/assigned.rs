//! Assigning, labelling, listing.

use ohem_core::kernel::{Portable, Scalar};
use ohem_core::targets::{Assignment, LabelConfig, assign, label};
use ohem_core::{BBox, Convention, Float, Match};
use ohem_testkit::adapters::targets::Assign;
use ohem_testkit::adapters::{Core, Oracle, Targets as _, Work as _};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

use crate::{a_config, a_convention, assigned, classes_of};

fn check_assign<F: Float>(rois: &Table, truth: &Table, convention: Convention) {
    let truth = &truth.valid();
    let (rows, others) = (&rois.boxes::<F>()[..], &truth.boxes::<F>()[..]);
    for one_image in [true, false] {
        let (rois, truth) = ((rows, &rois.images[..]), (others, &truth.images[..]));
        let pairs = Assign { rois, truth, one_image, convention };
        let wanted = Oracle::assign(&pairs);
        assert_eq!(pairs.on(Portable), wanted);
        assert_eq!(pairs.on(Scalar), wanted);
    }
    assert_eq!(Core::assign_own(others, convention), Oracle::assign_own(others, convention));
}

fn check_labels<F: Float>(rois: &Table, truth: &Table, config: &LabelConfig) {
    let (mut assigned, classes) = (assigned::<F>(rois, truth, Convention::Pixel), &classes_of(truth));
    assert_eq!(Core::label(&assigned, classes, config), Oracle::label(&assigned, classes, config));
    // Some overlap a crowd, or anything else that is to be ignored.
    assigned.iter_mut().step_by(3).for_each(|(_, matched)| *matched = Match::IGNORED);
    assert_eq!(Core::label(&assigned, classes, config), Oracle::label(&assigned, classes, config));
    let overlaps: Vec<F> = assigned.iter().map(|&(overlap, _)| overlap).collect();
    assert_eq!(Core::split(&overlaps, config), Oracle::split(&overlaps, config));
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
    let (mut overlaps, mut matches) = ([9.0; 40], [Match::object(9); 40]);
    assign(&boxes, &boxes, Convention::Pixel, &mut overlaps, &mut matches).unwrap();
    assert_eq!((overlaps, matches), ([1.0; 40], [Match::object(0); 40]));
    assign(&boxes, &[], Convention::Pixel, &mut overlaps, &mut matches).unwrap();
    assert_eq!((overlaps, matches), ([0.0; 40], [Match::BACKGROUND; 40]));
    let mut labels = [Match::object(9); 40];
    let assignment = Assignment { overlaps: &overlaps, matches: &matches };
    label(assignment, &[], &LabelConfig::new().foreground(-1.0).background(0.0, 1.0), &mut labels).unwrap();
    assert_eq!(
        labels,
        [Match::IGNORED; 40],
        "nothing to be the class of, and too much overlap for background"
    );
    label(assignment, &[], &LabelConfig::new(), &mut labels).unwrap();
    assert_eq!(labels, [Match::BACKGROUND; 40]);
}
