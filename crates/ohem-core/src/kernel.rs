//! For experts: every operation on a chosen instruction set, and over memory of any kind.
//!
//! The modules outside this one take slices, a configuration and an output, and run on [`Portable`]: the
//! instruction set that the program is compiled for. Here are the same operations, under the same names, with
//! a token in front that chooses another one. A crate that detects the CPU's features at run time brings
//! its tokens (`ohem-std` does), over which all of this works without a change.
//!
//! A kernel is generic over [`Lanes`], a vector of floats; a [`Simd`] token names the lanes of each float type.

pub mod iou;
pub mod loss;
pub mod mine;
pub mod rank;
pub mod rules;
pub mod targets;

pub use crate::simd::{Lanes, Portable, Scalar, Simd, format};
