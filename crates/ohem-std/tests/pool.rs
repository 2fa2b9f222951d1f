//! Negatives out of the hardest: the right number, none twice, all of the pool, and each as often as another.

#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small inputs")]

use ohem_std::NanPolicy;
use ohem_std::rules::{PoolConfig, pool};
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::generate::strategy;
use ohem_testkit::oracle;
use proptest::prelude::*;
use proptest::sample::select;
use rand::{SeedableRng, rngs::SmallRng};

proptest! {
    #[test]
    fn what_is_drawn_is_of_the_pool(
        table in strategy::table(150, true),
        batch_size in 0..40_usize,
        fraction in select(vec![0.25, 1.0 / 3.0, 0.5, 1.0]),
        pool_size in select(vec![1.0, 2.5, 10.0]),
        seed in any::<u64>(),
    ) {
        on_each_tier(|| {
            let losses = table.losses::<f32>();
            let matches: Vec<_> = table.labels.iter().map(|&label| (label % 4) as i32 - 2).collect();
            let mut config = PoolConfig::new(batch_size);
            (config.positive_fraction, config.pool_size, config.nan) = (fraction, pool_size, NanPolicy::First);
            let (positives, drawn) = pool(&losses, &matches, &config, &mut SmallRng::seed_from_u64(seed)).unwrap();

            let count = |wanted: fn(i32) -> bool| matches.iter().filter(|&&m| wanted(m)).count();
            assert_eq!(positives, ((batch_size as f64 * fraction) as usize).min(count(|m| m >= 0)));
            let ratio = (1.0 - 1.0 / fraction).abs();
            let negatives = ((positives.max(1) as f64 * ratio) as usize).max(1).min(count(|m| m == -1));
            assert_eq!(drawn.len(), positives + negatives);

            let order = oracle::rank(&losses, oracle::Nan::First).unwrap();
            let hardest = order.into_iter().filter(|&i| matches[i] == -1);
            let hardest: Vec<_> = hardest.take((negatives as f64 * pool_size) as usize).collect();
            let (first, rest) = drawn.indices().split_at(positives);
            assert!(first.iter().all(|&i| matches[i as usize] >= 0));
            assert!(rest.iter().all(|&i| hardest.contains(&(i as usize))));
            let mut distinct = drawn.indices().to_vec();
            distinct.sort_unstable();
            distinct.dedup();
            assert_eq!(distinct.len(), drawn.len());
        });
    }
}

#[test]
fn every_one_of_the_pool_is_drawn_as_often_as_another() {
    on_each_tier(|| {
        let (losses, matches) = ([0.9_f32, 0.8, 0.7, 0.6, 0.1, 0.2], [-1; 6]);
        let mut config = PoolConfig::new(4);
        (config.positive_fraction, config.pool_size) = (0.5, 4.0); // one negative, out of the four hardest
        let mut generator = SmallRng::seed_from_u64(7);
        let mut drawn = [0; 6];
        for _ in 0..4_000 {
            let (_, one) = pool(&losses, &matches, &config, &mut generator).unwrap();
            assert_eq!(one.len(), 1);
            drawn[one.indices()[0] as usize] += 1;
        }
        assert_eq!(drawn[4..], [0, 0]);
        assert!(drawn[..4].iter().all(|count| (900..1_100).contains(count)), "{drawn:?}");
    });
}
