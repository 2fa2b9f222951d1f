//! Inputs: small and nasty, or large and like a detector's.
//!
//! [`nasty`] makes small, nasty ones of bytes: duplicates, ties, exact thresholds, invalid boxes, and every
//! special float. Fuzz targets hand it theirs, and [`strategy`] draws them for property tests. [`scene`] makes
//! large ones that look like a detector's, for benches. All make plain tables, of no type of ohem's; [`configs`]
//! reads what to do with them.

pub mod configs;
mod head;
pub mod nasty;
pub mod scene;
#[cfg(feature = "strategy")]
pub mod strategy;

pub use head::Head;

use num_traits::Float;
use ohem_core::{BBox, Convention};

/// A row of a [`Table`]: corners, image, label and loss.
pub type Roi = ([f64; 4], u32, u32, f64);

/// RoIs as a table, in `f64`; the same table is read in either precision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Corners `x1, y1, x2, y2`.
    pub corners: Vec<[f64; 4]>,
    /// The image of each.
    pub images: Vec<u32>,
    /// The class of each.
    pub labels: Vec<u32>,
    /// The loss of each.
    pub losses: Vec<f64>,
}

impl Table {
    /// How many RoIs there are.
    pub fn len(&self) -> usize {
        self.corners.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.corners.is_empty()
    }

    /// The RoIs of these rows, in this order.
    ///
    /// ```
    /// use ohem_testkit::generate::{Table, scene::Scene};
    ///
    /// let table = Scene::Uniform.table(3, 7);
    /// assert_eq!(table.rows([2, 0]).losses, [table.losses[2], table.losses[0]]);
    /// ```
    #[must_use]
    pub fn rows(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        let row = |i: usize| (self.corners[i], self.images[i], self.labels[i], self.losses[i]);
        rows.into_iter().map(row).collect()
    }

    /// The RoIs whose boxes are valid in both float types, as ground truth must be.
    ///
    /// ```
    /// use ohem_testkit::generate::Table;
    ///
    /// let roi = |corners| (corners, 0, 0, 0.0);
    /// let table: Table = [roi([0.0, 0.0, 9.0, 9.0]), roi([9.0, 0.0, 0.0, 9.0])].into_iter().collect();
    /// assert_eq!(table.valid().len(), 1);
    /// ```
    #[must_use]
    pub fn valid(&self) -> Self {
        // A box under the pixel convention is one under the other, too.
        let is_box = |corners: [f64; 4]| {
            let [single, double] = [
                BBox::from(corners.map(cast::<f32>)).is_box(Convention::Pixel),
                BBox::from(corners).is_box(Convention::Pixel),
            ];
            single && double
        };
        self.rows((0..self.len()).filter(|&row| is_box(self.corners[row])))
    }

    /// The corners in another precision.
    ///
    /// ```
    /// let table = ohem_testkit::generate::scene::Scene::Uniform.table(3, 7);
    /// assert_eq!(table.boxes::<f32>().len(), 3);
    /// ```
    pub fn boxes<F: Float>(&self) -> Vec<[F; 4]> {
        self.corners.iter().map(|corners| corners.map(cast)).collect()
    }

    /// The losses in another precision.
    pub fn losses<F: Float>(&self) -> Vec<F> {
        self.losses.iter().map(|&loss| cast(loss)).collect()
    }

    /// The group of each RoI: image and label.
    pub fn groups(&self) -> Vec<(u32, u32)> {
        self.images.iter().copied().zip(self.labels.iter().copied()).collect()
    }
}

impl FromIterator<Roi> for Table {
    fn from_iter<I: IntoIterator<Item = Roi>>(rois: I) -> Self {
        let mut table = Self::default();
        table.extend(rois);
        table
    }
}

impl Extend<Roi> for Table {
    fn extend<I: IntoIterator<Item = Roi>>(&mut self, rois: I) {
        for (corners, image, label, loss) in rois {
            self.corners.push(corners);
            self.images.push(image);
            self.labels.push(label);
            self.losses.push(loss);
        }
    }
}

/// Rounds to another precision.
fn cast<F: Float>(value: f64) -> F {
    F::from(value).expect("floats are rounded, never refused")
}
