//! Everything that core computes equals what the oracle does, by `==`, on nasty small inputs.

#![expect(clippy::cast_possible_truncation, reason = "quantised losses on purpose")]

use core::fmt::Debug;

use ohem_core::kernel::rank::{FixedBuffer, HardestFirst};
use ohem_core::kernel::{Portable, Scalar};
use ohem_core::{
    BBox, ConfigError, Convention, Float, MineConfig, Miner, NanPolicy, NmsConfig, RankKey, Ranked, Rois,
    Suppress, rank,
};
use ohem_testkit::adapters::Work as _;
use ohem_testkit::adapters::iou::Overlaps;
use ohem_testkit::adapters::mine::{Lent, in_fixed};
use ohem_testkit::adapters::nms;
use ohem_testkit::adapters::rank::{Streamed, Windowed};
use ohem_testkit::adapters::{Batch, Core, Iou as _, Mine as _, Nms as _, Oracle, Rank as _};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// The settings that vary beside the table.
#[derive(Clone, Copy, Debug)]
struct Setting {
    batch_size: usize,
    threshold: Option<f64>,
    suppress: Suppress,
    convention: Convention,
    nan: NanPolicy,
}

impl Setting {
    fn config(self) -> MineConfig {
        let config = MineConfig::new(self.batch_size).nan(self.nan);
        self.threshold.map_or(config.without_nms(), |threshold| config.nms(self.nms(threshold)))
    }

    fn nms(self, iou_threshold: f64) -> NmsConfig {
        NmsConfig::new(iou_threshold).suppress(self.suppress).convention(self.convention)
    }
}

fn setting() -> impl Strategy<Value = Setting> {
    let batch_size = prop_oneof![0..12_usize, Just(200)];
    let threshold = prop_oneof![9 => strategy::threshold().prop_map(Some), 1 => Just(None)];
    let suppress = prop_oneof![Just(Suppress::Above), Just(Suppress::AtOrAbove)];
    (batch_size, threshold, suppress, a_convention(), a_nan()).prop_map(
        |(batch_size, threshold, suppress, convention, nan)| Setting {
            batch_size,
            threshold,
            suppress,
            convention,
            nan,
        },
    )
}

fn a_convention() -> impl Strategy<Value = Convention> {
    prop_oneof![Just(Convention::Continuous), Just(Convention::Pixel)]
}

fn a_nan() -> impl Strategy<Value = NanPolicy> {
    prop_oneof![Just(NanPolicy::Error), Just(NanPolicy::Skip), Just(NanPolicy::First)]
}

/// Every way to mine, against the oracle.
fn check_mine<F: Float, H: RankKey>(table: &Table, losses: &[H], setting: Setting) {
    let (boxes, config) = (table.boxes::<F>(), &setting.config());
    let batch = Batch::new(table, &boxes, losses);
    let wanted = Oracle::mine(batch, config);
    for window in [2, 3, 16, 64, 200] {
        for capacity in [setting.batch_size, setting.batch_size + 5, 256] {
            let lent = Lent { batch, config, window, capacity, index: None };
            assert_eq!(lent.on(Portable), wanted);
            assert_eq!(lent.on(Scalar), wanted);
        }
    }
    // Twice, so that what the first step leaves behind meets the second.
    assert_eq!(in_fixed::<F, H, 200, 32>(&[batch; 2], config), [wanted.clone(), wanted]);
}

/// Every way to rank, against the oracle.
fn check_rank<H: RankKey + Debug>(losses: &[H], k: usize, nan: NanPolicy) {
    let all = Oracle::top_k(losses, usize::MAX, nan);
    for window in [2, 3, 10, 64, 300] {
        assert_eq!(Windowed { losses, nan, window }.on(Portable), all, "a window of {window}");
    }
    assert_eq!(Windowed { losses, nan, window: losses.len() }.on(Scalar), all, "a window of all");
    assert_eq!(Core::top_k(losses, k, nan), Oracle::top_k(losses, k, nan));
    let stream = Streamed::<H, 33> { losses, nan, k: k.min(32), chunk: 70 };
    assert_eq!(stream.on(Portable), Oracle::top_k(losses, k.min(32), nan), "a stream");
}

/// Every pair's IoU on every tier, against the oracle, bit for bit.
fn check_iou<F: Float>(table: &Table, convention: Convention) {
    let rows = &table.boxes::<F>()[..];
    let wanted = Oracle::iou(rows, rows, convention);
    let overlaps = Overlaps { rows, columns: rows, convention };
    assert_eq!(overlaps.on(Portable), [(); 3].map(|()| wanted.clone()));
    assert_eq!(overlaps.on(Scalar), [(); 3].map(|()| wanted.clone()));
    assert_eq!(Core::iou(rows, rows, convention), wanted);
}

