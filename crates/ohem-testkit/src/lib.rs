//! What the tests, benches and fuzz targets of ohem share.
//!
//! - [`oracle`]: the naive, obviously right version of every operation, which the fast ones are compared with;
//! - [`generate`]: the inputs they are compared on.

#![forbid(unsafe_code)]

pub mod generate;
pub mod oracle;

pub use arbitrary;
