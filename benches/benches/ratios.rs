//! Prints how many times faster or slower ohem is than something known, measured in one run.
//!
//! `cargo bench -p ohem-benches --bench ratios`

use core::hint::black_box;
use core::time::Duration;

use ohem_benches::{Input, Job, maximum, medians};
use ohem_std::{MineConfig, Miner};
use ohem_testkit::generate::scene::{Labels, Scene};
use ohem_testkit::oracle;

fn main() {
    // Under `cargo test` the bench only shows that it still runs.
    let budget = if std::env::args().any(|arg| arg == "--bench") { 3_000 } else { 1 };
    let budget = Duration::from_millis(budget);
    against_the_oracle(Scene::Uniform, budget);
    against_the_oracle(Scene::Clustered, budget);
    against_a_maximum(budget);
}

/// 2 images x 2,000 RoIs x 21 labels: ohem and the naive version of the same.
fn against_the_oracle(scene: Scene, budget: Duration) {
    let input = Input::<f32>::from(scene.batch(2, 2_000, Labels::Uniform(21), 1));
    let Input { boxes, images, labels, losses } = &input;
    let mut miner = Miner::new(MineConfig::fast_rcnn()).expect("a sound configuration");
    let mut fixed = Box::new(
        ohem_core::Miner::<f32, 128, f32, 256>::new(MineConfig::fast_rcnn()).expect("a sound configuration"),
    );
    let rois = input.rois();
    let naive = || {
        let nms = Some((0.7, oracle::Suppress::Above));
        let (convention, nan) = (oracle::Convention::Pixel, oracle::Nan::Error);
        oracle::mine(boxes, images, labels, losses, 128, nms, convention, nan).expect("no NaN")
    };
    let hard = miner.mine(&rois, losses).expect("no NaN").map(<[u32]>::to_vec);
    let indices: Vec<_> = hard.indices().iter().map(|&index| index as usize).collect();
    assert_eq!(indices, naive().selected, "the answers must be the same before their times are compared");
    println!("2 x 2,000 RoIs, 21 labels, {scene:?}, B = 128, t = 0.7: {} visited", hard.visited());

    let jobs: &mut [Job<'_>] = &mut [
        ("std::Miner", &mut || _ = black_box(miner.mine(&rois, losses))),
        ("core::Miner", &mut || _ = black_box(fixed.mine(&rois, losses))),
        ("oracle", &mut || drop(black_box(naive()))),
    ];
    let times = medians(jobs, budget);
    for ((name, _), time) in jobs.iter().zip(&times) {
        let ratio = times[2].as_secs_f64() / time.as_secs_f64();
        println!("  {name:12} {:10.1} us   {ratio:8.1} times the speed of the oracle", micros(*time));
    }
}

/// 1,000,000 RoIs: mining them, and only finding the largest of their losses.
fn against_a_maximum(budget: Duration) {
    let input = Input::<f32>::from(Scene::Uniform.batch(2, 500_000, Labels::Voc, 1));
    let mut miner = Miner::new(MineConfig::fast_rcnn()).expect("a sound configuration");
    let rois = input.rois();
    println!("1,000,000 RoIs, voc labels, Uniform, B = 128, t = 0.7");
    let jobs: &mut [Job<'_>] = &mut [
        ("maximum", &mut || _ = black_box(maximum(black_box(&input.losses)))),
        ("std::Miner", &mut || _ = black_box(miner.mine(&rois, &input.losses))),
    ];
    let times = medians(jobs, budget);
    for ((name, _), time) in jobs.iter().zip(&times) {
        let ratio = time.as_secs_f64() / times[0].as_secs_f64();
        println!("  {name:12} {:10.1} us   {ratio:8.2} times as long as the maximum", micros(*time));
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
