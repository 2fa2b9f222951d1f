//! RoIs to mine, made from a fixed seed.

use ohem_core::{BBox, Rois};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// Largest number of RoIs of a scene.
pub const MAX_ROIS: usize = 2000;

// The box, label and loss of each of `SHIPPED`.
include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// How RoIs lie, and how hard they are.
#[derive(Clone, Copy)]
pub enum Kind {
    /// No two RoIs overlap or have the same label, and the hardest come first.
    Best,
    /// Anywhere in an image of 640 x 480, of four labels; losses in random order.
    Scattered,
    /// Around 20 objects; else the same.
    Clustered,
    /// Each RoI is harder than those before. The given number of the hardest are nested in each other, each larger than the
    /// next by a factor. All others are the same box inside them: mining visits all but one of those in vain, and no test
    /// of a pair ends early.
    Worst(u16, f32),
    /// The RoIs that ship with the command: 1,812 of four photographs, their image told by the label as well.
    Shipped,
    /// All boxes are the same, as those that a diverged model clips to the image; losses in random order.
    Clipped,
    /// Each RoI is harder than those before, and all boxes are the same. The 62 hardest have groups that differ, but
    /// share the column by which groups are compared first; all others have one group with the same column.
    Colliding,
}

/// The first RoIs of a scene, grouped by label.
pub type FirstRois<'a> = Rois<&'a [BBox<f32>], &'a [u32]>;

/// The same in integers.
pub type FirstIntegers<'a> = Rois<&'a [BBox<i16>], &'a [u8]>;

/// RoIs and their losses.
pub struct Scene {
    boxes: [BBox<f32>; MAX_ROIS],
    labels: [u32; MAX_ROIS],
    pub losses: [f32; MAX_ROIS],
}

impl Scene {
    /// Memory for a scene.
    pub const fn new() -> Self {
        Self {
            boxes: [BBox::new(0.0, 0.0, 0.0, 0.0); MAX_ROIS],
            labels: [0; MAX_ROIS],
            losses: [0.0; MAX_ROIS],
        }
    }

    /// Fills the first `n` RoIs with a scene.
    #[inline(never)]
    pub fn fill(&mut self, kind: Kind, n: u16) {
        let mut rng = SmallRng::seed_from_u64(7);
        let mut side = 9.0;
        let rows = self.boxes.iter_mut().zip(&mut self.labels).zip(&mut self.losses);
        for (((bbox, label), loss), i) in rows.zip(0..n) {
            let place = f32::from(i);
            (*bbox, *label, *loss) = match kind {
                Kind::Best => (square(100.0 * place, 0.0, 9.0), i.into(), -place),
                Kind::Worst(nested, growth) => {
                    side *= if n - i <= nested { growth } else { 1.0 };
                    (square(0.0, 0.0, side), 0, place)
                }
                Kind::Shipped => SHIPPED.get(usize::from(i)).copied().unwrap_or_default(),
                Kind::Clipped => (square(0.0, 0.0, 600.0), 0, rng.random()),
                Kind::Colliding => {
                    (square(0.0, 0.0, 600.0), u32::from((63 + i).saturating_sub(n)) << 24, place)
                }
                Kind::Scattered => (anywhere(&mut rng), u32::from(i % 4), rng.random()),
                Kind::Clustered => (around(i % 20, &mut rng), u32::from(i % 4), rng.random()),
            };
        }
    }

    /// The first `n` RoIs, and their losses.
    pub fn first(&self, n: u16) -> Option<(FirstRois<'_>, &[f32])> {
        let (boxes, labels) = (self.boxes.get(..n.into())?, self.labels.get(..n.into())?);
        Some((Rois::by_label(boxes, labels).ok()?, self.losses.get(..n.into())?))
    }
}

/// A scene in integers: boxes rounded to whole pixels, losses to 8 bits.
pub struct Integers {
    boxes: [BBox<i16>; MAX_ROIS],
    labels: [u8; MAX_ROIS],
    losses: [i8; MAX_ROIS],
}

impl Integers {
    /// Memory for a scene.
    pub const fn new() -> Self {
        Self { boxes: [BBox::new(0, 0, 0, 0); MAX_ROIS], labels: [0; MAX_ROIS], losses: [0; MAX_ROIS] }
    }

    /// Rounds a scene, of which the first `n` RoIs are used. Their losses keep their order as far as 8 bits do.
    #[inline(never)]
    pub fn round(&mut self, scene: &Scene, n: u16) {
        let losses = scene.losses.get(..n.into()).unwrap_or_default();
        let (least, most) = losses
            .iter()
            .fold((f32::MAX, f32::MIN), |(least, most), &loss| (least.min(loss), most.max(loss)));
        let scale = if most > least { 255.0 / (most - least) } else { 0.0 };
        let rows = self.boxes.iter_mut().zip(&mut self.labels).zip(&mut self.losses);
        let floats = scene.boxes.iter().zip(&scene.labels).zip(losses);
        for (((bbox, label), loss), ((float, &of), &float_loss)) in rows.zip(floats) {
            *bbox = BBox::from([float.x1, float.y1, float.x2, float.y2].map(|corner| corner as i16));
            *label = of as u8;
            *loss = ((float_loss - least) * scale - 128.0) as i8;
        }
    }

    /// The first `n` RoIs, and their losses.
    pub fn first(&self, n: u16) -> Option<(FirstIntegers<'_>, &[i8])> {
        let (boxes, labels) = (self.boxes.get(..n.into())?, self.labels.get(..n.into())?);
        Some((Rois::by_label(boxes, labels).ok()?, self.losses.get(..n.into())?))
    }
}

fn square(x: f32, y: f32, side: f32) -> BBox<f32> {
    BBox::new(x, y, x + side, y + side)
}

fn anywhere(rng: &mut SmallRng) -> BBox<f32> {
    square(600.0 * rng.random::<f32>(), 440.0 * rng.random::<f32>(), 20.0 + 80.0 * rng.random::<f32>())
}

/// A box near the object of this number.
fn around(object: u16, rng: &mut SmallRng) -> BBox<f32> {
    let (column, row) = (f32::from(object % 5), f32::from(object / 5));
    let jitter = |rng: &mut SmallRng| 30.0 * rng.random::<f32>();
    square(120.0 * column + jitter(rng), 110.0 * row + jitter(rng), 50.0 + jitter(rng))
}
