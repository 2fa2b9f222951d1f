//! Labels, targets and coded boxes are those of `ohem-core`, bit for bit, and so are the refusals.

use ohem_capi::Status;
use ohem_capi::coder::{self, BoxCoder, Normalization};
use ohem_capi::labels::{self, LabelConfig};
use ohem_capi::regression_targets::{self, PerClassTargets};
use ohem_capi::rois::{BBox, OHEM_BACKGROUND, OHEM_IGNORED};
use ohem_capi::targets;
use ohem_core::targets as core_targets;
use ohem_core::{Convention, Float, Match, RankKey};
use ohem_testkit::generate::{Table, strategy};
use proptest::collection::vec;
use proptest::prelude::*;

fn bits<F: Float>(values: &[F]) -> Vec<u64> {
    values.iter().map(|&value| RankKey::to_f64(value).to_bits()).collect()
}

/// Labels or matches of these, some of them background or ignored.
fn numbers(table: &Table, rows: usize, below: u32) -> Vec<u32> {
    let number = |(row, &label): (usize, &u32)| match row % 7 {
        5 => OHEM_BACKGROUND,
        6 => OHEM_IGNORED,
        _ => label % below.max(1),
    };
    table.labels.iter().cycle().take(rows).enumerate().map(number).collect()
}

/// Numbers of another one in which a fault may be.
#[derive(Clone, Debug)]
struct Asked {
    convention: u32,
    decoding: u32,
    largest_log: f64,
    thresholds: [f64; 4],
    on_overlap: u32,
    seam: usize,
    classes: u32,
    beyond: u32,
    share: f64,
}

fn asked() -> impl Strategy<Value = Asked> {
    let threshold = prop_oneof![6 => 0.0..1.0_f64, 2 => Just(0.5), 1 => Just(f64::NAN)];
    let thresholds = [threshold.clone(), threshold.clone(), threshold.clone(), threshold.clone()];
    let log = prop_oneof![Just(0.0), Just(4.135_166_556_742_356), Just(-1.0), Just(f64::NAN)];
    let numbers = (0..20_usize, 1..5_u32, 0..3_u32);
    (0..2_u32, 0..2_u32, log, thresholds, 0..2_u32, numbers, threshold).prop_map(
        |(convention, decoding, largest_log, thresholds, on_overlap, (seam, classes, beyond), share)| Asked {
            convention,
            decoding,
            largest_log,
            thresholds,
            on_overlap,
            seam,
            classes,
            beyond,
            share,
        },
    )
}

