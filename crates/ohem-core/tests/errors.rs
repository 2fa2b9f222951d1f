//! The error of each operation that refuses its input, and the `Debug` output of types that hold memory.

use core::error::Error;

use ohem_core::gate::Gate;
use ohem_core::kernel::Portable;
use ohem_core::kernel::rank::{FixedBuffer, HardestFirst};
use ohem_core::loss::{self, Classes, GradientSpec, Regression};
use ohem_core::merge::Stream;
use ohem_core::rank::{TopK, top_k};
use ohem_core::rules::{self, MmdetConfig, MonaiConfig, TensorflowConfig, segmentation, ssd};
use ohem_core::targets::{self, Assignment, BoxCoder, LabelConfig, Normalization, SampleConfig};
use ohem_core::{
    ArrayStorage, BBox, BoxRows, ConfigError, Convention, KeyColumn, LengthMismatch, Match, MineConfig,
    MineError, Miner, NanLoss, NanPolicy, Nms, NmsConfig, OutOfRange, RankKey, Ranked, Rois, gather, iou,
};
use rand::SeedableRng as _;
use rand::rngs::SmallRng;

const BOXES: [BBox<f32>; 3] = [BBox::new(0.0, 0.0, 9.0, 9.0); 3];

/// What an operation says.
fn text<T, E: Error>(refused: Result<T, E>) -> String {
    refused.err().expect("it is refused").to_string()
}

fn miner(batch_size: usize) -> Miner<f32, 8> {
    Miner::new(MineConfig::new(batch_size)).expect("a small batch")
}

#[test]
fn rois_say_what_they_lack() {
    let labels = |labels: &[i64]| text(Rois::by_label(&BOXES, labels));
    assert_eq!(labels(&[1, 2]), "expected 3 labels, found 2");
    assert_eq!(text(Rois::new(&BOXES, &[0; 4], &[1; 3])), "expected 3 image ids, found 4");
    assert_eq!(text(BoxRows::new(&[0.0; 12], 5, 1)), "expected 10 values in whole rows, found 12");
    assert_eq!(
        text(BoxRows::new(&[0.0; 12], 4, 1)),
        "5 columns up to the box's last exceed the capacity of 4"
    );
    assert_eq!(text(KeyColumn::new(&[0.0; 12], 5, 4)), "expected 10 values in whole rows, found 12");
    assert_eq!(text(KeyColumn::new(&[0; 12], 4, 4)), "5 columns up to the key's exceed the capacity of 4");
    #[cfg(target_pointer_width = "64")]
    assert_eq!(
        text(Rois::<ohem_core::NoBoxes<f32>>::without_boxes(1 << 33)),
        "8589934592 RoIs exceed the capacity of 4294967295"
    );
    assert_eq!(text(BBox::from_flat(&[0.0_f32; 7])), "expected 4 corners in fours, found 7");
}

#[test]
fn mining_says_what_it_refuses() {
    let losses = [0.5, f32::NAN, 1.0];
    let rois = Rois::one_group(&BOXES).unwrap();
    assert_eq!(text(miner(4).mine(&rois, &losses[..2])), "expected 3 losses, found 2");
    assert_eq!(text(miner(4).mine(&rois, &losses)), "the loss of RoI 1 is NaN");
    let images = Rois::new(&BOXES, &[0, -3, 0], &[1; 3]).unwrap();
    let refused = text(miner(4).mine(&images, &[1.0; 3]));
    assert_eq!(refused, "image id -3 at position 1: expected a number from 0 to 4294967294");
    let labels = Rois::by_label(&BOXES, &[0, 1_i64 << 40, 0]).unwrap();
    let refused = text(miner(4).mine(&labels, &[1.0; 3]));
    assert_eq!(refused, "label 1099511627776 at position 1: expected a number from 0 to 4294967294");
    let large = Miner::<f32, 8>::new(MineConfig::new(64));
    assert_eq!(text(large), "64 selected RoIs exceed the capacity of 8");
    let nan = Nms::<f32, 8>::new(NmsConfig::new(f64::NAN));
    assert_eq!(text(nan), "`iou_threshold` must be a number, not NaN");
    let mut nms = Nms::<f32, 8>::new(NmsConfig::new(0.5)).unwrap();
    assert_eq!(text(nms.nms(&BOXES, &losses)), "the loss of RoI 1 is NaN");
    assert_eq!(text(nms.batched_nms(&BOXES, &[1.0; 3], &[0; 2])), "expected 3 labels, found 2");
    let mut storage = ArrayStorage::<f32, 8>::new();
    let config = MineConfig::new(4);
    let refused = ohem_core::mine(&BOXES, &[0; 3], &[1; 2], &[1.0; 3], &config, &mut storage);
    assert_eq!(text(refused), "expected 3 labels, found 2");
    let refused = ohem_core::nms(&BOXES, &[1.0; 2], &NmsConfig::new(0.5), &mut storage);
    assert_eq!(text(refused), "expected 3 losses, found 2");
}

