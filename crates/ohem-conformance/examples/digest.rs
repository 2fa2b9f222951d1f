//! Prints the digest of each part and of all, as this machine has them: one lane at a time, in the vectors it was
//! compiled for, and on each tier found when it runs. Fails if any is not what it must be.
//!
//! `cargo run --release -p ohem-conformance --example digest`

use std::process::ExitCode;

use ohem_conformance::{DIGEST, MEMORY, MemoryError, PARTS, digest};
use ohem_core::simd::{Portable, Scalar, Simd};
use ohem_std::simd::{Tier, Work, run};

/// Computes all digests, the last one that of all results.
struct Digests;

impl Work for Digests {
    type Output = Result<Vec<u32>, MemoryError>;

    fn on<S: Simd>(self, simd: S) -> Self::Output {
        let mut parts = Vec::new();
        let all = digest(simd, &mut vec![0; MEMORY], |_, digest| parts.push(digest))?;
        parts.push(all);
        Ok(parts)
    }
}

fn main() -> Result<ExitCode, MemoryError> {
    let mut columns = vec![("scalar", Digests.on(Scalar)?), ("portable", Digests.on(Portable)?)];
    for tier in Tier::available().filter(|&tier| tier != Tier::Portable) {
        columns.push((tier.name(), tier.scope(|| run(Digests))?));
    }
    let names: String = columns.iter().map(|(name, _)| format!(" {name:>8}")).collect();
    println!("{:<20} expected{names}", "part");
    let mut same = true;
    for (row, (name, expected)) in PARTS.into_iter().chain([("digest", DIGEST)]).enumerate() {
        let digests: String = columns.iter().map(|(_, digests)| format!(" {:08x}", digests[row])).collect();
        println!("{name:<20} {expected:08x}{digests}");
        same &= columns.iter().all(|(_, digests)| digests[row] == expected);
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
