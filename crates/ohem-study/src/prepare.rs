//! Makes training data from pictures and a table of boxes: a [`Pack`](ohem_pack::Pack) of RoIs with features, labels
//! and targets.
//!
//! [`Annotations`] reads the table. [`prepare`] then
//!
//! 1. pools [`Channels`] of each picture into features of rectangles ([`describe`]);
//! 2. learns from the training pictures which windows of a few shapes look like an object, with a linear filter for
//!    each shape (the idea of BING), and proposes the best windows of every picture by NMS;
//! 3. assigns, labels and encodes these as the original does ([`ohem_std::targets`]).
//!
//! Results depend only on the pixels, not on the number of threads or the machine.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use ohem_study::prepare::{Annotations, PrepareConfig, prepare};
//!
//! let annotations = Annotations::read(Path::new("bccd/annotations.csv"))?;
//! let prepared = prepare(Path::new("bccd/images"), &annotations, &PrepareConfig::new(), &|| ())?;
//! println!("{} RoIs to train on", prepared.pack.train.len());
//! # Ok::<(), ohem_study::prepare::PrepareError>(())
//! ```

mod annotations;
mod channels;
mod config;
mod decode;
mod error;
mod features;
mod filter;
mod picture;
mod propose;
mod rois;
mod run;
mod shapes;
mod split;
mod window;

pub use annotations::{AnnotatedPicture, Annotations};
pub use channels::{CHANNELS, Channels, MAX_PIXELS};
pub use config::{PrepareConfig, Validation};
pub use decode::{MAX_FILE, Upright, decode_picture, decode_upright, read_picture};
pub use error::PrepareError;
pub use features::{FEATURES, describe};
pub use run::{Found, Prepared, Recall, prepare};
pub use split::PictureSplit;
pub use window::Window;
