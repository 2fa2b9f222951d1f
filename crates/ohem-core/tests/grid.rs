//! The index of admitted boxes changes no result: with it, with too little memory for it, and without it, the
//! same boxes are kept.

use ohem_core::kernel::{Portable, Scalar, Simd};
use ohem_core::{Convention, Float, MineConfig, NmsConfig, Suppress};
use ohem_testkit::adapters::Work as _;
use ohem_testkit::adapters::{Batch, mine::Lent};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

type Rng = Xoshiro256PlusPlus;

/// Boxes with groups and scores.
struct Boxes<F> {
    rows: Vec<[F; 4]>,
    groups: Vec<u32>,
    scores: Vec<F>,
}

/// Enough boxes for mining to use the index, few enough for a scan.
const MOST: usize = 900;

impl<F: Float> Boxes<F> {
    /// Objects and copies of them, shifted and scaled by about what IoU `t` allows, at some scale and place.
    fn random(rng: &mut Rng, t: f64) -> Self {
        let scale = 2_f64.powi(rng.random_range(-20..20)) * rng.random_range(1.0..2.0);
        let offset = if rng.random() { 0.0 } else { scale * 10_f64.powi(rng.random_range(0..8)) };
        let whole = rng.random_bool(0.3);
        let mut boxes = Self { rows: Vec::new(), groups: Vec::new(), scores: Vec::new() };
        while boxes.rows.len() < MOST {
            let object = [0; 4].map(|_| rng.random_range(0.0..30.0));
            let sides = [0; 2].map(|_| 2_f64.powf(rng.random_range(0.0..5.0)));
            let group = rng.random_range(0..3);
            for _ in 0..rng.random_range(1..6) {
                let moved =
                    |at: f64, side: f64, rng: &mut Rng| at + side * (1.0 - t) * rng.random_range(-1.1..1.1);
                let sized = |side: f64, rng: &mut Rng| side * t.powf(rng.random_range(-1.1..1.1));
                let (x, y) = (moved(object[0], sides[0], rng), moved(object[1], sides[1], rng));
                let (width, height) = (sized(sides[0], rng), sized(sides[1], rng));
                let corners = [x, y, x + width, y + height];
                let round = |corner: f64| if whole { (corner * 4.0).round() / 4.0 } else { corner };
                boxes.rows.push(corners.map(|corner| F::from_f64(offset + scale * round(corner))));
                boxes.groups.push(group);
                boxes.scores.push(F::from_f64(rng.random_range(0.0..1.0)));
            }
        }
        boxes
    }

    /// Adds a few invalid boxes, and boxes near the ends of the float's range.
    fn with_misfits(mut self, rng: &mut Rng) -> Self {
        let huge = F::MAX_AREA * F::from_f64(3.0);
        let tiny = F::MIN_AREA / F::from_f64(7.0);
        for corner in [F::zero(), F::nan(), F::infinity(), huge, tiny, F::SMALLEST, F::max_value()] {
            for _ in 0..3 {
                let row = [F::zero(), corner / F::from_f64(8.0), corner, corner];
                self.rows.push(row);
                self.groups.push(rng.random_range(0..2));
                self.scores.push(F::from_f64(rng.random_range(0.0..1.0)));
            }
        }
        self
    }

    /// Indices of the kept boxes, with an index that has this many heads and blocks.
    fn kept<S: Simd>(&self, simd: S, config: &NmsConfig, heads: usize, blocks: usize) -> Vec<usize> {
        let n = self.rows.len();
        let (boxes, labels, losses) = (&self.rows, &self.groups, &self.scores);
        let batch = Batch { boxes, images: &vec![0; n], labels, losses };
        let config = &MineConfig::new(n).nms(*config);
        Lent { batch, config, window: n, capacity: n, index: Some((heads, blocks)) }
            .on(simd)
            .unwrap()
            .selected
    }
}

fn every_memory_keeps_the_same<F: Float>() {
    let mut indexed = 0;
    for seed in 0..120 {
        let rng = &mut Rng::seed_from_u64(seed);
        let t =
            [0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1.0][rng.random_range(0..13)];
        let boxes = Boxes::<F>::random(rng, t);
        let boxes = if rng.random_bool(0.3) { boxes.with_misfits(rng) } else { boxes };
        let convention = if rng.random() { Convention::Continuous } else { Convention::Pixel };
        let config = NmsConfig::new(t).convention(convention).suppress(Suppress::AtOrAbove);
        let want = boxes.kept(Portable, &config, 0, 0);
        indexed += usize::from(want.len() > 300);
        for (heads, blocks) in [(1024, MOST + 30), (1, MOST + 30), (100, 70), (4096, 1), (64, 0)] {
            let got = boxes.kept(Portable, &config, heads, blocks);
            assert_eq!(got, want, "seed {seed}, t {t}, {convention:?}, {heads} heads, {blocks} blocks");
        }
        assert_eq!(
            boxes.kept(Scalar, &config, 256, MOST),
            want,
            "seed {seed}, t {t}, {convention:?}, scalar"
        );
    }
    assert!(indexed >= 60, "the index was used for {indexed} of the cases only");
}

#[test]
fn every_memory_keeps_the_same_in_f32() {
    every_memory_keeps_the_same::<f32>();
}

#[test]
fn every_memory_keeps_the_same_in_f64() {
    every_memory_keeps_the_same::<f64>();
}
