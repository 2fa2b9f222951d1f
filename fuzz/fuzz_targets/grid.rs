//! The index of admitted boxes changes nothing, whatever memory it has.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::kernel::Scalar;
use ohem_core::{Float, MineConfig, NanPolicy, NmsConfig};
use ohem_fuzz::options;
use ohem_testkit::adapters::tiers::everywhere;
use ohem_testkit::adapters::{Batch, Work as _, mine::Lent};
use ohem_testkit::generate::{Table, configs, nasty};

/// Enough boxes for mining to use the index, which starts at 8 admitted boxes where a fuzzer runs it.
const BOXES: usize = 60;

#[derive(Debug)]
struct Case {
    config: NmsConfig,
    heads: usize,
    blocks: usize,
    double: bool,
    table: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (across, down) = (o.int_in_range(0..=40_u8)?, o.int_in_range(0..=40_u8)?);
        Ok(Self {
            double: o.arbitrary()?,
            heads: *o.choose(&[128, 1, 10, 1024, 32])?,
            blocks: *o.choose(&[8 * BOXES, 20, 1])?,
            config: configs::nms_config(o)?,
            table: repeated(&nasty::table(u, BOXES, true)?, across.into(), down.into()),
        })
    }
}

/// The table over and over, each time a little further on.
fn repeated(table: &Table, across: f64, down: f64) -> Table {
    let times = BOXES.checked_div(table.len()).unwrap_or(0);
    let mut all = Table::default();
    for (time, _) in (0..times).enumerate() {
        let (x, y) = (across * time as f64, down * time as f64);
        let mut copy = table.clone();
        copy.corners
            .iter_mut()
            .for_each(|[x1, y1, x2, y2]| (*x1, *y1, *x2, *y2) = (*x1 + x, *y1 + y, *x2 + x, *y2 + y));
        all.extend(
            (0..copy.len())
                .map(|row| (copy.corners[row], copy.images[row], copy.labels[row], copy.losses[row])),
        );
    }
    all
}

fn check<F: Float>(case: &Case) {
    let (boxes, losses, n) = (&case.table.boxes::<F>(), &case.table.losses::<F>(), case.table.len());
    let batch = Batch { images: &vec![0; n], ..Batch::new(&case.table, boxes, losses) };
    let config = &MineConfig::new(n).nms(case.config).nan(NanPolicy::First);
    let scanned = Lent { batch, config, window: 2 * n.max(1), capacity: n, index: Some((0, 0)) };
    everywhere(Lent { index: Some((case.heads, case.blocks)), ..scanned }, &scanned.on(Scalar));
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
