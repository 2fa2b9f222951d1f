//! What the tests of published cases share: numbers as files write them, RoIs, and rules.

pub(crate) mod number;
pub(crate) mod outcome;
pub(crate) mod rule;
pub(crate) mod table;
