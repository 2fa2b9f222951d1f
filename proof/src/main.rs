//! An image of nothing but `core` and ohem-core, which computes the digest of every operation of the registry, and
//! compares it with the one that is committed.
//!
//! It links only if ohem-core uses neither std nor alloc nor libc. Any path to a panic that survives the
//! optimiser keeps a symbol of `core::panicking` in it; `scripts/no-panic.sh` looks for those. The optimiser cannot
//! foresee the inputs, nor their lengths: the registry hides them from it.

#![no_std]
#![no_main]

#[cfg_attr(target_arch = "x86_64", path = "x86_64.rs")]
#[cfg_attr(target_arch = "riscv32", path = "riscv32.rs")]
mod machine;

use core::hint::black_box;

use ohem_core::kernel::{Portable, Scalar, Simd};
use ohem_testkit::digest::{DIGEST, MEMORY, PARTS, digest};

use machine::{exit, tell};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    panic_reached()
}

/// Stays in the image exactly if a panic can be reached.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn panic_reached() -> ! {
    exit(101)
}

extern "C" fn start() -> ! {
    let differ = run(Scalar) + run(Portable);
    #[cfg(feature = "panicking")]
    let differ = differ + i32::from([1_u8, 2, 3][black_box(1_usize)]);
    exit(differ)
}

/// Computes the digest with a token; returns how many parts are not as committed, and names them.
fn run(simd: impl Simd) -> i32 {
    let (mut memory, mut expected) = ([0; MEMORY], PARTS.iter());
    let mut differ = 0;
    let result = digest(black_box(simd), black_box(&mut memory), |name, digest| {
        if expected.next() != Some(&(name, digest)) {
            tell(&[name, " differs\n"]);
            differ += 1;
        }
    });
    print(result.unwrap_or(0));
    differ + i32::from(result != Ok(DIGEST))
}

/// Prints a digest as every program that computes one does.
fn print(digest: u32) {
    tell(&["digest "]);
    for digit in (0..8).rev().map(|place| digest >> (4 * place) & 0xF) {
        tell(&["0123456789abcdef".get(digit as usize..=digit as usize).unwrap_or_default()]);
    }
    tell(&["\n"]);
}
