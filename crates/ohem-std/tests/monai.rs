//! Negatives out of the hardest: those of the oracle by the same numbers, and each as often as another.

use ohem_std::NanPolicy;
use ohem_std::rules::MonaiConfig;
use ohem_testkit::adapters::rules::Monai as _;
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::adapters::{Core, Std};
use ohem_testkit::check;
use ohem_testkit::generate::strategy;
use proptest::prelude::*;
use proptest::sample::select;
use rand::{SeedableRng, rngs::SmallRng};

proptest! {
    #[test]
    fn what_is_drawn_is_of_the_pool(
        table in strategy::table(150, true),
        batch_size in 0..40_usize,
        fraction in select(vec![0.25, 1.0 / 3.0, 0.5, 1.0]),
        min_negatives in 0..4_usize,
        pool_size in select(vec![0.5, 1.0, 2.5, 10.0]),
        nan in select(vec![NanPolicy::First, NanPolicy::Skip, NanPolicy::Error]),
        seed in any::<u64>(),
    ) {
        let config = MonaiConfig::new(batch_size).positive_fraction(fraction).min_negatives(min_negatives);
        let config = config.pool_size(pool_size).nan(nan);
        on_each_tier(|| check::rules::monai(&table, &config, seed));
    }

    /// What must be true of any draw, whatever its numbers.
    #[test]
    fn as_many_as_asked_for_are_drawn_each_once(
        table in strategy::table(150, true),
        batch_size in 0..40_usize,
        fraction in select(vec![0.25, 1.0 / 3.0, 0.5, 1.0]),
        pool_size in select(vec![1.0, 2.5, 10.0]),
        seed in any::<u64>(),
    ) {
        let (losses, matches) = (table.losses::<f32>(), check::rules::matches(&table));
        let config = MonaiConfig::new(batch_size).positive_fraction(fraction).pool_size(pool_size);
        let config = config.nan(NanPolicy::First);
        let generator = SmallRng::seed_from_u64(seed);
        let (positives, negatives) = Core::monai(&losses, &matches, &config, &generator).unwrap();

        let count = |wanted: fn(i32) -> bool| matches.iter().filter(|&&m| wanted(m)).count();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of few")]
        let share = |of: usize, share: f64| (of as f64 * share) as usize;
        prop_assert_eq!(positives.len(), share(batch_size, fraction).min(count(|m| m >= 0)));
        let wanted = share(positives.len().max(1), (1.0 - 1.0 / fraction).abs()).max(1);
        prop_assert_eq!(negatives.len(), wanted.min(count(|m| m == -1)));
        prop_assert!(positives.iter().all(|&i| matches[i] >= 0));
        prop_assert!(negatives.iter().all(|&i| matches[i] == -1));
        let mut distinct = [positives, negatives].concat();
        let drawn = distinct.len();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), drawn);
    }
}

#[test]
fn every_one_of_the_pool_is_drawn_as_often_as_another() {
    on_each_tier(|| {
        let (losses, matches) = ([0.9_f32, 0.8, 0.7, 0.6, 0.1, 0.2], [-1; 6]);
        let config = MonaiConfig::new(4).positive_fraction(0.5).pool_size(4.0); // one negative, out of the four hardest
        let mut drawn = [0; 6];
        for seed in 0..4_000 {
            let (_, one) = Std::monai(&losses, &matches, &config, &SmallRng::seed_from_u64(seed)).unwrap();
            assert_eq!(one.len(), 1);
            drawn[one[0]] += 1;
        }
        assert_eq!(drawn[4..], [0, 0]);
        assert!(drawn[..4].iter().all(|count| (900..1_100).contains(count)), "{drawn:?}");
    });
}
