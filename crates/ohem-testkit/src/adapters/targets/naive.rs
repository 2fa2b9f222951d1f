//! The oracle's labels and targets.

use ohem_core::targets::{BoxCoder, Decode, ExpandConfig, LabelConfig, SampleConfig};
use ohem_core::{Convention, Float};
use rand_core::Rng;

use super::super::Oracle;
use super::super::words::{self, thresholds};
use super::{Assign, Assigned, Compact, Numbered, Prepared, Scale, Targets, labelled};
use crate::oracle;

impl Targets for Oracle {
    fn assign<F: Float>(pairs: &Assign<'_, F>) -> Assigned<F> {
        let images = |(boxes, images): Numbered<'_, F>| {
            if pairs.one_image { vec![0; boxes.len()] } else { images.to_vec() }
        };
        let (rois, truth) = (images(pairs.rois), images(pairs.truth));
        oracle::assign(pairs.rois.0, &rois, pairs.truth.0, &truth, words::convention(pairs.convention))
    }

    fn assign_own<F: Float>(truth: &[[F; 4]], convention: Convention) -> Assigned<F> {
        let own = |(index, &row): (usize, &[F; 4])| {
            let overlap = oracle::iou(row, row, words::convention(convention));
            (overlap, (overlap > F::zero()).then_some(index))
        };
        truth.iter().enumerate().map(own).collect()
    }

    fn label<F: Float>(
        assigned: &[(F, Option<usize>)],
        classes: &[u32],
        config: &LabelConfig,
    ) -> Vec<Option<u32>> {
        // ohem cannot tell the largest class from what is ignored.
        let labels = oracle::label(assigned, classes, &thresholds(config)).into_iter();
        labels.map(|label| label.and_then(labelled)).collect()
    }

    fn compact<F: Float>(
        rois: &[[F; 4]],
        (truth, classes): Numbered<'_, F>,
        assigned: &[(F, Option<usize>)],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Compact<F> {
        let (least, convention) = (F::from_f64(config.target), words::convention(coder.convention));
        oracle::compact(rois, truth, classes, assigned, least, convention)
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
        let (convention, exact) = (words::convention(coder.convention), coder.decode == Decode::Exact);
        let largest = coder.largest_log.map(F::from_f64);
        let of = deltas.len() / from.len().max(1);
        let each = deltas.iter().enumerate();
        each.map(|(at, &delta)| oracle::decode(from[at / of], delta, convention, exact, largest)).collect()
    }

    fn clip<F: Float>(boxes: &[[F; 4]], [width, height]: [F; 2], convention: Convention) -> Vec<[F; 4]> {
        boxes.iter().map(|&row| oracle::clip(row, width, height, words::convention(convention))).collect()
    }

    fn expand<F: Float>(targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        oracle::expand(targets, config.classes, config.inside_weights.map(F::from_f64))
    }

    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(u32, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3] {
        Self::expand(targets, config).map(|blob| oracle::gather(rois, &blob, 4 * config.classes))
    }

    fn normalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(u32, [F; 4])]) -> Vec<[F; 4]> {
        let scaled = |&(class, delta): &(u32, [F; 4])| match row(class, means.len()) {
            Some(row) => oracle::normalize(delta, means[row], stds[row]),
            None => delta,
        };
        targets.iter().map(scaled).collect()
    }

    fn denormalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(u32, [F; 4])]) -> Vec<[F; 4]> {
        let scaled = |&(class, delta): &(u32, [F; 4])| match row(class, means.len()) {
            Some(row) => oracle::denormalize(delta, means[row], stds[row]),
            None => delta,
        };
        targets.iter().map(scaled).collect()
    }
}

/// Which row a class is scaled by; background by none.
fn row(class: u32, rows: usize) -> Option<usize> {
    (class > 0).then_some(if rows > 1 { class as usize } else { 0 })
}
