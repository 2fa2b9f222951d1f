//! RoIs in any layout, and mined by rules, on every tier. `ohem-core`'s test of this name has more of the same.

use ohem_std::{MineConfig, NanPolicy, NmsConfig};
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::check::{layouts, mine_by};
use ohem_testkit::generate::{configs, strategy};
use proptest::collection::vec;
use proptest::prelude::*;

fn a_config() -> impl Strategy<Value = MineConfig> {
    strategy::drawn(configs::mine_config)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn layouts_and_ignored_rois(
        table in strategy::table(150, true),
        config in a_config(),
        marks in vec(any::<bool>(), 150),
        t in strategy::threshold(),
    ) {
        on_each_tier(|| {
            layouts::of_any_keys::<f32>(&table, &config);
            layouts::with_ignored::<f64>(&table, |roi| marks[roi], &config);
            layouts::of_groups::<f32>(&table, &NmsConfig::new(t), NanPolicy::Error);
            layouts::of_groups::<f64>(&table, &NmsConfig::new(t), NanPolicy::First);
        });
    }

    #[test]
    fn rules(
        table in strategy::table(150, true),
        config in a_config(),
        quota in 0..8_usize,
        seed in any::<u64>(),
    ) {
        let mut of_few_groups = table.clone();
        of_few_groups.images.iter_mut().for_each(|image| *image %= 3);
        of_few_groups.labels.iter_mut().for_each(|label| *label %= 2);
        on_each_tier(|| {
            mine_by::per_image::<f32>(&of_few_groups, quota, &config);
            mine_by::per_image::<f64>(&of_few_groups, quota, &config);
            mine_by::seeded::<f32>(&table, seed, usize::MAX, &config);
            mine_by::seeded::<f64>(&table, seed, quota, &config);
        });
    }
}
