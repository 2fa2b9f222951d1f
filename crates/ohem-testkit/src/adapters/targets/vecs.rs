//! ohem-std's labels and targets. What std exports as it is in core is called as core's.

use ohem_core::{BBox, Convention, Float, Match};
use ohem_std::targets::{self, Assignment, BoxCoder, ByImage, ExpandConfig, LabelConfig, SampleConfig};
use rand_core::Rng;

use super::super::{Core, Std, narrow, wide};
use super::{Assign, Assigned, Compact, Numbered, Prepared, Scale, Targets, corners, zip};

const FITS: &str = "all goes together";

impl Targets for Std {
    fn assign<F: Float>(pairs: &Assign<'_, F>) -> Assigned<F> {
        let ((rois, roi_images), (truth, truth_images)) = (pairs.rois, pairs.truth);
        let (rois, truth) = (BBox::from_rows(rois), BBox::from_rows(truth));
        let assigned = if pairs.one_image {
            targets::assign(rois, truth, pairs.convention)
        } else {
            let rois = ByImage { boxes: rois, images: roi_images };
            targets::assign_batch(rois, ByImage { boxes: truth, images: truth_images }, pairs.convention)
        };
        let (overlaps, matches) = assigned.expect("an image for each box");
        zip(overlaps, matches)
    }

    fn assign_own<F: Float>(truth: &[[F; 4]], convention: Convention) -> Assigned<F> {
        let assigned = targets::assign_own(BBox::from_rows(truth), convention);
        let (overlaps, matches) = assigned.expect("few boxes");
        zip(overlaps, matches)
    }

    fn label<F: Float>(assigned: &[(F, Match)], classes: &[u32], config: &LabelConfig) -> Vec<Match> {
        let (overlaps, matches): (Vec<_>, Vec<_>) = assigned.iter().copied().unzip();
        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        targets::label(assignment, classes, config).expect(FITS)
    }

    fn compact<F: Float>(
        rois: &[[F; 4]],
        (truth, classes): Numbered<'_, F>,
        assigned: &[(F, Match)],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Compact<F> {
        let (overlaps, matches): (Vec<_>, Vec<_>) = assigned.iter().copied().unzip();
        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        let (rois, truth) = (BBox::from_rows(rois), BBox::from_rows(truth));
        let encoded = targets::regression_targets(rois, (truth, classes), assignment, config, coder);
        let encoded = encoded.expect(FITS);
        encoded.classes.into_iter().zip(encoded.targets).collect()
    }

    fn prepare<F: Float>(
        (truth, classes): Numbered<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let (truth, proposals) = ((BBox::from_rows(truth), classes), BBox::from_rows(proposals));
        let prepared = targets::prepare(truth, proposals, config, coder).expect(FITS);
        Prepared {
            overlaps: prepared.overlaps,
            matches: prepared.matches,
            labels: prepared.labels,
            targets: prepared.target_classes.into_iter().zip(prepared.targets).collect(),
        }
    }

    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        let split = targets::split(overlaps, config).expect("sound thresholds");
        (wide(split.foreground()), wide(split.background()))
    }

    fn sample<F: Float, R: Rng + ?Sized>(
        overlaps: &[F],
        config: &SampleConfig,
        generator: &mut R,
    ) -> (Vec<usize>, Vec<usize>) {
        let drawn = targets::sample(overlaps, config, generator).expect("a sound configuration");
        (wide(drawn.foreground()), wide(drawn.background()))
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        targets::encode(coder, BBox::from_rows(from), BBox::from_rows(to)).expect("as many of both")
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], deltas: &[[F; 4]]) -> Vec<[F; 4]> {
        let boxes = targets::decode(coder, BBox::from_rows(from), deltas).expect("as many for each");
        boxes.into_iter().map(corners).collect()
    }

    fn clip<F: Float>(boxes: &[[F; 4]], size: [F; 2], convention: Convention) -> Vec<[F; 4]> {
        Core::clip(boxes, size, convention)
    }

    fn expand<F: Float>(targets: &[(Match, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let (classes, encoded): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let tables = targets::expand_per_class(&classes, &encoded, config).expect("columns for each class");
        [tables.targets, tables.inside_weights, tables.outside_weights]
    }

    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(Match, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3] {
        let (classes, encoded): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let tables = targets::expand_per_class_rows(&narrow(rois), &classes, &encoded, config);
        let tables = tables.expect("columns for each class");
        [tables.targets, tables.inside_weights, tables.outside_weights]
    }

    fn normalize<F: Float>(scale: Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]> {
        Core::normalize(scale, targets)
    }

    fn denormalize<F: Float>(scale: Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]> {
        Core::denormalize(scale, targets)
    }
}
