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
pub mod mine;
pub mod miner;
pub mod regression;
pub mod rois;
mod status;
pub mod top_k;

pub use status::{Status, message};

use core::ffi::c_char;

/// Returns the version of this library, in ASCII.
#[unsafe(export_name = "ohem_version")]
pub extern "C" fn version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

#[cfg(feature = "panic-handler")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
