//! Worst cases, whose growth can be read off: times of mining and of suppression at several thresholds over `n log2 n`,
//! and criterion's view of the same.
//!
//! `cargo bench -p ohem-benches --bench worst`

use core::hint::black_box;
use core::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use ohem_benches::{Input, Job, medians};
use ohem_std::{MineConfig, Miner, NmsConfig, batched_nms};
use ohem_testkit::generate::scene::{Labels, Scene};

fn main() {
    // Under `cargo test` the bench only shows that it still runs.
    let bench = std::env::args().any(|arg| arg == "--bench");
    let (budget, sizes): (_, &[usize]) =
        if bench { (400, &[1_000, 4_000, 16_000, 64_000]) } else { (1, &[1_000]) };
    growth(Duration::from_millis(budget), sizes);
    thresholds(Duration::from_millis(budget));
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .configure_from_args();
    every_case(&mut criterion, &sizes[..sizes.len().min(3)]);
    criterion.final_summary();
}

/// An input that may be slow to mine.
#[derive(Clone, Copy, Debug)]
enum Worst {
    /// All boxes the same: the hardest suppresses all others, and mining visits all.
    IdenticalBoxes,
    /// All losses the same: every comparison is a tie.
    EqualLosses,
    /// The hardest last: a scan's cut rises all the time.
    Ascending,
    /// The hardest first.
    Descending,
    /// Every box overlaps one of a few: nearly all are visited and suppressed.
    NearlyAllSuppressed,
    /// No box overlaps another: all are kept, each to be tested against.
    NothingSuppressed,
    /// A group for every box: all are kept, none to be tested against.
    AllGroups,
    /// Half of the boxes have no width: proposals that were clipped to the image.
    Clipped,
    /// Boxes of any shape from 1:100 to 100:1.
    Long,
    /// Boxes with sides of 4 to 1,024.
    AllSizes,
    /// A group for each box, image `i` and label `i.rotate_left(16)`: a linear hash gives all of them one chain.
    RotatedGroups,
    /// Boxes of alike size around one place: all have the same cell of the spatial hash.
    OneCell,
    /// Every loss that a sample of 256 sees is among the hardest, so that the cut that follows from it is too high.
    AgainstSample,
    /// Losses that rise, then fall: the middle of three, or of nine, makes a poor pivot.
    OrganPipe,
    /// Boxes of side 1 near 1e30 would be points; these are as wide as the floats are apart.
    FarAway,
    /// None of these: clustered boxes in one group.
    Ordinary,
}

impl Worst {
    const ALL: [Self; 16] = [
        Self::IdenticalBoxes,
        Self::EqualLosses,
        Self::Ascending,
        Self::Descending,
        Self::NearlyAllSuppressed,
        Self::NothingSuppressed,
        Self::AllGroups,
        Self::Clipped,
        Self::Long,
        Self::AllSizes,
        Self::RotatedGroups,
        Self::OneCell,
        Self::AgainstSample,
        Self::OrganPipe,
        Self::FarAway,
        Self::Ordinary,
    ];

    /// Makes `n` boxes of this kind.
    fn input(self, n: usize) -> Input<f32> {
        let mut input = Input::<f32>::from(Scene::Clustered.batch(1, n, Labels::Uniform(1), 1));
        let (boxes, losses) = (&mut input.boxes, &mut input.losses);
        // A number below `of` for each box, in no order.
        let part = |i: usize, of: f32| {
            let scattered = u32::try_from(i).expect("few boxes").wrapping_mul(2_654_435_761);
            scattered as f32 / u32::MAX as f32 * of
        };
        match self {
            Self::IdenticalBoxes => boxes.fill([100.0, 100.0, 200.0, 200.0]),
            Self::EqualLosses => losses.fill(1.0),
            Self::Ascending => losses.sort_by(f32::total_cmp),
            Self::Descending => losses.sort_by(|a, b| b.total_cmp(a)),
            Self::NearlyAllSuppressed => place(boxes, |i| apart(i % 100)),
            Self::NothingSuppressed => place(boxes, apart),
            Self::AllGroups => input.labels.iter_mut().zip(0..).for_each(|(label, i)| *label = i),
            Self::Clipped => boxes.iter_mut().step_by(2).for_each(|[x1, _, x2, _]| *x2 = *x1),
            Self::Long => place(boxes, |i| {
                let long = (part(i, 13.0) - 6.5).exp2();
                let [x, y, ..] = apart(i);
                [x, y, x + 40.0 * long, y + 40.0 / long]
            }),
            Self::AllSizes => place(boxes, |i| {
                let ([x, y, ..], side) = (apart(i), (2.0 + part(i, 8.0)).exp2());
                [x, y, x + side, y + side]
            }),
            Self::RotatedGroups => {
                boxes.fill([100.0, 100.0, 200.0, 200.0]);
                input.images.iter_mut().zip(0..).for_each(|(image, i)| *image = i);
                input.labels.iter_mut().zip(0_u32..).for_each(|(label, i)| *label = i.rotate_left(16));
            }
            Self::OneCell => place(boxes, |i| {
                let [x, y, width, height] = [1, 3, 5, 7].map(|step| part(step * i + step, 100.0));
                [x, y, x + 100.0 + width, y + 100.0 + height]
            }),
            Self::AgainstSample => losses.iter_mut().step_by(n.div_ceil(256)).for_each(|loss| *loss += 100.0),
            Self::OrganPipe => (0..n).zip(losses).for_each(|(i, loss)| *loss = i.min(n - i) as f32),
            Self::FarAway => place(boxes, |i| apart(i).map(|at| 1e30 + at * 1e24)),
            Self::Ordinary => {}
        }
        input
    }
}

