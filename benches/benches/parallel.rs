//! Prints what a second core brings: many steps mined in parallel, on one thread and on all.
//!
//! `cargo bench -p ohem-benches --bench parallel`

use core::hint::black_box;
use std::time::Instant;

use ohem_benches::Input;
use ohem_std::MineConfig;
use ohem_std::parallel::{Step, mine};
use ohem_testkit::generate::scene::{Labels, Scene};

fn main() {
    // Under `cargo test` the bench only shows that it still runs.
    let bench = std::env::args().any(|arg| arg == "--bench");
    let (steps, rounds) = if bench { (512, 21) } else { (8, 1) };
    let inputs: Vec<Input<f32>> =
        (0..8).map(|seed| Scene::Clustered.batch(2, 2_000, Labels::Voc, seed).into()).collect();
    let steps: Vec<_> = inputs
        .iter()
        .cycle()
        .take(steps)
        .map(|input| Step { rois: input.rois(), losses: &input.losses })
        .collect();

    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pools = [1, threads].map(|threads| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started")
    });
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..rounds {
        for (pool, times) in pools.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(pool.install(|| mine(&steps, &MineConfig::fast_rcnn()))).expect("no NaN");
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let [one, all] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let per_step = |time: f64| time * 1e6 / steps.len() as f64;
    println!("{} steps of 2 x 2,000 RoIs, B = 128, t = 0.7, by the clock on the wall", steps.len());
    println!("  1 thread   {:8.1} us a step", per_step(one));
    println!("  {threads} threads  {:8.1} us a step, {:.2} times as fast", per_step(all), one / all);
}
