//! Through the C ABI everything is as in core, and a fault is refused by its name, with nothing written: pointers
//! that are `NULL` or misaligned, memory that is too small, unknown choices, labels and indices out of range. Arrays
//! end with their memory, so that the address sanitizer sees a step beyond.

#![no_main]

mod abi;
mod gate;
mod gather;
mod lend;
mod lists;
mod losses;
mod mining;
mod regression;
mod rules;
mod streams;
mod targets;

use abi::Abi;
use arbitrary::{Arbitrary, Result, Unstructured};
use lend::Fault;
use libfuzzer_sys::fuzz_target;
use ohem_capi::config::{OHEM_INVALID_KEY_ERROR, OHEM_INVALID_KEY_IGNORE};
use ohem_capi::rois::{BBox, OHEM_BACKGROUND, OHEM_IGNORED};
use ohem_core::{Float, InvalidKey, MineConfig};
use ohem_fuzz::options;
use ohem_testkit::generate::{Table, configs, nasty};

#[derive(Debug)]
struct Case {
    part: Part,
    /// Whether floats are `f64`.
    double: bool,
    fault: Option<Fault>,
    /// A small number: how far a miner's memory is from an aligned byte, the width of a row.
    few: usize,
    /// How much a miner's capacity exceeds the batch.
    spare: usize,
    config: MineConfig,
    /// Whether labels that name no class are ignored rather than refused.
    ignore_invalid: bool,
    table: Table,
}

/// A part of the interface.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Part {
    Mining,
    Lists,
    Losses,
    Regression,
    Gather,
    Gate,
    Streams,
    Targets,
    Rules,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (part, double, fault) = (o.arbitrary()?, o.arbitrary()?, o.arbitrary()?);
        let (few, spare) = (o.int_in_range(0..=15)?, o.int_in_range(0..=3)?);
        let (mut config, ignore_invalid) = (configs::limited_mine_config(o)?, o.arbitrary()?);
        // C has no `None`: there, 0 means that nothing limits it.
        config.max_visited = config.max_visited.filter(|&limit| limit > 0);
        let table = nasty::table(u, 80, true)?;
        Ok(Self { part, double, fault, few, spare, config, ignore_invalid, table })
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
            Part::Streams => streams::check::<F>(self),
            Part::Targets => targets::check::<F>(self),
            Part::Rules => rules::check::<F>(self),
        }
    }

    /// Which of a call's values is broken, if any.
    fn broken_value(&self) -> Option<usize> {
        match self.fault {
            Some(Fault::Value(which)) => Some(which.into()),
            _ => None,
        }
    }

    fn boxes<F: Float>(&self) -> Vec<BBox<F>> {
        self.table.boxes::<F>().into_iter().map(|[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect()
    }

    /// `count` numbers: the corners, starting at one of them, again and again.
    fn numbers<F: Float>(&self, from: usize, count: usize) -> Vec<F> {
        self.table.boxes::<F>().as_flattened().iter().copied().cycle().skip(from).take(count).collect()
    }

    /// Labels of `count` rows: numbers below `classes`, background and ignored, starting again if the table ends.
    fn labels(&self, count: usize, classes: usize) -> Box<[u32]> {
        let classes = u32::try_from(classes).unwrap();
        let label = |(row, &label): (usize, &u32)| match label {
            _ if row % 5 == 4 => OHEM_BACKGROUND,
            OHEM_IGNORED => OHEM_IGNORED,
            class => class % classes,
        };
        self.table.labels.iter().cycle().take(count).enumerate().map(label).collect()
    }

    /// How labels that name no class are handled: C's number, and core's type.
    fn invalid_labels(&self) -> (u32, InvalidKey) {
        if self.ignore_invalid {
            (OHEM_INVALID_KEY_IGNORE, InvalidKey::Ignore)
        } else {
            (OHEM_INVALID_KEY_ERROR, InvalidKey::Error)
        }
    }

    /// Most rows of a table, the last first: a selection.
    fn selected(&self, rows: usize) -> Box<[u32]> {
        (0..u32::try_from(rows).unwrap()).rev().filter(|row| row % 3 != 1).collect()
    }
}

fuzz_target!(|case: Case| if case.double { case.check::<f64>() } else { case.check::<f32>() });
