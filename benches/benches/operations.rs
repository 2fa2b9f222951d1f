//! Every operation of the registry, on each tier: in core with the tier's token, and in std.
//!
//! `cargo bench -p ohem-benches --bench operations`, and with `-- NAME` those whose name contains it.

use criterion::Criterion;
use ohem_std::simd::Tier;
use ohem_testkit::registry::{Operation, Prepared, Visitor, for_each};

/// Number of inputs that an iteration runs.
const INPUTS: u64 = 20;

/// Times one operation after the other.
struct Times(Criterion);

impl Visitor for Times {
    fn visit<O: Operation>(&mut self) {
        let prepared = Prepared::<O>::new(INPUTS);
        let mut group = self.0.benchmark_group(O::NAME);
        for tier in Tier::available() {
            tier.scope(|| {
                group.bench_function(format!("core/{tier}"), |bencher| bencher.iter(|| prepared.core()));
                group.bench_function(format!("std/{tier}"), |bencher| bencher.iter(|| prepared.std()));
            });
        }
    }
}

fn main() {
    let mut times = Times(Criterion::default().configure_from_args());
    for_each(&mut times);
    times.0.final_summary();
}
