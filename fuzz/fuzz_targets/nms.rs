//! NMS keeps what the oracle does: grouped or not, with room for all and for few, on every tier.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::{Float, NanPolicy, NmsConfig};
use ohem_fuzz::options;
use ohem_testkit::adapters::nms::in_fixed;
use ohem_testkit::adapters::tiers::on_each_tier;
use ohem_testkit::adapters::{Nms as _, Oracle, Std};
use ohem_testkit::generate::{Table, configs, nasty};

/// The largest table.
const BOXES: usize = 100;

#[derive(Debug)]
struct Case {
    config: NmsConfig,
    nan: NanPolicy,
    grouped: bool,
    double: bool,
    table: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, grouped, config) = (o.arbitrary()?, o.arbitrary()?, configs::nms_config(o)?);
        let nan = configs::nan(o)?;
        Ok(Self { config, nan, grouped, double, table: nasty::table(u, BOXES, true)? })
    }
}

fn check<F: Float>(case: &Case) {
    let (boxes, scores, config) = (&case.table.boxes::<F>(), &case.table.losses::<F>(), &case.config);
    let (nan, groups) = (case.nan, case.grouped.then_some(&case.table.labels[..]));
    let want = match groups {
        Some(groups) => Oracle::batched_nms(boxes, scores, groups, config, nan),
        None => Oracle::nms(boxes, scores, config, nan),
    };
    assert_eq!(in_fixed::<F, F, BOXES>(boxes, scores, groups, config, nan), want);
    let few = want.clone().map(|want| want[..want.len().min(5)].to_vec());
    assert_eq!(in_fixed::<F, F, 5>(boxes, scores, groups, config, nan), few);
    on_each_tier(|| {
        let kept = match groups {
            Some(groups) => Std::batched_nms(boxes, scores, groups, config, nan),
            None => Std::nms(boxes, scores, config, nan),
        };
        assert_eq!(kept, want);
    });
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
