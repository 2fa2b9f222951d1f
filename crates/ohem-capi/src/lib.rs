#![doc = include_str!("../README.md")]
#![no_std]
#![allow(
    clippy::missing_safety_doc,
    reason = "callers promise the same for all functions: see the top of ohem.h"
)]

pub mod config;
mod export;
pub mod gate;
pub mod gather;
pub mod iou;
mod lend;
pub mod loss;
pub mod merge;
pub mod mine;
pub mod miner;
pub mod regression;
pub mod rois;
pub mod statistics;
mod status;
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
