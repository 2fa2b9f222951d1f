//! Through the C ABI everything is as in core, and what is broken on purpose is refused by its name, with nothing
//! written: pointers that are `NULL` or misaligned, memory that is short, choices that are none, labels and indices
//! out of range. Arrays end where their memory does, so that the address sanitizer sees a step beyond.

#![no_main]

mod abi;
mod gate;
mod gather;
mod lend;
mod lists;
mod losses;
mod mining;
mod regression;

use abi::Abi;
use arbitrary::{Arbitrary, Result, Unstructured};
use lend::Fault;
use libfuzzer_sys::fuzz_target;
use ohem_capi::rois::BBox;
use ohem_core::{Float, MineConfig};
use ohem_fuzz::options;
use ohem_testkit::generate::{Table, configs, nasty};

#[derive(Debug)]
struct Case {
    part: Part,
    /// In `f64`.
    double: bool,
    fault: Option<Fault>,
    /// A few: the first byte of a miner's memory from an aligned one, the width of a row.
    few: usize,
    /// Room for more than the batch.
    spare: usize,
    config: MineConfig,
    table: Table,
}

/// Of the interface.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Part {
    Mining,
    Lists,
    Losses,
    Regression,
    Gather,
    Gate,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (part, double, fault) = (o.arbitrary()?, o.arbitrary()?, o.arbitrary()?);
        let (few, spare) = (o.int_in_range(0..=15)?, o.int_in_range(0..=3)?);
        let config = configs::mine_config(o)?;
        Ok(Self { part, double, fault, few, spare, config, table: nasty::table(u, 80, true)? })
    }
}

impl Case {
    fn check<F: Abi>(&self) {
        match self.part {
            Part::Mining => mining::check::<F>(self),
            Part::Lists => lists::check::<F>(self),
            Part::Losses => losses::check::<F>(self),
            Part::Regression => regression::check::<F>(self),
            Part::Gather => gather::check::<F>(self),
            Part::Gate => gate::check(self),
        }
    }

    /// Which of a call's values is broken, if one is.
    fn broken_value(&self) -> Option<usize> {
        match self.fault {
            Some(Fault::Value(which)) => Some(which.into()),
            _ => None,
        }
    }

    fn boxes<F: Float>(&self) -> Vec<BBox<F>> {
        self.table.boxes::<F>().into_iter().map(|[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect()
    }

    /// So many numbers: the corners, from one of them on, and again.
    fn numbers<F: Float>(&self, from: usize, count: usize) -> Vec<F> {
        self.table.boxes::<F>().as_flattened().iter().copied().cycle().skip(from).take(count).collect()
    }

    /// Most rows of a table, the last first: a selection.
    fn selected(&self, rows: usize) -> Box<[u32]> {
        (0..u32::try_from(rows).unwrap()).rev().filter(|row| row % 3 != 1).collect()
    }
}

fuzz_target!(|case: Case| if case.double { case.check::<f64>() } else { case.check::<f32>() });
