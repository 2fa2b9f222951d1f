//! Inputs that the tests and benches of ohem share.
//!
//! [`strategy`] makes small, nasty ones for property tests: duplicates, ties, exact thresholds, what is not
//! a box, and every special float. [`scene`] makes large ones that look like a detector's, for benches.
//! Both make plain tables, of no type of ohem's.

pub mod scene;
#[cfg(feature = "strategy")]
pub mod strategy;

use num_traits::Float;

/// RoIs as a table, in `f64`; the same table is read in either precision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Corners `x1, y1, x2, y2`.
    pub corners: Vec<[f64; 4]>,
    /// Which image each is of.
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

    /// The corners in another precision.
    ///
    /// ```
    /// let table = ohem_testkit::scene::Scene::Uniform.table(3, 7);
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

/// Rounds to another precision.
fn cast<F: Float>(value: f64) -> F {
    F::from(value).expect("floats are rounded, never refused")
}
