//! ohem-core's labels and targets, one lane at a time, in memory that is lent and full of nonsense.

use ohem_core::kernel::Scalar;
use ohem_core::targets::{
    self, Assignment, BoxCoder, ByImage, ExpandConfig, LabelConfig, Normalization, PerClassTargets,
    RegressionTargets, SampleConfig,
};
use ohem_core::{BBox, ConfigError, Convention, Float, InputError, Match};
use ohem_std::simd::Work as _;
use rand_core::Rng;

use super::super::{Core, narrow, wide};
use super::{Assign, Assigned, Compact, NONSENSE, Numbered, Prepared, Scale, Targets, corners, zip};
use crate::compare::assert_same;

const FITS: &str = "all goes together";

impl Targets for Core {
    /// In plain form, and one lane at a time, which must be the same.
    fn assign<F: Float>(pairs: &Assign<'_, F>) -> Assigned<F> {
        let ((rois, images), (truth, truth_images)) = (pairs.rois, pairs.truth);
        let (rois, truth) = (BBox::from_rows(rois), BBox::from_rows(truth));
        let (mut overlaps, mut matches) = (vec![F::nan(); rois.len()], vec![NONSENSE; rois.len()]);
        let assigned = if pairs.one_image {
            targets::assign(rois, truth, pairs.convention, &mut overlaps, &mut matches)
        } else {
            let rois = ByImage { boxes: rois, images };
            let truth = ByImage { boxes: truth, images: truth_images };
            targets::assign_batch(rois, truth, pairs.convention, &mut overlaps, &mut matches)
        };
        assigned.expect(FITS);
        let assigned = zip(overlaps, matches);
        assert_eq!(pairs.on(Scalar), assigned, "with one lane, and in plain form");
        assigned
    }

    fn assign_own<F: Float>(truth: &[[F; 4]], convention: Convention) -> Assigned<F> {
        let (mut overlaps, mut matches) = (vec![F::nan(); truth.len()], vec![NONSENSE; truth.len()]);
        targets::assign_own(BBox::from_rows(truth), convention, &mut overlaps, &mut matches).expect(FITS);
        zip(overlaps, matches)
    }

