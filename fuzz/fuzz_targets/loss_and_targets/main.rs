//! Losses, gradients, labels and targets equal the oracle's, except for the last bits of `exp` and `ln`; all
//! tiers agree to the bit.

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
