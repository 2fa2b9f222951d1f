//! PISA's rule.

use ohem_core::Storage;
use ohem_core::kernel::Simd;
use ohem_core::rules::{PisaConfig, ScoredRois, pisa};

use super::{Anchors, Large, Small, in_parts};
use crate::registry::mine::spoil;
use crate::registry::table::floats;
use crate::registry::{Agreement, Column, MAX, Operation, Real, Sink, Source, numbers};

/// Positives at random, then the negatives of the highest score-HLR, with weights.
#[derive(Clone, Copy, Debug)]
pub struct Pisa;

/// RoIs with scores, how they are sampled, and the seed of the generator.
#[derive(Clone, Debug)]
pub struct Input {
    anchors: Anchors,
    scores: Column<f64>,
    config: PisaConfig,
    seed: u64,
    /// Lengths of the memory for ranks and for weights: usually sufficient, now and then wrong.
    ranks: usize,
    weights: usize,
}

impl Operation for Pisa {
    const NAME: &'static str = "pisa";

    const COVERS: &'static [&'static str] = &[
        "rules::pisa",
        "rules::PisaConfig::new",
        "rules::PisaConfig::num",
        "rules::PisaConfig::pos_fraction",
        "rules::PisaConfig::neg_pos_ub",
        "rules::PisaConfig::k",
        "rules::PisaConfig::bias",
        "rules::PisaConfig::score_thr",
        "rules::PisaConfig::iou_thr",
        "rules::PisaConfig::nan",
    ];

    // Weights are powers, and quotients of sums of up to 40 losses.
    const ORACLE: Agreement = Agreement::Relative { ulps: 256.0 };

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (mut anchors, fault) = (Anchors::any(source), source.below(32));
        // The weights preserve the sum of losses, which cancels if some are negative.
        anchors
            .table
            .losses
            .iter_mut()
            .for_each(|loss| *loss = if loss.is_finite() { loss.abs().min(1e6) } else { *loss });
        let mut scores = source.column(anchors.table.len(), |source| match source.below(16) {
            14 => source.choose(0.05, [0.5, 1.0]),
            15 => source.choose(0.0, [f64::NAN]),
            _ => source.unit(),
        });
        if fault == 31 {
            spoil(&mut scores);
        }
        let config =
            PisaConfig::new().num(source.below(40)).pos_fraction(super::ratio(source)).nan(anchors.nan);
        let config = config.k(source.choose(1.0, [0.5, 2.0, 0.0])).bias(source.choose(0.0, [0.25, 1.0]));
        let config = config.score_thr(source.choose(0.05, [0.5, -1.0])).iou_thr(numbers::threshold(source));
        let config = if source.once_in(2) { config.neg_pos_ub(super::ratio(source)) } else { config };
        let config = match fault {
            28 => config.k(source.choose(-1.0, [f64::NAN, f64::INFINITY])),
            29 => config.bias(source.choose(-0.5, [1.5, f64::NAN])),
            30 => config.iou_thr(f64::NAN),
            _ => config,
        };
        let len = anchors.matches.len();
        let ranks = if fault == 27 { len + 1 } else { len };
        let weights = if fault == 26 { source.below(4) } else { MAX };
        Input { anchors, scores, config, seed: source.bits(), ranks, weights }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>(["f32", "f32 ranks", "f32, few"], input, out);
        core::<f64>(["f64", "f64 ranks", "f64, few"], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if input.ranks == input.anchors.matches.len() && input.weights == MAX {
            std::<f32>("f32", input, out);
            std::<f64>("f64", input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(["f32", "f32 ranks", "f32, few"], input, out);
        naive::answers::<f64>(["f64", "f64 ranks", "f64, few"], input, out);
    }
}

fn core<F: Real>([case, places, few]: [&'static str; 3], input: &Input, out: &mut impl Sink) {
    let mut ranks = [7; MAX + 1];
    let ranks = ranks.get_mut(..input.ranks).unwrap_or_default();
    out.answer(case, "pisa");
    let is_ok = sampled::<F, _>(input, ranks, &mut Large::<F, F>::new(), out);
    out.answer(places, "pisa");
    out.add(&is_ok.then_some(&*ranks));
    out.answer(few, "pisa");
    sampled::<F, _>(input, ranks, &mut Small::<F, F>::new(), out);
}

/// Adds the RoIs sampled, and the weight of each; returns whether there was no error.
fn sampled<F: Real, T: Storage<Coordinate = F>>(
    input: &Input,
    ranks: &mut [u32],
    storage: &mut T,
    out: &mut impl Sink,
) -> bool {
    let mut memory = [F::one(); MAX];
    let weights = memory.get_mut(..input.weights).unwrap_or_default();
    let mut generator = Source::from_seed(input.seed);
    let sampled = with_rois(input, |rois| pisa(rois, &input.config, &mut generator, ranks, weights, storage));
    match sampled {
        Ok((positives, hard)) => {
            let len = hard.len();
            in_parts(Ok((positives, hard)), out);
            out.add(&memory.get(..len).unwrap_or_default());
            true
        }
        Err(error) => {
            in_parts(Err(error), out);
            false
        }
    }
}

/// Calls a function with the RoIs.
fn with_rois<F: Real, T>(input: &Input, work: impl FnOnce(&ScoredRois<'_, F>) -> T) -> T {
    let table = &input.anchors.table;
    let (boxes, scores, losses) = (table.boxes::<F>(), floats::<F>(&input.scores), table.losses::<F>());
    work(&ScoredRois { boxes: &boxes, scores: &scores, losses: &losses, matches: &input.anchors.matches() })
}

#[cfg(feature = "std")]
fn std<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (mut storage, mut generator) = (ohem_std::VecStorage::<F>::new(), Source::from_seed(input.seed));
    out.answer(case, "pisa");
    let sampled = with_rois::<F, _>(input, |rois| {
        let sampled = ohem_std::rules::pisa(rois, &input.config, &mut generator, &mut storage);
        sampled.map(|(positives, hard, weights)| ((positives, hard), weights))
    });
    match sampled {
        Ok((sampled, weights)) => {
            in_parts(Ok(sampled), out);
            out.add(&weights);
        }
        Err(error) => in_parts(Err(error), out),
    }
}

#[cfg(feature = "std")]
#[path = "pisa/oracle.rs"]
mod naive;
