//! ohem-core's labels and targets, one lane at a time, in memory that is lent and full of nonsense.

use ohem_core::simd::Scalar;
use ohem_core::targets::{
    Assignment, Blobs, BoxCoder, ByImage, ExpandConfig, IGNORED, LabelConfig, RegressionTargets, UNMATCHED,
    assign_batch, assign_own, clip, expand_rows, label, regression_targets, split,
};
use ohem_core::{BBox, Convention, Float};

use super::vecs::corners;
use super::{Objects, Prepared, Targets};
use crate::support::path::{Core, narrow, wide};

impl Targets for Core {
    fn prepare<F: Float>(
        (objects, classes): Objects<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let rows = [objects, proposals].concat();
        let (rois, ground_truth) = (BBox::from_rows(&rows), BBox::from_rows(objects));
        let (mut overlaps, mut matches) = (vec![F::nan(); rois.len()], vec![77; rois.len()]);
        let images = vec![5; rois.len()];
        let by_image = |boxes| ByImage { boxes, images: &images[..boxes.len()] };
        let convention = coder.convention;
        let (all, truth) = (by_image(rois), by_image(ground_truth));
        assign_batch(Scalar, all, truth, convention, &mut overlaps, &mut matches).expect("room for all");
        let own = (&mut overlaps[..objects.len()], &mut matches[..objects.len()]);
        assign_own(ground_truth, convention, own.0, own.1).expect("room for all");

        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        let (mut target_classes, mut steps) = (vec![77; rois.len()], vec![[F::nan(); 4]; rois.len()]);
        let out = RegressionTargets { classes: &mut target_classes, steps: &mut steps };
        regression_targets(rois, (ground_truth, classes), assignment, config, coder, out)
            .expect("all goes together");
        let mut labels = vec![77; rois.len()];
        label(assignment, classes, config, &mut labels).expect("all goes together");
        let matched = |index| if index == UNMATCHED { None } else { Some(index as usize) };
        Prepared {
            matches: matches.iter().copied().map(matched).collect(),
            labels: labels.into_iter().map(|label| (label != IGNORED).then_some(label)).collect(),
            targets: target_classes.into_iter().zip(steps).collect(),
            overlaps,
        }
    }

    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        let mut memory = vec![77; 2 * overlaps.len()];
        let split = split(overlaps, config, &mut memory).expect("memory for each twice");
        (wide(split.foreground()), wide(split.background()))
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        let pairs = from.iter().zip(to);
        pairs.map(|(&from, &to)| coder.encode(&BBox::from(from), &BBox::from(to))).collect()
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], steps: &[[F; 4]]) -> Vec<[F; 4]> {
        let mut out = vec![BBox::from([F::nan(); 4]); steps.len()];
        coder.decode_all(BBox::from_rows(from), steps, &mut out).expect("as many for each");
        out.into_iter().map(corners).collect()
    }

    fn clip<F: Float>(boxes: &[[F; 4]], width: F, height: F) -> Vec<[F; 4]> {
        let clipped = |&row: &[F; 4]| {
            let mut bbox = [BBox::from(row)];
            clip(&mut bbox, width, height, Convention::Pixel);
            bbox.map(corners)[0]
        };
        boxes.iter().map(clipped).collect()
    }

    fn expand<F: Float>(rois: &[usize], targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let (classes, steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let mut blobs = [(); 3].map(|()| vec![F::nan(); rois.len() * 4 * config.classes]);
        let [targets, inside_weights, outside_weights] = &mut blobs;
        let out = Blobs { targets, inside_weights, outside_weights };
        expand_rows(&narrow(rois), &classes, &steps, config, out).expect("columns for each class");
        blobs
    }
}
