//! A search for inputs that cost more than is stated: structured ones, changed a little at a time.

use core::time::Duration;
use std::time::Instant;

use ohem_core::Convention;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt, SeedableRng};

use super::{Cost, Job, Setting};
use crate::generate::Table;

/// How the boxes of a layer lie to each other.
#[derive(Clone, Copy, Debug)]
enum Boxes {
    /// All at one place.
    Same,
    /// Each a little higher than the one before, so that neighbours overlap by about the threshold.
    Nested,
    /// Each moved a little further to the right.
    Shifted,
    /// Anywhere in a square field, whose width is given in sides.
    Scattered(u32),
    /// Without width.
    Flat,
    /// Of any shape, from 1:64 to 64:1.
    Long,
}

/// Which groups the RoIs of a layer belong to.
#[derive(Clone, Copy, Debug)]
enum Groups {
    /// One.
    One,
    /// A few.
    Few(u32),
    /// A group for each.
    Each,
    /// A group for each, all of which have the same 24 bits in a column of groups.
    Colliding,
    /// A group for each, of which a linear hash of image and label is the same.
    Rotated,
}

/// In which order the losses of a layer come.
#[derive(Clone, Copy, Debug)]
enum Losses {
    Rising,
    Falling,
    Equal,
    Random,
    /// Rising again and again, with this period.
    Sawtooth(u32),
    /// Hardest at regular distances, where a sample of this size would read.
    Sampled(u32),
}

/// A part of the RoIs.
#[derive(Clone, Copy, Debug)]
struct Layer {
    share: u32,
    boxes: Boxes,
    /// Size and distance from the origin, as powers of two.
    scale: i32,
    offset: i32,
    groups: Groups,
    losses: Losses,
    /// How hard the layer is, compared with others.
    level: i32,
}

/// An input of a job, described.
#[derive(Clone, Debug)]
pub struct Input {
    n: usize,
    seed: u64,
    layers: Vec<Layer>,
    setting: Setting,
}

/// The costliest input that a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The input.
    pub input: Input,
    /// Number of RoIs.
    pub rois: usize,
    /// What it costs.
    pub cost: Cost,
    /// The stated bound.
    pub bound: u64,
    /// Number of inputs that were tried.
    pub tried: usize,
}

impl Found {
    /// The cost over the bound.
    pub fn ratio(&self) -> f64 {
        self.cost.total() as f64 / self.bound as f64
    }
}

/// Searches for the costliest input of a job, compared with its bound, for some time and from a seed.
///
/// ```
/// use std::time::Duration;
/// use ohem_testkit::cost::{Job, search};
///
/// let found = search(Job::Mine, Duration::from_millis(20), 7);
/// assert!(found.tried > 0 && found.ratio() <= 1.0);
/// ```
pub fn search(job: Job, time: Duration, seed: u64) -> Found {
    let rng = &mut SmallRng::seed_from_u64(seed);
    let (start, mut tried) = (Instant::now(), 0);
    let mut best: Option<Found> = None;
    // Ten climbs, so that no hill keeps the search for ever.
    for climb in 1..=10_u32 {
        let mut top = measured(job, Input::random(rng));
        while start.elapsed() < time * climb / 10 || tried == 0 {
            let next = measured(job, top.input.changed(rng));
            if next.ratio() >= top.ratio() {
                top = next;
            }
            tried += 1;
        }
        if best.as_ref().is_none_or(|best| best.ratio() < top.ratio()) {
            best = Some(top);
        }
    }
    Found { tried, ..best.expect("there was a climb") }
}

fn measured(job: Job, input: Input) -> Found {
    let cost = job.cost(&input.table(), &input.setting);
    Found { cost, bound: job.bound(input.n, &input.setting), rois: input.n, tried: 0, input }
}

impl Input {
    fn random(rng: &mut SmallRng) -> Self {
        let setting = Setting {
            window: 128,
            batch_size: 64,
            iou_threshold: 0.7,
            convention: Convention::Continuous,
            max_visited: None,
            seed: 7,
        };
        let mut input = Self { n: 400, seed: rng.random(), layers: vec![Layer::random(rng)], setting };
        (0..8).for_each(|_| input = input.changed(rng));
        input
    }

    /// The same with one or two changes.
    fn changed(&self, rng: &mut SmallRng) -> Self {
        let mut changed = self.clone();
        for _ in 0..rng.random_range(1..=2) {
            changed.change(rng);
        }
        changed
    }

    fn change(&mut self, rng: &mut SmallRng) {
        match rng.random_range(0..16) {
            0 => self.n = rng.random_range(16..1500),
            1 => self.seed = rng.random(),
            2 => self.setting.window = rng.random_range(2..300),
            3 => self.setting.batch_size = rng.random_range(1..200),
            4 => self.setting.iou_threshold = rng.random_range(0.2..0.95),
            5 if rng.random() => self.setting.convention = Convention::Pixel,
            5 => self.setting.convention = Convention::Continuous,
            6 if rng.random() => self.setting.max_visited = Some(rng.random_range(0..1500)),
            6 => self.setting.max_visited = None,
            7 => self.setting.seed = rng.random(),
            8 if self.layers.len() < 5 => self.layers.push(Layer::random(rng)),
            9 if self.layers.len() > 1 => _ = self.layers.swap_remove(rng.random_range(0..self.layers.len())),
            10 => self.layers.reverse(),
            _ => {
                let at = rng.random_range(0..self.layers.len());
                self.layers[at].change(rng);
            }
        }
    }

