//! Prints the digest of each part and of all, as this machine has them: one lane at a time, in the vectors it was
//! compiled for, and on each tier found when it runs. Fails if any is not what it must be.
//!
//! `cargo run --release -p ohem-testkit --example digest`, and with `-- --expected` the source of the file
//! `src/digest/expected.rs` instead.

use std::process::ExitCode;

use ohem_core::kernel::{Portable, Scalar, Simd};
use ohem_std::simd::{Tier, Work, run};
use ohem_testkit::digest::{DIGEST, MEMORY, MemoryError, PARTS, digest};

/// Computes all digests, the last one that of all results.
struct Digests;

impl Work for Digests {
    type Output = Result<Vec<(&'static str, u32)>, MemoryError>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        let mut parts = Vec::new();
        let all = digest(simd, &mut vec![0; MEMORY], |name, digest| parts.push((name, digest)))?;
        parts.push(("digest", all));
        Ok(parts)
    }
}

fn main() -> Result<ExitCode, MemoryError> {
    let mut columns = vec![("scalar", Digests.on(Scalar)?), ("portable", Digests.on(Portable)?)];
    for tier in Tier::available().filter(|&tier| tier != Tier::Portable) {
        columns.push((tier.name(), tier.scope(|| run(Digests))?));
    }
    if std::env::args().any(|argument| argument == "--expected") {
        print_source(&columns[0].1);
        return Ok(ExitCode::SUCCESS);
    }
    let names: String = columns.iter().map(|(name, _)| format!(" {name:>8}")).collect();
    println!("{:<36} expected{names}", "part");
    let mut same = columns[0].1.len() == PARTS.len() + 1;
    let expected = PARTS.into_iter().chain([("digest", DIGEST)]);
    for (row, (name, expected)) in expected.enumerate().take(columns[0].1.len()) {
        let digests: String = columns.iter().map(|(_, digests)| format!(" {:08x}", digests[row].1)).collect();
        println!("{name:<36} {expected:08x}{digests}");
        same &= columns.iter().all(|(_, digests)| digests[row] == (name, expected));
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints the source of the expected digests, with the values of this machine.
fn print_source(digests: &[(&str, u32)]) {
    let literal = |digest: u32| format!("0x{:04x}_{:04x}", digest >> 16, digest & 0xFFFF);
    let (&(_, all), parts) = digests.split_last().expect("there are parts");
    println!("//! What must come out.\n\n/// The digest of all results.");
    println!("pub const DIGEST: u32 = {};\n", literal(all));
    println!("/// The digest of the results of each part, in the order in which they are run.");
    println!("pub const PARTS: [(&str, u32); {}] = [", parts.len());
    parts.iter().for_each(|&(name, digest)| println!("    ({name:?}, {}),", literal(digest)));
    println!("];");
}
