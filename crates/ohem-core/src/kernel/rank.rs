//! Ranking on a chosen instruction set. See [`crate::rank`].

pub use crate::rank::hardest_first::{CandidateBuffer, FixedBuffer, HardestFirst};
pub use crate::rank::top_k::{TopKOver, extend_on as extend};
