//! mmdetection's rule.

use ohem_core::kernel::{self, Simd};
use ohem_core::rules::{MmdetConfig, mmdet};

use super::{Anchors, Large, Small, in_parts};
use crate::registry::{Loss, Operation, Sink, Source};

/// The hardest positives and the hardest negatives, a quota each.
#[derive(Clone, Copy, Debug)]
pub struct Mmdet;

/// Anchors, and how they are mined.
#[derive(Clone, Debug)]
pub struct Input {
    anchors: Anchors,
    config: MmdetConfig,
}

impl Operation for Mmdet {
    const NAME: &'static str = "mmdet";

    const COVERS: &'static [&'static str] = &[
        "rules::mmdet",
        "kernel::rules::mmdet",
        "rules::MmdetConfig::new",
        "rules::MmdetConfig::num",
        "rules::MmdetConfig::pos_fraction",
        "rules::MmdetConfig::neg_pos_ub",
        "rules::MmdetConfig::nan",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let anchors = Anchors::any(source);
        let config =
            MmdetConfig::new().num(source.below(40)).pos_fraction(super::ratio(source)).nan(anchors.nan);
        let config = if source.once_in(2) { config.neg_pos_ub(super::ratio(source)) } else { config };
        Input { anchors, config }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(["f32", "f32, few"], simd, input, out);
        core::<f64, S>(["f64", "f64, few"], simd, input, out);
        core::<i8, S>(["i8", "i8, few"], simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>("f32", input, out);
        std::<f64>("f64", input, out);
        std::<i8>("i8", input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>(["f32", "f32, few"], input, out);
        oracle::<f64>(["f64", "f64, few"], input, out);
        oracle::<i8>(["i8", "i8, few"], input, out);
    }
}

fn core<H: Loss, S: Simd>([case, few]: [&'static str; 2], simd: S, input: &Input, out: &mut impl Sink) {
    let (losses, matches) = (input.anchors.table.losses::<H>(), input.anchors.matches());
    let mut storage = Large::<f32, H>::new();
    out.answer(case, "mmdet");
    in_parts(mmdet(&losses, &matches, &input.config, &mut storage), out);
    out.answer(case, "kernel::rules::mmdet");
    in_parts(kernel::rules::mmdet(simd, &losses, &matches, &input.config, &mut storage), out);
    out.answer(few, "mmdet");
    in_parts(mmdet(&losses, &matches, &input.config, &mut Small::<f32, H>::new()), out);
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (losses, matches) = (input.anchors.table.losses::<H>(), input.anchors.matches());
    let mut storage = ohem_std::VecStorage::<f32, H>::new();
    out.answer(case, "mmdet");
    in_parts(ohem_std::rules::mmdet(&losses, &matches, &input.config, &mut storage), out);
}

#[cfg(feature = "std")]
fn oracle<H: Loss>([case, few]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use crate::registry::{Refused, naive};

    let Input { anchors, config: MmdetConfig { num, pos_fraction, neg_pos_ub, nan, .. } } = input;
    let mined = |most: usize| -> Result<(usize, (usize, Vec<usize>)), Refused> {
        let (len, losses) = (anchors.lengths()?, anchors.table.losses::<H>());
        let mined = crate::oracle::rules::mmdet(
            &losses,
            &anchors.matches,
            *num,
            *pos_fraction,
            *neg_pos_ub,
            naive::nan(*nan),
        );
        // The error for positives that do not fit precedes that for a NaN.
        let quota = super::truncated(*num as f64 * pos_fraction).min(*num);
        let fitting = anchors.matches.iter().filter(|&&matched| matched >= 0).count().min(quota);
        naive::capacity(fitting, most)?;
        let (positives, negatives) = mined.map_err(super::nan_at)?;
        let ub = neg_pos_ub.map_or(usize::MAX, |ub| super::truncated(ub * positives.len().max(1) as f64));
        let quota = ub.min(num - positives.len());
        let wanted = anchors.matches.iter().filter(|&&matched| matched == -1).count().min(quota);
        naive::capacity(wanted, most - positives.len())?;
        Ok((positives.len(), (len, [positives, negatives].concat())))
    };
    out.answer(case, "literally");
    out.add(&mined(usize::MAX));
    out.answer(few, "literally");
    out.add(&mined(super::FEW));
}
