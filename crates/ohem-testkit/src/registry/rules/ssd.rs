//! SSD's two rules.

use ohem_core::kernel::{self, Simd};
use ohem_core::rules::Ignored;
use ohem_core::rules::ssd::{self, SsdConfig, SsdNms};

use super::{Anchors, Large, Small, selected};
use crate::registry::mine::spoil;
use crate::registry::table::floats;
use crate::registry::{Column, Operation, Real, Sink, Source, numbers};

/// Hard negatives by a ratio, and the hardest of all.
#[derive(Clone, Copy, Debug)]
pub struct Ssd;

/// Anchors, their overlaps, and how they are mined.
#[derive(Clone, Debug)]
pub struct Input {
    anchors: Anchors,
    overlaps: Column<f64>,
    config: SsdConfig,
    /// Whether the boxes are left out.
    boxless: bool,
}

/// Negatives, the same in little memory, and both for examples.
type Cases = [&'static str; 4];

const SINGLE: Cases = ["f32 negatives", "f32 negatives, few", "f32 examples", "f32 examples, few"];
const DOUBLE: Cases = ["f64 negatives", "f64 negatives, few", "f64 examples", "f64 examples, few"];

impl Operation for Ssd {
    const NAME: &'static str = "ssd";

    const COVERS: &'static [&'static str] = &[
        "rules::ssd::negatives",
        "rules::ssd::hard_examples",
        "kernel::rules::ssd::negatives",
        "kernel::rules::ssd::hard_examples",
        "rules::ssd::SsdConfig::new",
        "rules::ssd::SsdConfig::neg_pos_ratio",
        "rules::ssd::SsdConfig::neg_overlap",
        "rules::ssd::SsdConfig::min_negatives",
        "rules::ssd::SsdConfig::sample_size",
        "rules::ssd::SsdConfig::ignored",
        "rules::ssd::SsdConfig::nms",
        "rules::ssd::SsdConfig::nan",
        "rules::ssd::SsdNms::new",
        "rules::ssd::SsdNms::top_k",
        "rules::ssd::SsdNms::min_area",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let anchors = Anchors::any(source);
        let mut overlaps = source
            .column(anchors.table.len(), |source| if source.once_in(16) { f64::NAN } else { source.unit() });
        if source.once_in(32) {
            spoil(&mut overlaps);
        }
        let config =
            SsdConfig::new().neg_pos_ratio(super::ratio(source)).neg_overlap(numbers::threshold(source));
        let config = config.min_negatives(source.below(6)).sample_size(source.below(40)).nan(anchors.nan);
        let config = config.ignored(source.choose(Ignored::Excluded, [Ignored::Compete]));
        let nms = SsdNms::new(numbers::threshold(source)).min_area(source.choose(0.0, [1e-5, 20.0, 1e9]));
        let nms = if source.once_in(2) { nms.top_k(source.below(40)) } else { nms };
        let config = if source.once_in(2) { config.nms(nms) } else { config };
        Input { anchors, overlaps, config, boxless: source.once_in(8) }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(SINGLE, simd, input, out);
        core::<f64, S>(DOUBLE, simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>(SINGLE, input, out);
        std::<f64>(DOUBLE, input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(SINGLE, input, out);
        naive::answers::<f64>(DOUBLE, input, out);
    }
}

impl Input {
    fn corners(&self) -> &[[f64; 4]] {
        if self.boxless { &[] } else { &self.anchors.table.corners }
    }
}

fn core<F: Real, S: Simd>(
    [negatives, few_negatives, examples, few_examples]: Cases,
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    let config = &input.config;
    let (boxes, losses) =
        (crate::registry::table::boxes::<F>(input.corners()), input.anchors.table.losses::<F>());
    let (matches, overlaps) = (input.anchors.matches(), floats::<F>(&input.overlaps));
    let anchors = ssd::Anchors { boxes: &boxes, losses: &losses, matches: &matches };
    let (mut large, mut small) = (Large::<F, F>::new(), Small::<F, F>::new());
    out.answer(negatives, "negatives");
    selected(ssd::negatives(&anchors, &overlaps, config, &mut large), out);
    out.answer(negatives, "kernel::rules::ssd::negatives");
    selected(kernel::rules::ssd::negatives(simd, &anchors, &overlaps, config, &mut large), out);
    out.answer(few_negatives, "negatives");
    selected(ssd::negatives(&anchors, &overlaps, config, &mut small), out);
    out.answer(examples, "hard_examples");
    selected(ssd::hard_examples(&anchors, config, &mut large), out);
    out.answer(examples, "kernel::rules::ssd::hard_examples");
    selected(kernel::rules::ssd::hard_examples(simd, &anchors, config, &mut large), out);
    out.answer(few_examples, "hard_examples");
    selected(ssd::hard_examples(&anchors, config, &mut small), out);
}

#[cfg(feature = "std")]
fn std<F: Real>([negatives, _, examples, _]: Cases, input: &Input, out: &mut impl Sink) {
    let (boxes, losses) =
        (crate::registry::table::boxes::<F>(input.corners()), input.anchors.table.losses::<F>());
    let (matches, overlaps) = (input.anchors.matches(), floats::<F>(&input.overlaps));
    let anchors = ssd::Anchors { boxes: &boxes, losses: &losses, matches: &matches };
    let mut storage = ohem_std::VecStorage::<F>::new();
    out.answer(negatives, "negatives");
    selected(ohem_std::rules::ssd::negatives(&anchors, &overlaps, &input.config, &mut storage), out);
    out.answer(examples, "hard_examples");
    selected(ohem_std::rules::ssd::hard_examples(&anchors, &input.config, &mut storage), out);
}

#[cfg(feature = "std")]
mod naive {
    use super::super::FEW;
    use super::*;
    use crate::oracle;
    use crate::registry::Refused;
    use crate::registry::mine::naive::corners;
    use crate::registry::naive::{capacity, length, nan, number};

    type Mined = Result<(usize, Vec<usize>), Refused>;

    /// The hardest of the anchors that compete.
    fn mined<F: Real>(input: &Input, competes: &[bool], batch_size: usize, most: usize) -> Mined {
        let (len, config) = (competes.len(), &input.config);
        if let Some(nms) = config.nms {
            length(len, input.corners().len())?;
            number(nms.iou_threshold)?;
        }
        capacity(batch_size, most)?;
        // Without suppression, boxes may be left out.
        let boxes = if input.boxless { vec![[F::zero(); 4]; len] } else { corners::<F>(input.corners()) };
        let rule = config.nms.map(|nms| (F::from_f64(nms.iou_threshold), nms.top_k, nms.min_area));
        let losses = input.anchors.table.losses::<F>();
        let mined = oracle::rules::ssd(&boxes, &losses, competes, batch_size, rule, nan(config.nan));
        Ok((len, mined.map_err(super::super::nan_at)?))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "the original computes in f32, and drops the fraction"
    )]
    fn negatives<F: Real>(input: &Input, most: usize) -> Mined {
        let Input { anchors, config, .. } = input;
        let len = anchors.lengths()?;
        length(len, input.overlaps.len())?;
        let below = |&overlap: &f64| F::from_f64(overlap) < F::from_f64(config.neg_overlap);
        let of = anchors.matches.iter().zip(&input.overlaps);
        let competes: Vec<bool> = of.map(|(&matched, overlap)| matched == -1 && below(overlap)).collect();
        let positives = anchors.matches.iter().filter(|&&matched| matched >= 0).count();
        let quota = (config.neg_pos_ratio as f32 * positives as f32) as usize;
        let competing = competes.iter().filter(|&&competes| competes).count();
        mined::<F>(input, &competes, quota.max(config.min_negatives).min(competing), most)
    }

    fn examples<F: Real>(input: &Input, most: usize) -> Mined {
        let Input { anchors, config, .. } = input;
        let len = anchors.lengths()?;
        let competes = |&matched: &i32| config.ignored == Ignored::Compete || matched >= -1;
        let competes: Vec<bool> = anchors.matches.iter().map(competes).collect();
        mined::<F>(input, &competes, config.sample_size.min(len), most)
    }

    pub(super) fn answers<F: Real>(cases: Cases, input: &Input, out: &mut impl Sink) {
        let mined: [Mined; 4] = [
            negatives::<F>(input, usize::MAX),
            negatives::<F>(input, FEW),
            examples::<F>(input, usize::MAX),
            examples::<F>(input, FEW),
        ];
        for (case, mined) in cases.into_iter().zip(mined) {
            out.answer(case, "literally");
            out.add(&mined);
        }
    }
}