#[test]
fn ranking_says_what_it_refuses() {
    let (losses, nan) = ([0.5_f32, f32::NAN], NanPolicy::Error);
    assert_eq!(text(top_k(&losses, &mut [0, 1], 1, nan)), "the loss of RoI 1 is NaN");
    let refused = text(top_k(&losses, &mut [0, 5], 1, nan));
    assert_eq!(refused, "index 5 at position 1: expected a number from 0 to 1");
    let refused = text(TopK::<f32, 4>::new(4, nan));
    assert_eq!(refused, "5 candidates, one more than k exceed the capacity of 4");
    let mut one = [Ranked::PLACEHOLDER];
    let refused = text(HardestFirst::new(Portable, &losses, nan, FixedBuffer(&mut one), 2));
    assert_eq!(refused, "2 candidates exceed the capacity of 1");
}

#[test]
fn rules_say_what_they_refuse() {
    let (losses, two, three) = ([0.5_f32; 3], [Match::BACKGROUND; 2], [Match::BACKGROUND; 3]);
    let mut storage = ArrayStorage::<f32, 2>::new();
    let (nan, mut counts, mut generator) = (NanPolicy::Error, [0; 4], SmallRng::seed_from_u64(1));
    let refused = rules::rfcn(&[0; 2], &losses, 1, nan, &mut counts, &mut storage);
    assert_eq!(text(refused), "expected 3 image ids, found 2");
    let refused = rules::rfcn(&[0, 9, 0], &losses, 1, nan, &mut counts, &mut storage);
    assert_eq!(text(refused), "image id 9 at position 1: expected a number from 0 to 3");
    let refused = rules::rfcn(&[0, 1, 2], &losses, 1, nan, &mut counts, &mut storage);
    assert_eq!(text(refused), "3 selected RoIs exceed the capacity of 2");
    let matches = "expected 3 matches, found 2";
    assert_eq!(text(rules::mmdet(&losses, &two, &MmdetConfig::new(), &mut storage)), matches);
    let refused = rules::monai(&losses, &two, &MonaiConfig::new(3), &mut generator, &mut storage);
    assert_eq!(text(refused), matches);
    let config = TensorflowConfig::new();
    assert_eq!(text(rules::tensorflow(&BOXES, &losses, &two, &config, &mut storage)), matches);
    let boxes = text(rules::tensorflow(&BOXES[..2], &losses, &three, &config, &mut storage));
    assert_eq!(boxes, "3 selected RoIs exceed the capacity of 2");
    let mut large = ArrayStorage::<f32, 8>::new();
    let boxes = text(rules::tensorflow(&BOXES[..2], &losses, &three, &config, &mut large));
    assert_eq!(boxes, "expected 2 losses, found 3");
    let config = ssd::SsdConfig::new();
    let anchors = |matches| ssd::Anchors { boxes: &[], losses: &losses, matches };
    let refused = ssd::negatives(&anchors(&two), &[0.1; 3], &config, &mut storage);
    assert_eq!(text(refused), matches);
    let refused = ssd::negatives(&anchors(&three), &[0.1; 2], &config, &mut storage);
    assert_eq!(text(refused), "expected 3 overlaps, found 2");
    assert_eq!(text(ssd::hard_examples(&anchors(&two), &config, &mut storage)), matches);
    let nms = config.nms(ssd::SsdNms::new(0.5));
    assert_eq!(text(ssd::hard_examples(&anchors(&three), &nms, &mut storage)), "expected 3 boxes, found 0");
    let refused = segmentation::by_loss(&losses, &[true; 2], 0.5, 1, &mut [true; 3]);
    assert_eq!(text(refused), "expected 3 flags, found 2");
    let refused = segmentation::by_loss(&losses, &[true; 3], 0.5, 1, &mut [true; 2]);
    assert_eq!(text(refused), "expected 3 flags to write, found 2");
    let refused = rules::weighted_sum(&[0.5; 2], 1.0, &losses, 1.0, &mut [0.0; 3]);
    assert_eq!(text(refused), "expected 3 classification losses, found 2");
    let refused = rules::weighted_sum(&losses, 1.0, &[0.5; 2], 1.0, &mut [0.0; 3]);
    assert_eq!(text(refused), "expected 3 localization losses, found 2");
}

