//! Boxes that are coded, scaled, clipped and spread over the columns of classes.

use ohem_capi::Status;
use ohem_capi::coder::{self, Normalization};
use ohem_capi::regression_targets::{self, PerClassTargets};
use ohem_capi::rois::BBox;
use ohem_core::targets as core_targets;
use ohem_core::{Match, RankKey};
use ohem_testkit::generate::{Table, strategy};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::shared::{Asked, UNTOUCHED, asked, bits, numbers, same};

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;
            use crate::shared::$float::{boxes, coders, convention, four, four_of_core};

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
        }
    )*};
}

checks!(f32 f64);

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
