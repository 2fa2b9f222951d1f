//! Writes results for humans and for programs.

pub(crate) mod csv;
pub(crate) mod human;
pub(crate) mod json;
mod per_image;
mod report;

pub(crate) use report::Report;
