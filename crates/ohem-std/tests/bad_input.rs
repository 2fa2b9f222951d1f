//! Every kind of bad input to mining and assignment: a test for each row of the table in `docs/TRUST.md`.
//!
//! Each test runs in both float types, in ohem-core's fixed memory, and in ohem-std on every tier.

#![allow(clippy::std_instead_of_core, reason = "a test of the host")]

use core::cell::RefCell;

use ohem_std::targets::{self, BoxCoder, ByImage, LabelConfig};
use ohem_std::{BBox, Convention, Float, MineConfig, NanPolicy, NmsConfig, Rois, Suppress, mine};
use ohem_testkit::adapters::tiers::on_each_tier;

/// RoIs that lie apart, of one image and label.
const APART: [[f64; 4]; 3] = [[0.0, 0.0, 9.0, 9.0], [100.0, 0.0, 109.0, 9.0], [200.0, 0.0, 209.0, 9.0]];
/// The same RoI three times.
const SAME: [[f64; 4]; 3] = [[0.0, 0.0, 9.0, 9.0]; 3];

/// A batch of up to 8.
fn config() -> MineConfig {
    MineConfig::fast_rcnn().batch_size(8)
}

/// The same with suppression above another threshold.
fn above(iou_threshold: f64) -> MineConfig {
    config().nms(NmsConfig::new(iou_threshold).convention(Convention::Pixel))
}

/// Mines RoIs of one image and label; every implementation must give the same selection.
fn mined(boxes: &[[f64; 4]], losses: &[f64], config: MineConfig) -> Result<Vec<u32>, String> {
    let keys = vec![0; boxes.len()];
    mined_in_groups(boxes, &keys, &keys, losses, config)
}

fn mined_in_groups(
    boxes: &[[f64; 4]],
    images: &[u32],
    labels: &[u32],
    losses: &[f64],
    config: MineConfig,
) -> Result<Vec<u32>, String> {
    let single = everywhere::<f32>(boxes, images, labels, losses, config);
    assert_eq!(everywhere::<f64>(boxes, images, labels, losses, config), single);
    single
}

fn everywhere<F: Float>(
    boxes: &[[f64; 4]],
    images: &[u32],
    labels: &[u32],
    losses: &[f64],
    config: MineConfig,
) -> Result<Vec<u32>, String> {
    let boxes: Vec<BBox<F>> = boxes.iter().map(|corners| BBox::from(corners.map(F::from_f64))).collect();
    let losses: Vec<F> = losses.iter().map(|&loss| F::from_f64(loss)).collect();
    let fixed = || -> Result<Vec<u32>, Box<dyn core::error::Error>> {
        let rois = Rois::new(&boxes, images, labels)?;
        let mut miner = ohem_core::Miner::<F, 8>::new(config)?;
        Ok(miner.mine(&rois, &losses)?.indices().to_vec())
    };
    let fixed = fixed().map_err(|error| error.to_string());
    let grown = RefCell::new(None);
    on_each_tier(|| {
        let mined = mine(&boxes, images, labels, &losses, &config);
        let mined = mined.map(|hard| hard.into_indices()).map_err(|error| error.to_string());
        assert_eq!(*grown.borrow_mut().get_or_insert_with(|| mined.clone()), mined);
    });
    let grown = grown.into_inner().expect("there is a tier");
    let unlimited = config.batch_size > 8; // ohem-std has room for any batch
    assert!(grown == fixed || unlimited && fixed.is_err(), "{grown:?} and {fixed:?}");
    fixed
}

#[test]
fn nan_loss_of_either_sign() {
    for nan in [f64::NAN, -f64::NAN] {
        let losses = [0.5, nan, f64::INFINITY];
        assert_eq!(mined(&APART, &losses, config()), Err("the loss of RoI 1 is NaN".into()));
        assert_eq!(mined(&APART, &losses, config().nan(NanPolicy::Skip)), Ok(vec![2, 0]));
        assert_eq!(mined(&APART, &losses, config().nan(NanPolicy::First)), Ok(vec![1, 2, 0]));
    }
}

#[test]
fn every_loss_nan() {
    let losses = [f64::NAN; 3];
    assert_eq!(mined(&APART, &losses, config()), Err("the loss of RoI 0 is NaN".into()));
    assert_eq!(mined(&APART, &losses, config().nan(NanPolicy::Skip)), Ok(vec![]));
    assert_eq!(mined(&APART, &losses, config().nan(NanPolicy::First)), Ok(vec![0, 1, 2]));
}

