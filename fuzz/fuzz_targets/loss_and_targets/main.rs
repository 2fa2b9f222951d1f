//! Losses, gradients, labels and targets are the oracle's: to the bit on every tier, and but for the last
//! bits of `exp` and `ln`.

#![no_main]

mod losses;
mod targets;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Case {
    Losses(losses::Case),
    Targets(targets::Case),
}

fuzz_target!(|case: Case| match case {
    Case::Losses(case) => case.check(),
    Case::Targets(case) => case.check(),
});
