//! Overlaps are the oracle's to the bit: as a matrix, row by row, of columns, of pairs, on every tier.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::{Convention, Float};
use ohem_fuzz::options;
use ohem_testkit::adapters::iou::Overlaps;
use ohem_testkit::adapters::tiers::{everywhere, on_each_tier};
use ohem_testkit::adapters::{Core, Iou as _, Oracle, Std};
use ohem_testkit::generate::{Table, configs, nasty};

#[derive(Debug)]
struct Case {
    convention: Convention,
    double: bool,
    /// How many boxes of the table are rows of the matrix; the others are columns.
    rows: usize,
    table: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, convention, share) = (o.arbitrary()?, configs::convention(o)?, o.arbitrary::<u8>()?);
        let table = nasty::table(u, 90, false)?;
        Ok(Self { convention, double, rows: usize::from(share) % (table.len() + 1), table })
    }
}

fn check<F: Float>(case: &Case) {
    let (convention, all) = (case.convention, case.table.boxes::<F>());
    let (rows, columns) = all.split_at(case.rows);
    let want = Oracle::iou(rows, columns, convention);
    assert_eq!(Core::iou(rows, columns, convention), want, "pair by pair");
    everywhere(Overlaps { rows, columns, convention }, &[(); 3].map(|()| want.clone()));
    on_each_tier(|| assert_eq!(Std::iou(rows, columns, convention), want));
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