#[test]
fn infinite_losses() {
    assert_eq!(mined(&APART, &[f64::NEG_INFINITY, 0.0, f64::INFINITY], config()), Ok(vec![2, 1, 0]));
}

#[test]
fn zeros_of_either_sign_tie() {
    assert_eq!(mined(&APART, &[-0.0, 0.0, -0.0], config()), Ok(vec![0, 1, 2]));
}

#[test]
fn subnormal_losses_are_told_apart() {
    let tiny = f64::from(f32::from_bits(1));
    assert_eq!(mined(&APART, &[0.0, tiny, 2.0 * tiny], config()), Ok(vec![2, 1, 0]));
}

#[test]
fn inverted_and_nan_and_infinite_boxes_overlap_nothing() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for bad in [[9.0, 0.0, 0.0, 9.0], [0.0, 9.0, 9.0, 0.0], [0.0, nan, 9.0, 9.0], [-inf, 0.0, inf, 9.0]] {
        let boxes = [bad, bad, SAME[0], SAME[0]];
        assert_eq!(mined(&boxes, &[4.0, 3.0, 2.0, 1.0], config()), Ok(vec![0, 1, 2]), "{bad:?}");
    }
}

#[test]
fn empty_boxes_have_an_iou_of_zero() {
    let point = [[5.0, 5.0, 5.0, 5.0]; 2];
    let (config, nms) = (config(), NmsConfig::new(0.7));
    assert_eq!(mined(&point, &[2.0, 1.0], config.nms(nms)), Ok(vec![0, 1]));
    let touching = config.nms(nms.iou_threshold(0.0).suppress(Suppress::AtOrAbove));
    assert_eq!(mined(&point, &[2.0, 1.0], touching), Ok(vec![0])); // 0 is not less than 0
    // In pixels a point is one pixel, and the same one twice overlaps.
    assert_eq!(mined(&point, &[2.0, 1.0], config.nms(nms.convention(Convention::Pixel))), Ok(vec![0]));
}

#[test]
fn boxes_whose_area_overflows_overlap_nothing() {
    fn apart<F: Float>(side: f64) -> Result<Vec<u32>, String> {
        everywhere::<F>(&[[0.0, 0.0, side, side]; 2], &[0; 2], &[0; 2], &[2.0, 1.0], config())
    }
    assert_eq!((apart::<f32>(1e18), apart::<f32>(1e20)), (Ok(vec![0]), Ok(vec![0, 1])));
    assert_eq!((apart::<f64>(1e153), apart::<f64>(1e155)), (Ok(vec![0]), Ok(vec![0, 1])));
}

#[test]
fn lengths_that_differ() {
    let said = |images: usize, labels: usize, losses: usize| {
        mined_in_groups(&APART, &vec![0; images], &vec![0; labels], &vec![0.0; losses], config())
    };
    assert_eq!(said(2, 3, 3), Err("expected 3 image ids, found 2".into()));
    assert_eq!(said(3, 4, 3), Err("expected 3 labels, found 4".into()));
    assert_eq!(said(3, 3, 0), Err("expected 3 losses, found 0".into()));
}

#[test]
fn no_rois() {
    assert_eq!(mined(&[], &[], config()), Ok(vec![]));
}

#[test]
fn a_batch_of_none() {
    assert_eq!(mined(&APART, &[1.0, 2.0, 3.0], config().batch_size(0)), Ok(vec![]));
    // A NaN is found all the same.
    assert_eq!(
        mined(&APART, &[1.0, f64::NAN, 3.0], config().batch_size(0)),
        Err("the loss of RoI 1 is NaN".into())
    );
}

#[test]
fn a_batch_larger_than_there_are_rois() {
    assert_eq!(mined(&APART, &[1.0, 2.0, 3.0], config()), Ok(vec![2, 1, 0]));
}

#[test]
fn a_batch_larger_than_the_memory() {
    let said = mined(&APART, &[1.0, 2.0, 3.0], config().batch_size(9));
    assert_eq!(said, Err("9 selected RoIs exceed the capacity of 8".into()));
}

#[test]
fn a_threshold_that_is_nan() {
    let said = mined(&APART, &[1.0, 2.0, 3.0], above(f64::NAN));
    assert_eq!(said, Err("`iou_threshold` must be a number, not NaN".into()));
}

