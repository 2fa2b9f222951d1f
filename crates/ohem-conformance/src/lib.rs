//! The same answer everywhere: many cases, run on one instruction set, and one number that tells their results.
//!
//! The cases are the golden ones of `ohem-std`, all of them, in `f32` and `f64`; mining also ranks by `i8`, `i16`,
//! `i32`, `f16` and `bf16`. Only what goes in is compiled in. What comes out of ohem-core is put into a CRC-32, bit
//! by bit: indices in their order, counts, losses, gradients, overlaps, and the numbers that errors
//! name. Only the bits of a NaN are not looked at, which no instruction set promises.
//!
//! So two machines agree if they print the same eight digits, and with [`PARTS`] it can be told where they do not.
//! These constants change only when the meaning of a result does, or the cases: never for speed.
//!
//! ```no_run
//! use ohem_conformance::{DIGEST, MEMORY, digest};
//! use ohem_core::simd::Portable;
//!
//! let mut memory = vec![0; MEMORY]; // a `static` in firmware
//! let digest = digest(Portable, &mut memory, |name, digest| println!("{digest:08x} {name}"))?;
//! assert_eq!(digest, DIGEST);
//! # Ok::<(), ohem_conformance::MemoryError>(())
//! ```

#![no_std]
#![forbid(unsafe_code)]

mod bits;
mod blobs;
mod boxes;
mod expected;
mod forward;
mod input;
mod labels;
mod loss;
mod losses;
mod memory;
mod mining;
mod nms;
mod ranking;
mod rules;
mod segmentation;
mod table;

use half::{bf16, f16};
use ohem_core::simd::Simd;

use bits::Digest;
pub use expected::{DIGEST, PARTS};
use memory::Arena;
pub use memory::{MEMORY, MemoryError};

/// Runs the cases of a part.
type Part<S> = fn(S, &mut Arena<'_>, &mut Digest) -> Result<(), MemoryError>;

/// Runs all cases; returns one digest of all results, and tells `part` that of each part.
///
/// [`MEMORY`] words are enough, and what they hold before does not matter. On the stack it takes a few kilobytes.
///
/// # Errors
///
/// If `memory` is too short.
///
/// # Examples
///
/// ```
/// use ohem_conformance::{MemoryError, digest};
/// use ohem_core::simd::Scalar;
///
/// let refused = digest(Scalar, &mut [0; 100], |_, _| ());
/// assert_eq!(refused, Err(MemoryError { words: 100 }));
/// ```
pub fn digest<S: Simd>(
    simd: S,
    memory: &mut [u64],
    mut part: impl FnMut(&'static str, u32),
) -> Result<u32, MemoryError> {
    let mut all = Digest::new();
    for (name, run) in parts() {
        let mut digest = Digest::new();
        run(simd, &mut Arena::new(memory), &mut digest)?;
        let digest = digest.finish();
        part(name, digest);
        all.add(&digest);
    }
    Ok(all.finish())
}

/// The parts, and their names.
fn parts<S: Simd>() -> [(&'static str, Part<S>); PARTS.len()] {
    [
        ("mining f32", mining::run::<f32, f32, S>),
        ("mining f64", mining::run::<f64, f64, S>),
        ("mining f32 by i8", mining::run::<f32, i8, S>),
        ("mining f32 by i16", mining::run::<f32, i16, S>),
        ("mining f32 by i32", mining::run::<f32, i32, S>),
        ("mining f32 by f16", mining::run::<f32, f16, S>),
        ("mining f32 by bf16", mining::run::<f32, bf16, S>),
        ("ranking f32", ranking::run::<f32, S>),
        ("ranking f64", ranking::run::<f64, S>),
        ("ranking i8", ranking::run::<i8, S>),
        ("ranking i16", ranking::run::<i16, S>),
        ("ranking i32", ranking::run::<i32, S>),
        ("ranking f16", ranking::run::<f16, S>),
        ("ranking bf16", ranking::run::<bf16, S>),
        ("nms f32", nms::run::<f32, S>),
        ("nms f64", nms::run::<f64, S>),
        ("boxes f32", boxes::run::<f32, S>),
        ("boxes f64", boxes::run::<f64, S>),
        ("labels f32", labels::run::<f32, S>),
        ("labels f64", labels::run::<f64, S>),
        ("blobs f32", blobs::run::<f32, S>),
        ("blobs f64", blobs::run::<f64, S>),
        ("losses f32", losses::run::<f32, S>),
        ("losses f64", losses::run::<f64, S>),
        ("forward f32", forward::run::<f32, S>),
        ("forward f64", forward::run::<f64, S>),
        ("segmentation f32", segmentation::run::<f32, S>),
        ("segmentation f64", segmentation::run::<f64, S>),
        ("rules f32", rules::run::<f32, S>),
        ("rules f64", rules::run::<f64, S>),
    ]
}
