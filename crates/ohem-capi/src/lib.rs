#![doc = include_str!("../README.md")]
#![no_std]
#![allow(
    clippy::missing_safety_doc,
    reason = "callers promise the same for all functions: see the top of ohem.h"
)]
#![allow(clippy::too_many_arguments, reason = "an array of C is two arguments, and each output is another")]

pub mod anchors;
pub mod coder;
pub mod config;
mod export;
pub mod gate;
pub mod gather;
pub mod generator;
pub mod iou;
pub mod labels;
mod lend;
pub mod loss;
pub mod merge;
pub mod mine;
pub mod miner;
pub mod random;
pub mod regression;
pub mod regression_targets;
pub mod rois;
pub mod rules;
pub mod sample;
pub mod segmentation;
pub mod statistics;
mod status;
pub mod targets;
pub mod top_k;
pub mod top_k_stream;
mod version;

pub use status::*;
pub use version::*;

#[cfg(feature = "panic-handler")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
