//! Labels, targets and coded boxes are those of `ohem-core`, bit for bit, and so are the refusals.

mod coding;
mod shared;

use ohem_capi::labels::{self, LabelConfig};
use ohem_capi::rois::BBox;
use ohem_capi::{Status, coder, regression_targets, targets};
use ohem_core::targets as core_targets;
use ohem_core::{Convention, Float, Match, RankKey};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use shared::{Asked, UNTOUCHED, asked, bits, numbers, same};

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;
            use crate::shared::$float::{boxes, coders, convention};

            fn label_configs(asked: &Asked) -> (LabelConfig<$float>, core_targets::LabelConfig) {
                let [foreground, background_from, background_below, target] =
                    asked.thresholds.map(<$float as Float>::from_f64);
                let on_overlap = asked.on_overlap;
                let c = LabelConfig { foreground, background_from, background_below, target, on_overlap };
                let wide = RankKey::to_f64;
                let on_overlap = [core_targets::OnOverlap::Foreground, core_targets::OnOverlap::Duplicate];
                let core = core_targets::LabelConfig::new()
                    .foreground(wide(foreground))
                    .background(wide(background_from), wide(background_below))
                    .target(wide(target))
                    .on_overlap(on_overlap[asked.on_overlap as usize]);
                (c, core)
            }

            /// The ground truth is the first boxes of the table, the RoIs are all.
            pub(super) fn assigned(table: &Table, asked: &Asked) {
                let ((c, core), seam) = (boxes(table), asked.seam.min(table.len()));
                let (n, mut offender) = (c.len(), usize::MAX);
                let (truth, core_truth) = (&c[..seam], &core[..seam]);
                let (mut overlaps, mut matches) = (vec![7.0; n], vec![UNTOUCHED; n]);
                let (mut core_overlaps, mut core_matches) = (vec![7.0; n], vec![Match::object(UNTOUCHED); n]);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (rois, truth) = (c.as_ptr(), truth.as_ptr());
                    let (to, of) = (overlaps.as_mut_ptr(), matches.as_mut_ptr());
                    targets::$float::assign(rois, n, truth, seam, asked.convention, to, of, &mut offender)
                };
                let convention = convention(asked);
                same(status, offender, core_targets::assign(&core, core_truth, convention, &mut core_overlaps, &mut core_matches));
                assert_eq!(bits(&overlaps), bits(&core_overlaps));
                assert_eq!(Match::from_numbers(&matches), core_matches);
                labelled(table, asked, (&c, &core), (&overlaps, &matches));

                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (rois, truth, images) = (c.as_ptr(), truth.as_ptr(), table.images.as_ptr());
                    let (to, of) = (overlaps.as_mut_ptr(), matches.as_mut_ptr());
                    targets::$float::assign_batch(
                        rois, images, n, truth, images, seam, asked.convention, to, of, &mut offender,
                    )
                };
                let rois = core_targets::ByImage { boxes: &core, images: &table.images };
                let truth = core_targets::ByImage { boxes: core_truth, images: &table.images[..seam] };
                same(status, offender, core_targets::assign_batch(rois, truth, convention, &mut core_overlaps, &mut core_matches));
                assert_eq!(bits(&overlaps), bits(&core_overlaps));
                assert_eq!(Match::from_numbers(&matches), core_matches);

                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (to, of) = (overlaps.as_mut_ptr(), matches.as_mut_ptr());
                    targets::$float::assign_own(c.as_ptr(), n, asked.convention, to, of, &mut offender)
                };
                same(status, offender, core_targets::assign_own(&core, convention, &mut core_overlaps, &mut core_matches));
                assert_eq!(bits(&overlaps), bits(&core_overlaps));
                assert_eq!(Match::from_numbers(&matches), core_matches);
            }

            /// What follows from an assignment: labels, lists and targets.
            fn labelled(
                table: &Table,
                asked: &Asked,
                (c, core): (&[BBox<$float>], &[ohem_core::BBox<$float>]),
                (overlaps, matches): (&[$float], &[u32]),
            ) {
                let (n, seam) = (c.len(), asked.seam.min(table.len()));
                let ((config, core_config), (coder, core_coder)) = (label_configs(asked), coders(asked));
                let classes = numbers(table, seam.saturating_sub(asked.beyond as usize), 9);
                let count = classes.len();
                let assignment = core_targets::Assignment { overlaps, matches: Match::from_numbers(matches) };
                let (mut labels, mut offender) = (vec![UNTOUCHED; n], usize::MAX);
                let mut core_labels = labels.clone();
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (by, of, named, to) = (overlaps.as_ptr(), matches.as_ptr(), classes.as_ptr(), labels.as_mut_ptr());
                    labels::$float::label(by, of, n, named, count, &config, to, &mut offender)
                };
                let out = Match::from_numbers_mut(&mut core_labels);
                same(status, offender, core_targets::label(assignment, &classes, &core_config, out));
                assert_eq!(labels, core_labels);

                let (mut offender, truth) = (usize::MAX, &c[..count]);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (rois, truth, to) = (c.as_ptr(), truth.as_ptr(), labels.as_mut_ptr());
                    let (named, of) = (classes.as_ptr(), matches.as_ptr());
                    labels::$float::force_best(rois, n, truth, named, count, of, asked.convention, to, &mut offender)
                };
                let (out, of) = (Match::from_numbers_mut(&mut core_labels), assignment.matches);
                let convention = convention(asked);
                same(status, offender, core_targets::force_best(core, &core[..count], of, &classes, convention, out));
                assert_eq!(labels, core_labels);

                let (mut offender, share) = (usize::MAX, <$float as Float>::from_f64(asked.share));
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (rois, regions, to) = (c.as_ptr(), c.as_ptr(), labels.as_mut_ptr());
                    labels::$float::ignore_regions(rois, n, regions, seam, share, asked.convention, to, &mut offender)
                };
                let out = Match::from_numbers_mut(&mut core_labels);
                let (regions, share) = (&core[..seam], RankKey::to_f64(share));
                same(status, offender, core_targets::ignore_regions(core, regions, share, convention, out));
                assert_eq!(labels, core_labels);

                listed(overlaps, (&config, &core_config), 2 * n);
                listed(overlaps, (&config, &core_config), n / 2);

                let (mut target_classes, mut values) = (vec![UNTOUCHED; n], vec![[7.0; 4]; n]);
                let (mut core_classes, mut core_values) = (target_classes.clone(), values.clone());
                let mut offender = usize::MAX;
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (rois, truth, named) = (c.as_ptr(), truth.as_ptr(), classes.as_ptr());
                    let (to, out) = (target_classes.as_mut_ptr(), values.as_flattened_mut().as_mut_ptr());
                    regression_targets::$float::regression_targets(
                        rois, overlaps.as_ptr(), matches.as_ptr(), n, truth, named, count, &config, &coder, to, out,
                        &mut offender,
                    )
                };
                let out = core_targets::RegressionTargets {
                    classes: Match::from_numbers_mut(&mut core_classes),
                    targets: &mut core_values,
                };
                let truth = (&core[..count], classes.as_slice());
                same(status, offender, core_targets::regression_targets(core, truth, assignment, &core_config, &core_coder, out));
                assert_eq!((&target_classes, bits(values.as_flattened())), (&core_classes, bits(core_values.as_flattened())));
            }

            fn listed(
                overlaps: &[$float],
                (config, core_config): (&LabelConfig<$float>, &core_targets::LabelConfig),
                capacity: usize,
            ) {
                let (mut indices, mut core_indices) = (vec![UNTOUCHED; capacity], vec![UNTOUCHED; capacity]);
                let (mut foreground, mut count, mut offender) = (usize::MAX, usize::MAX, usize::MAX);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (by, n, out) = (overlaps.as_ptr(), overlaps.len(), indices.as_mut_ptr());
                    labels::$float::split(by, n, config, out, capacity, &mut foreground, &mut count, &mut offender)
                };
                match core_targets::split(overlaps, core_config, &mut core_indices) {
                    Ok(listed) => {
                        assert_eq!((status, &indices[..count]), (Status::Ok, listed.indices()));
                        assert_eq!(foreground, listed.foreground().len());
                    }
                    Err(ohem_core::InputError::Config(ohem_core::ConfigError::Capacity { needed, .. })) => {
                        assert_eq!((status, offender), (Status::Capacity, needed));
                    }
                    error => same(status, offender, error.map(drop)),
                }
            }

            pub(super) fn defaults() {
                let coder = coder::$float::box_coder_fast_rcnn();
                let core = core_targets::BoxCoder::fast_rcnn();
                assert_eq!((coder.convention, coder.decoding, coder.largest_log), (1, 1, 0.0));
                assert_eq!((core.convention, core.decoding), (Convention::Pixel, core_targets::Decode::Original));
                let (config, core) = (labels::$float::label_config_new(), core_targets::LabelConfig::new());
                let wide = [config.foreground, config.background_from, config.background_below, config.target];
                let core = [core.foreground, core.background_from, core.background_below, core.target];
                assert_eq!((wide.map(RankKey::to_f64), config.on_overlap), (core, 0));
            }
        }
    )*};
}

checks!(f32 f64);

proptest! {
    #[test]
    fn assigned_and_labelled(table in strategy::table(40, false), asked in asked()) {
        f32::assigned(&table, &asked);
        f64::assigned(&table, &asked);
    }
}

#[test]
fn defaults_are_those_of_core() {
    f32::defaults();
    f64::defaults();
}
