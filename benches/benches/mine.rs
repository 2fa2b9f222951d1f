//! Criterion benches of mining and suppression, by tier, scene, size and precision.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ohem_benches::Input;
use ohem_std::simd::Tier;
use ohem_std::{Float, MineConfig, Miner, NmsConfig, nms};
use ohem_testkit::arbitrary::Unstructured;
use ohem_testkit::generate::scene::{Labels, Scene};
use ohem_testkit::generate::{Table, nasty};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

fn mine<F: Float>(criterion: &mut Criterion, precision: &str, tier: Tier) {
    let mut group = criterion.benchmark_group(format!("mine/{precision}/{tier}"));
    for scene in [Scene::Uniform, Scene::Clustered, Scene::Grid, Scene::Identical] {
        for n in [300, 2_000, 100_000] {
            let input = Input::<F>::from(scene.batch(2, n, Labels::Voc, 1));
            let (rois, mut miner) =
                (input.rois(), Miner::new(MineConfig::fast_rcnn()).expect("a sound configuration"));
            group.throughput(Throughput::Elements(2 * n as u64));
            group.bench_function(BenchmarkId::new(format!("{scene:?}"), 2 * n), |bencher| {
                bencher.iter(|| miner.mine(&rois, &input.losses).map(|hard| hard.len()));
            });
        }
    }
    group.finish();
}

fn suppress<F: Float>(criterion: &mut Criterion, precision: &str, tier: Tier) {
    let mut group = criterion.benchmark_group(format!("nms/{precision}/{tier}"));
    for scene in [Scene::Uniform, Scene::Clustered, Scene::Grid] {
        for n in [1_000, 2_000, 10_000, 50_000] {
            let input = Input::<F>::from(scene.table(n, 1));
            group.throughput(Throughput::Elements(n as u64));
            group.bench_function(BenchmarkId::new(format!("{scene:?}"), n), |bencher| {
                bencher
                    .iter(|| nms(input.boxes(), &input.losses, &NmsConfig::new(0.7)).map(|kept| kept.len()));
            });
        }
    }
    group.finish();
}

/// Mines tables as property tests and fuzz targets draw them: corners that meet, ties, and invalid boxes.
fn mine_nasty<F: Float>(criterion: &mut Criterion, precision: &str, tier: Tier) {
    let mut group = criterion.benchmark_group(format!("nasty/{precision}/{tier}"));
    for seed in 0..3 {
        let input = Input::<F>::from(drawn(seed));
        let (rois, mut miner) =
            (input.rois(), Miner::new(MineConfig::fast_rcnn()).expect("a sound configuration"));
        group.throughput(Throughput::Elements(input.boxes().len() as u64));
        group.bench_function(BenchmarkId::from_parameter(seed), |bencher| {
            bencher.iter(|| miner.mine(&rois, &input.losses).map(|hard| hard.len()));
        });
    }
    group.finish();
}

/// RoIs read from random bytes.
fn drawn(seed: u64) -> Table {
    let mut bytes = [0; 20_000];
    Xoshiro256PlusPlus::seed_from_u64(seed).fill(&mut bytes);
    nasty::table(&mut Unstructured::new(&bytes), 300, false).expect("zeros follow the last byte")
}

fn every_tier(criterion: &mut Criterion) {
    for tier in Tier::available() {
        tier.scope(|| {
            mine::<f32>(criterion, "f32", tier);
            mine::<f64>(criterion, "f64", tier);
            suppress::<f32>(criterion, "f32", tier);
            suppress::<f64>(criterion, "f64", tier);
            mine_nasty::<f32>(criterion, "f32", tier);
            mine_nasty::<f64>(criterion, "f64", tier);
        });
    }
}

criterion_group!(
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = every_tier
);
criterion_main!(benches);
