//! Ranking by loss: the hardest few, and all of them lazily, hardest first.
//!
//! - [`top_k`] moves the hardest of a list of indices to its front, in place, by quickselect.
//! - [`TopK`] keeps the hardest of a stream in fixed memory.
//! - [`select_nth`] finds the n-th hardest loss in 1 KB of memory, by radix.
//! - [`hardest_first`] yields RoIs one by one, ranking no more of them than it must.
//!
//! All of them rest on the packed keys of [`Ranked`](crate::Ranked), which all differ, so the order is total and
//! no pattern of equal losses is a bad case.

pub(crate) mod hardest_first;
pub(crate) mod order;
mod radix;
mod reservoir;
mod select_nth;
pub(crate) mod top_k;

pub use hardest_first::hardest_first;
pub(crate) use hardest_first::{CandidateBuffer, FixedBuffer, HardestFirst, Pass};
pub use select_nth::select_nth;
pub(crate) use select_nth::select_nth_in;
pub use top_k::{TopK, top_k};
