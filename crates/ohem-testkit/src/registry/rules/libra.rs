//! Libra R-CNN's rule.

use ohem_core::kernel::Simd;
use ohem_core::rules::{LibraConfig, Pick, libra};

use super::{Anchors, Large, Small, in_parts};
use crate::registry::mine::spoil;
use crate::registry::table::floats;
use crate::registry::{Column, Loss, Operation, Real, Sink, Source};

/// Positives, then negatives evenly from bins of their overlap.
#[derive(Clone, Copy, Debug)]
pub struct Libra;

/// Anchors, their overlaps, how they are sampled, and the seed of the generator.
#[derive(Clone, Debug)]
pub struct Input {
    anchors: Anchors,
    overlaps: Column<f64>,
    config: LibraConfig,
    /// Whether there are no losses.
    lossless: bool,
    seed: u64,
}

impl Operation for Libra {
    const NAME: &'static str = "libra";

    const COVERS: &'static [&'static str] = &[
        "rules::libra",
        "rules::LibraConfig::new",
        "rules::LibraConfig::num",
        "rules::LibraConfig::pos_fraction",
        "rules::LibraConfig::neg_pos_ub",
        "rules::LibraConfig::floor_thr",
        "rules::LibraConfig::floor_fraction",
        "rules::LibraConfig::num_bins",
        "rules::LibraConfig::pick",
        "rules::LibraConfig::nan",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (anchors, fault) = (Anchors::any(source), source.below(32));
        let mut overlaps = source.column(anchors.table.len(), |source| match source.below(8) {
            6 => 0.0,
            7 => source.choose(1.0, [0.1, 0.5, f64::NAN]),
            _ => source.unit(),
        });
        if fault == 31 {
            spoil(&mut overlaps);
        }
        let config = LibraConfig::new().num(source.below(40)).nan(anchors.nan);
        let config =
            config.pos_fraction(super::ratio(source)).floor_thr(source.choose(-1.0, [0.0, 0.1, 0.3]));
        let config =
            config.floor_fraction(source.choose(0.0, [0.25, 0.5, 1.0])).num_bins(1 + source.below(5));
        let config = config.pick(source.choose(Pick::Random, [Pick::Hardest]));
        let config = if source.once_in(2) { config.neg_pos_ub(super::ratio(source)) } else { config };
        let config = match fault {
            28 => config.floor_fraction(source.choose(-0.5, [1.5, f64::NAN])),
            29 => config.num_bins(0),
            30 => config.floor_thr(f64::NAN),
            _ => config,
        };
        let lossless = config.pick == Pick::Random && source.once_in(2);
        Input { anchors, overlaps, config, lossless, seed: source.bits() }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32, f32>(["f32", "f32, few"], input, out);
        core::<f64, f64>(["f64", "f64, few"], input, out);
        core::<f32, i8>(["f32 by i8", "f32 by i8, few"], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32, f32>("f32", input, out);
        std::<f64, f64>("f64", input, out);
        std::<f32, i8>("f32 by i8", input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32, f32>(["f32", "f32, few"], input, out);
        oracle::<f64, f64>(["f64", "f64, few"], input, out);
        oracle::<f32, i8>(["f32 by i8", "f32 by i8, few"], input, out);
    }
}

impl Input {
    fn losses<H: Loss>(&self) -> Column<H> {
        if self.lossless { Column::new() } else { self.anchors.table.losses() }
    }
}

fn core<F: Real, H: Loss>([case, few]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let (overlaps, losses, matches) =
        (floats::<F>(&input.overlaps), input.losses::<H>(), input.anchors.matches());
    let (config, generator) = (&input.config, || Source::from_seed(input.seed));
    let (mut large, mut small) = (Large::<F, H>::new(), Small::<F, H>::new());
    out.answer(case, "libra");
    in_parts(libra(&overlaps, &losses, &matches, config, &mut generator(), &mut large), out);
    out.answer(few, "libra");
    in_parts(libra(&overlaps, &losses, &matches, config, &mut generator(), &mut small), out);
}

#[cfg(feature = "std")]
fn std<F: Real, H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (overlaps, losses, matches) =
        (floats::<F>(&input.overlaps), input.losses::<H>(), input.anchors.matches());
    let (mut storage, mut generator) = (ohem_std::VecStorage::<F, H>::new(), Source::from_seed(input.seed));
    out.answer(case, "libra");
    in_parts(
        ohem_std::rules::libra(&overlaps, &losses, &matches, &input.config, &mut generator, &mut storage),
        out,
    );
}

#[cfg(feature = "std")]
fn oracle<F: Real, H: Loss>([case, few]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use crate::oracle::{Nan, draw, rank, rules_mmdet};
    use crate::registry::{Refused, naive};
    use ohem_core::NanPolicy;

    let Input { anchors, config, .. } = input;
    let (overlaps, losses) = (floats::<F>(&input.overlaps), input.losses::<H>());
    let is_hardest = config.pick == Pick::Hardest;
    // A NaN that is skipped is as if its RoI were ignored.
    let skips = |i: usize| is_hardest && config.nan == NanPolicy::Skip && losses[i].is_nan_key();
    let mined = |most: usize| -> Result<(usize, (usize, Vec<usize>)), Refused> {
        naive::length(overlaps.len(), anchors.matches.len())?;
        if !(0.0..=1.0).contains(&config.floor_fraction) || config.num_bins == 0 {
            return Err(Refused::Setting);
        }
        naive::number(config.floor_thr)?;
        if is_hardest || !losses.is_empty() {
            naive::length(overlaps.len(), losses.len())?;
        }
        if is_hardest {
            rank(&losses, naive::nan(config.nan)).map_err(super::nan_at)?;
        }
        let kept = |(i, &matched): (usize, &i32)| if skips(i) { -2 } else { matched };
        let matches: Vec<i32> = anchors.matches.iter().enumerate().map(kept).collect();
        let mut generator = Source::from_seed(input.seed);
        let mut choose = |rois: &[usize], count: usize| -> Vec<usize> {
            if !is_hardest {
                return draw(rois, count, &mut || generator.half_bits());
            }
            let of_rois: Vec<H> = rois.iter().map(|&roi| losses[roi]).collect();
            let order = rank(&of_rois, Nan::First).expect("NaNs are first");
            order.into_iter().take(count).map(|at| rois[at]).collect()
        };
        let count = |wanted: fn(&&i32) -> bool| matches.iter().filter(wanted).count();
        // All positives must fit, and then all negatives behind those sampled.
        naive::capacity(count(|&&matched| matched >= 0), most)?;
        let LibraConfig { num, pos_fraction, neg_pos_ub, floor_thr, floor_fraction, num_bins, .. } = *config;
        let (positives, negatives) = rules_mmdet::libra(
            &overlaps,
            &matches,
            num,
            pos_fraction,
            neg_pos_ub,
            floor_thr,
            floor_fraction,
            num_bins,
            &mut choose,
        );
        naive::capacity(count(|&&matched| matched == -1), most - positives.len())?;
        Ok((positives.len(), (overlaps.len(), [positives, negatives].concat())))
    };
    out.answer(case, "literally");
    out.add(&mined(usize::MAX));
    out.answer(few, "literally");
    out.add(&mined(super::FEW));
}