#[test]
fn a_negative_threshold_suppresses_all_but_the_hardest_of_a_group() {
    let labels = [0, 1, 0];
    let mined = mined_in_groups(&APART, &[0; 3], &labels, &[1.0, 2.0, 3.0], above(-0.5));
    assert_eq!(mined, Ok(vec![2, 1]));
}

#[test]
fn a_threshold_above_one_suppresses_nothing() {
    for threshold in [1.0, 1.5, f64::INFINITY] {
        assert_eq!(mined(&SAME, &[1.0, 2.0, 3.0], above(threshold)), Ok(vec![2, 1, 0]));
    }
    let nms = NmsConfig::new(1.0).convention(Convention::Pixel).suppress(Suppress::AtOrAbove);
    let from_one = config().nms(nms);
    assert_eq!(mined(&SAME, &[1.0, 2.0, 3.0], from_one), Ok(vec![2]));
}

#[test]
fn images_and_labels_at_the_limits_of_their_type() {
    let keys = [0, u32::MAX - 1, 0x00FF_FFFF, 0x0100_0000, 1 << 31];
    let boxes = [SAME[0]; 5];
    let losses = [5.0, 4.0, 3.0, 2.0, 1.0];
    assert_eq!(mined_in_groups(&boxes, &[0; 5], &keys, &losses, config()), Ok(vec![0, 1, 2, 3, 4]));
    assert_eq!(mined_in_groups(&boxes, &keys, &[7; 5], &losses, config()), Ok(vec![0, 1, 2, 3, 4]));
    assert_eq!(mined_in_groups(&boxes, &keys, &keys, &losses, config()), Ok(vec![0, 1, 2, 3, 4]));
}

#[test]
fn ignored_images_and_labels_neither_count_nor_suppress() {
    let (keys, losses) = ([1, u32::MAX, 1], [1.0, 3.0, 2.0]);
    assert_eq!(mined_in_groups(&SAME, &[0; 3], &keys, &losses, config()), Ok(vec![2]));
    assert_eq!(mined_in_groups(&SAME, &keys, &[0; 3], &losses, config()), Ok(vec![2]));
    let config = config().without_nms();
    assert_eq!(mined_in_groups(&SAME, &keys, &[0; 3], &losses, config), Ok(vec![2, 0]));
    assert_eq!(mined_in_groups(&SAME, &[u32::MAX; 3], &[0; 3], &losses, config), Ok(vec![]));
}

#[test]
fn rows_given_twice_and_all_ties() {
    assert_eq!(mined(&SAME, &[1.0; 3], config()), Ok(vec![0]));
    assert_eq!(mined(&APART, &[1.0; 3], config()), Ok(vec![0, 1, 2]));
    assert_eq!(mined(&SAME, &[1.0; 3], config().without_nms()), Ok(vec![0, 1, 2]));
}

#[test]
fn a_million_identical_boxes() {
    const MANY: usize = 1_000_000;
    let boxes = vec![BBox::new(0.0_f32, 0.0, 9.0, 9.0); MANY];
    let (keys, losses) = (vec![0; MANY], vec![1.0_f32; MANY]);
    on_each_tier(|| {
        let hard = mine(&boxes, &keys, &keys, &losses, &config()).expect("a sound batch");
        assert_eq!((hard.indices(), hard.suppressed()), ([0].as_slice(), MANY - 1));
    });
}

#[test]
fn ground_truth_with_an_invalid_box() {
    fn check<F: Float>() {
        let rows = [[0.0, 0.0, 9.0, 9.0], [65535.0, 10.0, 189.0, 60.0]].map(|row| row.map(F::from_f64));
        let truth = BBox::from_rows(&rows);
        let named = "ground-truth box 1 is invalid: expected finite corners with x1 <= x2 and y1 <= y2, and a \
                     finite area";
        let by_image = ByImage { boxes: truth, images: &[0, 1] };
        let config = LabelConfig::new();
        on_each_tier(|| {
            for convention in [Convention::Continuous, Convention::Pixel] {
                let coder = BoxCoder::new(convention);
                let refused = [
                    targets::assign(truth, truth, convention).map(|_| ()),
                    targets::assign_batch(by_image, by_image, convention).map(|_| ()),
                    targets::assign_own(truth, convention).map(|_| ()),
                    targets::prepare((truth, &[1, 2]), truth, &config, &coder).map(|_| ()),
                ];
                assert_eq!(refused.map(|refused| refused.unwrap_err().to_string()), [named; 4]);
            }
        });
    }
    check::<f32>();
    check::<f64>();
}
