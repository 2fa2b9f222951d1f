//! A step that comes in parts is mined as it is as a whole: any parts without suppression, whole images with it.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::{Float, MineConfig, NanPolicy};
use ohem_fuzz::options;
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::check;
use ohem_testkit::generate::{Table, configs, nasty};

/// The largest batch.
const B: usize = 12;

#[derive(Debug)]
struct Case {
    config: MineConfig,
    double: bool,
    /// Sorted by image, as a step is fed.
    table: Table,
    /// Where parts begin, from 0, and where the last ends.
    seams: Vec<usize>,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, nan) = (o.arbitrary()?, *o.choose(&[NanPolicy::First, NanPolicy::Skip])?);
        let config = configs::mine_config(o)?.nan(nan).batch_size(o.int_in_range(0..=B)?);
        let cuts = o.arbitrary::<u64>()?;
        let table = nasty::table(u, 80, true)?;
        let mut order: Vec<_> = (0..table.len()).collect();
        order.sort_by_key(|&row| table.images[row]);
        let table = table.rows(order);
        let may_cut = |&row: &usize| config.nms.is_none() || table.images[row] != table.images[row - 1];
        let cut = |&row: &usize| cuts >> (row % 61) & 1 == 0;
        let inner = (1..table.len()).filter(may_cut).filter(cut);
        let seams = [0].into_iter().chain(inner).chain([table.len()]).collect();
        Ok(Self { config, double, table, seams })
    }
}

fn check<F: Float>(case: &Case) {
    on_each_tier(|| check::merge::in_parts::<F>(&case.table, &case.seams, &case.config));
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
