//! What is refused, and how.

use ohem_core::simd::{Portable, Scalar};
use ohem_core::targets::{
    AssignError, Assignment, BoxCoder, ByImage, CodeError, ExpandConfig, ExpandError, LabelConfig,
    LabelError, Normalization, NormalizeError, RegressionTargets, RegressionTargetsError, SampleConfig,
    SampleError, SplitError, assign, assign_batch, expand, expand_rows, label, regression_targets, sample,
    split,
};
use ohem_core::{BBox, Convention};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

use crate::blobs::lend;

#[test]
fn what_does_not_go_together_is_named() {
    let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
    let refused = assign(Portable, &boxes, &boxes, Convention::Pixel, &mut [0.0; 3], &mut [0; 2]);
    assert_eq!(refused, Err(AssignError::Room { rois: 2, places: 3 }));
    let by_image = ByImage { boxes: &boxes, images: &[0] };
    let refused = assign_batch(Scalar, by_image, by_image, Convention::Pixel, &mut [0.0; 2], &mut [0; 2]);
    assert_eq!(refused, Err(AssignError::Images { boxes: 2, images: 1 }));

    let (config, nan) = (LabelConfig::new(), LabelConfig::new().background(0.0, f64::NAN));
    let assignment = Assignment { overlaps: &[0.9; 2], matches: &[0, 5] };
    let mut labels = [9; 2];
    let refused = label(assignment, &[1, 2], &config, &mut labels);
    assert_eq!(refused, Err(LabelError::Match { roi: 1, index: 5, classes: 2 }));
    let refused = label(assignment, &[1, 2], &nan, &mut labels);
    assert_eq!(refused, Err(LabelError::NanThreshold { threshold: "background_below" }));
    assert_eq!(
        label(assignment, &[1], &config, &mut [9; 3]),
        Err(LabelError::Length { overlaps: 2, others: 3 })
    );
    assert_eq!(
        split(&[0.5], &nan, &mut []).unwrap_err(),
        SplitError::NanThreshold { threshold: "background_below" }
    );
    assert_eq!(labels, [9; 2], "nothing is written");

    let (mut classes, mut steps) = ([9; 2], [[9.0; 4]; 2]);
    let out = RegressionTargets { classes: &mut classes, steps: &mut steps };
    let refused =
        regression_targets(&boxes, (&boxes, &[1, 2]), assignment, &config, &BoxCoder::fast_rcnn(), out);
    assert_eq!(refused, Err(RegressionTargetsError::Match { roi: 1, index: 5, ground_truth: 2 }));
    let out = RegressionTargets { classes: &mut classes, steps: &mut steps };
    let refused =
        regression_targets(&boxes, (&boxes, &[1]), assignment, &config, &BoxCoder::fast_rcnn(), out);
    assert_eq!(refused, Err(RegressionTargetsError::Classes { ground_truth: 2, classes: 1 }));
    let out = RegressionTargets { classes: &mut classes, steps: &mut steps };
    let no_target = config.target(f64::NAN);
    let refused =
        regression_targets(&boxes, (&boxes, &[1, 2]), assignment, &no_target, &BoxCoder::fast_rcnn(), out);
    assert_eq!(refused, Err(RegressionTargetsError::NanThreshold));
    let out = RegressionTargets { classes: &mut classes[1..], steps: &mut steps };
    let refused =
        regression_targets(&boxes, (&boxes, &[1, 2]), assignment, &config, &BoxCoder::fast_rcnn(), out);
    assert_eq!(refused, Err(RegressionTargetsError::Length { rois: 2, others: 1 }));
    assert_eq!((classes, steps), ([9; 2], [[9.0; 4]; 2]), "nothing is written");
}

#[test]
fn what_has_no_place_is_named() {
    let coder = BoxCoder::new(Convention::Pixel);
    let boxes = [BBox::<f32>::default(); 2];
    assert_eq!(coder.encode_all(&boxes, &boxes[1..], &mut []), Err(CodeError::Pairs { from: 2, to: 1 }));
    assert_eq!(coder.encode_all(&boxes, &boxes, &mut []), Err(CodeError::Room { places: 0, needed: 2 }));
    let refused = coder.decode_all(&boxes, &[[0.0; 4]; 3], &mut []);
    assert_eq!(refused, Err(CodeError::Steps { boxes: 2, steps: 3 }));
    let refused = coder.decode_all(&boxes, &[[0.0; 4]; 4], &mut [BBox::default(); 3]);
    assert_eq!(refused, Err(CodeError::Room { places: 3, needed: 4 }));
    assert_eq!(coder.decode_all(&[], &[[0.0_f32; 4]], &mut []), Err(CodeError::Steps { boxes: 0, steps: 1 }));
    assert_eq!(coder.decode_all::<f32>(&[], &[], &mut []), Ok(()));

    let mut blobs = [(); 3].map(|()| vec![9.0; 16]);
    let (steps, config) = ([[0.5; 4]; 2], ExpandConfig::new(2));
    let refused = expand(&[1, 2], &steps, &config, lend(&mut blobs));
    assert_eq!(refused, Err(ExpandError::Class { row: 1, class: 2, classes: 2 }));
    let refused = expand(&[1], &steps, &config, lend(&mut blobs));
    assert_eq!(refused, Err(ExpandError::Length { classes: 1, steps: 2 }));
    let refused = expand_rows(&[0, 2], &[1, 1], &steps, &config, lend(&mut blobs));
    assert_eq!(refused, Err(ExpandError::Index { position: 1, index: 2, rows: 2 }));
    let refused = expand_rows(&[0], &[1, 1], &steps, &config, lend(&mut blobs));
    assert_eq!(refused, Err(ExpandError::Room { places: 16, needed: 8 }));
    assert_eq!(blobs, [(); 3].map(|()| vec![9.0; 16]), "nothing is written");

    let good = [[0.5_f64; 4]; 3];
    assert_eq!(
        Normalization::new(&good, &good[1..]).unwrap_err(),
        NormalizeError::Rows { means: 3, stds: 2 }
    );
    let bad = [[0.0, 1.0, 1.0, 1.0]; 3];
    assert_eq!(Normalization::new(&good, &bad).unwrap_err(), NormalizeError::Row { row: 1 });
    assert_eq!(Normalization::new(&good[..1], &bad[..1]).unwrap_err(), NormalizeError::Row { row: 0 });
    let refused = Normalization::new(&good, &good).unwrap().normalize(&[0, 3], &mut [[1.0; 4]; 2]);
    assert_eq!(refused, Err(NormalizeError::Class { row: 1, class: 3, rows: 3 }));
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let (generator, mut memory) = (&mut SmallRng::seed_from_u64(1), [0; 2]);
    for fraction in [-0.1, 1.1, f64::NAN] {
        let config = SampleConfig::new(4).foreground_fraction(fraction);
        let refused = sample(&[0.9], &config, generator, &mut memory).unwrap_err();
        assert!(
            matches!(refused, SampleError::Fraction { fraction: named } if named.to_bits() == fraction.to_bits())
        );
    }
    let refused = sample(&[0.9; 3], &SampleConfig::new(1), generator, &mut memory);
    assert_eq!(refused, Err(SampleError::Split(SplitError::Memory { places: 2, needed: 3 })));
}
