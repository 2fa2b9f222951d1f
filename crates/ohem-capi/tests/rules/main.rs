//! The rules select what those of `ohem-core` do, in the memory of a miner, by `==`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

mod samplers;
mod shared;

use core::ptr;

use ohem_capi::anchors::{self, Anchors, SsdConfig, TensorflowConfig};
use ohem_capi::rois::BBox;
use ohem_capi::rules::{self, MmdetConfig};
use ohem_capi::{Status, miner, random, segmentation};
use ohem_core::rules as core_rules;
use ohem_core::rules::segmentation::Counting;
use ohem_core::{ArrayStorage, Match};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use shared::{Asked, CAPACITY, MOST, asked, by_c, by_core, matches, nan_policy};

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;
            use crate::shared::$float::{limit, miner, to, wide};

            pub(super) fn mined(table: &Table, asked: &Asked) {
                let mut memory = vec![0xA5; miner::$float::miner_size(CAPACITY)];
                let mut miner = miner(&mut memory);
                let mut storage = ArrayStorage::<$float, CAPACITY>::new();
                let (losses, matches) = (table.losses::<$float>(), matches(table));
                let (n, nan) = (losses.len(), asked.nan);
                let core_matches = Match::from_numbers(&matches);

                let config = MmdetConfig {
                    num: asked.num, pos_fraction: to(asked.fraction), neg_pos_ub: to(asked.ratio), nan,
                };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(|out, positives, offender| unsafe {
                    let (by, of) = (losses.as_ptr(), matches.as_ptr());
                    rules::$float::mmdet(&mut miner, by, of, n, &config, out, positives, offender)
                });
                let mut core = core_rules::MmdetConfig::new()
                    .num(asked.num).pos_fraction(wide(asked.fraction)).nan(nan_policy(asked));
                core.neg_pos_ub = limit(asked.ratio);
                assert_eq!(got, by_core(core_rules::mmdet(&losses, core_matches, &core, &mut storage)));

                let images: Vec<u32> = table.images.iter().map(|image| image % 4).collect();
                let (mut selected_of, mut core_of) = ([7; 4], [7; 4]);
                let some = if asked.choice == 0 { 4 } else { 3 };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(|out, _, offender| unsafe {
                    let (of, by, counted) = (images.as_ptr(), losses.as_ptr(), selected_of.as_mut_ptr());
                    rules::$float::rfcn(&mut miner, of, by, n, asked.least, nan, counted, some, out, offender)
                });
                let core = core_rules::rfcn(
                    &images, &losses, asked.least, nan_policy(asked), &mut core_of[..some], &mut storage,
                );
                assert_eq!(got, by_core(core.map(|hard| (0, hard))));
                assert_eq!(selected_of, core_of);
            }

            pub(super) fn suppressed(table: &Table, asked: &Asked) {
                let mut memory = vec![0xA5; miner::$float::miner_size(CAPACITY)];
                let mut miner = miner(&mut memory);
                let mut storage = ArrayStorage::<$float, CAPACITY>::new();
                let (losses, matches) = (table.losses::<$float>(), matches(table));
                let (rows, nan) = (table.boxes::<$float>(), asked.nan);
                let boxes: Vec<_> = rows.iter().map(|&[x1, y1, x2, y2]| BBox { x1, y1, x2, y2 }).collect();
                let anchors = Anchors {
                    boxes: boxes.as_ptr(), losses: losses.as_ptr(), matches: matches.as_ptr(), length: losses.len(),
                };
                let (core_boxes, core_matches) = (ohem_core::BBox::from_rows(&rows), Match::from_numbers(&matches));
                let ignored = asked.choice;
                let core_ignored = [core_rules::Ignored::Excluded, core_rules::Ignored::Compete][ignored as usize];

                let num_hard_examples = if asked.num > 50 { usize::MAX } else { asked.num };
                let config = TensorflowConfig {
                    num_hard_examples,
                    iou_threshold: to(asked.threshold),
                    max_negatives_per_positive: to(asked.ratio),
                    min_negatives_per_image: asked.least,
                    ignored,
                    nan,
                };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(|out, _, offender| unsafe {
                    anchors::$float::tensorflow(&mut miner, &anchors, &config, out, offender)
                });
                let mut core = core_rules::TensorflowConfig::new()
                    .num_hard_examples((asked.num <= 50).then_some(asked.num))
                    .iou_threshold(wide(asked.threshold))
                    .min_negatives_per_image(asked.least)
                    .ignored(core_ignored)
                    .nan(nan_policy(asked));
                core.max_negatives_per_positive = limit(asked.ratio);
                let core = core_rules::tensorflow(core_boxes, &losses, core_matches, &core, &mut storage);
                assert_eq!(got, by_core(core.map(|hard| (0, hard))));

                let overlaps: Vec<$float> = rows.iter().map(|row| (row[0].abs() % 1.0) as $float).collect();
                let config = SsdConfig {
                    neg_pos_ratio: to(asked.ratio),
                    neg_overlap: to(asked.fraction),
                    min_negatives: asked.least,
                    sample_size: asked.num,
                    ignored,
                    with_nms: asked.with_nms,
                    iou_threshold: to(asked.threshold),
                    top_k: asked.num + asked.least,
                    min_area: to(asked.fraction),
                    nan,
                };
                let nms = core_rules::ssd::SsdNms::new(wide(asked.threshold))
                    .top_k(asked.num + asked.least).min_area(wide(asked.fraction));
                let mut core = core_rules::ssd::SsdConfig::new()
                    .neg_pos_ratio(wide(asked.ratio)).neg_overlap(wide(asked.fraction)).min_negatives(asked.least)
                    .sample_size(asked.num).ignored(core_ignored).nan(nan_policy(asked));
                core.nms = (asked.with_nms == 1).then_some(nms);
                let core_anchors =
                    core_rules::ssd::Anchors { boxes: core_boxes, losses: &losses, matches: core_matches };
                let without = Anchors { boxes: ptr::null(), ..anchors };
                for lent in [&anchors, &without] {
                    if lent.boxes.is_null() && asked.with_nms == 1 {
                        continue;
                    }
                    // SAFETY: every pointer is to what it should be, or `NULL` where no box is read.
                    let got = by_c(|out, _, offender| unsafe {
                        anchors::$float::ssd_negatives(&mut miner, lent, overlaps.as_ptr(), &config, out, offender)
                    });
                    let want = core_rules::ssd::negatives(&core_anchors, &overlaps, &core, &mut storage);
                    assert_eq!(got, by_core(want.map(|hard| (0, hard))));
                    // SAFETY: as above.
                    let got = by_c(|out, _, offender| unsafe {
                        anchors::$float::ssd_hard_examples(&mut miner, lent, &config, out, offender)
                    });
                    let want = core_rules::ssd::hard_examples(&core_anchors, &core, &mut storage);
                    assert_eq!(got, by_core(want.map(|hard| (0, hard))));
                }
            }

            pub(super) fn pixels(table: &Table, asked: &Asked) {
                let (values, n) = (table.losses::<$float>(), table.len());
                let is_valid: Vec<bool> = table.labels.iter().map(|label| label % 3 != 0).collect();
                let threshold = to(asked.threshold);
                let (mut kept, mut want, mut count) = (vec![true; n], vec![true; n], usize::MAX);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (by, of, out) = (values.as_ptr(), is_valid.as_ptr(), kept.as_mut_ptr());
                    segmentation::$float::segmentation_by_loss(
                        by, of, n, threshold, asked.num, out, &mut count, ptr::null_mut(),
                    )
                };
                let core = core_rules::segmentation::by_loss(&values, &is_valid, threshold, asked.num, &mut want);
                assert_eq!((status, Ok(count), &kept), (Status::Ok, core, &want));
                let countings = [Counting::Exact, Counting::Mmsegmentation, Counting::PaddleSeg];
                for (choice, counting) in (0..).zip(countings) {
                    // SAFETY: every pointer is to what it should be.
                    let status = unsafe {
                        let (by, of, out) = (values.as_ptr(), is_valid.as_ptr(), kept.as_mut_ptr());
                        by_probability::$float(by, of, n, threshold, asked.num, choice, out, &mut count, ptr::null_mut())
                    };
                    let core = core_rules::segmentation::by_probability(
                        &values, &is_valid, threshold, asked.num, counting, &mut want,
                    );
                    assert_eq!((status, Ok(count), &kept), (Status::Ok, core, &want));
                }
            }

            pub(super) fn defaults() {
                let (c, core) = (rules::$float::mmdet_config_new(), core_rules::MmdetConfig::new());
                assert_eq!((c.num, wide(core.pos_fraction), limit(c.neg_pos_ub.into())), (core.num, c.pos_fraction.into(), core.neg_pos_ub));
                let (c, core) = (anchors::$float::tensorflow_config_new(), core_rules::TensorflowConfig::new());
                assert_eq!((Some(c.num_hard_examples), c.iou_threshold), (core.num_hard_examples, to(core.iou_threshold)));
                assert_eq!(limit(c.max_negatives_per_positive.into()), core.max_negatives_per_positive);
                let (c, core) = (anchors::$float::ssd_config_new(), core_rules::ssd::SsdConfig::new());
                assert_eq!((c.neg_pos_ratio, c.neg_overlap), (to(core.neg_pos_ratio), to(core.neg_overlap)));
                assert_eq!((c.min_negatives, c.sample_size, c.with_nms), (core.min_negatives, core.sample_size, 0));
                let (c, core) = (random::$float::monai_config_new(5), core_rules::MonaiConfig::new(5));
                assert_eq!((c.positive_fraction, c.pool_size), (to(core.positive_fraction), to(core.pool_size)));
                assert_eq!((c.batch_size, c.min_negatives), (core.batch_size, core.min_negatives));
                let (c, core) = (random::$float::libra_config_new(), core_rules::LibraConfig::new());
                assert_eq!((c.num, c.num_bins, c.pick), (core.num, core.num_bins, 0));
                assert_eq!((c.pos_fraction, c.floor_thr), (to(core.pos_fraction), to(core.floor_thr)));
                assert_eq!((c.floor_fraction, limit(c.neg_pos_ub.into())), (to(core.floor_fraction), core.neg_pos_ub));
            }

            pub(super) fn summed(table: &Table) {
                let (cls, loc) = (table.losses::<$float>(), table.boxes::<$float>().iter().map(|row| row[1]).collect::<Vec<_>>());
                let (mut got, mut want) = (vec![7.0; cls.len()], vec![7.0; cls.len()]);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (a, b, out) = (cls.as_ptr(), loc.as_ptr(), got.as_mut_ptr());
                    anchors::$float::weighted_sum(a, 0.5, b, 0.25, cls.len(), out, ptr::null_mut())
                };
                core_rules::weighted_sum(&cls, 0.5, &loc, 0.25, &mut want).unwrap();
                let bits = |values: &[$float]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!((status, bits(&got)), (Status::Ok, bits(&want)));
            }
        }
    )*};
}

/// The functions of both float types, by their names.
mod by_probability {
    pub(super) use ohem_capi::segmentation::probabilities_f32::segmentation_by_probability as f32;
    pub(super) use ohem_capi::segmentation::probabilities_f64::segmentation_by_probability as f64;
}

checks!(f32 f64);

proptest! {
    #[test]
    fn mmdet_and_rfcn(table in strategy::table(MOST, true), asked in asked()) {
        f32::mined(&table, &asked);
        f64::mined(&table, &asked);
    }

    #[test]
    fn tensorflow_and_ssd(table in strategy::table(MOST, true), asked in asked()) {
        f32::suppressed(&table, &asked);
        f64::suppressed(&table, &asked);
        f32::summed(&table);
        f64::summed(&table);
    }

    #[test]
    fn pixels(table in strategy::table(MOST, true), asked in asked()) {
        f32::pixels(&table, &asked);
        f64::pixels(&table, &asked);
    }
}

#[test]
fn defaults_are_those_of_core() {
    f32::defaults();
    f64::defaults();
}
