//! What errors say, and what is shown of types that hold memory.

use core::error::Error;

use ohem_core::gate::Gate;
use ohem_core::gather::GatherError;
use ohem_core::iou::{Columns, IouError};
use ohem_core::loss::LossError;
use ohem_core::merge::{Stream, StreamError};
use ohem_core::rank::{HardestFirst, RankError, TopK};
use ohem_core::rules::RuleError;
use ohem_core::simd::Portable;
use ohem_core::targets::{
    AssignError, CodeError, ExpandError, LabelError, NormalizeError, RegressionTargetsError, SampleError,
    SplitError,
};
use ohem_core::{
    BBox, ConfigError, Convention, MineConfig, MineError, Miner, NanPolicy, Nms, NmsConfig, NmsError,
    RankKey, Ranked, RoisError,
};

fn assert_texts(texts: &[(&dyn Error, &str)]) {
    for (error, text) in texts {
        assert_eq!(error.to_string(), *text, "{error:?}");
    }
}

#[test]
fn errors_of_mining_say_what_does_not_go_together() {
    let (rois, rank) = (RoisError::Labels { boxes: 3, labels: 2 }, RankError::NanLoss { index: 7 });
    let config = ConfigError::BatchSize { batch_size: 64, capacity: 8 };
    assert_texts(&[
        (&ConfigError::NanThreshold, "the NMS threshold is NaN"),
        (&config, "a batch of 64, but memory for 8"),
        (&RoisError::Images { boxes: 3, images: 4 }, "3 boxes, but 4 images"),
        (&rois, "3 boxes, but 2 labels"),
        (&RoisError::TooMany { boxes: 1 << 33 }, "8589934592 boxes, more than a u32 can number"),
        (&rank, "the loss of RoI 7 is NaN"),
        (&RankError::Index { position: 1, index: 9, losses: 5 }, "index 9 at position 1, but 5 losses"),
        (&RankError::TooMany { losses: 1 << 33 }, "8589934592 losses, more than a u32 can number"),
        (&RankError::Memory { places: 1, needed: 2 }, "ranking needs 2 places, 1 were lent"),
        (&MineError::Losses { rois: 3, losses: 2 }, "3 RoIs, but 2 losses"),
        (&MineError::Rank(rank), "the loss of RoI 7 is NaN"),
        (&MineError::Config(config), "a batch of 64, but memory for 8"),
        (&NmsError::Rois(rois), "3 boxes, but 2 labels"),
        (&NmsError::Mine(MineError::Rank(rank)), "the loss of RoI 7 is NaN"),
        (&RuleError::Column { name: "images", values: 2, losses: 3 }, "3 losses, but 2 images"),
        (
            &RuleError::Image { index: 5, image: 9, images: 4 },
            "RoI 5 is of image 9, but there is memory for 4 images",
        ),
        (&RuleError::Rois(rois), "3 boxes, but 2 labels"),
        (&RuleError::Mine(MineError::Rank(rank)), "the loss of RoI 7 is NaN"),
        (&StreamError { seen: 1, new: 2 }, "2 RoIs after 1, more than a u32 can number"),
    ]);
}

#[test]
fn errors_of_tables_say_what_does_not_go_together() {
    assert_texts(&[
        (&GatherError::Ragged { values: 7, width: 3 }, "7 values make no whole rows of 3"),
        (&GatherError::Index { position: 1, index: 9, rows: 5 }, "index 9 at position 1, but 5 rows"),
        (&GatherError::Room { places: 4, needed: 6 }, "room for 4 values, 6 are needed"),
        (&IouError::Length { pairs: 6, out: 4 }, "6 pairs of boxes, but room for 4 overlaps"),
        (&IouError::Memory { places: 4, needed: 160 }, "columns of boxes take 160 places, 4 were lent"),
        (
            &LossError::Table { values: 7, rows: 3, columns: 2 },
            "a table of 7 values, but 3 RoIs with 2 columns each",
        ),
        (
            &LossError::Boxes { values: 7, rows: 3 },
            "a table of 7 values: neither 4 nor 4 a label for each of 3 RoIs",
        ),
        (
            &LossError::Label { row: 1, label: 9, labels: 5 },
            "the label of RoI 1 is 9, but there are 5 labels",
        ),
        (&LossError::Index { position: 1, index: 9, rows: 5 }, "index 9 at position 1, but 5 RoIs"),
        (&LossError::Out { places: 4, needed: 6 }, "room for 4 values, 6 are needed"),
    ]);
}

