//! The same answer everywhere: many inputs, run on one instruction set, and one number that tells their results.
//!
//! The inputs are the golden cases of `ohem-std`, all of them, in `f32` and `f64`, and some seeds of every operation
//! of the [`registry`](mod@crate::registry). Only what goes in is compiled in. What comes out of ohem-core is put into a
//! CRC-32, bit by bit: indices in their order, counts, losses, gradients, overlaps, and the numbers that errors
//! name. All NaNs count as one, because no instruction set promises their bits.
//!
//! So two machines agree if they print the same eight digits, and [`PARTS`] tells in which part they do not.
//! These constants change only when the meaning of a result does, or the inputs: never for speed. The example
//! `digest` prints them.
//!
//! It runs without std, in memory that is lent, and cannot panic: `scripts/no-panic.sh` links it, and so shows that
//! no public function of ohem-core can.
//!
//! ```no_run
//! use ohem_core::kernel::Portable;
//! use ohem_testkit::digest::{DIGEST, MEMORY, digest};
//!
//! let mut memory = vec![0; MEMORY]; // a `static` in firmware
//! let digest = digest(Portable, &mut memory, |name, digest| println!("{digest:08x} {name}"))?;
//! assert_eq!(digest, DIGEST);
//! # Ok::<(), ohem_testkit::digest::MemoryError>(())
//! ```

mod blobs;
mod boxes;
mod expected;
mod forward;
mod input;
mod labels;
mod losses;
mod memory;
mod mining;
mod nms;
mod ranking;
mod rules;
mod segmentation;
mod table;

use core::hint::black_box;

use crc32fast::Hasher;
use half::{bf16, f16};
use ohem_core::kernel::Simd;

pub use expected::{DIGEST, PARTS};
use memory::Arena;
pub use memory::{MEMORY, MemoryError};

use crate::registry::{self, Operation, Sink, Source, Visitor};

/// How many inputs of each operation are run.
const SEEDS: u64 = 8;

/// The CRC-32 of all words that were added.
struct Digest(Hasher);

impl Digest {
    fn new() -> Self {
        Self(Hasher::new())
    }

    fn finish(self) -> u32 {
        self.0.finalize()
    }
}

impl Sink for Digest {
    fn answer(&mut self, _: &'static str, _: &'static str) {}

    fn word(&mut self, word: u64) {
        self.0.update(&word.to_le_bytes());
    }
}

/// Runs the golden cases of a part.
type Part<S> = fn(S, &mut Arena<'_>, &mut Digest) -> Result<(), MemoryError>;

/// Runs all inputs; returns one digest of all results, and tells `part` that of each part.
///
/// [`MEMORY`] words are enough, and what they hold before does not matter. On the stack it takes up to 220 KB.
///
/// # Errors
///
/// If `memory` is too short.
///
/// # Examples
///
/// ```
/// use ohem_core::kernel::Scalar;
/// use ohem_testkit::digest::{MemoryError, digest};
///
/// let refused = digest(Scalar, &mut [0; 100], |_, _| ());
/// assert_eq!(refused, Err(MemoryError { words: 100 }));
/// ```
pub fn digest<S: Simd>(
    simd: S,
    memory: &mut [u64],
    part: impl FnMut(&'static str, u32),
) -> Result<u32, MemoryError> {
    let mut parts = Parts { simd, part, all: Digest::new() };
    for (name, run) in golden() {
        let mut digest = Digest::new();
        run(simd, &mut Arena::new(memory), &mut digest)?;
        parts.add(name, digest);
    }
    registry::for_each(&mut parts);
    Ok(parts.all.finish())
}

/// The parts run so far.
struct Parts<S, P> {
    simd: S,
    part: P,
    all: Digest,
}

impl<S: Simd, P: FnMut(&'static str, u32)> Parts<S, P> {
    fn add(&mut self, name: &'static str, digest: Digest) {
        let digest = digest.finish();
        (self.part)(name, digest);
        self.all.add(&digest);
    }
}

impl<S: Simd, P: FnMut(&'static str, u32)> Visitor for Parts<S, P> {
    fn visit<O: Operation>(&mut self) {
        let mut digest = Digest::new();
        for seed in 0..SEEDS {
            run_one::<O, S>(self.simd, seed, &mut digest);
        }
        self.add(O::NAME, digest);
    }
}

/// Runs one input, of which the optimiser must know nothing: it could prove that this one causes no panic.
///
/// Never inlined: the inputs of all operations would lie on the stack side by side.
#[inline(never)]
fn run_one<O: Operation, S: Simd>(simd: S, seed: u64, digest: &mut Digest) {
    O::core(simd, black_box(&O::generate(&mut Source::from_seed(seed))), digest);
}

/// The parts of the golden cases, and their names.
fn golden<S: Simd>() -> [(&'static str, Part<S>); 30] {
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