/// Puts each box somewhere.
fn place(boxes: &mut [[f32; 4]], at: impl Fn(usize) -> [f32; 4]) {
    boxes.iter_mut().enumerate().for_each(|(i, bbox)| *bbox = at(i));
}

/// The box of a place in a grid of 1,024 across, none of which touch.
fn apart(i: usize) -> [f32; 4] {
    let [x, y] = [i % 1_024, i / 1_024].map(|place| 20.0 * place as f32);
    [x, y, x + 10.0, y + 10.0]
}

/// Prints the time of each case at each size, and over `n log2 n` in nanoseconds.
fn growth(budget: Duration, sizes: &[usize]) {
    println!("CPU time, and over n log2 n; f32, B = 128, t = 0.7");
    for case in Worst::ALL {
        for (job, ours) in [("mine", mine as fn(&Input<f32>) -> usize), ("nms", nms)] {
            print!("{:20} {job:5}", format!("{case:?}"));
            for &n in sizes {
                let input = case.input(n);
                print!("  {n:>6}: {}", cost(n, budget, &mut || _ = black_box(ours(&input))));
            }
            println!();
        }
    }
}

/// Prints the time of suppression of 4,000 boxes in each case at several thresholds.
fn thresholds(budget: Duration) {
    let n = 4_000;
    println!("NMS of {n}, by threshold");
    for case in Worst::ALL {
        print!("{:20}", format!("{case:?}"));
        let input = case.input(n);
        for threshold in [0.3, 0.5, 0.7, 0.9] {
            let job = &mut || _ = black_box(nms_at(&input, threshold));
            print!("  {threshold}: {}", cost(n, budget, job));
        }
        println!();
    }
}

/// The time of a job, and over `n log2 n`.
fn cost(n: usize, budget: Duration, job: &mut dyn FnMut()) -> String {
    let jobs: &mut [Job<'_>] = &mut [("", job)];
    let nanos = medians(jobs, budget / 10)[0].as_secs_f64() * 1e9;
    format!("{:9.1} us {:6.2} ns", nanos / 1e3, nanos / (n as f64 * (n as f64).log2()))
}

fn every_case(criterion: &mut Criterion, sizes: &[usize]) {
    for (job, ours) in [("mine", mine as fn(&Input<f32>) -> usize), ("nms", nms)] {
        let mut group = criterion.benchmark_group(format!("worst/{job}"));
        for (case, &n) in Worst::ALL.iter().flat_map(|case| sizes.iter().map(move |n| (case, n))) {
            let input = case.input(n);
            group.throughput(Throughput::Elements(n as u64));
            group.bench_function(BenchmarkId::new(format!("{case:?}"), n), |bencher| {
                bencher.iter(|| ours(&input));
            });
        }
        group.finish();
    }
}

fn mine(input: &Input<f32>) -> usize {
    let mut miner = Miner::new(MineConfig::new(128)).expect("a sound configuration");
    miner.mine(&input.rois(), &input.losses).expect("no NaN").len()
}

fn nms(input: &Input<f32>) -> usize {
    nms_at(input, 0.7)
}

fn nms_at(input: &Input<f32>, threshold: f64) -> usize {
    let config = NmsConfig::new(threshold);
    batched_nms(input.boxes(), &input.losses, &input.labels, &config).expect("no NaN").len()
}
