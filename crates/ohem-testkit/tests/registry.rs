//! Every operation of the registry: core with every token and std on every tier give the answer of the oracle, on
//! thousands of inputs.
//!
//! `OHEM_SEEDS=100000` takes more of them, `OHEM_SEED=123` only this one.

use core::panic::AssertUnwindSafe;
use std::panic::{catch_unwind, resume_unwind};

use ohem_testkit::registry::{Operation, Source, check};

/// Inputs of each operation.
const SEEDS: u64 = 2_000;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

fn check<O: Operation>() {
    let seeds = match variable("OHEM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..variable("OHEM_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        let input = O::generate(&mut Source::from_seed(seed));
        if let Err(failed) = catch_unwind(AssertUnwindSafe(|| check::agree::<O>(&input))) {
            eprintln!("OHEM_SEED={seed}");
            resume_unwind(failed);
        }
    }
    // Bytes that end soon: what follows are zeros, so that all rows are alike.
    for seed in 0..200_u64 {
        let mut bytes = Source::from_seed(seed);
        let bytes: Vec<u8> = (0..seed % 40).map(|_| bytes.bits().to_le_bytes()[0]).collect();
        check::agree::<O>(&O::generate(&mut Source::from_bytes(&bytes)));
    }
}

macro_rules! tests {
    ($($module:ident::$operation:ident,)*) => {$(
        #[test]
        #[allow(non_snake_case, reason = "a test is named as the operation")]
        fn $operation() {
            check::<ohem_testkit::registry::$module::$operation>();
        }
    )*};
}

ohem_testkit::with_operations!(tests);
