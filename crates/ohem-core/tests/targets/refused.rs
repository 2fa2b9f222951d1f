//! Inputs that operations on targets refuse, and the errors.

use ohem_core::targets::{
    Assignment, BoxCoder, ByImage, ExpandConfig, LabelConfig, Normalization, RegressionTargets, SampleConfig,
    assign, assign_batch, assign_own, decode, encode, expand_per_class, expand_per_class_rows, force_best,
    ignore_regions, label, regression_targets, sample, split,
};
use ohem_core::{BBox, ConfigError, Convention, InputError, InvalidBox, LengthMismatch, Match, OutOfRange};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use crate::blobs::lend;

const PIXEL: Convention = Convention::Pixel;
const CONFIG: LabelConfig = LabelConfig::new();

fn length(what: &'static str, expected: usize, actual: usize) -> Result<(), InputError> {
    Err(LengthMismatch { what, expected, actual }.into())
}

fn out_of_range(what: &'static str, position: usize, value: i64, limit: usize) -> Result<(), InputError> {
    Err(OutOfRange { what, position, value, limit }.into())
}

fn nan(name: &'static str) -> ConfigError {
    ConfigError::Setting { name, expected: "a number, not NaN" }
}

#[test]
fn what_cannot_be_assigned_is_named() {
    let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
    let (mut overlaps, mut matches) = ([9.0; 3], [Match::object(9); 3]);
    let refused = assign(&boxes, &boxes, PIXEL, &mut overlaps, &mut matches[..2]);
    assert_eq!(refused, length("overlaps", 2, 3));
    let refused = assign(&boxes, &boxes, PIXEL, &mut overlaps[..2], &mut matches);
    assert_eq!(refused, length("matches", 2, 3));
    let refused = assign_own(&boxes, PIXEL, &mut overlaps, &mut matches[..2]);
    assert_eq!(refused, length("overlaps", 2, 3));
    let (whole, ragged) =
        (ByImage { boxes: &boxes, images: &[0, 0] }, ByImage { boxes: &boxes, images: &[0] });
    let refused = assign_batch(ragged, whole, PIXEL, &mut overlaps[..2], &mut matches[..2]);
    assert_eq!(refused, length("image ids of RoIs", 2, 1));
    let refused = assign_batch(whole, ragged, PIXEL, &mut overlaps[..2], &mut matches[..2]);
    assert_eq!(refused, length("image ids of ground truth", 2, 1));
    assert_eq!((overlaps, matches), ([9.0; 3], [Match::object(9); 3]), "nothing is written");
}

/// RoIs on such an object would train as background.
#[test]
fn ground_truth_with_an_invalid_box_is_named() {
    let rows = [[0.0, 0.0, 9.0, 9.0], [65535.0, 10.0, 189.0, 60.0], [5.0, 5.0, 5.0, 5.0]];
    let with = |third: [f64; 4]| [rows[2], rows[0], third].map(BBox::from);
    for invalid in [
        rows[1],
        [10.0, 60.0, 189.0, 10.0],
        [0.0, f64::NAN, 9.0, 9.0],
        [0.0, 0.0, f64::INFINITY, 9.0],
        [-1e300, -1e300, 1e300, 1e300],
    ] {
        let boxes = with(invalid);
        let (mut overlaps, mut matches) = ([9.0; 3], [Match::object(9); 3]);
        let invalid = Err(InvalidBox { what: "ground-truth box", index: 2 }.into());
        assert_eq!(assign(&boxes, &boxes, PIXEL, &mut overlaps, &mut matches), invalid);
        let of = ByImage { boxes: &boxes, images: &[0, 1, 2] };
        assert_eq!(assign_batch(of, of, PIXEL, &mut overlaps, &mut matches), invalid);
        assert_eq!(assign_own(&boxes, PIXEL, &mut overlaps, &mut matches), invalid);
        assert_eq!((overlaps, matches), ([9.0; 3], [Match::object(9); 3]), "nothing is written");
        let mut labels = [Match::BACKGROUND; 3];
        let none = [Match::BACKGROUND; 3];
        assert_eq!(force_best(&boxes, &boxes, &none, &[1; 3], PIXEL, &mut labels), invalid);
        let region = Err(InvalidBox { what: "region", index: 2 }.into());
        assert_eq!(ignore_regions(&boxes, &boxes, 0.0, PIXEL, &mut labels), region);
        assert_eq!(labels, none, "nothing is written");
        // Only ground truth must be valid: a RoI that is not overlaps nothing.
        assert_eq!(assign(&boxes, &boxes[..2], PIXEL, &mut overlaps, &mut matches), Ok(()));
        assert_eq!((overlaps[2], matches[2]), (0.0, Match::BACKGROUND));
    }
    // An empty box is valid: as before, nothing overlaps it.
    let (boxes, mut overlaps, mut matches) = (with(rows[2]), [9.0; 3], [Match::object(9); 3]);
    assert_eq!(assign(&boxes, &boxes, Convention::Continuous, &mut overlaps, &mut matches), Ok(()));
    assert_eq!(matches, [Match::BACKGROUND, Match::object(1), Match::BACKGROUND]);
}

