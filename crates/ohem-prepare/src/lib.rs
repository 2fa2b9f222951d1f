//! From pictures and a table of boxes to RoIs with features, labels and targets: a [`Pack`] to train a
//! detection head on.
//!
//! [`Annotations`] are read from the table. [`prepare`] then
//!
//! 1. pools [`Channels`] of pictures into features of rectangles ([`describe`]);
//! 2. learns from the training pictures which windows of a few shapes look like an object, a linear filter for
//!    each shape (the idea of BING), and proposes the best windows of every picture, less those that overlap a
//!    better one;
//! 3. assigns, labels and encodes these as the reference does ([`ohem_std::targets`]).
//!
//! Results depend on the pixels alone, not on the number of threads or the machine.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use ohem_prepare::{Annotations, Config, prepare};
//!
//! let annotations = Annotations::read(Path::new("bccd/annotations.csv"))?;
//! let prepared = prepare(Path::new("bccd/images"), &annotations, &Config::new(), &|| ())?;
//! println!("{} RoIs to train on", prepared.pack.train.len());
//! # Ok::<(), ohem_prepare::Error>(())
//! ```

#![forbid(unsafe_code)]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "a crate of the host")]

mod annotations;
mod channels;
mod config;
mod error;
mod features;
mod filter;
mod picture;
mod prepare;
mod propose;
mod rois;
mod shapes;
mod window;

pub use annotations::{Annotated, Annotations, Part};
pub use channels::{CHANNELS, Channels, LARGEST};
pub use config::{Config, Validation};
pub use error::Error;
pub use features::{FEATURES, describe};
pub use prepare::{Found, Prepared, Recall, prepare};
pub use window::Window;

#[doc(no_inline)]
pub use ohem_pack::Pack;
