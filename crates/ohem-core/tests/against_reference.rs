//! Everything that core computes equals what `ohem-reference` does, by `==`, on nasty small inputs.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

use core::fmt::Debug;

use ohem_core::rank::{FixedBuffer, HardestFirst, RankError, TopK, top_k};
use ohem_core::simd::{Portable, Scalar, Simd};
use ohem_core::{
    BBox, Convention, Float, MineConfig, MineError, Miner, NanPolicy, Nms, NmsConfig, RankKey, Ranked, Rois,
    Suppress, admit, iou, mine,
};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle;
use proptest::prelude::*;

/// What is varied beside the table.
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
        let mut config = MineConfig::new(self.batch_size);
        config.nms_threshold = self.threshold;
        config.suppress(self.suppress).convention(self.convention).nan(self.nan)
    }

    /// The reference's answer, `Err` naming the first NaN.
    fn wanted<F: Float, H: RankKey>(self, table: &Table, losses: &[H]) -> Result<oracle::Mined, usize> {
        let nms = self.threshold.map(|t| (F::from_f64(t), suppress(self.suppress)));
        let Table { images, labels, .. } = table;
        let (convention, nan) = (convention(self.convention), nan(self.nan));
        oracle::mine(&table.boxes::<F>(), images, labels, losses, self.batch_size, nms, convention, nan)
    }
}

fn suppress(suppress: Suppress) -> oracle::Suppress {
    match suppress {
        Suppress::Above => oracle::Suppress::Above,
        Suppress::AtOrAbove => oracle::Suppress::AtOrAbove,
    }
}

fn convention(convention: Convention) -> oracle::Convention {
    match convention {
        Convention::Continuous => oracle::Convention::Continuous,
        Convention::Pixel => oracle::Convention::Pixel,
    }
}

