//! The digests are the ones committed, one lane at a time, in vectors, and on every tier of this machine.

use ohem_core::kernel::{Portable, Scalar, Simd};
use ohem_std::simd::{Tier, Work, run};
use ohem_testkit::digest::{DIGEST, MEMORY, MemoryError, PARTS, digest};

/// Checks every part, and the whole.
struct Check;

impl Work for Check {
    type Output = ();

    fn on<S: Simd>(self, simd: S) {
        let mut parts = Vec::new();
        let whole = digest(simd, &mut vec![0; MEMORY], |name, digest| parts.push((name, digest)));
        assert_eq!(parts, PARTS);
        assert_eq!(whole, Ok(DIGEST));
    }
}

#[test]
fn one_lane_at_a_time() {
    Check.on(Scalar);
}

#[test]
fn in_the_vectors_of_the_build() {
    Check.on(Portable);
}

#[test]
fn on_every_tier() {
    for tier in Tier::available() {
        println!("{tier}");
        tier.scope(|| run(Check));
    }
}

#[test]
fn memory_is_as_much_as_is_said_and_may_hold_anything() {
    let mut memory = vec![u64::MAX; MEMORY];
    assert_eq!(digest(Portable, &mut memory, |_, _| ()), Ok(DIGEST));
    let refused = digest(Portable, &mut memory[1..], |_, _| ());
    assert_eq!(refused, Err(MemoryError { words: MEMORY - 1 }));
}
