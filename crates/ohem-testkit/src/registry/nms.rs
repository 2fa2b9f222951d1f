//! Non-maximum suppression, in groups or in one.

use ohem_core::kernel::Simd;
use ohem_core::kernel::mine::NmsOver;
use ohem_core::{ArrayStorage, MineError, NanPolicy, Nms, NmsConfig, Selection};

use super::mine::{CAPACITY, WINDOW, owned, spoil};
use super::table::{self, Table};
use super::{Column, Loss, MAX, Operation, Real, Sink, Source};

#[cfg(feature = "std")]
#[path = "nms/oracle.rs"]
mod naive;

/// Suppression of boxes by scores, with labels as groups.
#[derive(Clone, Copy, Debug)]
pub struct Suppressed;

/// Boxes, and how they are suppressed.
#[derive(Clone, Debug)]
pub struct Input {
    table: Table,
    config: NmsConfig,
    nan: NanPolicy,
}

/// In one call, in groups in one call, with a policy, in groups with a policy, with little memory.
type Cases = [&'static str; 5];

const SINGLE: Cases = ["f32", "f32 batched", "f32, NaN", "f32 batched, NaN", "f32, few"];
const DOUBLE: Cases = ["f64", "f64 batched", "f64, NaN", "f64 batched, NaN", "f64, few"];
const QUANTISED: Cases = ["by i16", "by i16 batched", "by i16, NaN", "by i16 batched, NaN", "by i16, few"];

impl Operation for Suppressed {
    const NAME: &'static str = "nms";

    const COVERS: &'static [&'static str] = &[
        "nms",
        "batched_nms",
        "Nms::new",
        "Nms::with_nan",
        "Nms::nms",
        "Nms::batched_nms",
        "kernel::mine::NmsOver::with_storage",
        "NmsConfig::check",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (mut table, mut config) = (Table::any(source), table::nms_config(source));
        match source.below(32) {
            29 => spoil(&mut table.labels),
            30 => spoil(&mut table.losses),
            31 => config = config.iou_threshold(f64::NAN),
            _ => {}
        }
        Input { table, config, nan: table::nan(source) }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, f32, S>(SINGLE, simd, input, out);
        core::<f64, f64, S>(DOUBLE, simd, input, out);
        core::<f32, i16, S>(QUANTISED, simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32, f32>(SINGLE, input, out);
        std::<f64, f64>(DOUBLE, input, out);
        std::<f32, i16>(QUANTISED, input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32, f32>(SINGLE, input, out);
        naive::answers::<f64, f64>(DOUBLE, input, out);
        naive::answers::<f32, i16>(QUANTISED, input, out);
    }
}

type Kept = Result<Selection<Column<u32>>, MineError>;

/// Adds the indices alone, which is what one call of std returns.
fn indices(kept: Result<Selection<&[u32]>, MineError>, out: &mut impl Sink) {
    out.add(&kept.as_ref().map(Selection::indices).map_err(|error| *error));
}

fn core<F: Real, H: Loss, S: Simd>(
    [one, batched, with_nan, batched_with_nan, few]: Cases,
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    let Input { table, config, nan } = input;
    let (boxes, scores, groups) = (table.boxes::<F>(), table.losses::<H>(), &table.labels);
    let mut storage = ArrayStorage::<F, MAX, H, WINDOW>::new();
    out.answer(one, "nms");
    indices(ohem_core::nms(&boxes, &scores, config, &mut storage), out);
    out.answer(batched, "batched_nms");
    indices(ohem_core::batched_nms(&boxes, &scores, groups, config, &mut storage), out);
    out.answer(few, "nms");
    out.add(&ohem_core::nms(&boxes, &scores, config, &mut ArrayStorage::<F, CAPACITY, H, WINDOW>::new()));

    let refused = config.check();
    let by_nms = |groups: Option<&[i64]>, nan: Option<NanPolicy>| -> Kept {
        refused?;
        let mut nms = match nan {
            None => Nms::<F, MAX, H, WINDOW>::new(*config)?,
            Some(nan) => Nms::with_nan(*config, nan)?,
        };
        Ok(owned(match groups {
            Some(groups) => nms.batched_nms(&boxes, &scores, groups)?,
            None => nms.nms(&boxes, &scores)?,
        }))
    };
    for (case, kept) in [(one, by_nms(None, None)), (batched, by_nms(Some(groups), None))] {
        out.answer(case, "Nms");
        out.add(&kept.as_ref().map(Selection::indices).map_err(|error| *error));
    }
    for (case, groups) in [(with_nan, None), (batched_with_nan, Some(&groups[..]))] {
        out.answer(case, "Nms");
        out.add(&by_nms(groups, Some(*nan)));
    }
    let over_storage = || -> Kept {
        let mut nms = NmsOver::with_storage(*config, *nan, storage, simd)?;
        Ok(owned(nms.batched_nms(&boxes, &scores, groups)?))
    };
    out.answer(batched_with_nan, "NmsOver");
    out.add(&over_storage());
}

#[cfg(feature = "std")]
fn std<F: Real, H: Loss>(
    [one, batched, with_nan, batched_with_nan, _]: Cases,
    input: &Input,
    out: &mut impl Sink,
) {
    let Input { table, config, nan } = input;
    let (boxes, scores, groups) = (table.boxes::<F>(), table.losses::<H>(), &table.labels);
    out.answer(one, "nms");
    out.add(&ohem_std::nms(&boxes, &scores, config));
    out.answer(batched, "batched_nms");
    out.add(&ohem_std::batched_nms(&boxes, &scores, groups, config));
    let by_nms = |groups: Option<&[i64]>| -> Kept {
        let mut nms = ohem_std::Nms::<F, H>::with_nan(*config, *nan)?;
        Ok(owned(match groups {
            Some(groups) => nms.batched_nms(&boxes, &scores, groups)?,
            None => nms.nms(&boxes, &scores)?,
        }))
    };
    for (case, groups) in [(with_nan, None), (batched_with_nan, Some(&groups[..]))] {
        out.answer(case, "Nms");
        out.add(&by_nms(groups));
    }
}
