//! The oracle's labels and targets.

use ohem_core::targets::{BoxCoder, Decode, ExpandConfig, LabelConfig, SampleConfig};
use ohem_core::{Convention, Float, Match};
use rand_core::Rng;

use super::super::Oracle;
use super::super::words::{self, thresholds};
use super::{Assign, Assigned, Compact, Numbered, Prepared, Scale, Targets};
use crate::oracle;

impl Targets for Oracle {
    fn assign<F: Float>(pairs: &Assign<'_, F>) -> Assigned<F> {
        let images = |(boxes, images): Numbered<'_, F>| {
            if pairs.one_image { vec![0; boxes.len()] } else { images.to_vec() }
        };
        let (rois, truth) = (images(pairs.rois), images(pairs.truth));
        let convention = words::convention(pairs.convention);
        let assigned = oracle::assign(pairs.rois.0, &rois, pairs.truth.0, &truth, convention);
        assigned.into_iter().map(|(overlap, index)| (overlap, match_of(index))).collect()
    }

    fn assign_own<F: Float>(truth: &[[F; 4]], convention: Convention) -> Assigned<F> {
        let own = |(index, &row): (usize, &[F; 4])| {
            let overlap = oracle::iou(row, row, words::convention(convention));
            (overlap, match_of((overlap > F::zero()).then_some(index)))
        };
        truth.iter().enumerate().map(own).collect()
    }

    fn label<F: Float>(assigned: &[(F, Match)], classes: &[u32], config: &LabelConfig) -> Vec<Match> {
        let labels = oracle::label(&indices(assigned), &after_background(classes), &thresholds(config));
        // The oracle knows no ignored matches.
        let label = |(label, &(_, matched)): (Option<u32>, &(F, Match))| match label {
            Some(number) if !matched.is_ignored() => class_of(number),
            _ => Match::IGNORED,
        };
        labels.into_iter().zip(assigned).map(label).collect()
    }

    fn compact<F: Float>(
        rois: &[[F; 4]],
        (truth, classes): Numbered<'_, F>,
        assigned: &[(F, Match)],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Compact<F> {
        let (least, convention) = (F::from_f64(config.target), words::convention(coder.convention));
        let (classes, assigned) = (after_background(classes), indices(assigned));
        let compact = oracle::compact(rois, truth, &classes, &assigned, least, convention);
        compact.into_iter().map(|(number, deltas)| (class_of(number), deltas)).collect()
    }

    fn prepare<F: Float>(
        (truth, classes): Numbered<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let rois = [truth, proposals].concat();
        let (images, convention) = (vec![0; rois.len()], words::convention(coder.convention));
        let mut assigned = oracle::assign(&rois, &images, truth, &images[..truth.len()], convention);
        for (index, assigned) in assigned.iter_mut().enumerate().take(truth.len()) {
            *assigned = (assigned.0, assigned.1.map(|_| index));
        }
        let assigned: Assigned<F> =
            assigned.into_iter().map(|(overlap, index)| (overlap, match_of(index))).collect();
        let labels = Self::label(&assigned, classes, config);
        let targets = Self::compact(&rois, (truth, classes), &assigned, config, coder);
        let (overlaps, matches) = assigned.into_iter().unzip();
        Prepared { overlaps, matches, labels, targets }
    }

    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        oracle::split(overlaps, &thresholds(config))
    }

    fn sample<F: Float, R: Rng + ?Sized>(
        overlaps: &[F],
        config: &SampleConfig,
        generator: &mut R,
    ) -> (Vec<usize>, Vec<usize>) {
        let (fraction, thresholds) = (config.foreground_fraction, thresholds(&config.labels));
        oracle::sample(overlaps, config.batch_size, fraction, &thresholds, &mut || generator.next_u32())
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        let pairs = from.iter().zip(to);
        pairs.map(|(&from, &to)| oracle::encode(from, to, words::convention(coder.convention))).collect()
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], deltas: &[[F; 4]]) -> Vec<[F; 4]> {
        let (convention, exact) = (words::convention(coder.convention), coder.decoding == Decode::Exact);
        let largest = coder.largest_log.map(F::from_f64);
        let of = deltas.len() / from.len().max(1);
        let each = deltas.iter().enumerate();
        each.map(|(at, &delta)| oracle::decode(from[at / of], delta, convention, exact, largest)).collect()
    }

    fn clip<F: Float>(boxes: &[[F; 4]], [width, height]: [F; 2], convention: Convention) -> Vec<[F; 4]> {
        boxes.iter().map(|&row| oracle::clip(row, width, height, words::convention(convention))).collect()
    }

    fn expand<F: Float>(targets: &[(Match, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let number = |class: Match| class.number().map_or(0, |class| class + 1);
        let numbered: Vec<_> = targets.iter().map(|&(class, target)| (number(class), target)).collect();
        let tables = oracle::expand(&numbered, config.classes + 1, config.inside_weights.map(F::from_f64));
        // Without the columns of its background.
        tables.map(|table| table.chunks(4 * config.classes + 4).flat_map(|row| &row[4..]).copied().collect())
    }

    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(Match, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3] {
        Self::expand(targets, config).map(|table| oracle::gather(rois, &table, 4 * config.classes))
    }

    fn normalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]> {
        let scaled = |&(class, target): &(Match, [F; 4])| match row(class, means.len()) {
            Some(row) => oracle::normalize(target, means[row], stds[row]),
            None => target,
        };
        targets.iter().map(scaled).collect()
    }

    fn denormalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]> {
        let scaled = |&(class, target): &(Match, [F; 4])| match row(class, means.len()) {
            Some(row) => oracle::denormalize(target, means[row], stds[row]),
            None => target,
        };
        targets.iter().map(scaled).collect()
    }
}

/// Which row a class is scaled by; background by none.
fn row(class: Match, rows: usize) -> Option<usize> {
    class.number().map(|class| if rows > 1 { class as usize } else { 0 })
}

/// The classes as the oracle numbers them: its background is 0, so every class moves up by 1.
fn after_background(classes: &[u32]) -> Vec<u32> {
    classes.iter().map(|class| class + 1).collect()
}

/// A class of the oracle.
fn class_of(number: u32) -> Match {
    number.checked_sub(1).map_or(Match::BACKGROUND, Match::object)
}

fn match_of(index: Option<usize>) -> Match {
    let object = |index| Match::object(u32::try_from(index).expect("boxes are numbered by a u32"));
    index.map_or(Match::BACKGROUND, object)
}

/// Assignments as the oracle writes them, with an ignored match as none.
fn indices<F: Float>(assigned: &[(F, Match)]) -> Vec<(F, Option<usize>)> {
    assigned
        .iter()
        .map(|&(overlap, matched)| (overlap, matched.number().map(|index| index as usize)))
        .collect()
}
