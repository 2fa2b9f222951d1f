//! Labels beside those of a threshold: the best RoI of each object, and regions to ignore.

use ohem_core::kernel::Simd;
use ohem_core::targets::{assign, force_best, ignore_regions};
use ohem_core::{BBox, Convention, InputError, Match};

use crate::registry::numbers::Boxes;
use crate::registry::table;
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Labels that follow from other boxes than the best one.
#[derive(Clone, Copy, Debug)]
pub struct Forced;

/// RoIs, objects or regions with their classes, and the labels before.
#[derive(Clone, Debug)]
pub struct Input {
    rois: Column<[f64; 4]>,
    truth: Column<[f64; 4]>,
    classes: Column<u32>,
    labels: Column<Match>,
    /// Some matches are ignored.
    ignored: Column<bool>,
    share: f64,
    convention: Convention,
}

type Force<F> =
    fn(&[BBox<F>], &[BBox<F>], &[Match], &[u32], Convention, &mut [Match]) -> Result<(), InputError>;
type Ignore<F> = fn(&[BBox<F>], &[BBox<F>], f64, Convention, &mut [Match]) -> Result<(), InputError>;

impl Operation for Forced {
    const NAME: &'static str = "forced";

    const COVERS: &'static [&'static str] = &["targets::force_best", "targets::ignore_regions"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (boxes, rois, truth, fault) =
            (Boxes::any(source), source.rows(), source.below(20), source.below(32));
        let rois = source.column(rois, |source| boxes.next(source));
        let truth = source.column(truth, |source| boxes.next_truth(source));
        let classes = truth.len() - usize::from(fault == 30 && !truth.is_empty());
        let classes = source.column(classes, |source| u32::try_from(source.below(5)).unwrap_or_default());
        let labels = rois.len() - usize::from(fault == 31 && !rois.is_empty());
        let labels = source
            .column(labels, |source| source.choose(Match::BACKGROUND, [Match::IGNORED, Match::object(3)]));
        let ignored = source.column(rois.len(), |source| source.once_in(8));
        let share = source.choose(0.5, [0.0, 0.25, 1.0, 2.0, f64::NAN]);
        Input { rois, truth, classes, labels, ignored, share, convention: table::convention(source) }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        labelled::<f32>(["f32 best", "f32 regions"], input, force_best, ignore_regions, out);
        labelled::<f64>(["f64 best", "f64 regions"], input, force_best, ignore_regions, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        use ohem_std::targets::{force_best, ignore_regions};

        labelled::<f32>(["f32 best", "f32 regions"], input, force_best, ignore_regions, out);
        labelled::<f64>(["f64 best", "f64 regions"], input, force_best, ignore_regions, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(["f32 best", "f32 regions"], input, out);
        naive::answers::<f64>(["f64 best", "f64 regions"], input, out);
    }
}

/// The match of each RoI, some of them ignored.
fn matches<F: Real>(input: &Input, rois: &[BBox<F>], truth: &[BBox<F>]) -> Column<Match> {
    let (mut overlaps, mut matches) = ([F::one(); MAX], [Match::IGNORED; MAX]);
    let overlaps = overlaps.get_mut(..rois.len()).unwrap_or_default();
    let matches = matches.get_mut(..rois.len()).unwrap_or_default();
    let _ = assign(rois, truth, input.convention, overlaps, matches);
    let mut next = matches.iter();
    table::each(&input.ignored, |&ignored| {
        let matched = next.next().copied().unwrap_or_default();
        if ignored { Match::IGNORED } else { matched }
    })
}

fn labelled<F: Real>(
    [best, regions]: [&'static str; 2],
    input: &Input,
    force: Force<F>,
    ignore: Ignore<F>,
    out: &mut impl Sink,
) {
    let (rois, truth) = (table::boxes::<F>(&input.rois), table::boxes::<F>(&input.truth));
    let matches = matches(input, &rois, &truth);
    let mut labels = input.labels.clone();
    out.answer(best, "force_best");
    let forced = force(&rois, &truth, &matches, &input.classes, input.convention, &mut labels);
    (forced, labels.as_slice()).add_to(out);
    let mut labels = input.labels.clone();
    out.answer(regions, "ignore_regions");
    let ignored = ignore(&rois, &truth, input.share, input.convention, &mut labels);
    (ignored, labels.as_slice()).add_to(out);
}

#[cfg(feature = "std")]
mod naive {
    use super::super::known;
    use super::*;
    use crate::oracle;
    use crate::registry::Refused;
    use crate::registry::naive::{boxes as valid, convention, length, number};

    pub(super) fn answers<F: Real>([best, regions]: [&'static str; 2], input: &Input, out: &mut impl Sink) {
        let round = |corners: &[f64; 4]| corners.map(F::from_f64);
        let rois: Vec<[F; 4]> = input.rois.iter().map(round).collect();
        let truth: Vec<[F; 4]> = input.truth.iter().map(round).collect();
        let of_boxes = |column: &[[f64; 4]]| table::boxes::<F>(column).to_vec();
        let matches = matches(input, &of_boxes(&input.rois), &of_boxes(&input.truth));
        let checked = || -> Result<(), Refused> {
            length(truth.len(), input.classes.len())?;
            length(rois.len(), input.labels.len())?;
            known(&matches, input.classes.len())?;
            valid(&truth, convention(input.convention))
        };
        let mut labels = input.labels.to_vec();
        let checked = checked();
        if checked.is_ok() {
            for row in oracle::best_of_objects(&rois, &truth, convention(input.convention)) {
                if let Some(object) = matches[row].number() {
                    labels[row] = Match::object(input.classes[object as usize]);
                }
            }
        }
        out.answer(best, "one by one");
        (checked, labels).add_to(out);
        let checked = length(rois.len(), input.labels.len()).and_then(|()| number(input.share));
        let checked = checked.and_then(|()| valid(&truth, convention(input.convention)));
        let mut labels = input.labels.to_vec();
        if checked.is_ok() {
            let share = F::from_f64(input.share);
            for (roi, label) in rois.iter().zip(&mut labels).filter(|(_, label)| label.is_background()) {
                if oracle::lies_in(*roi, &truth, share, convention(input.convention)) {
                    *label = Match::IGNORED;
                }
            }
        }
        out.answer(regions, "one by one");
        (checked, labels).add_to(out);
    }
}
