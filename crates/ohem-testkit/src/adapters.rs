//! The ways to run an operation, all called alike, with plain slices in and plain `Vec`s out.
//!
//! A *path* is a type that runs every operation: [`Oracle`], [`Core`] or [`Std`]. Each module holds one group of
//! operations: a trait that the three paths implement and, for what core does in lent memory on any instruction
//! set, types that implement [`Work`]. A function of core or std is called from one line
//! here, so a change of its signature is one edit.
//!
//! An error is the index of the first NaN, as the oracle reports it; any other error is a bug, and panics.

mod batch;
mod errors;
pub mod gate;
pub mod gather;
pub mod iou;
pub mod lanes;
pub mod loss;
pub mod merge;
pub mod mine;
pub mod mine_by;
pub mod nms;
pub mod rank;
pub mod rules;
pub mod targets;
pub mod tiers;
pub mod words;

pub use batch::Batch;
pub use gather::Gather;
pub use iou::Iou;
pub use loss::Losses;
pub use merge::Merge;
pub use mine::Mine;
pub use mine_by::MineBy;
pub use nms::Nms;
pub use ohem_std::simd::Work;
pub use rank::Rank;
pub use rules::Rules;
pub use targets::Targets;

/// The naive oracle: what the other paths are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Oracle;

/// `ohem-core`: capacities in the type, memory in the value.
#[derive(Clone, Copy, Debug)]
pub struct Core;

/// `ohem-std`: `Vec`s that grow, on the instruction set in use.
#[derive(Clone, Copy, Debug)]
pub struct Std;

/// One way to run every operation.
pub trait Path: Gather + Iou + Losses + Merge + Mine + MineBy + Nms + Rank + Rules + Targets {
    /// What a message calls it.
    const NAME: &'static str;
}

impl Path for Oracle {
    const NAME: &'static str = "oracle";
}

impl Path for Core {
    const NAME: &'static str = "core";
}

impl Path for Std {
    const NAME: &'static str = "std";
}

/// Indices as ohem returns them, as the oracle returns them.
pub fn wide(indices: &[u32]) -> Vec<usize> {
    indices.iter().map(|&index| index as usize).collect()
}

/// Indices the other way.
///
/// # Panics
///
/// If one of them is not a `u32`.
pub fn narrow(indices: &[usize]) -> Vec<u32> {
    indices.iter().map(|&index| u32::try_from(index).expect("RoIs are numbered by a u32")).collect()
}

/// Calls a function at the smallest sufficient capacity.
///
/// The functions are never inlined: the largest capacity would swell the stack of all.
macro_rules! at_capacity {
    ($needed:expr, $function:ident::<$($T:ident),+>($($argument:expr),*)) => {
        match $needed {
            0..=16 => $function::<$($T,)+ 16>($($argument),*),
            17..=128 => $function::<$($T,)+ 128>($($argument),*),
            129..=1024 => $function::<$($T,)+ 1024>($($argument),*),
            1025..=8192 => $function::<$($T,)+ 8192>($($argument),*),
            8193..=65536 => $function::<$($T,)+ 65536>($($argument),*),
            needed => panic!("there is no fixed capacity for {needed}"),
        }
    };
}
use at_capacity;
