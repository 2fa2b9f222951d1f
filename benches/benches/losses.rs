//! The loss of 4,000 RoIs with 21 logits each: how many times faster than the naive version, then criterion's
//! view of every loss.
//!
//! `cargo bench -p ohem-benches --bench losses`

use core::hint::black_box;
use core::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use ohem_benches::{Job, medians};
use ohem_core::kernel::{Portable, Scalar, loss};
use ohem_core::loss::{Classes, GradientSpec, Layout, Regression};
use ohem_std::Float;
use ohem_std::simd::Tier;
use ohem_testkit::oracle::loss as oracle;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// How many RoIs.
const ROIS: usize = 4_000;
/// How many classes: those of PASCAL VOC, and background.
const CLASSES: usize = 21;
/// The same, as losses take them.
const COLUMNS: Classes = Classes::new(CLASSES);

fn main() {
    // Under `cargo test` the bench only shows that it still runs.
    let budget = if std::env::args().any(|arg| arg == "--bench") { 3_000 } else { 1 };
    against_the_oracle(Duration::from_millis(budget));
    let mut criterion = Criterion::default().configure_from_args();
    for tier in Tier::available() {
        tier.scope(|| {
            every_loss::<f32>(&mut criterion, "f32", tier);
            every_loss::<f64>(&mut criterion, "f64", tier);
        });
    }
    criterion.final_summary();
}

/// What a detector puts out, and what it should have.
struct Heads<F> {
    logits: Vec<F>,
    predictions: Vec<F>,
    labels: Vec<u32>,
}

impl<F: Float> Heads<F> {
    /// Three quarters of the RoIs are background.
    fn new() -> Self {
        let mut random = SmallRng::seed_from_u64(1);
        let mut values = |count| (0..count).map(|_| F::from_f64(random.random_range(-4.0..4.0))).collect();
        let (logits, predictions) = (values(ROIS * CLASSES), values(ROIS * CLASSES * 4));
        let labels =
            (0..ROIS).map(|_| random.random_range(0..80)).map(|label| if label < 21 { label } else { 0 });
        Self { logits, predictions, labels: labels.collect() }
    }

    /// The naive version of the loss.
    fn naive(&self) -> Vec<F> {
        let rows = self.logits.chunks(CLASSES).zip(&self.labels);
        rows.map(|(row, &label)| oracle::cross_entropy(row, label as usize)).collect()
    }
}

fn against_the_oracle(budget: Duration) {
    let heads = Heads::<f32>::new();
    let Heads { logits, labels, .. } = &heads;
    let (mut portable, mut scalar) = (vec![0.0; ROIS], vec![0.0; ROIS]);
    loss::cross_entropy(Portable, logits, COLUMNS, labels, &mut portable).expect("a sound table");
    loss::cross_entropy(Scalar, logits, COLUMNS, labels, &mut scalar).expect("a sound table");
    assert_eq!(portable, scalar, "the answers must be the same before their times are compared");
    let off = portable.iter().zip(heads.naive()).map(|(got, naive)| (got / naive - 1.0).abs());
    assert!(off.fold(0.0, f32::max) < 1e-5, "the naive answers must be near");

    let jobs: &mut [Job<'_>] = &mut [
        ("Portable", &mut || {
            _ = black_box(loss::cross_entropy(Portable, logits, COLUMNS, labels, &mut portable))
        }),
        ("Scalar", &mut || _ = black_box(loss::cross_entropy(Scalar, logits, COLUMNS, labels, &mut scalar))),
        ("oracle", &mut || drop(black_box(heads.naive()))),
    ];
    println!("softmax cross-entropy of {ROIS} x {CLASSES} logits, f32");
    let times = medians(jobs, budget);
    for ((name, _), time) in jobs.iter().zip(&times) {
        let (micros, ratio) = (time.as_secs_f64() * 1e6, times[2].as_secs_f64() / time.as_secs_f64());
        println!("  {name:12} {micros:10.1} us   {ratio:8.2} times the speed of the oracle");
    }
}

fn every_loss<F: Float>(criterion: &mut Criterion, precision: &str, tier: Tier) {
    use ohem_std::loss;

    let Heads { logits, predictions, labels } = &Heads::<F>::new();
    let targets = vec![F::zero(); ROIS * 4];
    let regression = Regression::new(labels.as_slice(), predictions, &targets).expect("sound tables");
    let selected: Vec<u32> = (0..128).map(|nth| nth * 31).collect();
    let spec = GradientSpec::new(&selected).layout(Layout::Gathered);
    let mut losses = vec![F::zero(); ROIS];
    let mut group = criterion.benchmark_group(format!("losses/{precision}/{tier}"));
    group.throughput(Throughput::Elements(ROIS as u64));
    group.bench_function(BenchmarkId::new("softmax", CLASSES), |bencher| {
        bencher.iter(|| loss::cross_entropy(logits, COLUMNS, labels));
    });
    group.bench_function(BenchmarkId::new("sigmoid", CLASSES), |bencher| {
        bencher.iter(|| loss::sigmoid_cross_entropy(logits, COLUMNS, labels));
    });
    group.bench_function(BenchmarkId::new("probabilities", CLASSES), |bencher| {
        bencher.iter(|| loss::probability_cross_entropy(logits, COLUMNS, labels));
    });
    group.bench_function(BenchmarkId::new("boxes", 4 * CLASSES), |bencher| {
        bencher.iter(|| loss::add_regression(&regression, &mut losses));
    });
    group.throughput(Throughput::Elements(selected.len() as u64));
    group.bench_function(BenchmarkId::new("gradient", CLASSES), |bencher| {
        bencher.iter(|| loss::cross_entropy_gradient(logits, COLUMNS, labels, &spec));
    });
    group.finish();
}
