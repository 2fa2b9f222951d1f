//! ohem-std's labels and targets. What std exports as it is in core is called as core's.

use ohem_core::targets::{BoxCoder, ByImage, ExpandConfig, LabelConfig, SampleConfig};
use ohem_core::{BBox, Convention, Float};
use ohem_std::targets;
use rand_core::Rng;

use super::super::{Core, Std, narrow, wide};
use super::{Assign, Assigned, Compact, Numbered, Prepared, Scale, Targets, corners, labelled, matched, zip};

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
        Core::assign_own(truth, convention)
    }

    fn label<F: Float>(
        assigned: &[(F, Option<usize>)],
        classes: &[u32],
        config: &LabelConfig,
    ) -> Vec<Option<u32>> {
        Core::label(assigned, classes, config)
    }

    fn compact<F: Float>(
        rois: &[[F; 4]],
        truth: Numbered<'_, F>,
        assigned: &[(F, Option<usize>)],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Compact<F> {
        Core::compact(rois, truth, assigned, config, coder)
    }

    fn prepare<F: Float>(
        (truth, classes): Numbered<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let (truth, proposals) = ((BBox::from_rows(truth), classes), BBox::from_rows(proposals));
        let prepared = targets::prepare(truth, proposals, config, coder).expect("all goes together");
        Prepared {
            overlaps: prepared.overlaps,
            matches: prepared.matches.into_iter().map(matched).collect(),
            labels: prepared.labels.into_iter().map(labelled).collect(),
            targets: prepared.target_classes.into_iter().zip(prepared.steps).collect(),
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

    fn expand<F: Float>(targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let (classes, steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let blobs = targets::expand(&classes, &steps, config).expect("columns for each class");
        [blobs.targets, blobs.inside_weights, blobs.outside_weights]
    }

    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(u32, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3] {
        let (classes, steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let blobs = targets::expand_rows(&narrow(rois), &classes, &steps, config);
        let blobs = blobs.expect("columns for each class");
        [blobs.targets, blobs.inside_weights, blobs.outside_weights]
    }

    fn normalize<F: Float>(scale: Scale<'_, F>, targets: &[(u32, [F; 4])]) -> Vec<[F; 4]> {
        Core::normalize(scale, targets)
    }

    fn denormalize<F: Float>(scale: Scale<'_, F>, targets: &[(u32, [F; 4])]) -> Vec<[F; 4]> {
        Core::denormalize(scale, targets)
    }
}
