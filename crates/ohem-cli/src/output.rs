//! Results for people and for programs.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod people;
mod per_image;
mod report;

pub(crate) use per_image::Spread;
pub(crate) use report::{Report, Split};
