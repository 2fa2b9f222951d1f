//! The Vec layer equals the oracle, by `==`, on nasty small inputs, in memory that is kept.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

use ohem_std::targets::SampleConfig;
use ohem_std::{
    BBox, Convention, Float, MineConfig, MineError, Miner, NanLoss, NanPolicy, NmsConfig, Rois, gather,
};
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::adapters::{Batch, Iou as _, Mine as _, Nms as _, Oracle, Rank as _, Std, mine::in_vecs};
use ohem_testkit::check;
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use proptest::sample::select;

/// One miner for all tables, so that what a large one left behind meets a small one.
fn check_mine<F: Float>(tables: &[Table], config: MineConfig) {
    let columns: Vec<_> = tables.iter().map(|table| (table.boxes::<F>(), table.losses::<F>())).collect();
    let batch = |(table, (boxes, losses))| Batch::<F>::new(table, boxes, losses);
    let steps: Vec<_> = tables
        .iter()
        .zip(columns.iter().map(|(boxes, losses)| (&boxes[..], &losses[..])))
        .map(batch)
        .collect();
    let wanted: Vec<_> = steps.iter().map(|&step| Oracle::mine(step, &config)).collect();
    assert_eq!(in_vecs(&steps, &config), wanted);
    assert_eq!(steps.iter().map(|&step| Std::mine(step, &config)).collect::<Vec<_>>(), wanted);
}

fn check_nms<F: Float>(table: &Table, t: f64) {
    let (rows, losses) = (table.boxes::<F>(), table.losses::<F>());
    let (config, labels) = (NmsConfig::new(t).convention(Convention::Pixel), &table.labels);
    for nan in [NanPolicy::First, NanPolicy::Skip, NanPolicy::Error] {
        assert_eq!(Std::nms(&rows, &losses, &config, nan), Oracle::nms(&rows, &losses, &config, nan));
        let wanted = Oracle::batched_nms(&rows, &losses, labels, &config, nan);
        assert_eq!(Std::batched_nms(&rows, &losses, labels, &config, nan), wanted);
    }
}

fn a_nan() -> impl Strategy<Value = NanPolicy> {
    select(vec![NanPolicy::First, NanPolicy::Skip, NanPolicy::Error])
}

proptest! {
    #[test]
    fn mining(
        tables in proptest::collection::vec(strategy::table(700, true), 1..4),
        batch_size in prop_oneof![0..20_usize, Just(128), Just(usize::MAX)],
        t in strategy::threshold(),
        nan in a_nan(),
    ) {
        let config = MineConfig::new(batch_size).nms(NmsConfig::new(t).convention(Convention::Pixel)).nan(nan);
        on_each_tier(|| {
            check_mine::<f32>(&tables, config);
            check_mine::<f64>(&tables, config);
        });
    }

    #[test]
    fn suppression(table in strategy::table(300, true), t in strategy::threshold()) {
        on_each_tier(|| {
            check_nms::<f32>(&table, t);
            check_nms::<f64>(&table, t);
        });
    }

    #[test]
    fn top_k(table in strategy::table(700, true), k in prop_oneof![0..300_usize, Just(usize::MAX)], nan in a_nan()) {
        on_each_tier(|| {
            let losses = table.losses::<f32>();
            assert_eq!(Std::top_k(&losses, k, nan), Oracle::top_k(&losses, k, nan));
        });
    }

    #[test]
    fn merging(
        table in strategy::table(150, true),
        batch_size in 0..20_usize,
        t in strategy::threshold(),
        nan in select(vec![NanPolicy::First, NanPolicy::Skip]),
    ) {
        let config = MineConfig::new(batch_size).nms(NmsConfig::new(t)).nan(nan);
        on_each_tier(|| check::merge::by_image::<f32>(&table, &config));
    }

    #[test]
    fn drawing(
        overlaps in proptest::collection::vec(prop_oneof![0.0..1.0, strategy::threshold(), Just(f64::NAN)], 0..80),
        batch_size in 0..40_usize,
        fraction in 0.0..=1.0,
        seed in any::<u64>(),
    ) {
        let config = SampleConfig::new(batch_size).foreground_fraction(fraction);
        check::targets::sample(&overlaps, &config, seed);
    }

    #[test]
    fn overlaps(table in strategy::table(100, false)) {
        on_each_tier(|| {
            let rows = table.boxes::<f64>();
            let wanted = Oracle::iou(&rows, &rows, Convention::Pixel);
            assert_eq!(Std::iou(&rows, &rows, Convention::Pixel), wanted);
        });
    }
}

#[test]
fn what_does_not_go_together_is_named() {
    on_each_tier(|| {
        let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
        let config = MineConfig::new(8);
        let message = |result: Result<ohem_std::Selection, MineError>| result.unwrap_err().to_string();
        let mined = ohem_std::mine(&boxes, &[0], &[0, 0], &[1.0, 2.0], &config);
        assert_eq!(message(mined), "expected 2 image ids, found 1");
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0], &[1.0, 2.0], &config);
        assert_eq!(message(mined), "expected 2 labels, found 1");
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0, 0], &[1.0], &config);
        assert_eq!(message(mined), "expected 2 losses, found 1");
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0, 0], &[1.0, f64::NAN], &config);
        assert_eq!(mined, Err(MineError::Nan(NanLoss { index: 1 })));
        let config = config.nms(NmsConfig::new(f64::NAN));
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0, 0], &[1.0, 2.0], &config);
        assert_eq!(message(mined), "`iou_threshold` must be a number, not NaN");
        let rows = gather::rows(&[0, 5], &[1, 2, 3, 4], 2).unwrap_err();
        assert_eq!(rows.to_string(), "index 5 at position 1: expected a number from 0 to 1");
        assert!(gather::rows(&[0, 5], &[1, 2, 3, 4], usize::MAX).is_err());
        let dense = gather::dense(&[0, 5], &[1, 2, 3, 4], 2, 0).unwrap_err();
        assert_eq!(dense.to_string(), "index 5 at position 1: expected a number from 0 to 1");
        let mask = gather::mask(&[0, 5], true, false, 4).unwrap_err();
        assert_eq!(mask.to_string(), "index 5 at position 1: expected a number from 0 to 3");
    });
}

/// The worst case for a window: nothing is admitted after the first, so everything is visited.
#[test]
fn a_hundred_thousand_identical_boxes_are_all_visited() {
    on_each_tier(|| {
        let n = 100_000;
        let boxes = vec![BBox::new(0.0_f32, 0.0, 9.0, 9.0); n];
        let losses: Vec<_> = (0..n as u32).map(|i| f64::from(i.wrapping_mul(2_654_435_761))).collect();
        let mut miner = Miner::<f32, f64>::new(MineConfig::new(128)).unwrap();
        let hard = miner.mine(&Rois::one_group(&boxes).unwrap(), &losses).unwrap();
        assert_eq!((hard.len(), hard.visited(), hard.is_complete()), (1, n, true));
    });
}
