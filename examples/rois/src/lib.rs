//! Made-up RoIs for the examples of frameworks: two images of ten objects each, and many proposals, most of
//! them background.

/// How many features a RoI has.
pub const FEATURES: usize = 16;

/// Background and three kinds of objects.
pub const CLASSES: usize = 4;

/// The RoIs of a step, in columns.
pub struct Rois {
    /// The image of each.
    pub images: Vec<u32>,
    /// The corners of each: `x1, y1, x2, y2`.
    pub boxes: Vec<[f32; 4]>,
    /// The class of each; 0 is background.
    pub labels: Vec<u32>,
    /// The features of each, [`FEATURES`] values.
    pub features: Vec<f32>,
}

impl Rois {
    /// 1,000 RoIs, a fifth of them around an object; the same each time.
    pub fn made_up() -> Self {
        let mut rois =
            Self { images: Vec::new(), boxes: Vec::new(), labels: Vec::new(), features: Vec::new() };
        for number in 0..1_000 {
            let object = number % 20;
            let is_object = number % 100 < 20;
            let label = if is_object { 1 + object % 3 } else { 0 };
            // Proposals of an object lie within a few pixels of it, background anywhere.
            let (anchor, reach) = if is_object { (object, 8.0) } else { (number, 0.0) };
            let [x, y] = [1, 2].map(|side| 500.0 * noise(2, anchor, side) + reach * noise(3, number, side));
            rois.images.push(object % 2);
            rois.boxes.push([x, y, x + 60.0, y + 60.0]);
            rois.labels.push(label);
            let feature = |at| noise(0, label, at) + 0.8 * (noise(1, number, at) - 0.5);
            rois.features.extend((0..FEATURES as u32).map(feature));
        }
        rois
    }

    /// Number of RoIs.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no RoIs.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

/// A number from 0 to 1 that looks like chance.
fn noise(purpose: u32, row: u32, column: u32) -> f32 {
    let mixed = [purpose, row, column].iter().fold(0x9e37_79b9_u32, |mixed, &part| {
        let mixed = (mixed ^ part).wrapping_mul(0x85eb_ca6b);
        mixed ^ mixed >> 15
    });
    (mixed >> 8) as f32 / (1 << 24) as f32
}
