//! What the tests, benches and fuzz targets of ohem share.
//!
//! - [`oracle`]: the naive, obviously right version of every operation, which the fast ones are compared with;
//! - [`generate`]: the inputs they are compared on;
//! - [`adapters`]: the ways to run an operation: the oracle, core in fixed and in lent memory, std;
//! - [`check`]: whether core and std agree with the oracle on an input;
//! - [`compare`]: how near floats must be.

#![forbid(unsafe_code)]

pub mod adapters;
pub mod check;
pub mod compare;
pub mod generate;
pub mod oracle;

pub use arbitrary;
