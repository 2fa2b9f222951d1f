//! Measures the gain of hard example mining: the same head is trained with and without it, on the same real RoIs.
//!
//! [`prepare`] makes a pack from pictures, and [`Data`] converts a pack. [`Plan`] lists the training runs, and
//! [`Plan::run`] does them in parallel. A [`Run`] has the measurements. [`Store`] keeps finished runs, so that they
//! are not repeated.
//!
//! ```
//! use ohem_pack::{Pack, PackSplit, Truth};
//! use ohem_study::{Data, Plan, Sampler};
//!
//! let truth = Truth { image: 0, name: "a".into(), bbox: [0, 0, 9, 9], label: 1 };
//! let split = PackSplit {
//!     images: vec![0; 3],
//!     boxes: vec![[0, 0, 9, 9], [0, 1, 9, 9], [50, 50, 59, 59]],
//!     features: [[32; 48], [16; 48], [-32; 48]].as_flattened().to_vec(),
//!     labels: vec![1, 1, 0],
//!     overlaps: vec![1.0, 0.9, 0.0],
//!     targets: vec![[0.0; 4]; 3],
//!     is_gt: vec![1, 0, 0],
//!     ground_truth: vec![truth],
//! };
//! let pack = Pack { classes: vec!["cell".into()], width: 48, train: split.clone(), test: split };
//! let plan = Plan::new().samplers(vec![Sampler::Ohem]).seeds(1).epochs(20);
//! let runs = plan.run(&Data::new(&pack)?, None, &|_| {})?;
//! let (first, last) = (&runs[0].epochs[0], &runs[0].epochs[19]);
//! assert!(last.loss < first.loss);
//! assert_eq!(last.map, Some(1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Training
//!
//! The head has two hidden layers of 128 and 64 and is trained by stochastic gradient descent, one image per step, in
//! another order each epoch. The rate is 0.02, and 0.002 after 70 % of the epochs; momentum is 0.9, weight decay 5e-4,
//! and the norm of the gradient at most 10. The loss of a step is the mean of cross-entropy plus smooth L1 over the
//! selected RoIs. For one seed, initial weights and the order of images are the same for every [`Sampler`].
//!
//! # Measurements
//!
//! After each epoch: the mean loss over all training RoIs, and on the test images the average precision of each class
//! at IoU 0.5, averaged over 101 recalls. A detection is a RoI that is not a ground-truth box, with a class whose
//! probability is at least [`MIN_PROBABILITY`]. The deltas of that class move its box, which is clipped to the image.
//! Detections of a class are suppressed at IoU above 0.3. A pack does not contain the sizes of images, so the frame
//! around all boxes of an image is used instead.
//!
//! All results except times have the same bits on every machine.

#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "a crate of the host")]

// Modules import one way: `execute` on top, then `train`, `hardest` and `detect`, then data, network and results.
mod average_precision;
mod data;
mod detect;
mod error;
mod execute;
mod hardest;
mod losses;
mod network;
mod plan;
pub mod prepare;
mod run;
mod sampler;
mod sizes;
mod store;
mod summary;
pub mod temporary;
mod train;

pub use average_precision::{Detection, GroundTruth, average_precision};
pub use data::Data;
pub use detect::MIN_PROBABILITY;
pub use error::StudyError;
pub use plan::Plan;
pub use run::{Epoch, HardRoi, Hardest, Run};
pub use sampler::Sampler;
pub use sizes::{CLASSES, WIDTHS};
pub use store::Store;
pub use summary::{Spread, Summary};
