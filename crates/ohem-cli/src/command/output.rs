//! Writes results for humans and for programs.

pub(crate) mod csv;
pub(crate) mod export;
pub(crate) mod human;
pub(crate) mod json;
mod per_image;
mod report;
mod short;

pub(crate) use report::Report;
pub(crate) use short::short;