fn nan(nan: NanPolicy) -> oracle::Nan {
    match nan {
        NanPolicy::Error => oracle::Nan::Error,
        NanPolicy::Skip => oracle::Nan::Skip,
        NanPolicy::First => oracle::Nan::First,
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

/// Mines in lent memory, with a window and a capacity of any size.
fn mined<F: Float, H: RankKey, S: Simd>(
    simd: S,
    table: &Table,
    losses: &[H],
    config: &MineConfig,
    places: usize,
    capacity: usize,
) -> Result<oracle::Mined, usize> {
    let rows = table.boxes::<F>();
    let rois = Rois::new(BBox::from_rows(&rows), &table.images, &table.labels).unwrap();
    let mut window = vec![Ranked::PLACEHOLDER; places];
    // Stale memory must not matter: fill it with what would overlap everything.
    let (mut columns, mut selected) = (vec![F::zero(); capacity * admit::COLUMNS], vec![0; capacity]);
    let memory = mine::Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
    match mine::mine(simd, &rois, losses, config, memory) {
        Ok(hard) => Ok(oracle::Mined {
            selected: hard.indices().iter().map(|&index| index as usize).collect(),
            visited: hard.visited(),
            suppressed: hard.suppressed(),
        }),
        Err(MineError::Rank(RankError::NanLoss { index })) => Err(index as usize),
        Err(error) => panic!("{error}"),
    }
}

/// Every way to mine, against the reference.
fn check_mine<F: Float, H: RankKey>(table: &Table, losses: &[H], setting: Setting) {
    let wanted = setting.wanted::<F, H>(table, losses);
    let config = setting.config();
    for places in [2, 3, 16, 64, 200] {
        for capacity in [setting.batch_size, setting.batch_size + 5, 256] {
            assert_eq!(mined::<F, H, _>(Portable, table, losses, &config, places, capacity), wanted);
            assert_eq!(mined::<F, H, _>(Scalar, table, losses, &config, places, capacity), wanted);
        }
    }
    let rows = table.boxes::<F>();
    let rois = Rois::new(BBox::from_rows(&rows), &table.images, &table.labels).unwrap();
    let mut miner = Box::new(Miner::<F, 200, H, 32>::new(config).unwrap());
    for _ in 0..2 {
        let hard = miner.mine(&rois, losses).ok().map(|hard| hard.indices().to_vec());
        assert_eq!(hard, wanted.as_ref().ok().map(|mined| indices(&mined.selected)));
    }
}

fn indices(indices: &[usize]) -> Vec<u32> {
    indices.iter().map(|&index| index as u32).collect()
}

/// Every way to rank, against the reference.
fn check_rank<H: RankKey + Debug>(losses: &[H], k: usize, policy: NanPolicy) {
    let all = oracle::rank(losses, nan(policy)).map(|ranked| indices(&ranked));
    let wanted = oracle::top_k(losses, k, nan(policy)).map(|ranked| indices(&ranked));
    for places in [2, 3, 10, 64, 300] {
        let mut window = vec![Ranked::PLACEHOLDER; places];
        let got = HardestFirst::windowed(Portable, losses, policy, &mut window)
            .map(|hardest| hardest.map(Ranked::index).collect::<Vec<_>>());
        assert_eq!(got.map_err(first_nan), all, "a window of {places}");
    }
    let mut scratch = vec![Ranked::PLACEHOLDER; losses.len()];
    let got = HardestFirst::in_place(Scalar, losses, policy, &mut scratch)
        .map(|hardest| hardest.map(Ranked::index).collect::<Vec<_>>());
    assert_eq!(got.map_err(first_nan), all, "in place");

    let mut list: Vec<_> = (0..losses.len() as u32).collect();
    assert_eq!(top_k(losses, &mut list, k, policy).map(<[u32]>::to_vec).map_err(first_nan), wanted);

    let mut stream = TopK::<H, 33>::new(k.min(32), policy).unwrap();
    let wanted = wanted.map(|wanted| wanted[..wanted.len().min(32)].to_vec());
    let fed = losses.chunks(70).try_for_each(|chunk| stream.extend(chunk));
    let got = fed.map(|()| stream.hardest().iter().map(|ranked| ranked.index()).collect::<Vec<_>>());
    assert_eq!(got.map_err(first_nan), wanted, "a stream");
}

fn first_nan(error: RankError) -> usize {
    match error {
        RankError::NanLoss { index } => index as usize,
        error => panic!("{error}"),
    }
}

/// Every pair's IoU on every tier, against the reference, bit for bit.
fn check_iou<F: Float>(table: &Table, setting: Convention) {
    let rows = table.boxes::<F>();
    let wanted = oracle::iou_matrix(&rows, &rows, convention(setting));
    let boxes = BBox::from_rows(&rows);
    let mut portable = vec![F::nan(); wanted.len()];
    let mut scalar = portable.clone();
    iou::matrix(Portable, boxes, boxes, setting, &mut portable).unwrap();
    iou::matrix(Scalar, boxes, boxes, setting, &mut scalar).unwrap();
    assert_eq!(portable, wanted);
    assert_eq!(scalar, wanted);
    for (one, wanted) in boxes.iter().zip(wanted.chunks(boxes.len().max(1))) {
        let mut row = vec![F::nan(); boxes.len()];
        iou::row(Portable, one, boxes, setting, &mut row).unwrap();
        assert_eq!(row, wanted);
        assert_eq!(boxes.iter().map(|other| one.iou(other, setting)).collect::<Vec<_>>(), wanted);
    }
}

/// NMS of one group and of many, with room for all and for few, against the reference.
fn check_nms<F: Float>(table: &Table, threshold: f64, setting: Setting) {
    let (rows, losses) = (table.boxes::<F>(), table.losses::<F>());
    let config = NmsConfig::new(threshold).suppress(setting.suppress).convention(setting.convention);
    let config = config.nan(setting.nan);
    for one_group in [true, false] {
        let groups: Vec<_> =
            table.labels.iter().map(|&label| (0, if one_group { 0 } else { label })).collect();
        let (suppress, convention, nan) =
            (suppress(setting.suppress), convention(setting.convention), nan(setting.nan));
        let t = F::from_f64(threshold);
        let wanted = oracle::nms(&rows, &groups, &losses, t, suppress, convention, nan);
        let wanted = wanted.ok().map(|kept| indices(&kept));
        let keys: Vec<_> = groups.iter().map(|group| group.1).collect();
        let mut all = Box::new(Nms::<F, 300>::new(config).unwrap());
        let mut few = Nms::<F, 5>::new(config).unwrap();
        let boxes = BBox::from_rows(&rows);
        let (all, few) = if one_group {
            (all.nms(boxes, &losses), few.nms(boxes, &losses))
        } else {
            (all.batched_nms(boxes, &keys, &losses), few.batched_nms(boxes, &keys, &losses))
        };
        assert_eq!(all.ok().map(|kept| kept.indices().to_vec()), wanted);
        let first = wanted.map(|wanted| wanted[..wanted.len().min(5)].to_vec());
        assert_eq!(few.ok().map(|kept| kept.indices().to_vec()), first);
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
        let overlaps = oracle::iou_matrix(&rows, &rows, convention(setting.convention));
        for iou in overlaps.into_iter().filter(|&iou| iou > 0.0).take(8) {
            let threshold = Some(f64::from(f32::from_bits(iou.to_bits().saturating_add_signed(ulps))));
            let setting = Setting { threshold, ..setting };
            let losses = table.losses::<f32>();
            let wanted = setting.wanted::<f32, f32>(&table, &losses);
            let got = mined::<f32, f32, _>(Portable, &table, &losses, &setting.config(), 64, 200);
            prop_assert_eq!(got, wanted);
        }
    }
}

#[test]
fn in_place_ranking_needs_a_place_for_every_loss() {
    let refused =
        HardestFirst::in_place(Portable, &[1.0; 5], NanPolicy::Error, &mut [Ranked::PLACEHOLDER; 4]).err();
    assert_eq!(refused, Some(RankError::Memory { places: 4, needed: 5 }));
    let refused =
        HardestFirst::windowed(Portable, &[1.0; 5], NanPolicy::Error, &mut [Ranked::PLACEHOLDER; 1]).err();
    assert_eq!(refused, Some(RankError::Memory { places: 1, needed: 2 }));
    let mut one = [Ranked::PLACEHOLDER; 1];
    assert_eq!(HardestFirst::in_place(Portable, &[1.0], NanPolicy::Error, &mut one).unwrap().count(), 1);
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