#[test]
fn what_cannot_be_labelled_is_named() {
    let matches = [Match::object(0), Match::object(5)];
    let assignment = Assignment { overlaps: &[0.9; 2], matches: &matches };
    let mut labels = [Match::object(9); 2];
    assert_eq!(label(assignment, &[1, 2], &CONFIG, &mut labels), out_of_range("match", 1, 5, 2));
    for (config, name) in [
        (CONFIG.foreground(f64::NAN), "foreground"),
        (CONFIG.background(f64::NAN, 0.5), "background_from"),
        (CONFIG.background(0.0, f64::NAN), "background_below"),
        (CONFIG.target(f64::NAN), "target"),
    ] {
        assert_eq!(label(assignment, &[1, 2], &config, &mut labels), Err(nan(name).into()));
    }
    let no_threshold = CONFIG.background(0.0, f64::NAN);
    let refused = split(&[0.5], &no_threshold, &mut []).unwrap_err();
    assert_eq!(refused, nan("background_below").into());
    assert_eq!(label(assignment, &[1], &CONFIG, &mut [Match::IGNORED; 3]), length("labels", 2, 3));
    let ragged = Assignment { overlaps: &[0.9; 3], matches: &matches };
    assert_eq!(label(ragged, &[1], &CONFIG, &mut labels), length("matches", 3, 2));
    let too_large = i64::from(u32::MAX - 1);
    let refused = label(assignment, &[1, u32::MAX - 1], &CONFIG, &mut labels);
    assert_eq!(refused, out_of_range("class", 1, too_large, u32::MAX as usize - 1));
    assert_eq!(labels, [Match::object(9); 2], "nothing is written");
}

#[test]
fn targets_that_do_not_go_together_are_named() {
    let (boxes, matches) = ([BBox::new(0.0, 0.0, 9.0, 9.0); 2], [Match::object(0), Match::object(5)]);
    let assignment = Assignment { overlaps: &[0.9; 2], matches: &matches };
    let (mut classes, mut targets) = ([Match::object(9); 2], [[9.0; 4]; 2]);
    let mut refused = |assignment, of_truth: &[u32], config: &LabelConfig, lens: (usize, usize)| {
        let out = RegressionTargets { classes: &mut classes[..lens.0], targets: &mut targets[..lens.1] };
        let coder = BoxCoder::fast_rcnn();
        regression_targets(&boxes, (&boxes, of_truth), assignment, config, &coder, out)
    };
    assert_eq!(refused(assignment, &[1, 2], &CONFIG, (2, 2)), out_of_range("match", 1, 5, 2));
    assert_eq!(refused(assignment, &[1], &CONFIG, (2, 2)), length("classes of ground truth", 2, 1));
    let no_target = CONFIG.target(f64::NAN);
    assert_eq!(refused(assignment, &[1, 2], &no_target, (2, 2)), Err(nan("target").into()));
    assert_eq!(refused(assignment, &[1, 2], &CONFIG, (1, 2)), length("classes of targets", 2, 1));
    assert_eq!(refused(assignment, &[1, 2], &CONFIG, (2, 1)), length("targets", 2, 1));
    let ragged = Assignment { overlaps: &[0.9], matches: &matches };
    assert_eq!(refused(ragged, &[1, 2], &CONFIG, (2, 2)), length("overlaps", 2, 1));
    let ragged = Assignment { overlaps: &[0.9; 2], matches: &matches[..1] };
    assert_eq!(refused(ragged, &[1, 2], &CONFIG, (2, 2)), length("matches", 2, 1));
    assert_eq!((classes, targets), ([Match::object(9); 2], [[9.0; 4]; 2]), "nothing is written");
}

