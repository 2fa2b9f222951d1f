//! The label of each RoI.

use ohem_core::Match;
use ohem_core::kernel::Simd;
use ohem_core::targets::{Assignment, LabelConfig, label};

use super::{label_config, matches, overlaps};
use crate::registry::mine::spoil;
use crate::registry::table::floats;
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Labels by the IoU with ground truth.
#[derive(Clone, Copy, Debug)]
pub struct Labelled;

/// An assignment, the classes of its objects, and the thresholds.
#[derive(Clone, Debug)]
pub struct Input {
    overlaps: Column<f64>,
    matches: Column<Match>,
    classes: Column<u32>,
    config: LabelConfig,
    /// Whether the output is one too long.
    long: bool,
}

impl Operation for Labelled {
    const NAME: &'static str = "label";

    const COVERS: &'static [&'static str] = &[
        "targets::label",
        "targets::LabelConfig::new",
        "targets::LabelConfig::fast_rcnn",
        "targets::LabelConfig::foreground",
        "targets::LabelConfig::background",
        "targets::LabelConfig::target",
        "targets::LabelConfig::on_overlap",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, objects, fault) = (source.rows(), source.below(12), source.below(32));
        let mut classes =
            source.column(objects, |source| u32::try_from(source.below(21)).unwrap_or_default());
        if let (27, Some(class)) = (fault, classes.last_mut()) {
            *class = source.choose(u32::MAX, [u32::MAX - 1]);
        }
        let mut matches = matches(source, rows, objects + usize::from(fault == 28));
        if fault == 29 {
            spoil(&mut matches);
        }
        let config = label_config(source);
        let config = if fault == 30 { config.foreground(f64::NAN) } else { config };
        Input { overlaps: overlaps(source, rows), matches, classes, config, long: fault == 31 }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>("f32", input, out);
        core::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if !input.long {
            std::<f32>("f32", input, out);
            std::<f64>("f64", input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32>("f32", input, out);
        oracle::<f64>("f64", input, out);
    }
}

fn core<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let overlaps = floats::<F>(&input.overlaps);
    let mut labels = [Match::object(99); MAX + 1];
    let labels = labels.get_mut(..overlaps.len() + usize::from(input.long)).unwrap_or_default();
    let assignment = Assignment { overlaps: &overlaps, matches: &input.matches };
    out.answer(case, "label");
    (label(assignment, &input.classes, &input.config, labels), &*labels).add_to(out);
}

#[cfg(feature = "std")]
fn std<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let overlaps = floats::<F>(&input.overlaps);
    let assignment = Assignment { overlaps: &overlaps, matches: &input.matches };
    let labels = ohem_std::targets::label(assignment, &input.classes, &input.config);
    let refused = labels.as_ref().map(|_| ()).map_err(|error| *error);
    out.answer(case, "label");
    (refused, labels.unwrap_or(vec![Match::object(99); overlaps.len()])).add_to(out);
}

#[cfg(feature = "std")]
fn oracle<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    use super::{check, known, object, thresholds};
    use crate::oracle;
    use crate::registry::{Refused, naive::length};

    let Input { matches, classes, config, long, .. } = input;
    let (overlaps, slots) = (floats::<F>(&input.overlaps), input.overlaps.len() + usize::from(*long));
    let checked = || -> Result<(), Refused> {
        check(config)?;
        length(overlaps.len(), matches.len())?;
        length(overlaps.len(), slots)?;
        let limit = (u32::MAX - 1) as usize;
        if let Some(position) = classes.iter().position(|&class| class as usize >= limit) {
            return Err(Refused::OutOfRange { position, value: classes[position].into(), limit });
        }
        known(matches, classes.len())
    };
    // Class numbers start at 1, because the oracle calls background 0.
    let above: Vec<u32> = classes.iter().map(|class| class.saturating_add(1)).collect();
    let one = |(&overlap, &matched): (&F, &Match)| {
        let labels = oracle::label(&[(overlap, object(matched))], &above, &thresholds(config));
        match labels[0] {
            _ if matched.is_ignored() => Match::IGNORED,
            None => Match::IGNORED,
            Some(0) => Match::BACKGROUND,
            Some(class) => Match::object(class - 1),
        }
    };
    let checked = checked();
    let labels = || overlaps.iter().zip(matches).map(one).collect();
    out.answer(case, "one by one");
    (checked, checked.map_or(vec![Match::object(99); slots], |()| labels())).add_to(out);
}
