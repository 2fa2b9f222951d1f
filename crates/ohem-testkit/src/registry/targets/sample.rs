//! Foreground and background listed, and drawn at random.

use ohem_core::kernel::Simd;
use ohem_core::targets::{ForegroundBackground, SampleConfig, sample, split};

use super::{label_config, overlaps};
use crate::registry::table::floats;
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Foreground and background: all of them, and a minibatch.
#[derive(Clone, Copy, Debug)]
pub struct Sampled;

/// Overlaps, the configuration of the draw from them, and the seed of the generator.
#[derive(Clone, Debug)]
pub struct Input {
    overlaps: Column<f64>,
    config: SampleConfig,
    seed: u64,
    /// How many indices the memory holds.
    memory: usize,
}

impl Operation for Sampled {
    const NAME: &'static str = "sample";

    const COVERS: &'static [&'static str] = &[
        "targets::split",
        "targets::sample",
        "targets::SampleConfig::new",
        "targets::SampleConfig::fast_rcnn",
        "targets::SampleConfig::batch_size",
        "targets::SampleConfig::foreground_fraction",
        "targets::SampleConfig::labels",
        "targets::SampleConfig::max_foreground",
        "targets::ForegroundBackground::indices",
        "targets::ForegroundBackground::foreground",
        "targets::ForegroundBackground::background",
        "targets::ForegroundBackground::map",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, fault) = (source.rows(), source.below(24));
        let config =
            source.choose(SampleConfig::new(8), [SampleConfig::fast_rcnn()]).batch_size(source.below(40));
        let fraction = source.choose(0.25, [0.5, 0.0, 1.0, 0.125, 1.0 / 3.0]);
        let fraction = if fault == 22 { source.choose(-0.5, [1.5, f64::NAN]) } else { fraction };
        let labels = label_config(source);
        let labels = if fault == 23 { labels.background(0.0, f64::NAN) } else { labels };
        let config = config.foreground_fraction(fraction).labels(labels);
        let memory = if source.once_in(8) { source.below(rows + 1) } else { 2 * MAX };
        Input { overlaps: overlaps(source, rows), config, seed: source.bits(), memory }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>(["f32 split", "f32 sample"], input, out);
        core::<f64>(["f64 split", "f64 sample"], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if input.memory == 2 * MAX {
            std::<f32>(["f32 split", "f32 sample"], input, out);
            std::<f64>(["f64 split", "f64 sample"], input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>(["f32 split", "f32 sample"], input, out);
        oracle::<f64>(["f64 split", "f64 sample"], input, out);
    }
}

impl<I: AsRef<[u32]>> Words for ForegroundBackground<I> {
    fn add_to(&self, out: &mut impl Sink) {
        (self.indices(), self.foreground(), self.background()).add_to(out);
    }
}

fn core<F: Real>([listed, drawn]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let (overlaps, mut memory) = (floats::<F>(&input.overlaps), [7; 2 * MAX]);
    let memory = memory.get_mut(..input.memory).unwrap_or_default();
    out.answer(listed, "split");
    out.add(&split(&overlaps, &input.config.labels, memory).map(|split| split.map(|indices| indices)));
    out.answer(drawn, "sample");
    out.add(&input.config.max_foreground());
    out.add(&sample(&overlaps, &input.config, &mut Source::from_seed(input.seed), memory));
}

#[cfg(feature = "std")]
fn std<F: Real>([listed, drawn]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    let overlaps = floats::<F>(&input.overlaps);
    out.answer(listed, "split");
    out.add(&ohem_std::targets::split(&overlaps, &input.config.labels));
    out.answer(drawn, "sample");
    out.add(&input.config.max_foreground());
    out.add(&ohem_std::targets::sample(&overlaps, &input.config, &mut Source::from_seed(input.seed)));
}

#[cfg(feature = "std")]
fn oracle<F: Real>([listed, drawn]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
    use super::{check, thresholds};
    use crate::oracle;
    use crate::registry::{Refused, naive::capacity};

    let (overlaps, config) = (floats::<F>(&input.overlaps), &input.config);
    let thresholds = thresholds(&config.labels);
    let fits = || -> Result<(), Refused> {
        check(&config.labels)?;
        let (foreground, background) = oracle::split(&overlaps, &thresholds);
        capacity(foreground.len() + background.len(), input.memory)
    };
    let parts = |(foreground, background): (Vec<usize>, Vec<usize>)| {
        ([&foreground[..], &background].concat(), foreground, background)
    };
    out.answer(listed, "one by one");
    out.add(&fits().map(|()| parts(oracle::split(&overlaps, &thresholds))));

    let sense = (0.0..=1.0).contains(&config.foreground_fraction);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a batch")]
    let most = (config.foreground_fraction * config.batch_size as f64).round_ties_even() as usize;
    let mut generator = Source::from_seed(input.seed);
    let mut next = || generator.half_bits();
    let mut drawing =
        || oracle::sample(&overlaps, config.batch_size, config.foreground_fraction, &thresholds, &mut next);
    out.answer(drawn, "one by one");
    out.add(&sense.then_some(most));
    let sense = if sense { Ok(()) } else { Err(Refused::Setting) };
    out.add(&sense.and_then(|()| fits()).map(|()| parts(drawing())));
}
