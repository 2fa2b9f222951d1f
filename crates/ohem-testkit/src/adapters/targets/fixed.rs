//! ohem-core's labels and targets, one lane at a time, in memory that is lent and full of nonsense.

use ohem_core::simd::Scalar;
use ohem_core::targets::{
    Assignment, Blobs, BoxCoder, ExpandConfig, LabelConfig, Normalization, RegressionTargets, SampleConfig,
    SplitError, assign_own, clip, expand, expand_rows, label, regression_targets, sample, split,
};
use ohem_core::{BBox, Convention, Float};
use ohem_std::simd::Work as _;
use rand_core::Rng;

use super::super::{Core, narrow, wide};
use super::{Assign, Assigned, Compact, Numbered, Prepared, Scale, Targets, corners, labelled, unzip, zip};
use crate::compare::assert_same;

const FITS: &str = "all goes together";

impl Targets for Core {
    fn assign<F: Float>(pairs: &Assign<'_, F>) -> Assigned<F> {
        pairs.on(Scalar)
    }

    fn assign_own<F: Float>(truth: &[[F; 4]], convention: Convention) -> Assigned<F> {
        let (mut overlaps, mut matches) = (vec![F::nan(); truth.len()], vec![77; truth.len()]);
        assign_own(BBox::from_rows(truth), convention, &mut overlaps, &mut matches).expect(FITS);
        zip(overlaps, matches)
    }

    fn label<F: Float>(
        assigned: &[(F, Option<usize>)],
        classes: &[u32],
        config: &LabelConfig,
    ) -> Vec<Option<u32>> {
        let ((overlaps, matches), mut labels) = (unzip(assigned), vec![77; assigned.len()]);
        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        label(assignment, classes, config, &mut labels).expect(FITS);
        labels.into_iter().map(labelled).collect()
    }

    fn compact<F: Float>(
        rois: &[[F; 4]],
        (truth, classes): Numbered<'_, F>,
        assigned: &[(F, Option<usize>)],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Compact<F> {
        let (overlaps, matches) = unzip(assigned);
        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        let (mut target_classes, mut steps) = (vec![77; rois.len()], vec![[F::nan(); 4]; rois.len()]);
        let out = RegressionTargets { classes: &mut target_classes, steps: &mut steps };
        let (rois, truth) = (BBox::from_rows(rois), BBox::from_rows(truth));
        regression_targets(rois, (truth, classes), assignment, config, coder, out).expect(FITS);
        target_classes.into_iter().zip(steps).collect()
    }

    fn prepare<F: Float>(
        (truth, classes): Numbered<'_, F>,
        proposals: &[[F; 4]],
        config: &LabelConfig,
        coder: &BoxCoder,
    ) -> Prepared<F> {
        let (rois, convention) = ([truth, proposals].concat(), coder.convention);
        let images = vec![5; rois.len()];
        let (all, own) = ((&rois[..], &images[..]), (truth, &images[..truth.len()]));
        let mut assigned = Self::assign(&Assign { rois: all, truth: own, one_image: false, convention });
        assigned[..truth.len()].copy_from_slice(&Self::assign_own(truth, convention));
        let labels = Self::label(&assigned, classes, config);
        let targets = Self::compact(&rois, (truth, classes), &assigned, config, coder);
        let (overlaps, matches) = assigned.into_iter().unzip();
        Prepared { overlaps, matches, labels, targets }
    }

    /// Memory one place too short is refused.
    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        let mut memory = vec![77; 2 * overlaps.len()];
        let listed = split(overlaps, config, &mut memory).expect("memory for each twice");
        let parts = (wide(listed.foreground()), wide(listed.background()));
        assert_eq!(wide(listed.indices()), [&parts.0[..], &parts.1].concat());
        let needed = listed.indices().len();
        if needed > 0 {
            assert!(split(overlaps, config, &mut vec![77; needed]).is_ok());
            let mut short = vec![77; needed - 1];
            let refused = split(overlaps, config, &mut short);
            assert_eq!(refused, Err(SplitError::Memory { places: needed - 1, needed }));
        }
        parts
    }

    fn sample<F: Float, R: Rng + ?Sized>(
        overlaps: &[F],
        config: &SampleConfig,
        generator: &mut R,
    ) -> (Vec<usize>, Vec<usize>) {
        let mut memory = vec![77; 2 * overlaps.len()];
        let drawn = sample(overlaps, config, generator, &mut memory).expect("memory for each twice");
        (wide(drawn.foreground()), wide(drawn.background()))
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        let mut out = vec![[F::nan(); 4]; from.len()];
        let (from, to) = (BBox::from_rows(from), BBox::from_rows(to));
        coder.encode_all(from, to, &mut out).expect("as many of both");
        let each: Vec<_> = from.iter().zip(to).map(|(from, to)| coder.encode(from, to)).collect();
        assert_same(each.as_flattened(), out.as_flattened());
        out
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], deltas: &[[F; 4]]) -> Vec<[F; 4]> {
        let mut out = vec![BBox::from([F::nan(); 4]); deltas.len()];
        let from = BBox::from_rows(from);
        coder.decode_all(from, deltas, &mut out).expect("as many for each");
        let out: Vec<_> = out.into_iter().map(corners).collect();
        let of = deltas.len() / from.len().max(1);
        let each = deltas.iter().enumerate().map(|(at, &delta)| corners(coder.decode(&from[at / of], delta)));
        assert_same(each.collect::<Vec<_>>().as_flattened(), out.as_flattened());
        out
    }

    fn clip<F: Float>(boxes: &[[F; 4]], [width, height]: [F; 2], convention: Convention) -> Vec<[F; 4]> {
        let mut boxes: Vec<BBox<F>> = boxes.iter().map(|&row| row.into()).collect();
        clip(&mut boxes, width, height, convention);
        boxes.into_iter().map(corners).collect()
    }

    fn expand<F: Float>(targets: &[(u32, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let (classes, steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let mut blobs = [(); 3].map(|()| vec![F::nan(); targets.len() * 4 * config.classes]);
        expand(&classes, &steps, config, lend(&mut blobs)).expect("columns for each class");
        blobs
    }

    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(u32, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3] {
        let (classes, steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let mut blobs = [(); 3].map(|()| vec![F::nan(); rois.len() * 4 * config.classes]);
        expand_rows(&narrow(rois), &classes, &steps, config, lend(&mut blobs))
            .expect("columns for each class");
        blobs
    }

    fn normalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(u32, [F; 4])]) -> Vec<[F; 4]> {
        let (classes, mut steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        Normalization::new(means, stds).and_then(|scale| scale.normalize(&classes, &mut steps)).expect(FITS);
        steps
    }

    fn denormalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(u32, [F; 4])]) -> Vec<[F; 4]> {
        let (classes, mut steps): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        Normalization::new(means, stds)
            .and_then(|scale| scale.denormalize(&classes, &mut steps))
            .expect(FITS);
        steps
    }
}

fn lend<F>([targets, inside_weights, outside_weights]: &mut [Vec<F>; 3]) -> Blobs<'_, F> {
    Blobs { targets, inside_weights, outside_weights }
}