#[test]
fn what_cannot_be_encoded_is_named() {
    let coder = &BoxCoder::new(PIXEL);
    let boxes = [BBox::<f32>::default(); 2];
    let length = |what, expected, actual| Err(LengthMismatch { what, expected, actual });
    assert_eq!(encode(coder, &boxes, &boxes[1..], &mut []), length("boxes to encode", 2, 1));
    assert_eq!(encode(coder, &boxes, &boxes, &mut []), length("targets", 2, 0));
    assert_eq!(decode(coder, &boxes, &[[0.0; 4]; 3], &mut []), length("deltas (boxes x classes)", 4, 3));
    let refused = decode(coder, &boxes, &[[0.0; 4]; 4], &mut [BBox::default(); 3]);
    assert_eq!(refused, length("decoded boxes", 4, 3));
    assert_eq!(decode(coder, &[], &[[0.0_f32; 4]], &mut []), length("deltas (boxes x classes)", 0, 1));
    assert_eq!(decode::<f32>(coder, &[], &[], &mut []), Ok(()));
}

#[test]
fn what_has_no_columns_is_named() {
    let mut tables = [(); 3].map(|()| vec![9.0; 16]);
    let (targets, config, object) = ([[0.5; 4]; 2], ExpandConfig::new(2), Match::object);
    let refused = expand_per_class(&[object(1), object(2)], &targets, &config, lend(&mut tables));
    assert_eq!(refused, out_of_range("class", 1, 2, 2));
    let refused = expand_per_class(&[object(1)], &targets, &config, lend(&mut tables));
    assert_eq!(refused, length("targets", 1, 2));
    let refused = expand_per_class_rows(&[0, 2], &[object(1); 2], &targets, &config, lend(&mut tables));
    assert_eq!(refused, out_of_range("index", 1, 2, 2));
    let refused = expand_per_class_rows(&[0], &[object(1); 2], &targets, &config, lend(&mut tables));
    assert_eq!(refused, length("target values (rows x 4 x classes)", 8, 16));
    assert_eq!(tables, [(); 3].map(|()| vec![9.0; 16]), "nothing is written");
    let names = ["target values", "inside weights", "outside weights"];
    for (short, name) in names.iter().enumerate() {
        let mut tables = [(); 3].map(|()| vec![9.0; 16]);
        tables[short].pop();
        let refused = expand_per_class(&[object(1); 2], &targets, &config, lend(&mut tables)).unwrap_err();
        assert_eq!(refused.to_string(), format!("expected 16 {name} (rows x 4 x classes), found 15"));
        assert!(tables.iter().flatten().all(|&value| value == 9.0), "nothing is written");
    }
}

#[test]
fn what_cannot_scale_is_named() {
    let good = [[0.5_f64; 4]; 3];
    let error = Normalization::new(&good, &good[1..]).unwrap_err();
    assert_eq!(Err(error), length("rows of standard deviations", 3, 2));
    let bad = [[0.0, 1.0, 1.0, 1.0]; 3];
    let row = |row| ConfigError::Row { name: "stds", row, expected: "finite and above 0" }.into();
    assert_eq!(Normalization::new(&good, &bad).unwrap_err(), row(1));
    assert_eq!(Normalization::new(&good[..1], &bad[..1]).unwrap_err(), row(0));
    let scale = Normalization::new(&good, &good).unwrap();
    let refused = scale.normalize(&[Match::object(0), Match::object(3)], &mut [[1.0; 4]; 2]);
    assert_eq!(refused, out_of_range("class", 1, 3, 3));
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let (generator, mut memory) = (&mut SmallRng::seed_from_u64(1), [0; 2]);
    for fraction in [-0.1, 1.1, f64::NAN] {
        let config = SampleConfig::new(4).foreground_fraction(fraction);
        let refused = sample(&[0.9], &config, generator, &mut memory).unwrap_err();
        let expected = "a number from 0 to 1";
        assert_eq!(refused, ConfigError::Setting { name: "foreground_fraction", expected }.into());
    }
    let refused = sample(&[0.9; 3], &SampleConfig::new(1), generator, &mut memory);
    let capacity = ConfigError::Capacity { what: "listed RoIs", needed: 3, capacity: 2 };
    assert_eq!(refused, Err(capacity.into()));
}