    fn label<F: Float>(assigned: &[(F, Match)], classes: &[u32], config: &LabelConfig) -> Vec<Match> {
        let (overlaps, matches): (Vec<_>, Vec<_>) = assigned.iter().copied().unzip();
        let mut labels = vec![NONSENSE; assigned.len()];
        let assignment = Assignment { overlaps: &overlaps, matches: &matches };
        targets::label(assignment, classes, config, &mut labels).expect(FITS);
        labels
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
        let (mut of_rois, mut encoded) = (vec![NONSENSE; rois.len()], vec![[F::nan(); 4]; rois.len()]);
        let out = RegressionTargets { classes: &mut of_rois, targets: &mut encoded };
        let (rois, truth) = (BBox::from_rows(rois), BBox::from_rows(truth));
        targets::regression_targets(rois, (truth, classes), assignment, config, coder, out).expect(FITS);
        of_rois.into_iter().zip(encoded).collect()
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

    /// Memory that is too short by 1 is refused.
    fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> (Vec<usize>, Vec<usize>) {
        let mut memory = vec![77; 2 * overlaps.len()];
        let listed = targets::split(overlaps, config, &mut memory).expect("memory for each twice");
        let parts = (wide(listed.foreground()), wide(listed.background()));
        assert_eq!(wide(listed.indices()), [&parts.0[..], &parts.1].concat());
        let needed = listed.indices().len();
        if needed > 0 {
            assert!(targets::split(overlaps, config, &mut vec![77; needed]).is_ok());
            let mut short = vec![77; needed - 1];
            let refused = targets::split(overlaps, config, &mut short);
            let (what, capacity) = ("listed RoIs", needed - 1);
            let expected = ConfigError::Capacity { what, needed, capacity };
            assert_eq!(refused, Err(InputError::Config(expected)));
        }
        parts
    }

    fn sample<F: Float, R: Rng + ?Sized>(
        overlaps: &[F],
        config: &SampleConfig,
        generator: &mut R,
    ) -> (Vec<usize>, Vec<usize>) {
        let mut memory = vec![77; 2 * overlaps.len()];
        let drawn = targets::sample(overlaps, config, generator, &mut memory).expect("memory for each twice");
        (wide(drawn.foreground()), wide(drawn.background()))
    }

    fn encode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], to: &[[F; 4]]) -> Vec<[F; 4]> {
        let mut out = vec![[F::nan(); 4]; from.len()];
        let (from, to) = (BBox::from_rows(from), BBox::from_rows(to));
        targets::encode(coder, from, to, &mut out).expect("as many of both");
        let each: Vec<_> = from.iter().zip(to).map(|(from, to)| coder.encode(from, to)).collect();
        assert_same(each.as_flattened(), out.as_flattened());
        out
    }

    fn decode<F: Float>(coder: &BoxCoder, from: &[[F; 4]], deltas: &[[F; 4]]) -> Vec<[F; 4]> {
        let mut out = vec![BBox::from([F::nan(); 4]); deltas.len()];
        let from = BBox::from_rows(from);
        targets::decode(coder, from, deltas, &mut out).expect("as many for each");
        let out: Vec<_> = out.into_iter().map(corners).collect();
        let of = deltas.len() / from.len().max(1);
        let each = deltas.iter().enumerate().map(|(at, &delta)| corners(coder.decode(&from[at / of], delta)));
        assert_same(each.collect::<Vec<_>>().as_flattened(), out.as_flattened());
        out
    }

    fn clip<F: Float>(boxes: &[[F; 4]], [width, height]: [F; 2], convention: Convention) -> Vec<[F; 4]> {
        let mut boxes: Vec<BBox<F>> = boxes.iter().map(|&row| row.into()).collect();
        targets::clip(&mut boxes, width, height, convention);
        boxes.into_iter().map(corners).collect()
    }

    fn expand<F: Float>(targets: &[(Match, [F; 4])], config: &ExpandConfig) -> [Vec<F>; 3] {
        let (classes, encoded): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let mut tables = [(); 3].map(|()| vec![F::nan(); targets.len() * 4 * config.classes]);
        targets::expand_per_class(&classes, &encoded, config, lend(&mut tables)).expect(COLUMNS);
        tables
    }

    fn expand_rows<F: Float>(
        rois: &[usize],
        targets: &[(Match, [F; 4])],
        config: &ExpandConfig,
    ) -> [Vec<F>; 3] {
        let (classes, encoded): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let mut tables = [(); 3].map(|()| vec![F::nan(); rois.len() * 4 * config.classes]);
        let out = lend(&mut tables);
        targets::expand_per_class_rows(&narrow(rois), &classes, &encoded, config, out).expect(COLUMNS);
        tables
    }

    fn normalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]> {
        let (classes, mut scaled): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let scale = Normalization::new(means, stds);
        scale.and_then(|scale| scale.normalize(&classes, &mut scaled)).expect(FITS);
        scaled
    }

    fn denormalize<F: Float>((means, stds): Scale<'_, F>, targets: &[(Match, [F; 4])]) -> Vec<[F; 4]> {
        let (classes, mut scaled): (Vec<_>, Vec<_>) = targets.iter().copied().unzip();
        let scale = Normalization::new(means, stds);
        scale.and_then(|scale| scale.denormalize(&classes, &mut scaled)).expect(FITS);
        scaled
    }
}

const COLUMNS: &str = "columns for each class";

fn lend<F>([targets, inside_weights, outside_weights]: &mut [Vec<F>; 3]) -> PerClassTargets<'_, F> {
    PerClassTargets { targets, inside_weights, outside_weights }
}