/// NMS of one group and of many, with room for all and for few, against the oracle.
fn check_nms<F: Float>(table: &Table, threshold: f64, setting: Setting) {
    let (boxes, scores) = (&table.boxes::<F>(), &table.losses::<F>());
    let (config, nan) = (&setting.nms(threshold), setting.nan);
    for groups in [None, Some(&table.labels[..])] {
        let wanted = match groups {
            None => Oracle::nms(boxes, scores, config, nan),
            Some(groups) => Oracle::batched_nms(boxes, scores, groups, config, nan),
        };
        assert_eq!(nms::in_fixed::<F, F, 300>(boxes, scores, groups, config, nan), wanted);
        let first = wanted.map(|wanted| wanted[..wanted.len().min(5)].to_vec());
        assert_eq!(nms::in_fixed::<F, F, 5>(boxes, scores, groups, config, nan), first);
    }
}

proptest! {
    #[test]
    fn mining(table in strategy::table(150, false), setting in setting()) {
        check_mine::<f32, f32>(&table, &table.losses(), setting);
        check_mine::<f64, f64>(&table, &table.losses(), setting);
    }

    #[test]
    fn mining_with_nan_losses(table in strategy::table(150, true), setting in setting()) {
        check_mine::<f32, f32>(&table, &table.losses(), setting);
        check_mine::<f64, f64>(&table, &table.losses(), setting);
    }

    #[test]
    fn mining_by_losses_of_another_type(table in strategy::table(150, true), setting in setting()) {
        let quantised: Vec<_> = table.losses.iter().map(|&loss| (loss * 8.0) as i8).collect();
        check_mine::<f32, i8>(&table, &quantised, setting);
        check_mine::<f64, f32>(&table, &table.losses(), setting);
    }

    #[test]
    fn ranking(table in strategy::table(300, true), k in 0..40_usize, nan in a_nan()) {
        check_rank::<f32>(&table.losses(), k, nan);
        check_rank::<f64>(&table.losses(), k, nan);
    }

    #[test]
    fn ranking_quantised(losses in proptest::collection::vec(any::<i32>(), 0..300), k in 0..40_usize) {
        check_rank(&losses, k, NanPolicy::Error);
        check_rank(&losses.iter().map(|&loss| loss as i16).collect::<Vec<_>>(), k, NanPolicy::First);
        check_rank(&losses.iter().map(|&loss| loss as i8).collect::<Vec<_>>(), k, NanPolicy::Skip);
    }

    #[test]
    fn overlaps(table in strategy::table(70, false), convention in a_convention()) {
        check_iou::<f32>(&table, convention);
        check_iou::<f64>(&table, convention);
    }

    #[test]
    fn suppression(table in strategy::table(150, true), t in strategy::threshold(), setting in setting()) {
        check_nms::<f32>(&table, t, setting);
        check_nms::<f64>(&table, t, setting);
    }

    /// The bound of the cheap first stage never drops what the division would find, ulps from the threshold.
    #[test]
    fn thresholds_an_ulp_away(table in strategy::table(40, false), setting in setting(), ulps in -3..=3_i32) {
        let rows = table.boxes::<f32>();
        let overlaps = Oracle::iou(&rows, &rows, setting.convention);
        for iou in overlaps.into_iter().filter(|&iou| iou > 0.0).take(8) {
            let threshold = Some(f64::from(f32::from_bits(iou.to_bits().saturating_add_signed(ulps))));
            let (config, losses) = (&Setting { threshold, ..setting }.config(), table.losses::<f32>());
            let batch = Batch::new(&table, &rows, &losses);
            let got = Lent { batch, config, window: 64, capacity: 200, index: None }.on(Portable);
            let wanted = Oracle::mine(batch, config);
            prop_assert_eq!(got, wanted);
        }
    }
}

#[test]
fn ranking_needs_two_candidates_for_two_losses() {
    let mut one = [Ranked::PLACEHOLDER; 1];
    let capacity = ConfigError::Capacity { what: "candidates", needed: 2, capacity: 1 };
    let refused = HardestFirst::new(Portable, &[1.0; 5], NanPolicy::Error, FixedBuffer(&mut one), 5).err();
    assert_eq!(refused, Some(capacity.into()));
    assert_eq!(rank::hardest_first(&[1.0; 5], NanPolicy::Error, &mut one).err(), Some(capacity.into()));
    assert_eq!(rank::hardest_first(&[1.0], NanPolicy::Error, &mut one).unwrap().count(), 1);
    assert_eq!(rank::hardest_first::<f32>(&[], NanPolicy::Error, &mut []).unwrap().count(), 0);
}

#[test]
fn huge_coordinates_overflow_nothing() {
    let huge = f32::MAX.sqrt() * 0.9;
    let rows = [[0.0, 0.0, huge, huge], [0.0, 0.0, huge, huge * 0.9]];
    let rois = Rois::one_group(BBox::from_rows(&rows)).unwrap();
    let mut miner = Miner::<f32, 4>::new(MineConfig::new(4)).unwrap();
    // The sum of the areas overflows: the IoU is 0, as the definition says.
    assert_eq!(miner.mine(&rois, &[1.0, 2.0]).unwrap().indices(), [1, 0]);
}