/// What a refused call writes nowhere.
const UNTOUCHED: u32 = 4711;

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;

            fn boxes(table: &Table) -> (Vec<BBox<$float>>, Vec<ohem_core::BBox<$float>>) {
                let rows = table.boxes::<$float>();
                let c = rows.iter().map(|&[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect();
                (c, rows.iter().map(|&[x1, y1, x2, y2]| ohem_core::BBox::new(x1, y1, x2, y2)).collect())
            }

            fn four(boxes: &[BBox<$float>]) -> Vec<$float> {
                boxes.iter().flat_map(|b| [b.x1, b.y1, b.x2, b.y2]).collect()
            }

            fn four_of_core(boxes: &[ohem_core::BBox<$float>]) -> Vec<$float> {
                boxes.iter().flat_map(|b| [b.x1, b.y1, b.x2, b.y2]).collect()
            }

            fn coders(asked: &Asked) -> (BoxCoder<$float>, core_targets::BoxCoder) {
                let largest_log = <$float as Float>::from_f64(asked.largest_log);
                let c = BoxCoder { convention: asked.convention, decoding: asked.decoding, largest_log };
                let decoding =
                    [core_targets::Decode::Exact, core_targets::Decode::Original][asked.decoding as usize];
                let core = core_targets::BoxCoder::new(convention(asked)).decoding(decoding);
                (c, if largest_log == 0.0 { core } else { core.largest_log(RankKey::to_f64(largest_log)) })
            }

            fn convention(asked: &Asked) -> Convention {
                [Convention::Continuous, Convention::Pixel][asked.convention as usize]
            }

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

            pub(super) fn coded(table: &Table, asked: &Asked) {
                let ((c, core), (coder, core_coder)) = (boxes(table), coders(asked));
                let (n, mut offender) = (c.len(), usize::MAX);
                let to: Vec<_> = c.iter().rev().copied().collect();
                let core_to: Vec<_> = core.iter().rev().copied().collect();
                let (mut got, mut want) = (vec![7.0; 4 * n], vec![[7.0; 4]; n]);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (a, b, out) = (c.as_ptr(), to.as_ptr(), got.as_mut_ptr());
                    coder::$float::encode(&coder, a, b, n, out, &mut offender)
                };
                core_targets::encode(&core_coder, &core, &core_to, &mut want).unwrap();
                assert_eq!((status, bits(&got)), (Status::Ok, bits(want.as_flattened())));

                let classes = asked.classes as usize;
                let deltas: Vec<$float> = got.iter().copied().cycle().take(4 * n * classes).collect();
                let mut decoded = vec![BBox::<$float>::default(); n * classes];
                let mut want = vec![ohem_core::BBox::<$float>::default(); n * classes];
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (a, by, out) = (c.as_ptr(), deltas.as_ptr(), decoded.as_mut_ptr());
                    coder::$float::decode(&coder, a, n, by, classes, out, &mut offender)
                };
                core_targets::decode(&core_coder, &core, deltas.as_chunks().0, &mut want).unwrap();
                assert_eq!((status, bits(&four(&decoded))), (Status::Ok, bits(&four_of_core(&want))));

                let (mut clipped, mut want) = (c, core);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    coder::$float::clip(clipped.as_mut_ptr(), n, 20.0, 9.5, asked.convention, &mut offender)
                };
                core_targets::clip(&mut want, 20.0, 9.5, convention(asked));
                assert_eq!((status, bits(&four(&clipped))), (Status::Ok, bits(&four_of_core(&want))));
            }

            /// Means and deviations of a row, or one for each class; row 0 may be unable to scale.
            pub(super) fn scaled(table: &Table, asked: &Asked, rows: usize) {
                let (n, mut offender) = (table.len(), UNTOUCHED as usize);
                let classes = numbers(table, n, asked.classes + asked.beyond);
                let means: Vec<[$float; 4]> = vec![[0.5, 0.0, -1.0, 2.0]; rows];
                let mut stds: Vec<[$float; 4]> = vec![[0.5, 1.0, 0.1, 0.2]; rows];
                if let Some(first) = stds.first_mut().filter(|_| asked.seam % 2 == 1) {
                    first[1] = 0.0;
                }
                let (m, s) = (means.as_flattened().as_ptr(), stds.as_flattened().as_ptr());
                let normalization = Normalization { means: m, stds: s, rows };
                let core = core_targets::Normalization::new(&means, &stds);
                let mut got = table.boxes::<$float>();
                let mut want = got.clone();
                for undo in [false, true] {
                    let rescale = if undo { coder::$float::denormalize } else { coder::$float::normalize };
                    // SAFETY: every pointer is to what it should be.
                    let status = unsafe {
                        let out = got.as_flattened_mut().as_mut_ptr();
                        rescale(&normalization, classes.as_ptr(), out, n, &mut offender)
                    };
                    let classes = Match::from_numbers(&classes);
                    let core = core.and_then(|core| {
                        if undo { core.denormalize(classes, &mut want) } else { core.normalize(classes, &mut want) }
                    });
                    same(status, offender, core);
                    assert_eq!(bits(got.as_flattened()), bits(want.as_flattened()));
                }
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
                core_targets::assign(&core, core_truth, convention, &mut core_overlaps, &mut core_matches).unwrap();
                assert_eq!((status, bits(&overlaps)), (Status::Ok, bits(&core_overlaps)));
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
                core_targets::assign_batch(rois, truth, convention, &mut core_overlaps, &mut core_matches).unwrap();
                assert_eq!((status, bits(&overlaps)), (Status::Ok, bits(&core_overlaps)));
                assert_eq!(Match::from_numbers(&matches), core_matches);

                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (to, of) = (overlaps.as_mut_ptr(), matches.as_mut_ptr());
                    targets::$float::assign_own(c.as_ptr(), n, asked.convention, to, of, &mut offender)
                };
                core_targets::assign_own(&core, convention, &mut core_overlaps, &mut core_matches).unwrap();
                assert_eq!((status, bits(&overlaps)), (Status::Ok, bits(&core_overlaps)));
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

            pub(super) fn expanded(table: &Table, asked: &Asked, selected: &[u32], weighted: bool) {
                let (values, n, classes) = (table.boxes::<$float>(), table.len(), asked.classes as usize);
                let named = numbers(table, n, asked.classes + asked.beyond);
                let weights: [$float; 4] = if weighted { [1.0, 0.5, 0.0, 2.0] } else { [1.0; 4] };
                let pointer = if weighted { weights.as_ptr() } else { core::ptr::null() };
                let config = core_targets::ExpandConfig::new(classes).inside_weights(weights.map(RankKey::to_f64));
                for rows in [None, Some(selected)] {
                    let count = rows.map_or(n, <[u32]>::len);
                    let mut got = [(); 3].map(|()| vec![7.0; 4 * classes * count]);
                    let mut want = got.clone();
                    let mut offender = usize::MAX;
                    let [a, b, c] = got.each_mut().map(Vec::as_mut_ptr);
                    let out = PerClassTargets { targets: a, inside_weights: b, outside_weights: c };
                    // SAFETY: every pointer is to what it should be.
                    let status = unsafe {
                        let (of, from) = (named.as_ptr(), values.as_flattened().as_ptr());
                        match rows {
                            None => regression_targets::$float::expand_per_class(
                                of, from, n, classes, pointer, &out, &mut offender,
                            ),
                            Some(rows) => regression_targets::$float::expand_per_class_rows(
                                rows.as_ptr(), count, of, from, n, classes, pointer, &out, &mut offender,
                            ),
                        }
                    };
                    let [targets, inside_weights, outside_weights] = want.each_mut().map(Vec::as_mut_slice);
                    let out = core_targets::PerClassTargets { targets, inside_weights, outside_weights };
                    let named = Match::from_numbers(&named);
                    let core = match rows {
                        None => core_targets::expand_per_class(named, &values, &config, out),
                        Some(rows) => core_targets::expand_per_class_rows(rows, named, &values, &config, out),
                    };
                    same(status, offender, core);
                    assert_eq!(got.map(|table| bits(&table)), want.map(|table| bits(&table)));
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

/// A call of C ended as the same call of core did.
fn same(status: Status, offender: usize, core: Result<(), ohem_core::InputError>) {
    use ohem_core::{ConfigError, InputError, OutOfRange};
    let want = match core {
        Ok(()) => return assert_eq!(status, Status::Ok),
        Err(InputError::Config(ConfigError::Row { row, .. })) => (Status::Normalization, row),
        Err(InputError::Config(ConfigError::Setting { .. })) => (Status::NanThreshold, usize::MAX),
        Err(InputError::OutOfRange(OutOfRange { what: "class", position, .. })) => (Status::Label, position),
        Err(InputError::OutOfRange(OutOfRange { position, .. })) => (Status::Index, position),
        // C has no means or deviations where core counts them.
        Err(InputError::Length(_)) => (Status::Normalization, 0),
        Err(error) => unreachable!("{error}"),
    };
    assert_eq!((status, offender), want);
}

proptest! {
    #[test]
    fn coded(table in strategy::table(40, false), asked in asked()) {
        f32::coded(&table, &asked);
        f64::coded(&table, &asked);
    }

    #[test]
    fn scaled(table in strategy::table(40, false), asked in asked(), rows in 0..6_usize) {
        f32::scaled(&table, &asked, rows);
        f64::scaled(&table, &asked, rows);
    }

    #[test]
    fn assigned_and_labelled(table in strategy::table(40, false), asked in asked()) {
        f32::assigned(&table, &asked);
        f64::assigned(&table, &asked);
    }

    #[test]
    fn expanded(
        table in strategy::table(40, false),
        asked in asked(),
        selected in vec(0..45_u32, 0..9),
        weighted in any::<bool>(),
    ) {
        f32::expanded(&table, &asked, &selected, weighted);
        f64::expanded(&table, &asked, &selected, weighted);
    }
}

#[test]
fn defaults_are_those_of_core() {
    f32::defaults();
    f64::defaults();
}