    /// The RoIs.
    pub fn table(&self) -> Table {
        let rng = &mut SmallRng::seed_from_u64(self.seed);
        let shares: u32 = self.layers.iter().map(|layer| layer.share).sum();
        let mut table: Table = Table::default();
        for layer in &self.layers {
            let len = self.n * layer.share as usize / shares as usize;
            table.extend((0..len).map(|i| layer.roi(i, len, self.setting.iou_threshold, rng)));
        }
        // What rounding has left is like the first RoI of the last layer.
        let last = self.layers[self.layers.len() - 1];
        let rest = self.n - table.len();
        table.extend((0..rest).map(|_| last.roi(0, 1, self.setting.iou_threshold, rng)));
        table
    }
}

impl Layer {
    fn random(rng: &mut SmallRng) -> Self {
        Self {
            share: rng.random_range(1..20),
            boxes: any_boxes(rng),
            scale: rng.random_range(-4..8),
            offset: 0,
            groups: any_groups(rng),
            losses: any_losses(rng),
            level: rng.random_range(-2..=2),
        }
    }

    fn change(&mut self, rng: &mut SmallRng) {
        match rng.random_range(0..7) {
            0 => self.share = rng.random_range(1..20),
            1 => self.boxes = any_boxes(rng),
            2 => self.scale = rng.random_range(-60..60),
            3 => self.offset = rng.random_range(-10..100),
            4 => self.groups = any_groups(rng),
            5 => self.losses = any_losses(rng),
            _ => self.level = rng.random_range(-2..=2),
        }
    }

    /// RoI `i` of `len`.
    fn roi(&self, i: usize, len: usize, t: f64, rng: &mut SmallRng) -> ([f64; 4], u32, u32, f64) {
        let (side, at) = (f64::from(self.scale).exp2(), f64::from(self.offset).exp2());
        let step = i as f64;
        let [x, y, width, height] = match self.boxes {
            Boxes::Same => [0.0, 0.0, 1.0, 1.0],
            Boxes::Nested => [0.0, 0.0, 1.0, (t * 0.99).powf(-step.min(60.0))],
            Boxes::Shifted => [step * (1.0 - t) * 0.6, 0.0, 1.0, 1.0],
            Boxes::Scattered(field) => {
                let [x, y] = [(); 2].map(|()| rng.random_range(0.0..f64::from(field)));
                [x, y, rng.random_range(0.5..2.0), rng.random_range(0.5..2.0)]
            }
            Boxes::Flat => [rng.random_range(0.0..9.0), 0.0, 0.0, 1.0],
            Boxes::Long => {
                let long = rng.random_range(-6.0..6.0_f64).exp2();
                [rng.random_range(0.0..9.0), rng.random_range(0.0..9.0), long, 1.0 / long]
            }
        };
        let corners = [x, y, x + width, y + height].map(|corner| at + side * corner);
        let number = u32::try_from(i).expect("there are few RoIs");
        let (image, label) = match self.groups {
            Groups::One => (0, 1),
            Groups::Few(few) => (0, number % few),
            Groups::Each => (number, number),
            Groups::Colliding => (number, number.rotate_left(12)),
            Groups::Rotated => (number, number.rotate_left(16)),
        };
        let place = step / len as f64;
        let loss = match self.losses {
            Losses::Rising => place,
            Losses::Falling => 1.0 - place,
            Losses::Equal => 0.5,
            Losses::Random => rng.random(),
            Losses::Sawtooth(period) => f64::from(number % period) / f64::from(period),
            Losses::Sampled(sample) => {
                let stride = (len / sample as usize).max(1);
                if i.is_multiple_of(stride) { 1.0 + place } else { place }
            }
        };
        (corners, image, label, loss + f64::from(self.level))
    }
}

fn any_boxes(rng: &mut SmallRng) -> Boxes {
    let field = rng.random_range(1..40);
    let kinds =
        [Boxes::Same, Boxes::Nested, Boxes::Shifted, Boxes::Scattered(field), Boxes::Flat, Boxes::Long];
    *kinds.choose(rng).expect("there are kinds")
}

fn any_groups(rng: &mut SmallRng) -> Groups {
    let few = rng.random_range(2..70);
    let kinds = [Groups::One, Groups::Few(few), Groups::Each, Groups::Colliding, Groups::Rotated];
    *kinds.choose(rng).expect("there are kinds")
}

fn any_losses(rng: &mut SmallRng) -> Losses {
    let (period, sample) = (rng.random_range(2..200), rng.random_range(16..256));
    let kinds = [
        Losses::Rising,
        Losses::Falling,
        Losses::Equal,
        Losses::Random,
        Losses::Sawtooth(period),
        Losses::Sampled(sample),
    ];
    *kinds.choose(rng).expect("there are kinds")
}
