//! ohem-reference's labels and targets.

use ohem_core::targets::{BoxCoder, Decode, ExpandConfig, LabelConfig, OnOverlap};
use ohem_core::{Convention, Float};
use ohem_testkit::oracle as naive;

use super::{Objects, Prepared, Targets};
use crate::support::path::Reference;
use crate::support::path::naive::convention;

impl Targets for Reference {
    fn prepare<F: Float>(
        (objects, classes): Objects<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let rois = [objects, proposals].concat();
        let (images, convention) = (vec![0; rois.len()], convention(coder.convention));
        let mut assigned = naive::assign(&rois, &images, objects, &images[..objects.len()], convention);
        for (index, assigned) in assigned.iter_mut().enumerate().take(objects.len()) {
            *assigned = (assigned.0, assigned.1.map(|_| index));
        }
        let thresholds = thresholds(config);
        let (labels, least) = (naive::label(&assigned, classes, &thresholds), thresholds.target);
        let targets = naive::compact(&rois, objects, classes, &assigned, least, convention);
        let (overlaps, matches) = assigned.into_iter().unzip();
        Prepared { overlaps, matches, labels, targets }
    }

    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        naive::split(overlaps, &thresholds(config))
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        let pairs = from.iter().zip(to);
        pairs.map(|(&from, &to)| naive::encode(from, to, convention(coder.convention))).collect()
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], steps: &[[F; 4]]) -> Vec<[F; 4]> {
        let (in_, exact) = (convention(coder.convention), coder.decode == Decode::Exact);
        let largest = coder.largest_log.map(F::from_f64);
        let of = steps.len() / from.len().max(1);
        let each = steps.iter().enumerate();
        each.map(|(at, &step)| naive::decode(from[at / of], step, in_, exact, largest)).collect()
    }

    fn clip<F: Float>(boxes: &[[F; 4]], width: F, height: F) -> Vec<[F; 4]> {
        let clip = |&row: &[F; 4]| naive::clip(row, width, height, convention(Convention::Pixel));
        boxes.iter().map(clip).collect()
    }

    fn expand<F: Float>(rois: &[usize], targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let weights = config.inside_weights.map(F::from_f64);
        let blobs = naive::expand(targets, config.classes, weights);
        blobs.map(|blob| naive::gather(rois, &blob, 4 * config.classes))
    }
}

fn thresholds<F: Float>(config: &LabelConfig) -> naive::Thresholds<F> {
    naive::Thresholds {
        foreground: F::from_f64(config.foreground),
        background_from: F::from_f64(config.background_from),
        background_below: F::from_f64(config.background_below),
        target: F::from_f64(config.target),
        twice: config.on_overlap == OnOverlap::Duplicate,
    }
}
