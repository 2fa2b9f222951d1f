//! Every instruction set that this machine has, one after the other.

use core::fmt::Debug;
use std::io::{self, Write as _};
use std::sync::Once;
use std::thread;

use ohem_core::kernel::Scalar;
use ohem_std::simd::{Tier, Work, run};

/// Does a piece of work with one lane and on every tier; the result must be this one each time.
///
/// # Panics
///
/// If it is not.
pub fn everywhere<W: Work + Copy>(work: W, want: &W::Output)
where
    W::Output: Debug + PartialEq,
{
    assert_eq!(work.on(Scalar), *want, "with one lane");
    on_each_tier(|| assert_eq!(run(work), *want, "on {}", Tier::current()));
}

/// Makes a check on each tier.
pub fn on_each_tier(check: impl Fn()) {
    tell();
    for tier in Tier::available() {
        let _named_if_it_fails = Named(tier);
        tier.scope(&check);
    }
}

/// Says once which tiers there are; tests have what they print withheld, but not this.
///
/// # Panics
///
/// If standard error is closed.
pub fn tell() {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let names: Vec<_> = Tier::available().map(Tier::name).collect();
        writeln!(io::stderr(), "tiers: {}", names.join(", ")).expect("standard error is open");
    });
}

/// Names the tier that a check fails on.
struct Named(Tier);

impl Drop for Named {
    fn drop(&mut self) {
        if thread::panicking() {
            println!("on {}:", self.0);
        }
    }
}
