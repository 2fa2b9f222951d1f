//! Pixels harder than a threshold, or the hardest of them.

use ohem_core::LengthMismatch;
use ohem_core::kernel::{self, Simd};
use ohem_core::rules::segmentation::{Counting, by_loss, by_probability};

use crate::registry::mine::spoil;
use crate::registry::numbers::Numbers;
use crate::registry::table::{each, floats};
use crate::registry::{Column, Loss, MAX, Operation, Real, Sink, Source, Words};

/// Both rules of segmentation.
#[derive(Clone, Copy, Debug)]
pub struct Segmentation;

/// Pixels, and how they are kept.
#[derive(Clone, Debug)]
pub struct Input {
    losses: Column<f64>,
    is_valid: Column<bool>,
    threshold: f64,
    min_kept: usize,
    counting: Counting,
    /// Whether the output is one too long.
    long: bool,
}

impl Operation for Segmentation {
    const NAME: &'static str = "segmentation";

    const COVERS: &'static [&'static str] = &[
        "rules::segmentation::by_loss",
        "rules::segmentation::by_probability",
        "kernel::rules::segmentation::by_loss",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, numbers, fault) = (source.rows(), Numbers::any(source), source.below(24));
        let losses = source.column(rows, |source| numbers.next(source));
        let mut is_valid = source.column(rows, |source| !source.once_in(5));
        if fault == 22 {
            spoil(&mut is_valid);
        }
        let near =
            losses.get(source.below(losses.len())).copied().filter(|near| !near.is_nan()).unwrap_or(0.5);
        let threshold = source.choose(0.5, [near, near, 2.0, f64::NEG_INFINITY, f64::INFINITY]);
        let others = [Counting::Mmsegmentation, Counting::PaddleSeg];
        let (min_kept, counting) = (source.below(rows + 4), source.choose(Counting::Exact, others));
        Input { losses, is_valid, threshold, min_kept, counting, long: fault == 23 }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>(["f32", "f32 probabilities"], input, out);
        core::<f64>(["f64", "f64 probabilities"], input, out);
        by_losses::<i8>("i8", input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if !input.long {
            std::<f32>(["f32", "f32 probabilities"], input, out);
            std::<f64>(["f64", "f64 probabilities"], input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::by_losses::<f32>("f32", input, out);
        naive::by_losses::<f64>("f64", input, out);
        naive::by_losses::<i8>("i8", input, out);
        naive::by_probabilities::<f32>("f32 probabilities", input, out);
        naive::by_probabilities::<f64>("f64 probabilities", input, out);
    }
}

/// Writes flags, and adds them with their number.
fn flagged(
    input: &Input,
    keep: impl FnOnce(&mut [bool]) -> Result<usize, LengthMismatch>,
    out: &mut impl Sink,
) {
    let mut memory = [true; MAX + 1];
    let kept = memory.get_mut(..input.losses.len() + usize::from(input.long)).unwrap_or_default();
    (keep(kept), &*kept).add_to(out);
}

fn by_losses<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (losses, threshold) = (each(&input.losses, |&loss| H::of(loss)), H::of(input.threshold));
    out.answer(case, "by_loss");
    flagged(input, |kept| by_loss(&losses, &input.is_valid, threshold, input.min_kept, kept), out);
    // Without flags, all pixels take part.
    let is_valid = Some(&*input.is_valid).filter(|is_valid| is_valid.iter().any(|&is_valid| !is_valid));
    let is_valid = is_valid.or((input.is_valid.len() != losses.len()).then_some(&*input.is_valid));
    let mut counts = [0; 256];
    out.answer(case, "kernel::rules::segmentation::by_loss");
    let keep = |kept: &mut [bool]| {
        kernel::rules::segmentation::by_loss(&losses, is_valid, threshold, input.min_kept, &mut counts, kept)
    };
    flagged(input, keep, out);
}

fn core<F: Real>([case, by_probabilities]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    by_losses::<F>(case, input, out);
    let (probabilities, threshold) = (floats::<F>(&input.losses), F::from_f64(input.threshold));
    let Input { is_valid, min_kept, counting, .. } = input;
    let keep =
        |kept: &mut [bool]| by_probability(&probabilities, is_valid, threshold, *min_kept, *counting, kept);
    out.answer(by_probabilities, "by_probability");
    flagged(input, keep, out);
}

#[cfg(feature = "std")]
fn std<F: Real>([case, by_probabilities]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use ohem_std::rules::segmentation;

    let (losses, threshold) = (floats::<F>(&input.losses), F::from_f64(input.threshold));
    let Input { is_valid, min_kept, counting, .. } = input;
    let counted = |kept: Result<Vec<bool>, LengthMismatch>, out: &mut _| {
        let count =
            kept.as_ref().map(|kept| kept.iter().filter(|&&kept| kept).count()).map_err(|error| *error);
        (count, kept.unwrap_or(vec![true; losses.len()])).add_to(out);
    };
    out.answer(case, "by_loss");
    counted(segmentation::by_loss(&losses, is_valid, threshold, *min_kept), out);
    out.answer(by_probabilities, "by_probability");
    counted(segmentation::by_probability(&losses, is_valid, threshold, *min_kept, *counting), out);
}

#[cfg(feature = "std")]
mod naive {
    use super::*;
    use crate::oracle::rules;
    use crate::registry::naive::length;

    fn counted(input: &Input, keep: impl FnOnce() -> Vec<bool>, out: &mut impl Sink) {
        let (len, slots) = (input.losses.len(), input.losses.len() + usize::from(input.long));
        let lengths = length(len, input.is_valid.len()).and_then(|()| length(len, slots));
        let kept = lengths.map_or(vec![true; slots], |()| keep());
        (lengths.map(|()| kept.iter().filter(|&&kept| kept).count()), kept).add_to(out);
    }

    pub(super) fn by_losses<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
        let losses = each(&input.losses, |&loss| H::of(loss));
        out.answer(case, "sorted");
        let kept = || rules::segmentation(&losses, &input.is_valid, H::of(input.threshold), input.min_kept);
        counted(input, kept, out);
    }

    pub(super) fn by_probabilities<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
        let Input { is_valid, min_kept, .. } = input;
        let (probabilities, threshold) = (floats::<F>(&input.losses), F::from_f64(input.threshold));
        let counting = match input.counting {
            Counting::Exact => rules::Counting::Exact,
            Counting::Mmsegmentation => rules::Counting::Mmsegmentation,
            Counting::PaddleSeg => rules::Counting::PaddleSeg,
        };
        out.answer(case, "sorted");
        let kept = || rules::by_probability(&probabilities, is_valid, threshold, *min_kept, counting);
        counted(input, kept, out);
    }
}