#[test]
fn errors_of_targets_say_what_does_not_go_together() {
    let (threshold, memory) = ("target", SplitError::Memory { places: 2, needed: 3 });
    assert_texts(&[
        (&AssignError::Room { rois: 3, places: 2 }, "3 RoIs, but room for 2 results"),
        (&AssignError::Images { boxes: 3, images: 2 }, "3 boxes, but 2 images"),
        (
            &AssignError::TooMany { ground_truth: 1 << 33 },
            "8589934592 ground-truth boxes, more than a u32 can number",
        ),
        (&LabelError::NanThreshold { threshold }, "the threshold `target` is NaN"),
        (&LabelError::Length { overlaps: 3, others: 2 }, "3 overlaps, but 2 matches or places for labels"),
        (
            &LabelError::Match { roi: 1, index: 9, classes: 5 },
            "RoI 1 matches box 9, but there are classes of 5",
        ),
        (&SplitError::NanThreshold { threshold }, "the threshold `target` is NaN"),
        (&SplitError::TooMany { overlaps: 1 << 33 }, "8589934592 RoIs, more than a u32 can number"),
        (&memory, "memory for 2 indices, 3 are needed"),
        (&SampleError::Fraction { fraction: 1.5 }, "a foreground fraction of 1.5, not in 0..=1"),
        (&SampleError::Split(memory), "memory for 2 indices, 3 are needed"),
        (&RegressionTargetsError::NanThreshold, "the target threshold is NaN"),
        (
            &RegressionTargetsError::Length { rois: 3, others: 2 },
            "3 RoIs, but 2 overlaps, matches or places for targets",
        ),
        (
            &RegressionTargetsError::Classes { ground_truth: 3, classes: 2 },
            "3 ground-truth boxes, but 2 classes",
        ),
        (
            &RegressionTargetsError::Match { roi: 1, index: 9, ground_truth: 5 },
            "RoI 1 matches box 9, but there are 5",
        ),
        (&CodeError::Pairs { from: 3, to: 2 }, "3 boxes to start from, but 2 to go to"),
        (&CodeError::Steps { boxes: 3, steps: 7 }, "7 steps are no whole number for each of 3 boxes"),
        (&CodeError::Room { places: 2, needed: 3 }, "room for 2 results, 3 are needed"),
        (&ExpandError::Length { classes: 3, steps: 2 }, "3 classes, but 2 targets"),
        (
            &ExpandError::Class { row: 1, class: 9, classes: 5 },
            "the target of row 1 is of class 9, but there are 5",
        ),
        (&ExpandError::Index { position: 1, index: 9, rows: 5 }, "index 9 at position 1, but 5 rows"),
        (&ExpandError::Room { places: 4, needed: 6 }, "room for 4 values, 6 are needed"),
        (&NormalizeError::Rows { means: 3, stds: 2 }, "3 rows of means, 2 of standard deviations"),
        (&NormalizeError::Row { row: 1 }, "row 1 of the means and standard deviations is no good"),
        (&NormalizeError::Classes { steps: 3, classes: 2 }, "3 targets, but 2 classes"),
        (
            &NormalizeError::Class { row: 1, class: 9, rows: 5 },
            "target 1 is of class 9, but there are means for 5",
        ),
    ]);
}

#[test]
fn an_error_within_another_is_kept() {
    let (rois, rank) = (RoisError::Labels { boxes: 3, labels: 2 }, RankError::NanLoss { index: 7 });
    assert_eq!(NmsError::from(rois), NmsError::Rois(rois));
    assert_eq!(RuleError::from(rois), RuleError::Rois(rois));
    assert_eq!(RuleError::from(rank), RuleError::Mine(MineError::Rank(rank)));
}

#[test]
fn a_loss_of_any_type_is_a_number() {
    assert_eq!((RankKey::to_f64(-7_i8), RankKey::to_f64(7_i32), RankKey::to_f64(0.5_f32)), (-7.0, 7.0, 0.5));
}

#[test]
fn a_row_of_overlaps_is_as_long_as_there_are_boxes() {
    let (boxes, mut out) = ([BBox::new(0.0_f32, 0.0, 9.0, 9.0); 3], [7.0; 4]);
    let mut floats = vec![0.0; Columns::<f32>::floats(3)];
    let columns = Columns::new(&boxes, Convention::Pixel, &mut floats).unwrap();
    let refused = columns.row(Portable, &boxes[0], &mut out);
    assert_eq!(refused, Err(IouError::Length { pairs: 3, out: 4 }));
    assert_eq!(out, [7.0; 4], "nothing is written");
}

#[test]
fn what_holds_memory_is_shown_without_it() {
    let mut window = [Ranked::PLACEHOLDER; 2];
    let hardest = HardestFirst::windowed(Portable, &[0.5_f32; 3], NanPolicy::Error, &mut window).unwrap();
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
    let nms = Nms::<f32, 4>::new(NmsConfig::new(0.5)).unwrap();
    assert!(format!("{nms:?}").contains("batch_size: 4, nms_threshold: Some(0.5)"), "{nms:?}");
}
