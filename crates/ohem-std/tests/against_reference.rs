//! The Vec layer equals `ohem-reference`, by `==`, on nasty small inputs, in memory that is kept.

#![expect(clippy::cast_possible_truncation, reason = "small inputs")]

mod each_tier;

use each_tier::on_each_tier;
use ohem_std::{
    BBox, Convention, Error, Float, MineConfig, MineError, Miner, NanPolicy, NmsConfig, RankError, Rois,
    Suppress,
};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::prelude::*;
use proptest::sample::select;

const PIXEL: (Convention, oracle::Convention) = (Convention::Pixel, oracle::Convention::Pixel);
const ABOVE: (Suppress, oracle::Suppress) = (Suppress::Above, oracle::Suppress::Above);
const FIRST: (NanPolicy, oracle::Nan) = (NanPolicy::First, oracle::Nan::First);
const SKIP: (NanPolicy, oracle::Nan) = (NanPolicy::Skip, oracle::Nan::Skip);

fn indices(indices: Vec<usize>) -> Vec<u32> {
    indices.into_iter().map(|index| index as u32).collect()
}

/// One miner for all tables, so that what a large one left behind meets a small one.
fn check_mine<F: Float>(tables: &[Table], batch_size: usize, t: f64, nan: (NanPolicy, oracle::Nan)) {
    let config = MineConfig::fast_rcnn().batch_size(batch_size).nms_threshold(t).nan(nan.0);
    let mut miner = Miner::<F>::new(config).unwrap();
    for table in tables {
        let (rows, losses) = (table.boxes::<F>(), table.losses::<F>());
        let (images, labels) = (&table.images, &table.labels);
        let nms = Some((F::from_f64(t), ABOVE.1));
        let wanted = oracle::mine(&rows, images, labels, &losses, batch_size, nms, PIXEL.1, nan.1).unwrap();
        let rois = Rois::new(BBox::from_rows(&rows), images, labels).unwrap();
        let hard = miner.mine(&rois, &losses).unwrap();
        assert_eq!((hard.visited(), hard.suppressed()), (wanted.visited, wanted.suppressed));
        let wanted = indices(wanted.selected);
        assert_eq!(hard.indices(), wanted);
        let once = ohem_std::mine(BBox::from_rows(&rows), images, labels, &losses, &config).unwrap();
        assert_eq!(once.into_indices(), wanted);
    }
}

fn check_nms<F: Float>(table: &Table, t: f64) {
    let (rows, losses) = (table.boxes::<F>(), table.losses::<F>());
    let config = NmsConfig::new(t).convention(PIXEL.0).nan(FIRST.0);
    let nms = |groups: &[(u32, u32)]| {
        oracle::nms(&rows, groups, &losses, F::from_f64(t), ABOVE.1, PIXEL.1, FIRST.1).map(indices).unwrap()
    };
    let boxes = BBox::from_rows(&rows);
    assert_eq!(ohem_std::nms(boxes, &losses, &config).unwrap(), nms(&vec![(0, 0); rows.len()]));
    let groups: Vec<_> = table.labels.iter().map(|&label| (0, label)).collect();
    assert_eq!(ohem_std::batched_nms(boxes, &losses, &table.labels, &config).unwrap(), nms(&groups));
}

proptest! {
    #[test]
    fn mining(
        tables in proptest::collection::vec(strategy::table(700, true), 1..4),
        batch_size in prop_oneof![0..20_usize, Just(128), Just(usize::MAX)],
        t in strategy::threshold(),
        nan in select(vec![FIRST, SKIP]),
    ) {
        on_each_tier(|| {
            check_mine::<f32>(&tables, batch_size, t, nan);
            check_mine::<f64>(&tables, batch_size, t, nan);
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
    fn top_k(table in strategy::table(700, true), k in prop_oneof![0..300_usize, Just(usize::MAX)]) {
        on_each_tier(|| {
            let losses = table.losses::<f32>();
            for nan in [FIRST, SKIP] {
                let wanted = oracle::top_k(&losses, k, nan.1).map(indices).unwrap();
                assert_eq!(ohem_std::top_k(&losses, k, nan.0).unwrap(), wanted);
            }
            let first = oracle::rank(&losses, oracle::Nan::Error).err();
            let named = ohem_std::top_k(&losses, k, NanPolicy::Error).err();
            assert_eq!(named, first.map(|index| RankError::NanLoss { index: index as u32 }));
        });
    }

    #[test]
    fn overlaps(table in strategy::table(100, false)) {
        on_each_tier(|| {
            let rows = table.boxes::<f64>();
            let boxes = BBox::from_rows(&rows);
            let wanted = oracle::iou_matrix(&rows, &rows, PIXEL.1);
            assert_eq!(ohem_std::iou_matrix(boxes, boxes, PIXEL.0), wanted);
        });
    }
}

#[test]
fn what_does_not_go_together_is_named() {
    on_each_tier(|| {
        let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
        let config = MineConfig::new(8);
        let message = |result: Result<ohem_std::Selection, Error>| result.unwrap_err().to_string();
        let mined = ohem_std::mine(&boxes, &[0], &[0, 0], &[1.0, 2.0], &config);
        assert_eq!(message(mined), "2 boxes, but 1 images");
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0], &[1.0, 2.0], &config);
        assert_eq!(message(mined), "2 boxes, but 1 labels");
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0, 0], &[1.0], &config);
        assert_eq!(message(mined), "2 RoIs, but 1 losses");
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0, 0], &[1.0, f64::NAN], &config);
        assert_eq!(mined, Err(Error::Mine(MineError::Rank(RankError::NanLoss { index: 1 }))));
        let mined = ohem_std::mine(&boxes, &[0, 0], &[0, 0], &[1.0, 2.0], &config.nms_threshold(f64::NAN));
        assert_eq!(message(mined), "the NMS threshold is NaN");
        let rows = ohem_std::gather(&[0, 5], &[1, 2, 3, 4], 2).unwrap_err();
        assert_eq!(rows.to_string(), "index 5 at position 1, but 2 rows");
        assert!(ohem_std::gather(&[0, 5], &[1, 2, 3, 4], usize::MAX).is_err());
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
