//! RoIs in any layout, with ignored and invalid keys, and mined by rules.

use ohem_core::{BBox, MineConfig, Miner, NanPolicy, NmsConfig, Rois};
use ohem_testkit::check::{integers, layouts, mine_by, steps};
use ohem_testkit::generate::{Table, configs, strategy};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The most RoIs of a table.
const MOST: usize = 100;

fn a_config() -> impl Strategy<Value = MineConfig> {
    strategy::drawn(configs::mine_config)
}

fn a_limited_config() -> impl Strategy<Value = MineConfig> {
    strategy::drawn(configs::limited_mine_config)
}

fn a_nan() -> impl Strategy<Value = NanPolicy> {
    select(vec![NanPolicy::First, NanPolicy::Skip, NanPolicy::Error])
}

/// A table whose keys every type can hold.
fn with_small_keys() -> impl Strategy<Value = Table> {
    strategy::table(MOST, true).prop_map(|table| {
        let is_small = |&row: &usize| table.images[row].max(table.labels[row]) <= 1 << 24;
        table.rows((0..table.len()).filter(is_small))
    })
}

/// A table of a few images, numbered from 0, and of a few labels, so that quotas fill and boxes meet.
fn of_few_groups() -> impl Strategy<Value = Table> {
    strategy::table(MOST, true).prop_map(|mut table| {
        table.images.iter_mut().for_each(|image| *image %= 3);
        table.labels.iter_mut().for_each(|label| *label %= 2);
        table
    })
}

/// The same table with boxes that fill the range of `i16`.
fn with_large_boxes(table: Table) -> Table {
    let corners = table.corners.iter().map(|row| row.map(|corner| corner * 500.0)).collect();
    Table { corners, ..table }
}

/// Keys that are negative, or too large for a `u32`.
fn an_invalid_key() -> impl Strategy<Value = i64> {
    prop_oneof![Just(-1), i64::MIN..0, (1 << 32)..i64::MAX, Just(1 << 32), Just(i64::MIN), Just(i64::MAX)]
}

proptest! {
    #[test]
    fn any_keys_in_any_layout(table in strategy::table(MOST, true), config in a_config()) {
        layouts::of_any_keys::<f32>(&table, &config);
        layouts::of_any_keys::<f64>(&table, &config);
    }

    #[test]
    fn boxes_of_integers(table in strategy::table(MOST, true), config in a_config()) {
        integers::mine(&table, &config);
        integers::mine(&with_large_boxes(table), &config);
    }

    #[test]
    fn steps_select_what_one_go_does(
        table in strategy::table(MOST, true),
        config in a_limited_config(),
        nan in a_nan(),
        ignored in any::<bool>(),
        units in 1_usize..40,
    ) {
        let images = table.images.iter().map(|&image| if ignored && image % 3 == 0 { u32::MAX } else { image });
        let table = Table { images: images.collect(), ..table };
        steps::mine::<f32>(&table, &config.nan(nan), units);
        steps::mine::<f64>(&table, &config.nan(nan), units);
    }

    #[test]
    fn without_nms_boxes_do_not_matter(table in strategy::table(MOST, true), config in a_config()) {
        let (boxes, losses) = (table.boxes::<f32>(), table.losses::<f64>());
        let config = config.without_nms().batch_size(config.batch_size.min(MOST));
        let mut miner = Miner::<f32, MOST, f64>::new(config).unwrap();
        let with = Rois::new(BBox::from_rows(&boxes), &table.images, &table.labels).unwrap();
        let want = miner.mine(&with, &losses).map(|hard| hard.map(<[u32]>::to_vec));
        let without = Rois::without_boxes(losses.len()).unwrap();
        let without = without.with_images(&table.images[..]).unwrap().with_labels(&table.labels[..]).unwrap();
        prop_assert_eq!(miner.mine(&without, &losses).map(|hard| hard.map(<[u32]>::to_vec)), want);
    }

    #[test]
    fn small_keys_in_any_layout(table in with_small_keys(), config in a_config()) {
        layouts::of_small_keys::<f32>(&table, &config);
        layouts::of_small_keys::<f64>(&table, &config);
    }

    #[test]
    fn groups_of_any_type(table in strategy::table(MOST, true), t in strategy::threshold(), nan in a_nan()) {
        layouts::of_groups::<f32>(&table, &NmsConfig::new(t), nan);
        layouts::of_groups::<f64>(&table, &NmsConfig::new(t), nan);
    }

    #[test]
    fn ignored_rois_are_not_there(
        table in strategy::table(MOST, true),
        config in a_config(),
        marks in vec(any::<bool>(), MOST),
    ) {
        layouts::with_ignored::<f32>(&table, |roi| marks[roi], &config);
        layouts::with_ignored::<f64>(&table, |roi| marks[roi], &config);
    }

    #[test]
    fn invalid_keys_are_named_or_ignored(
        table in with_small_keys().prop_filter("there must be one", |table| !table.is_empty()),
        config in a_config(),
        picks in vec((any::<Index>(), an_invalid_key()), 0..6),
        in_images in any::<bool>(),
    ) {
        let mut invalid: Vec<_> = picks.iter().map(|&(pick, key)| (pick.index(table.len()), key)).collect();
        invalid.sort_unstable();
        invalid.dedup_by_key(|&mut (roi, _)| roi);
        layouts::with_invalid::<f32>(&table, &invalid, in_images, &config);
        layouts::with_invalid::<f64>(&table, &invalid, in_images, &config);
    }

    #[test]
    fn a_budget_for_each_image(table in of_few_groups(), config in a_config(), quota in 0..8_usize) {
        mine_by::per_image::<f32>(&table, quota, &config);
        mine_by::per_image::<f64>(&table, quota, &config);
    }

    #[test]
    fn a_rule_that_decides_at_random(
        table in strategy::table(MOST, true),
        config in a_config(),
        seed in any::<u64>(),
        full_after in prop_oneof![0..9_usize, Just(usize::MAX)],
    ) {
        mine_by::seeded::<f32>(&table, seed, full_after, &config);
        mine_by::seeded::<f64>(&table, seed, full_after, &config);
    }
}
