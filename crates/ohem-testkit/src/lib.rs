//! What the tests, benches and fuzz targets of ohem share.
//!
//! - [`registry`]: every public operation of core, with its inputs, how core and std run it, and its oracle;
//! - [`digest`]: one number that identifies the results of all of them, and of the golden cases;
//! - [`oracle`]: the naive, obviously right version of every operation, which the fast ones are compared with;
//! - [`generate`]: the inputs they are compared on;
//! - [`adapters`]: the ways to run an operation: the oracle, core in fixed and in lent memory, std;
//! - [`check`]: whether core and std agree with the oracle on an input;
//! - [`compare`]: how near floats must be;
//! - [`cost`]: what a call reads and compares, counted.
//!
//! Without the feature `std` there are the registry, less oracles, and the digest: what runs on every machine, and
//! cannot panic.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

pub mod digest;
pub mod registry;

#[cfg(feature = "std")]
pub mod adapters;
#[cfg(feature = "std")]
pub mod check;
#[cfg(feature = "std")]
pub mod compare;
#[cfg(feature = "std")]
pub mod cost;
#[cfg(feature = "std")]
pub mod generate;
#[cfg(feature = "std")]
pub mod oracle;

#[cfg(feature = "std")]
pub use arbitrary;
