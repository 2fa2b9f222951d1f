//! Every operation of the registry: core with every token and std on every tier equal its oracle.
//!
//! The first byte chooses the operation; its input is read from the rest.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ohem_testkit::registry::{COUNT, Operation, Source, Visitor, check, for_each};

/// Checks the operation at a place of the list.
struct Nth<'a> {
    place: usize,
    bytes: &'a [u8],
}

impl Visitor for Nth<'_> {
    fn visit<O: Operation>(&mut self) {
        if self.place == 0 {
            check::agree::<O>(&O::generate(&mut Source::from_bytes(self.bytes)));
        }
        self.place = self.place.wrapping_sub(1);
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let [first, bytes @ ..] = bytes {
        for_each(&mut Nth { place: usize::from(*first) % COUNT, bytes });
    }
});