#[test]
fn tables_say_what_does_not_go_together() {
    let rows = |indices: &[u32], values: usize, width, out: usize| {
        text(gather::rows(indices, &vec![0; values], width, &mut vec![0; out]))
    };
    assert_eq!(rows(&[0], 7, 3, 3), "expected 9 table values (rows x width), found 7");
    assert_eq!(rows(&[0, 9], 15, 3, 6), "index 9 at position 1: expected a number from 0 to 4");
    assert_eq!(rows(&[0, 1], 15, 3, 4), "expected 6 gathered values (indices x width), found 4");
    let refused = gather::dense(&[0], &[0; 6], 3, 7, &mut [0; 5]);
    assert_eq!(text(refused), "expected 6 values of a copy of the table, found 5");
    let refused = gather::mask(&[5], 1, 0, &mut [0; 5]);
    assert_eq!(text(refused), "index 5 at position 0: expected a number from 0 to 4");
    let pixel = Convention::Pixel;
    let refused = text(iou::matrix(&BOXES, &BOXES[..2], pixel, &mut [0.0; 4]));
    assert_eq!(refused, "expected 6 overlaps (rows x columns), found 4");
    let refused = text(iou::row(&BOXES[0], &BOXES, pixel, &mut [0.0; 4]));
    assert_eq!(refused, "expected 3 overlaps (rows x columns), found 4");
    let refused = text(iou::BoxColumns::new(&BOXES, pixel, [0.0; 4]));
    assert_eq!(refused, "expected 160 floats for box columns, found 4");
    let refused = loss::cross_entropy(&[0.0_f32; 7], Classes::new(2), &[0; 3], &mut [0.0; 3]);
    assert_eq!(text(refused), "expected 6 values of logits (rows x classes), found 7");
    let refused = text(Regression::new(&[1; 3], &[0.0_f32; 7], &[0.0; 12]));
    assert_eq!(refused, "expected 12 predicted deltas (rows x 4, or rows x 4 x classes), found 7");
    let refused = loss::cross_entropy(&[0.0_f32; 6], Classes::new(2), &[0, 9, 1], &mut [0.0; 3]);
    assert_eq!(text(refused), "label 9 at position 1: expected a number from 0 to 1");
    let (spec, mut out) = (GradientSpec::new(&[0, 9]), [0.0_f32; 6]);
    let refused = loss::cross_entropy_gradient(&[0.0; 6], Classes::new(2), &[0; 3], &spec, &mut out);
    assert_eq!(text(refused), "index 9 at position 1: expected a number from 0 to 2");
    let spec = GradientSpec::new(&[0]);
    let refused = loss::cross_entropy_gradient(&[0.0; 6], Classes::new(2), &[0; 3], &spec, &mut out[..4]);
    assert_eq!(text(refused), "expected 6 values of the gradient (rows x columns), found 4");
}

#[test]
fn targets_say_what_they_refuse() {
    let assignment = Assignment { overlaps: &[0.9_f32], matches: &[Match::object(9)] };
    let (config, mut labels) = (LabelConfig::new(), [Match::IGNORED]);
    let refused = text(targets::label(assignment, &[1; 5], &config, &mut labels));
    assert_eq!(refused, "match 9 at position 0: expected a number from 0 to 4");
    let refused = text(targets::label(assignment, &[], &config, &mut labels));
    assert_eq!(refused, "match 9 at position 0: expected none");
    let refused = text(targets::split(&[0.9_f32; 3], &config, &mut [0; 2]));
    assert_eq!(refused, "3 listed RoIs exceed the capacity of 2");
    let (config, mut generator) = (SampleConfig::new(4).foreground_fraction(1.5), SmallRng::seed_from_u64(1));
    let refused = text(targets::sample(&[0.9_f32], &config, &mut generator, &mut [0; 2]));
    assert_eq!(refused, "`foreground_fraction` must be a number from 0 to 1");
    let refused = text(targets::decode(&BoxCoder::fast_rcnn(), &BOXES, &[[0.0; 4]; 7], &mut []));
    assert_eq!(refused, "expected 9 deltas (boxes x classes), found 7");
    let (ones, zeros) = ([[1.0_f32; 4]; 2], [[0.0; 4]; 2]);
    assert_eq!(text(Normalization::new(&ones, &zeros)), "row 1 of `stds` must be finite and above 0");
}

