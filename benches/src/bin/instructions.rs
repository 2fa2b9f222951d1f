//! Fixed jobs whose instructions callgrind counts: see `scripts/instructions.sh`.
//!
//! Prints the name of each job and the tier it is done on, in the order in which they are done: jobs as a detector has
//! them, then every operation of the registry on a few inputs.

use core::hint::black_box;

use ohem_benches::Input;
use ohem_core::kernel::{self, Simd};
use ohem_core::rank::TopK;
use ohem_std::loss::{self, Classes};
use ohem_std::rank::top_k;
use ohem_std::simd::{Tier, Work, run};
use ohem_std::{BBox, Convention, MineConfig, Miner, NanPolicy, NmsConfig, iou, nms};
use ohem_testkit::generate::scene::{Labels, Scene};
use ohem_testkit::registry::{Operation, Prepared, Visitor, for_each};

/// Number of inputs of each operation.
const INPUTS: u64 = 20;

fn main() {
    for tier in Tier::available() {
        tier.scope(|| {
            let count = |job: &str, work: &mut dyn FnMut()| {
                println!("{job},{tier}");
                work(); // memory grows
                counted_alone(work);
            };
            jobs(&count);
            for_each(&mut Count(count));
        });
    }
}

/// Counts every operation of the registry in core, without the making of its inputs.
struct Count<C>(C);

impl<C: Fn(&str, &mut dyn FnMut())> Visitor for Count<C> {
    fn visit<O: Operation>(&mut self) {
        let prepared = Prepared::<O>::new(INPUTS);
        (self.0)(&format!("operation {}", O::NAME), &mut || prepared.core());
    }
}

/// Has its instructions counted, by its name; the script tells callgrind so.
#[inline(never)]
fn counted_alone(work: &mut dyn FnMut()) {
    work();
}

/// Does each job once.
fn jobs(count: &dyn Fn(&str, &mut dyn FnMut())) {
    let many = Scene::Uniform.table(100_000, 1).losses::<f32>();
    count("scan 100000", &mut || run(Scan(&many)));
    count("top_k 128 of 100000", &mut || _ = black_box(top_k(&many, 128, NanPolicy::Error)));

    let batch = Input::<f32>::from(Scene::Clustered.batch(2, 2_000, Labels::Voc, 1));
    let mut miner = Miner::new(MineConfig::new(128)).expect("a sound configuration");
    let rois = batch.rois();
    count("mine 2 x 2000", &mut || _ = black_box(miner.mine(&rois, &batch.losses)));

    let config = NmsConfig::new(0.7);
    for (scene, job) in [(Scene::Clustered, "nms 2000 clustered"), (Scene::Uniform, "nms 2000 uniform")] {
        let input = Input::<f32>::from(scene.table(2_000, 1));
        count(job, &mut || _ = black_box(nms(input.boxes(), &input.losses, &config)));
    }
    let large = Input::<f32>::from(Scene::Uniform.table(20_000, 1));
    count("nms 20000 uniform", &mut || _ = black_box(nms(large.boxes(), &large.losses, &config)));

    let boxes: &[BBox<f32>] = &batch.boxes()[..200];
    count("iou 200 x 200", &mut || _ = black_box(iou::matrix(boxes, boxes, Convention::Continuous)));

    let logits: Vec<f32> = many.iter().copied().cycle().take(2_000 * 21).collect();
    let labels = vec![3_u32; 2_000];
    count("softmax 2000 x 21", &mut || {
        _ = black_box(loss::cross_entropy(&logits, Classes::new(21), &labels))
    });
}

/// Passes over losses, of which few are hard.
struct Scan<'a>(&'a [f32]);

impl Work for Scan<'_> {
    type Output = ();

    fn on<S: Simd>(self, simd: S) {
        let mut hardest = TopK::<f32, 64>::new(32, NanPolicy::Error).expect("room for 32");
        black_box(kernel::rank::extend(simd, &mut hardest, self.0)).expect("no NaN");
    }
}
