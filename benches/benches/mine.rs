//! Criterion benches of mining, by scene, size and precision.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ohem_benches::Input;
use ohem_std::{Float, MineConfig, Miner};
use ohem_testkit::scene::{Labels, Scene};

fn mine<F: Float>(criterion: &mut Criterion, precision: &str) {
    let mut group = criterion.benchmark_group(format!("mine/{precision}"));
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

fn both(criterion: &mut Criterion) {
    mine::<f32>(criterion, "f32");
    mine::<f64>(criterion, "f64");
}

criterion_group!(benches, both);
criterion_main!(benches);
