//! Regression targets of RoIs.

use ohem_core::Match;
use ohem_core::kernel::Simd;
use ohem_core::targets::{Assignment, BoxCoder, LabelConfig, RegressionTargets, regression_targets};

use super::{coder as any_coder, label_config, matches, overlaps};
use crate::registry::mine::spoil;
use crate::registry::numbers::Boxes;
use crate::registry::table::{self, floats};
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// The class and the target of each RoI.
#[derive(Clone, Copy, Debug)]
pub struct Encoded;

/// RoIs, ground truth, and which of it each RoI was matched to.
#[derive(Clone, Debug)]
pub struct Input {
    rois: Column<[f64; 4]>,
    truth: Column<[f64; 4]>,
    classes: Column<u32>,
    overlaps: Column<f64>,
    matches: Column<Match>,
    config: LabelConfig,
    coder: BoxCoder,
    /// Too many classes, and targets.
    excess: [usize; 2],
}

impl Operation for Encoded {
    const NAME: &'static str = "regression_targets";

    const COVERS: &'static [&'static str] = &["targets::regression_targets"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (boxes, rows, objects, fault) =
            (Boxes::any(source), source.below(80), source.below(12), source.below(32));
        let mut column = |len| source.column(len, |source| boxes.next(source));
        let (rois, truth) = (column(rows), column(objects));
        let mut classes =
            source.column(objects, |source| u32::try_from(source.below(21)).unwrap_or_default());
        let mut overlaps = overlaps(source, rows);
        let mut matches = matches(source, rows, objects + usize::from(fault == 25));
        match fault {
            26 => spoil(&mut classes),
            27 => spoil(&mut overlaps),
            28 => spoil(&mut matches),
            _ => {}
        }
        let config = label_config(source);
        let config = if fault == 29 { config.target(f64::NAN) } else { config };
        let excess = [30, 31].map(|nth| usize::from(nth == fault));
        Input { rois, truth, classes, overlaps, matches, config, coder: any_coder(source), excess }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32>("f32", input, out);
        core::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if input.excess == [0, 0] {
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
    let (rois, truth) = (table::boxes::<F>(&input.rois), table::boxes::<F>(&input.truth));
    let overlaps = floats::<F>(&input.overlaps);
    let (mut classes, mut targets) = ([Match::IGNORED; MAX + 1], [[F::one(); 4]; MAX + 1]);
    let [of_classes, of_targets] = input.excess.map(|excess| rois.len() + excess);
    let classes = classes.get_mut(..of_classes).unwrap_or_default();
    let targets = targets.get_mut(..of_targets).unwrap_or_default();
    let assignment = Assignment { overlaps: &overlaps, matches: &input.matches };
    let written = RegressionTargets { classes, targets };
    out.answer(case, "regression_targets");
    let result =
        regression_targets(&rois, (&truth, &input.classes), assignment, &input.config, &input.coder, written);
    (result, &*classes, &*targets).add_to(out);
}

#[cfg(feature = "std")]
fn std<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (rois, truth) = (table::boxes::<F>(&input.rois), table::boxes::<F>(&input.truth));
    let overlaps = floats::<F>(&input.overlaps);
    let assignment = Assignment { overlaps: &overlaps, matches: &input.matches };
    let truth = (truth.as_slice(), input.classes.as_slice());
    out.answer(case, "regression_targets");
    match ohem_std::targets::regression_targets(&rois, truth, assignment, &input.config, &input.coder) {
        Ok(encoded) => (Ok::<_, ohem_core::InputError>(()), encoded.classes, encoded.targets).add_to(out),
        Err(error) => {
            let (classes, targets) = (vec![Match::IGNORED; rois.len()], vec![[F::one(); 4]; rois.len()]);
            (Err::<(), _>(error), classes, targets).add_to(out);
        }
    }
}

#[cfg(feature = "std")]
fn oracle<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    use super::coder::naive::encoded;
    use super::{known, object};
    use crate::registry::mine::naive::corners;
    use crate::registry::{Refused, naive};

    let (rois, truth) = (corners::<F>(&input.rois), corners::<F>(&input.truth));
    let overlaps = floats::<F>(&input.overlaps);
    let [of_classes, of_targets] = input.excess.map(|excess| rois.len() + excess);
    let checked = || -> Result<(), Refused> {
        naive::number(input.config.target)?;
        naive::length(rois.len(), overlaps.len())?;
        naive::length(rois.len(), input.matches.len())?;
        naive::length(rois.len(), of_classes)?;
        naive::length(rois.len(), of_targets)?;
        naive::length(truth.len(), input.classes.len())?;
        known(&input.matches, truth.len())
    };
    let one = |roi: usize| match object(input.matches[roi]) {
        Some(index) if overlaps[roi] >= F::from_f64(input.config.target) => {
            (Match::object(input.classes[index]), encoded(rois[roi], truth[index], &input.coder))
        }
        _ => (Match::BACKGROUND, [F::zero(); 4]),
    };
    out.answer(case, "one by one");
    match checked() {
        Ok(()) => {
            let (classes, targets): (Vec<_>, Vec<_>) = (0..rois.len()).map(one).unzip();
            (Ok::<_, Refused>(()), classes, targets).add_to(out);
        }
        refused => {
            (refused, vec![Match::IGNORED; of_classes], vec![[F::one(); 4]; of_targets]).add_to(out);
        }
    }
}
