//! A small detection head that is trained on the device: without `std`, heap or unsafe code.
//!
//! [`DetectionHead`] is a multilayer perceptron of fixed size: `IN` features, two hidden layers of `H1` and `H2`
//! outputs with ReLU, and a score and four box deltas for each of `CLASSES` classes, background included. [`Trainer`]
//! has its gradient and momentum. Losses and their gradients by scores and deltas come from ohem-core:
//!
//! ```
//! use ohem_core::loss::{self, Classes, GradientSpec, Layout, Regression};
//! use ohem_core::kernel::Portable;
//! use ohem_head::{DetectionHead, RowGradients, Sgd, Trainer};
//! use rand::{SeedableRng, rngs::SmallRng};
//!
//! let mut head = DetectionHead::<f32, 3, 8, 8, 2>::random(&mut SmallRng::seed_from_u64(1));
//! let mut trainer = Trainer::filled(0.0);
//! let (inputs, labels, targets) = ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.5]], [1_u32, 0], [[0.5; 4]; 2]);
//! let (mut scores, mut deltas, mut losses) = ([0.0; 4], [0.0; 16], [0.0; 2]);
//! let (mut by_scores, mut by_deltas) = ([0.0; 4], [0.0; 16]);
//! let mut means = [0.0; 100];
//! for mean in &mut means {
//!     head.forward(Portable, &inputs, &mut scores, &mut deltas)?;
//!     let regression = Regression::new(&labels, &deltas, targets.as_flattened())?;
//!     loss::cross_entropy(&scores, Classes::new(2), &labels, &mut losses)?;
//!     loss::add_regression(&regression, &mut losses)?;
//!     *mean = (losses[0] + losses[1]) / 2.0;
//!
//!     let rows = [0, 1]; // mining selects these
//!     let spec = GradientSpec::new(&rows).scale(0.5).layout(Layout::Gathered);
//!     loss::cross_entropy_gradient(&scores, Classes::new(2), &labels, &spec, &mut by_scores)?;
//!     loss::regression_gradient(&regression, &spec, &mut by_deltas)?;
//!     let gradients = RowGradients { indices: &rows, by_scores: &by_scores, by_deltas: &by_deltas };
//!     trainer.backward(Portable, &head, &inputs, &gradients)?;
//!     trainer.step(&mut head, &Sgd::new(0.1));
//! }
//! assert!(means[0] > 0.5 && means[99] < 0.01);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Exact results
//!
//! Results have the same bits on every target and for any number of lanes. Lanes hold neighbouring outputs, never terms
//! of one sum. A sum starts with its bias, and terms are added in the order of the inputs. A gradient is summed up in
//! the order of the rows. Multiplications and additions are not fused.
//!
//! # Memory
//!
//! [`DetectionHead`] contains only its weights and biases, `(IN + 1) H1 + (H1 + 1) H2 + 5 (H2 + 1) CLASSES` floats,
//! and [`Trainer`] twice as many. The stack holds the activations of [`BLOCK`] RoIs, for any number of RoIs.
//! [`DetectionHead::forward_kept`] keeps activations in the caller's memory instead, which saves computing them again
//! in [`Trainer::backward_kept`].
//!
//! ```
//! use ohem_head::{DetectionHead, Trainer};
//!
//! assert_eq!(size_of::<DetectionHead<f32, 96, 128, 64, 4>>(), 4 * 21_972);
//! assert_eq!(size_of::<Trainer<f32, 96, 128, 64, 4>>(), 8 * 21_972);
//! ```

#![no_std]
#![forbid(unsafe_code)]

mod backward;
mod block;
mod error;
mod forward;
mod head;
mod product;
mod row;
mod sgd;

pub use backward::{RowGradients, Trainer};
pub use block::BLOCK;
pub use error::HeadError;
pub use forward::HiddenActivations;
pub use head::DetectionHead;
pub use sgd::Sgd;
