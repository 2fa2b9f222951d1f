//! What the tests of published cases share: numbers as files write them, RoIs, rules, and paths to an answer.

pub(crate) mod number;
pub(crate) mod outcome;
pub(crate) mod path;
pub(crate) mod rule;
pub(crate) mod table;
