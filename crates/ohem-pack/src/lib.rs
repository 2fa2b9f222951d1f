//! Packs: folders of RoIs with features, labels and targets, on which a detection head is trained and tested.
//!
//! ```
//! use ohem_pack::{Pack, PackSplit, Truth};
//!
//! let truth = Truth { image: 0, name: "a".into(), bbox: [0, 0, 9, 9], label: 1 };
//! let split = PackSplit {
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
//! Each split, `train` and `test`, has numpy arrays (`.npy`, little-endian, C order) with a row for each RoI:
//!
//! | file | type, shape | meaning |
//! |---|---|---|
//! | `train_images.npy` | u16, n | index of the image in its split, in ascending order |
//! | `train_boxes.npy` | u16, n x 4 | `x1, y1, x2, y2` in pixels from 0, both corners inside |
//! | `train_features.npy` | i8, n x width | feature = value / 32 |
//! | `train_labels.npy` | u8, n | 0 for background, else the label of the class, from 1 |
//! | `train_overlaps.npy` | f32, n | IoU with the best ground-truth box |
//! | `train_targets.npy` | f32, n x 4 | `dx, dy, dw, dh` to that box, divided by [`TARGET_DEVIATIONS`]; 0 for background |
//! | `train_is_gt.npy` | u8, n | 1 if the RoI is a ground-truth box, which is left out when testing |
//!
//! `ground_truth.csv` has the columns `split, image, name, x1, y1, x2, y2, label`, with numbers as labels.
//! `classes.txt` has the name of class 1 in its first line, and so on. Without that file, the classes are named by
//! their labels, from 1 to the highest label of the ground truth.

#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "a crate of the host")]

mod check;
mod error;
mod first;
mod npy;
mod pack;
mod read;
mod truth;
mod write;

pub use error::{PackError, Problem};
pub use pack::{FEATURE_SCALE, MAX_CLASSES, Pack, PackSplit, TARGET_DEVIATIONS, Truth};