#[test]
fn a_fault_is_the_source_of_the_error() {
    let nan = MineError::from(NanLoss { index: 7 });
    assert_eq!(nan.source().unwrap().downcast_ref(), Some(&NanLoss { index: 7 }));
    let length = LengthMismatch { what: "losses", expected: 3, actual: 2 };
    let refused = miner(4).mine(&Rois::one_group(&BOXES).unwrap(), &[1.0; 2]).map(|_| ()).unwrap_err();
    assert_eq!(refused.source().unwrap().downcast_ref(), Some(&length));
    let labels = Rois::by_label(&BOXES, &[-1; 3]).unwrap();
    let refused = miner(4).mine(&labels, &[1.0; 3]).map(|_| ()).unwrap_err();
    let key = OutOfRange { what: "label", position: 0, value: -1, limit: u32::MAX as usize };
    assert_eq!(refused.source().unwrap().downcast_ref(), Some(&key));
    let refused = TopK::<f32, 4>::new(4, NanPolicy::Error).unwrap_err();
    assert!(refused.source().unwrap().is::<ConfigError>());
    assert!(nan.source().unwrap().source().is_none(), "a fault has no source");
}

#[test]
fn a_loss_of_any_type_is_a_number() {
    assert_eq!((RankKey::to_f64(-7_i8), RankKey::to_f64(7_i32), RankKey::to_f64(0.5_f32)), (-7.0, 7.0, 0.5));
}

#[test]
fn a_row_of_overlaps_is_as_long_as_there_are_boxes() {
    let mut out = [7.0; 4];
    let floats = vec![0.0; iou::BoxColumns::floats(3)];
    let columns = iou::BoxColumns::new(&BOXES, Convention::Pixel, floats).unwrap();
    let refused = iou::row_of_columns(&columns, &BOXES[0], &mut out);
    assert_eq!(refused, Err(LengthMismatch { what: "overlaps", expected: 3, actual: 4 }));
    assert_eq!(out, [7.0; 4], "nothing is written");
}

#[test]
fn what_holds_memory_is_shown_without_it() {
    let (mut window, nan) = ([Ranked::PLACEHOLDER; 2], NanPolicy::Error);
    let hardest = HardestFirst::new(Portable, &[0.5_f32; 3], nan, FixedBuffer(&mut window), 2).unwrap();
    assert_eq!(format!("{hardest:?}"), "HardestFirst { losses: 3, .. }");
    let mut top = TopK::<f32, 4>::new(2, NanPolicy::Error).unwrap();
    top.extend(&[0.5; 3]).unwrap();
    assert_eq!(format!("{top:?}"), "TopK { seen: 3, .. }");
    for stream in [Stream::<f32, 4>::new(), Stream::default()] {
        assert_eq!(format!("{stream:?}"), "TopBatch { seen: 0, .. }");
    }
    assert_eq!(format!("{:?}", Gate::<f32, 4>::new(0.25)), "Gate { share: 0.25, .. }");
    assert_eq!(format!("{:?}", Ranked::new(0.5_f32, 7)), "Ranked { key: 0.5, index: 7 }");
    let config = MineConfig::fast_rcnn().batch_size(4);
    let miner = Miner::<f32, 4>::new(config).unwrap();
    assert_eq!(format!("{miner:?}"), format!("Miner {{ config: {config:?}, .. }}"));
    assert_eq!(miner.config(), &config);
    let storage = ArrayStorage::<f32, 4, f32, 8>::default();
    assert_eq!(format!("{storage:?}"), "ArrayStorage { capacity: 4, window: 8, .. }");
    let nms = Nms::<f32, 4>::new(NmsConfig::new(0.5)).unwrap();
    assert!(
        format!("{nms:?}").contains("batch_size: 4, nms: Some(NmsConfig { iou_threshold: 0.5"),
        "{nms:?}"
    );
}
