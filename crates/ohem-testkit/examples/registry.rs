//! Prints the operations of the registry, one a line: the type, the name, and the functions of core that it calls.
//!
//! `scripts/registry.sh` compares them with all functions that core has.

use ohem_testkit::registry::{Operation, Visitor, for_each};

struct Print;

impl Visitor for Print {
    fn visit<O: Operation>(&mut self) {
        println!("{}\t{}\t{}", core::any::type_name::<O>(), O::NAME, O::COVERS.join(" "));
    }
}

fn main() {
    for_each(&mut Print);
}
