//! Every tier that this machine has, one after the other.

use std::io::{self, Write as _};
use std::sync::Once;
use std::thread;

use ohem_std::simd::Tier;

/// Makes a check on each tier.
pub(crate) fn on_each_tier(check: impl Fn()) {
    tell();
    for tier in Tier::available() {
        let _named_if_it_fails = Named(tier);
        tier.scope(&check);
    }
}

/// Says once which tiers there are; tests have what they print withheld, but not this.
pub(crate) fn tell() {
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
