//! Results for people and for programs.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod people;
mod report;

pub(crate) use people::rule;
pub(crate) use report::{Report, Split};
