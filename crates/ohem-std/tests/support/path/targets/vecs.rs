//! ohem-std's labels and targets.

use ohem_core::targets::{BoxCoder, ExpandConfig, IGNORED, LabelConfig, UNMATCHED};
use ohem_core::{BBox, Convention, Float};
use ohem_std::targets;

use super::{Objects, Prepared, Targets};
use crate::support::path::{Std, narrow, wide};

impl Targets for Std {
    fn prepare<F: Float>(
        (objects, classes): Objects<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let (objects, proposals) = ((BBox::from_rows(objects), classes), BBox::from_rows(proposals));
        let prepared = targets::prepare(objects, proposals, config, coder).expect("all goes together");
        let matched = |index| if index == UNMATCHED { None } else { Some(index as usize) };
        Prepared {
            overlaps: prepared.overlaps,
            matches: prepared.matches.into_iter().map(matched).collect(),
            labels: prepared.labels.into_iter().map(|label| (label != IGNORED).then_some(label)).collect(),
            targets: prepared.target_classes.into_iter().zip(prepared.steps).collect(),
        }
    }

    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        let split = targets::split(overlaps, config).expect("sound thresholds");
        (wide(split.foreground()), wide(split.background()))
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        targets::encode(coder, BBox::from_rows(from), BBox::from_rows(to)).expect("as many of both")
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], steps: &[[F; 4]]) -> Vec<[F; 4]> {
        let boxes = targets::decode(coder, BBox::from_rows(from), steps).expect("as many for each");
        boxes.into_iter().map(corners).collect()
    }

    fn clip<F: Float>(boxes: &[[F; 4]], width: F, height: F) -> Vec<[F; 4]> {
        let mut boxes: Vec<BBox<F>> = boxes.iter().map(|&row| row.into()).collect();
        targets::clip(&mut boxes, width, height, Convention::Pixel);
        boxes.into_iter().map(corners).collect()
    }

    fn expand<F: Float>(rois: &[usize], targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let (classes, steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let rows =
            targets::expand_rows(&narrow(rois), &classes, &steps, config).expect("columns for each class");
        // The other way there: all rows, and then a gather of these.
        let all = targets::expand(&classes, &steps, config).expect("columns for each class");
        let gathered = ohem_testkit::oracle::gather(rois, &all.targets, 4 * config.classes);
        assert!(rows.targets == gathered, "rows expanded are not the rows of what is expanded");
        [rows.targets, rows.inside_weights, rows.outside_weights]
    }
}

pub(super) fn corners<F>(bbox: BBox<F>) -> [F; 4] {
    [bbox.x1, bbox.y1, bbox.x2, bbox.y2]
}
