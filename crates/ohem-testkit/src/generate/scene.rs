//! Large tables that look like a detector's proposals, from a fixed seed.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::Table;

/// How boxes lie in a field of 1,000 x 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Anywhere, with sides of 16 to 128.
    Uniform,
    /// Jittered around 100 objects.
    Clustered,
    /// Dense anchors: three sizes at each place of a grid.
    Grid,
    /// All the same box.
    Identical,
}

/// How RoIs are labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// 90 % background, the rest of three classes, as on PASCAL VOC.
    Voc,
    /// This many classes, all alike.
    Uniform(u32),
}

impl Scene {
    /// Makes a table of one image and one label; losses are -ln of a uniform number.
    ///
    /// ```
    /// use ohem_testkit::generate::scene::Scene;
    ///
    /// assert_eq!(Scene::Clustered.table(100, 7), Scene::Clustered.table(100, 7));
    /// assert_ne!(Scene::Clustered.table(100, 7), Scene::Clustered.table(100, 8));
    /// ```
    pub fn table(self, n: usize, seed: u64) -> Table {
        let mut rng = SmallRng::seed_from_u64(seed);
        let objects: Vec<_> = (0..100).map(|_| anywhere(&mut rng)).collect();
        let corners = (0..n).map(|i| match self {
            Self::Uniform => anywhere(&mut rng),
            Self::Clustered => jitter(objects[rng.random_range(0..objects.len())], &mut rng),
            Self::Grid => anchor(i, n),
            Self::Identical => [100.0, 100.0, 200.0, 200.0],
        });
        let corners: Vec<_> = corners.collect();
        let losses = (0..n).map(|_| -(1.0 - rng.random::<f64>()).ln()).collect();
        Table { corners, images: vec![0; n], labels: vec![0; n], losses }
    }

    /// Makes a table of several images with `n` RoIs each, and labels.
    pub fn batch(self, images: u32, n: usize, labels: Labels, seed: u64) -> Table {
        let mut batch = Table::default();
        let mut rng = SmallRng::seed_from_u64(!seed);
        for image in 0..images {
            let table = self.table(n, seed.wrapping_add(u64::from(image)));
            batch.corners.extend(table.corners);
            batch.losses.extend(table.losses);
            batch.images.extend([image].repeat(n));
            batch.labels.extend((0..n).map(|_| match labels {
                Labels::Voc if rng.random_bool(0.9) => 0,
                Labels::Voc => rng.random_range(1..4),
                Labels::Uniform(classes) => rng.random_range(0..classes),
            }));
        }
        batch
    }
}

fn anywhere(rng: &mut SmallRng) -> [f64; 4] {
    let (x, y) = (rng.random_range(0.0..1e3), rng.random_range(0.0..1e3));
    let (w, h) = (rng.random_range(16.0..128.0), rng.random_range(16.0..128.0));
    [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0]
}

/// Moves each corner by up to a fifth of a side.
fn jitter([x1, y1, x2, y2]: [f64; 4], rng: &mut SmallRng) -> [f64; 4] {
    let mut off = |side: f64| side * rng.random_range(-0.2..0.2);
    let (w, h) = (x2 - x1, y2 - y1);
    [x1 + off(w), y1 + off(h), x2 + off(w), y2 + off(h)]
}

fn anchor(i: usize, n: usize) -> [f64; 4] {
    let across = (n as f64 / 3.0).sqrt().ceil().max(1.0);
    let (place, size) = ((i / 3) as f64, [16.0, 32.0, 64.0][i % 3]);
    let (x, y) = ((place % across) * 1e3 / across, (place / across).floor() * 1e3 / across);
    [x - size, y - size, x + size, y + size]
}
