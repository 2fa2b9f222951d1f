//! Benches of labels and targets, and how many times faster than the naive version assigning is.
//!
//! `cargo bench -p ohem-benches --bench targets`

use core::hint::black_box;
use core::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use ohem_benches::{Job, medians};
use ohem_core::kernel::targets;
use ohem_core::kernel::{Portable, Scalar};
use ohem_std::simd::Tier;
use ohem_std::targets::{BoxCoder, ExpandConfig, LabelConfig, expand_per_class_rows, prepare};
use ohem_std::{BBox, Convention, Float, Match};
use ohem_testkit::generate::scene::Scene;
use ohem_testkit::oracle;

fn main() {
    // Under `cargo test` the bench only shows that it still runs.
    let budget = if std::env::args().any(|arg| arg == "--bench") { 2_000 } else { 1 };
    for scene in [Scene::Uniform, Scene::Clustered] {
        against_the_oracle::<f32>(scene, "f32", Duration::from_millis(budget));
        against_the_oracle::<f64>(scene, "f64", Duration::from_millis(budget));
    }
    let mut criterion = Criterion::default().configure_from_args();
    for tier in Tier::available() {
        tier.scope(|| {
            assign::<f32>(&mut criterion, "f32", tier);
            assign::<f64>(&mut criterion, "f64", tier);
        });
    }
    steps(&mut criterion);
    criterion.final_summary();
}

/// Proposals, and 20 more boxes of the scene for objects.
fn image<F: Float>(scene: Scene, proposals: usize) -> (Vec<[F; 4]>, Vec<[F; 4]>) {
    let boxes = scene.table(proposals + 20, 1).boxes();
    (boxes[20..].to_vec(), boxes[..20].to_vec())
}

/// 2,000 proposals of an image and its 20 objects: the best object of each proposal.
fn against_the_oracle<F: Float>(scene: Scene, precision: &str, budget: Duration) {
    let (proposals, objects) = image::<F>(scene, 2_000);
    let (boxes, ground_truth) = (BBox::from_rows(&proposals), BBox::from_rows(&objects));
    let (proposal_images, object_images) = ([0; 2_000], [0; 20]);
    let naive = || {
        let convention = oracle::Convention::Pixel;
        oracle::assign(&proposals, &proposal_images, &objects, &object_images, convention)
    };
    let (overlaps, matches) =
        ohem_std::targets::assign(boxes, ground_truth, Convention::Pixel).expect("room for all");
    for ((overlap, matched), wanted) in overlaps.iter().zip(&matches).zip(naive()) {
        let object = |index| Match::object(u32::try_from(index).expect("20 objects"));
        let wanted = (wanted.0, wanted.1.map_or(Match::BACKGROUND, object));
        assert!(
            (*overlap, *matched) == wanted,
            "the answers must be the same before their times are compared"
        );
    }
    let matched = matches.iter().filter(|of| of.is_object()).count();
    println!("2,000 proposals, 20 objects, {scene:?}, {precision}: {matched} proposals overlap one");

    let (mut overlaps, mut matches) = (vec![F::zero(); 2_000], vec![Match::BACKGROUND; 2_000]);
    let (mut others, mut other_matches) = (overlaps.clone(), matches.clone());
    let jobs: &mut [Job<'_>] = &mut [
        ("std", &mut || _ = black_box(ohem_std::targets::assign(boxes, ground_truth, Convention::Pixel))),
        ("core", &mut || {
            let out = (&mut overlaps, &mut matches);
            _ = black_box(targets::assign(Portable, boxes, ground_truth, Convention::Pixel, out.0, out.1));
        }),
        ("one lane", &mut || {
            let out = (&mut others, &mut other_matches);
            _ = black_box(targets::assign(Scalar, boxes, ground_truth, Convention::Pixel, out.0, out.1));
        }),
        ("oracle", &mut || drop(black_box(naive()))),
    ];
    let times = medians(jobs, budget);
    for ((name, _), time) in jobs.iter().zip(&times) {
        let ratio = times[3].as_secs_f64() / time.as_secs_f64();
        println!(
            "  {name:12} {:10.1} us   {ratio:8.1} times the speed of the oracle",
            time.as_secs_f64() * 1e6
        );
    }
}

fn assign<F: Float>(criterion: &mut Criterion, precision: &str, tier: Tier) {
    let mut group = criterion.benchmark_group(format!("assign/{precision}/{tier}"));
    for scene in [Scene::Uniform, Scene::Clustered, Scene::Identical] {
        for proposals in [300, 2_000, 20_000] {
            let (rows, objects) = image::<F>(scene, proposals);
            let (boxes, ground_truth) = (BBox::from_rows(&rows), BBox::from_rows(&objects));
            group.throughput(Throughput::Elements(20 * proposals as u64));
            group.bench_function(BenchmarkId::new(format!("{scene:?}"), proposals), |bencher| {
                bencher.iter(|| ohem_std::targets::assign(boxes, ground_truth, Convention::Pixel));
            });
        }
    }
    group.finish();
}

/// All that an image needs before it is trained on, and the blobs of the 128 that are.
fn steps(criterion: &mut Criterion) {
    let (rows, objects) = image::<f32>(Scene::Clustered, 2_000);
    let (boxes, ground_truth) = (BBox::from_rows(&rows), BBox::from_rows(&objects));
    let (config, coder, classes) = (LabelConfig::fast_rcnn(), BoxCoder::fast_rcnn(), [7; 20]);
    let prepare =
        || prepare((ground_truth, &classes), boxes, &config, &coder).expect("a class for each object");
    let prepared = prepare();
    let targets = prepared.target_classes.iter().filter(|class| class.is_object()).count();
    criterion
        .bench_function(&format!("prepare/2020 RoIs, {targets} targets"), |bencher| bencher.iter(prepare));
    let selected: Vec<u32> = (0..128).collect();
    criterion.bench_function("expand_per_class_rows/128 of 2020, 21 classes", |bencher| {
        let (classes, targets) = (&prepared.target_classes, &prepared.targets);
        bencher.iter(|| expand_per_class_rows(&selected, classes, targets, &ExpandConfig::new(21)));
    });
}
