//! Mining selects what the oracle does: in any memory, of any types, on every tier. It costs no more than stated.

#![no_main]
#![expect(clippy::cast_possible_truncation, reason = "quantised losses on purpose")]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::{Float, MineConfig, RankKey};
use ohem_fuzz::options;
use ohem_testkit::adapters::tiers::{everywhere, on_each_tier};
use ohem_testkit::adapters::{Batch, Mine as _, Oracle, Std, mine::Lent};
use ohem_testkit::check::{integers, steps};
use ohem_testkit::cost::{Job, Setting};
use ohem_testkit::generate::{Table, configs, nasty};

#[derive(Debug)]
struct Case {
    config: MineConfig,
    /// Of the window: fewer than RoIs, or enough to rank in place.
    places: usize,
    /// Room for more than the batch.
    spare: usize,
    types: Types,
    table: Table,
}

/// Of boxes, by losses.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Types {
    F32,
    F64,
    F64ByF32,
    F32ByI8,
    F32ByI16,
    F64ByI32,
    I16ByF64,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        Ok(Self {
            types: o.arbitrary()?,
            places: 2 + usize::from(o.arbitrary::<u8>()?),
            spare: o.int_in_range(0..=9)?,
            config: configs::limited_mine_config(o)?,
            table: nasty::table(u, 80, true)?,
        })
    }
}

fn check<F: Float, H: RankKey>(case: &Case, losses: &[H]) {
    let (config, boxes) = (&case.config, &case.table.boxes::<F>());
    let batch = Batch::new(&case.table, boxes, losses);
    let want = Oracle::mine(batch, config);
    let (window, capacity) = (case.places, config.batch_size + case.spare);
    everywhere(Lent { batch, config, window, capacity, index: None }, &want);
    on_each_tier(|| assert_eq!(Std::mine(batch, config), want));
    steps::mine::<F>(&case.table, config, case.spare);
}

/// Checks that no job costs more than its documentation states.
fn check_cost(case: &Case) {
    let (table, config) = (&case.table, &case.config);
    let Some(nms) = config.nms.filter(|_| table.losses.iter().all(|loss| !loss.is_nan())) else { return };
    let setting = Setting {
        window: case.places,
        batch_size: config.batch_size,
        iou_threshold: nms.iou_threshold,
        convention: nms.convention,
        max_visited: config.max_visited,
        seed: case.spare as u64,
    };
    for job in Job::ALL {
        let (cost, bound) = (job.cost(table, &setting), job.bound(table.len(), &setting));
        assert!(cost.total() <= bound, "{job:?}: {cost:?} of {bound}");
    }
}

fuzz_target!(|case: Case| {
    check_cost(&case);
    let losses = &case.table.losses;
    match case.types {
        Types::F32 => check::<f32, f32>(&case, &case.table.losses()),
        Types::F64 => check::<f64, f64>(&case, losses),
        Types::F64ByF32 => check::<f64, f32>(&case, &case.table.losses()),
        Types::F32ByI8 => {
            check::<f32, i8>(&case, &losses.iter().map(|loss| (loss * 8.0) as i8).collect::<Vec<_>>())
        }
        Types::F32ByI16 => {
            check::<f32, i16>(&case, &losses.iter().map(|&loss| loss as i16).collect::<Vec<_>>())
        }
        Types::F64ByI32 => {
            check::<f64, i32>(&case, &losses.iter().map(|&loss| loss as i32).collect::<Vec<_>>())
        }
        Types::I16ByF64 => integers::mine(&case.table, &case.config),
    }
});
