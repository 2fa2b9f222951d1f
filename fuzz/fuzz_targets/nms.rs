//! NMS keeps what the reference does: grouped or not, with room for all and for few, on every tier.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_core::{BBox, Float, Nms, NmsConfig, NmsError};
use ohem_fuzz::naive::{self, first_nan};
use ohem_fuzz::{on_each_tier, options, read, wide};
use ohem_testkit::generate::{Table, nasty};

type Kept = core::result::Result<Vec<usize>, usize>;

/// The largest table.
const BOXES: usize = 100;

#[derive(Debug)]
struct Case {
    config: NmsConfig,
    grouped: bool,
    double: bool,
    table: Table,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (double, grouped, config) = (o.arbitrary()?, o.arbitrary()?, read::nms_config(o)?);
        Ok(Self { config, grouped, double, table: nasty::table(u, BOXES, true)? })
    }
}

/// What is kept in fixed memory of `N` boxes; `Err` names the first NaN.
fn fixed<F: Float, const N: usize>(case: &Case, rows: &[[F; 4]], scores: &[F]) -> Kept {
    let mut nms = Box::new(Nms::<F, N>::new(case.config).unwrap());
    let boxes = BBox::from_rows(rows);
    let kept = match case.grouped {
        true => nms.batched_nms(boxes, &case.table.labels, scores),
        false => nms.nms(boxes, scores),
    };
    match kept {
        Ok(kept) => Ok(wide(kept.indices())),
        Err(NmsError::Mine(error)) => Err(first_nan(error)),
        Err(error) => panic!("{error}"),
    }
}

fn check<F: Float>(case: &Case) {
    let (rows, scores) = (case.table.boxes::<F>(), case.table.losses::<F>());
    let label = |&label: &u32| (0, if case.grouped { label } else { 0 });
    let groups: Vec<_> = case.table.labels.iter().map(label).collect();
    let want = naive::nms::<F>(&case.table, &groups, &case.config);
    assert_eq!(fixed::<F, BOXES>(case, &rows, &scores), want);
    let few = want.clone().map(|want| want[..want.len().min(5)].to_vec());
    assert_eq!(fixed::<F, 5>(case, &rows, &scores), few);
    on_each_tier(|| {
        let boxes = BBox::from_rows(&rows);
        let kept = match case.grouped {
            true => ohem_std::batched_nms(boxes, &scores, &case.table.labels, &case.config),
            false => ohem_std::nms(boxes, &scores, &case.config),
        };
        assert_eq!(kept.map(|kept| wide(&kept)).map_err(first_nan), want);
    });
}

fuzz_target!(|case: Case| if case.double { check::<f64>(&case) } else { check::<f32>(&case) });
