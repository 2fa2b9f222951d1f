//! Packs: RoIs with features, labels and targets in a folder, to train and to test a detection head on.
//!
//! ```
//! use ohem_pack::{Pack, Split, Truth};
//!
//! let truth = Truth { image: 0, name: "a".into(), bbox: [0, 0, 9, 9], label: 1 };
//! let split = Split {
//!     images: vec![0, 0],
//!     boxes: vec![[0, 0, 9, 9], [5, 5, 14, 14]],
//!     features: vec![32, -64, 0, 0], // 1, -2 and 0, 0
//!     labels: vec![1, 0],
//!     overlaps: vec![1.0, 0.1428],
//!     targets: vec![[0.0; 4]; 2],
//!     is_gt: vec![1, 0],
//!     ground_truth: vec![truth],
//! };
//! let pack = Pack { classes: vec!["cell".into()], width: 2, train: split.clone(), test: split };
//! let folder = tempfile::tempdir()?;
//! pack.write(folder.path())?;
//! assert_eq!(Pack::read(folder.path())?, pack);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The format
//!
//! Of each split, `train` and `test`, arrays of numpy (`.npy`, little-endian, C order) with a row for each RoI:
//!
//! | file | type, shape | meaning |
//! |---|---|---|
//! | `train_images.npy` | u16, n | index of the image in its split, never falling |
//! | `train_boxes.npy` | u16, n x 4 | `x1, y1, x2, y2` in pixels from 0, both corners inside |
//! | `train_features.npy` | i8, n x width | feature = value / 32 |
//! | `train_labels.npy` | u8, n | 0 background, else the number of the class |
//! | `train_overlaps.npy` | f32, n | IoU with the best ground-truth box |
//! | `train_targets.npy` | f32, n x 4 | `dx, dy, dw, dh` to that box, divided by [`TARGET_DEVIATIONS`]; 0 for background |
//! | `train_is_gt.npy` | u8, n | 1: the RoI is a ground-truth box, left out when testing |
//!
//! `ground_truth.csv` has the columns `split, image, name, x1, y1, x2, y2, label`, the label a number as above.
//! `classes.txt` has the name of class 1 in its first line, and so on. Where there is no such file, classes are
//! called by their number, from 1 to the greatest label of the ground truth.

#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "a crate of the host")]

mod check;
mod error;
mod first;
mod npy;
mod read;
mod truth;
mod write;

pub use error::{PackError, Problem};

/// What the four values of a target were divided by.
pub const TARGET_DEVIATIONS: [f32; 4] = [0.1, 0.1, 0.2, 0.2];

/// What a feature's `i8` is to be multiplied by.
pub const FEATURE_SCALE: f32 = 1.0 / 32.0;

/// The most classes that a pack can have; the label of background is not among them.
pub const MOST_CLASSES: usize = 255;

/// RoIs to train and to test on.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// The names of the classes: that of label 1 first.
    pub classes: Vec<String>,
    /// How many features a RoI has.
    pub width: usize,
    /// What a head is trained on.
    pub train: Split,
    /// What it is tested on.
    pub test: Split,
}

/// RoIs in columns, and the ground truth of their images.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// The image of each RoI; the RoIs of an image follow each other.
    pub images: Vec<u16>,
    /// Corners `x1, y1, x2, y2`, both inside the box.
    pub boxes: Vec<[u16; 4]>,
    /// A row of [`Pack::width`] features for each RoI; see [`FEATURE_SCALE`].
    pub features: Vec<i8>,
    /// 0 for background, else the number of the class.
    pub labels: Vec<u8>,
    /// IoU with the best ground-truth box.
    pub overlaps: Vec<f32>,
    /// The step to that box, divided by [`TARGET_DEVIATIONS`]; 0 for background.
    pub targets: Vec<[f32; 4]>,
    /// 1 where the RoI is a ground-truth box.
    pub is_gt: Vec<u8>,
    /// The boxes to be found.
    pub ground_truth: Vec<Truth>,
}

/// A box to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The index of its image in the split.
    pub image: u16,
    /// The name of its image.
    pub name: String,
    /// Corners `x1, y1, x2, y2`, both inside the box.
    pub bbox: [u16; 4],
    /// The number of its class, from 1.
    pub label: u8,
}

impl Split {
    /// How many RoIs there are.
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }
}
