//! MONAI's rule.

use ohem_core::kernel::{self, Simd};
use ohem_core::rules::{MonaiConfig, monai};

use super::{Anchors, Large, Small, in_parts};
use crate::registry::{Loss, Operation, Sink, Source};

/// Positives at random, and negatives at random from the hardest.
#[derive(Clone, Copy, Debug)]
pub struct Monai;

/// Anchors, how they are mined, and the seed of the generator.
#[derive(Clone, Debug)]
pub struct Input {
    anchors: Anchors,
    config: MonaiConfig,
    seed: u64,
}

impl Operation for Monai {
    const NAME: &'static str = "monai";

    const COVERS: &'static [&'static str] = &[
        "rules::monai",
        "kernel::rules::monai",
        "rules::MonaiConfig::new",
        "rules::MonaiConfig::batch_size",
        "rules::MonaiConfig::positive_fraction",
        "rules::MonaiConfig::min_negatives",
        "rules::MonaiConfig::pool_size",
        "rules::MonaiConfig::nan",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let anchors = Anchors::any(source);
        let config = MonaiConfig::new(1).batch_size(source.below(40)).positive_fraction(super::ratio(source));
        let config = config.min_negatives(source.below(5)).nan(anchors.nan);
        let config = if source.once_in(2) { config.pool_size(super::ratio(source)) } else { config };
        Input { anchors, config, seed: source.bits() }
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
    let (losses, matches, config) =
        (input.anchors.table.losses::<H>(), input.anchors.matches(), &input.config);
    let generator = || Source::from_seed(input.seed);
    let mut storage = Large::<f32, H>::new();
    out.answer(case, "monai");
    in_parts(monai(&losses, &matches, config, &mut generator(), &mut storage), out);
    out.answer(case, "kernel::rules::monai");
    in_parts(kernel::rules::monai(simd, &losses, &matches, config, &mut generator(), &mut storage), out);
    out.answer(few, "monai");
    in_parts(monai(&losses, &matches, config, &mut generator(), &mut Small::<f32, H>::new()), out);
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (losses, matches) = (input.anchors.table.losses::<H>(), input.anchors.matches());
    let (mut storage, mut generator) = (ohem_std::VecStorage::<f32, H>::new(), Source::from_seed(input.seed));
    out.answer(case, "monai");
    in_parts(ohem_std::rules::monai(&losses, &matches, &input.config, &mut generator, &mut storage), out);
}

#[cfg(feature = "std")]
fn oracle<H: Loss>([case, few]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use crate::registry::{Refused, naive};

    let Input { anchors, config, seed } = input;
    let mined = |most: usize| -> Result<(usize, (usize, Vec<usize>)), Refused> {
        let (len, losses) = (anchors.lengths()?, anchors.table.losses::<H>());
        let count = |wanted: fn(&&i32) -> bool| anchors.matches.iter().filter(wanted).count();
        // All positives must fit, and then the pool of negatives behind those drawn.
        naive::capacity(count(|&&matched| matched >= 0), most)?;
        let mut generator = Source::from_seed(*seed);
        let (positives, negatives) = crate::oracle::rules::monai(
            &losses,
            &anchors.matches,
            config.batch_size,
            config.positive_fraction,
            config.min_negatives,
            config.pool_size,
            naive::nan(config.nan),
            &mut || generator.half_bits(),
        )
        .map_err(super::nan_at)?;
        let ratio = (1.0 - 1.0 / config.positive_fraction).abs();
        let wanted = super::truncated(positives.len().max(1) as f64 * ratio).max(config.min_negatives);
        let background = count(|&&matched| matched == -1);
        let pool = super::truncated(wanted.min(background) as f64 * config.pool_size).min(background);
        naive::capacity(pool, most - positives.len())?;
        Ok((positives.len(), (len, [positives, negatives].concat())))
    };
    out.answer(case, "literally");
    out.add(&mined(usize::MAX));
    out.answer(few, "literally");
    out.add(&mined(super::FEW));
}
