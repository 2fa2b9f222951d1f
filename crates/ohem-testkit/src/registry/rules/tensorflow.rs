//! TensorFlow's rule, and the weighted sum of its losses.

use ohem_core::kernel::{self, Simd};
use ohem_core::rules::{Ignored, TensorflowConfig, tensorflow, weighted_sum};

use super::{Anchors, Large, Small, selected};
use crate::registry::numbers::{self, Numbers};
use crate::registry::table::floats;
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Suppression over all anchors, then negatives by a ratio.
#[derive(Clone, Copy, Debug)]
pub struct Tensorflow;

/// Anchors, their second loss, and how they are mined.
#[derive(Clone, Debug)]
pub struct Input {
    anchors: Anchors,
    localization: Column<f64>,
    weights: [f64; 2],
    config: TensorflowConfig,
    /// Whether the boxes are one too few.
    short: bool,
}

impl Operation for Tensorflow {
    const NAME: &'static str = "tensorflow";

    const COVERS: &'static [&'static str] = &[
        "rules::tensorflow",
        "kernel::rules::tensorflow",
        "rules::weighted_sum",
        "rules::TensorflowConfig::new",
        "rules::TensorflowConfig::ssd",
        "rules::TensorflowConfig::num_hard_examples",
        "rules::TensorflowConfig::iou_threshold",
        "rules::TensorflowConfig::max_negatives_per_positive",
        "rules::TensorflowConfig::min_negatives_per_image",
        "rules::TensorflowConfig::ignored",
        "rules::TensorflowConfig::nan",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (anchors, numbers) = (Anchors::any(source), Numbers::any(source));
        let len = anchors.table.len() - usize::from(source.once_in(16) && !anchors.table.is_empty());
        let localization = source.column(len, |source| numbers.next(source));
        let weights = [(); 2].map(|()| source.choose(1.0, [0.5, 0.0, -1.0, 1e30]));
        let config = source.choose(TensorflowConfig::new(), [TensorflowConfig::ssd()]);
        let num = source.below(40);
        let config = config.num_hard_examples(source.choose(Some(num), [None])).nan(anchors.nan);
        let config =
            config.min_negatives_per_image(source.below(4)).iou_threshold(numbers::threshold(source));
        let config = config.ignored(source.choose(Ignored::Excluded, [Ignored::Compete]));
        let config =
            if source.once_in(2) { config.max_negatives_per_positive(super::ratio(source)) } else { config };
        Input { anchors, localization, weights, config, short: source.once_in(32) }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(["f32", "f32, few", "f32 sum"], simd, input, out);
        core::<f64, S>(["f64", "f64, few", "f64 sum"], simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32>(["f32", "f32 sum"], input, out);
        std::<f64>(["f64", "f64 sum"], input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>(["f32", "f32, few", "f32 sum"], input, out);
        oracle::<f64>(["f64", "f64, few", "f64 sum"], input, out);
    }
}

impl Input {
    fn corners(&self) -> &[[f64; 4]] {
        let corners = &self.anchors.table.corners;
        corners.get(usize::from(self.short)..).unwrap_or_default()
    }
}

fn core<F: Real, S: Simd>([case, few, sum]: [&'static str; 3], simd: S, input: &Input, out: &mut impl Sink) {
    let Input { anchors, config, .. } = input;
    let (boxes, losses) = (crate::registry::table::boxes::<F>(input.corners()), anchors.table.losses::<F>());
    let matches = anchors.matches();
    let mut storage = Large::<F, F>::new();
    out.answer(case, "tensorflow");
    selected(tensorflow(&boxes, &losses, &matches, config, &mut storage), out);
    out.answer(case, "kernel::rules::tensorflow");
    selected(kernel::rules::tensorflow(simd, &boxes, &losses, &matches, config, &mut storage), out);
    out.answer(few, "tensorflow");
    selected(tensorflow(&boxes, &losses, &matches, config, &mut Small::<F, F>::new()), out);
    out.answer(sum, "weighted_sum");
    added(input, weighted_sum::<F>, out);
}

/// The sum of both losses.
fn added<F: Real, E: Words>(
    input: &Input,
    add: impl Fn(&[F], F, &[F], F, &mut [F]) -> Result<(), E>,
    out: &mut impl Sink,
) {
    let (classification, localization) =
        (input.anchors.table.losses::<F>(), floats::<F>(&input.localization));
    let [cls_weight, loc_weight] = input.weights.map(F::from_f64);
    let mut memory = [F::one(); MAX];
    let sums = memory.get_mut(..input.anchors.table.len()).unwrap_or_default();
    let added = add(&classification, cls_weight, &localization, loc_weight, sums);
    (added, &*sums).add_to(out);
}

#[cfg(feature = "std")]
fn std<F: Real>([case, sum]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let Input { anchors, config, .. } = input;
    let (boxes, losses) = (crate::registry::table::boxes::<F>(input.corners()), anchors.table.losses::<F>());
    let mut storage = ohem_std::VecStorage::<F>::new();
    let mined = ohem_std::rules::tensorflow(&boxes, &losses, &anchors.matches(), config, &mut storage);
    out.answer(case, "tensorflow");
    selected(mined, out);
    out.answer(sum, "weighted_sum");
    added(input, ohem_std::rules::weighted_sum::<F>, out);
}

#[cfg(feature = "std")]
fn oracle<F: Real>([case, few, sum]: [&'static str; 3], input: &Input, out: &mut impl Sink) {
    use crate::registry::mine::naive::corners;
    use crate::registry::naive::{capacity, length, nan, number};
    use crate::{oracle, registry::Refused};

    let Input { anchors, config, .. } = input;
    #[expect(clippy::cast_possible_truncation, reason = "the original computes in f32")]
    let mined = |most: usize| -> Result<(usize, Vec<usize>), Refused> {
        let len = anchors.lengths()?;
        let kept = config.num_hard_examples.unwrap_or(usize::MAX).min(len);
        number(config.iou_threshold)?;
        capacity(kept, most)?;
        length(input.corners().len(), len)?;
        let negatives =
            config.max_negatives_per_positive.map(|ratio| (ratio as f32, config.min_negatives_per_image));
        let mined = oracle::rules::tensorflow(
            &corners::<F>(input.corners()),
            &anchors.table.losses::<F>(),
            &anchors.matches,
            kept,
            F::from_f64(config.iou_threshold),
            negatives,
            config.ignored == Ignored::Compete,
            nan(config.nan),
        );
        Ok((len, mined.map_err(super::nan_at)?))
    };
    out.answer(case, "literally");
    out.add(&mined(usize::MAX));
    out.answer(few, "literally");
    out.add(&mined(super::FEW));

    let (cls, loc) = (anchors.table.losses::<F>(), floats::<F>(&input.localization));
    let [cls_weight, loc_weight] = input.weights.map(F::from_f64);
    let len = anchors.table.len();
    let lengths = length(len, cls.len()).and_then(|()| length(len, loc.len()));
    let sums = || cls.iter().zip(&loc).map(|(&cls, &loc)| cls * cls_weight + loc * loc_weight).collect();
    out.answer(sum, "one by one");
    (lengths, lengths.map_or(vec![F::one(); len], |()| sums())).add_to(out);
}
