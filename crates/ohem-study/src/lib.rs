//! What hard example mining gains: the same head trained with it and without, on the same real RoIs.
//!
//! [`Data`] is a pack made ready; [`Plan`] says what is trained, [`Plan::run`] trains it, several runs at a
//! time, and [`Run`] is what was measured. [`Store`] keeps finished runs, so that none is done twice.
//!
//! ```
//! use ohem_pack::{Pack, Split, Truth};
//! use ohem_study::{Data, Plan, Sampler};
//!
//! let truth = Truth { image: 0, name: "a".into(), bbox: [0, 0, 9, 9], label: 1 };
//! let split = Split {
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
//! let runs = plan.run(&Data::new(&pack)?, None, |_| {})?;
//! let (first, last) = (&runs[0].epochs[0], &runs[0].epochs[19]);
//! assert!(last.loss < first.loss);
//! assert_eq!(last.map, Some(1.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is trained
//!
//! A head of two hidden layers of 128 and 64, by stochastic gradient descent: one image a step, in another
//! order each epoch; a rate of 0.02, a tenth of it once 70 % of the epochs are over; momentum 0.9, weight
//! decay 5e-4, the gradient's norm at most 10. The loss of a step is the mean over the RoIs selected of
//! cross-entropy and smooth L1. For one seed, initial weights and the order of images are the same for every
//! [`Sampler`].
//!
//! # What is measured
//!
//! After each epoch: the mean loss over all training RoIs; and, on the test images, the average precision of
//! each class at IoU 0.5, at 101 recalls. A detection is a RoI that is no ground truth, with a class whose
//! probability is at least [`LEAST_PROBABILITY`], its box moved by the deltas of that class and cut off at the
//! edge of its image; overlapping ones of a class (IoU above 0.3) are suppressed. A pack does not tell the
//! size of images: what goes around all boxes of an image stands for it.
//!
//! Everything but the times has the same bits on every machine.

#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "a crate of the host")]

mod average_precision;
mod data;
mod detect;
mod error;
mod hardest;
mod network;
mod plan;
mod run;
mod sampler;
mod store;
mod summary;
mod train;

pub use average_precision::{Detection, Wanted, average_precision};
pub use data::Data;
pub use detect::LEAST_PROBABILITY;
pub use error::StudyError;
pub use network::{CLASSES, WIDTHS};
pub use plan::Plan;
pub use run::{Epoch, HardRoi, Hardest, Run};
pub use sampler::Sampler;
pub use store::Store;
pub use summary::{Spread, Summary};
