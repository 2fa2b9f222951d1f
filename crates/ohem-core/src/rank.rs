//! Ranking by loss: the hardest few, and all of them lazily, hardest first.
//!
//! - [`top_k`] moves the hardest of a list of indices to its front, in place, by quickselect.
//! - [`TopK`] keeps the hardest of a stream in fixed memory.
//! - [`nth`] finds the hardest but so many in a fixed kilobyte of memory, by radix.
//! - [`HardestFirst`] hands out indices one by one, ranking no more of them than it must.
//!
//! All of them rest on the packed keys of [`Ranked`], which are all different, so the order is total and
//! no pattern of equal losses is a bad case.

use core::fmt;

mod hardest_first;
pub(crate) mod order;
mod reservoir;
mod select_nth;
mod top_k;

pub use hardest_first::{CandidateBuffer, FixedBuffer, HardestFirst};
pub use select_nth::select_nth;
pub use top_k::{TopK, top_k};

#[cfg(doc)]
use crate::Ranked;

/// Why losses could not be ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RankError {
    /// A loss is NaN, and [`NanPolicy::Error`](crate::NanPolicy::Error) was asked for.
    NanLoss {
        /// Which one: the first.
        index: u32,
    },
    /// An index names no loss.
    Index {
        /// Where in the list of indices it stands.
        position: usize,
        /// The index.
        index: u32,
        /// How many losses there are.
        losses: usize,
    },
    /// There are more losses than a `u32` can number.
    TooMany {
        /// How many there are.
        losses: usize,
    },
    /// The memory that was lent is too small.
    Memory {
        /// How many places there are.
        places: usize,
        /// How many there must be.
        needed: usize,
    },
}

impl fmt::Display for RankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NanLoss { index } => write!(f, "the loss of RoI {index} is NaN"),
            Self::Index { position, index, losses } => {
                write!(f, "index {index} at position {position}, but {losses} losses")
            }
            Self::TooMany { losses } => write!(f, "{losses} losses, more than a u32 can number"),
            Self::Memory { places, needed } => write!(f, "ranking needs {needed} places, {places} were lent"),
        }
    }
}

impl core::error::Error for RankError {}
