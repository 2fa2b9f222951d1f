//! The rules select what those of `ohem-core` do, in the memory of a miner, by `==`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

use core::convert::Infallible;
use core::ffi::c_void;
use core::{ptr, slice};

use ohem_capi::anchors::{self, Anchors, SsdConfig, TensorflowConfig};
use ohem_capi::generator::Generator;
use ohem_capi::labels::LabelConfig;
use ohem_capi::miner::{self, Miner};
use ohem_capi::random::{self, LibraConfig, MonaiConfig};
use ohem_capi::rois::{BBox, OHEM_BACKGROUND, OHEM_IGNORED, Selection};
use ohem_capi::rules::{self, MmdetConfig};
use ohem_capi::sample::{self, SampleConfig};
use ohem_capi::segmentation;
use ohem_capi::{Status, config};
use ohem_core::rules as core_rules;
use ohem_core::rules::segmentation::Counting;
use ohem_core::targets as core_targets;
use ohem_core::{ArrayStorage, ConfigError, InputError, Match, MineError, NanPolicy, OutOfRange, RankKey};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use rand_core::TryRng;

/// The most RoIs of a table, and what a miner can select.
const MOST: usize = 60;
const CAPACITY: usize = 40;

/// The settings of all rules.
#[derive(Clone, Debug)]
struct Asked {
    num: usize,
    fraction: f64,
    ratio: f64,
    threshold: f64,
    least: usize,
    bins: usize,
    choice: u32,
    with_nms: u32,
    nan: u32,
}

fn asked() -> impl Strategy<Value = Asked> {
    let ratio = prop_oneof![Just(-1.0), 0.0..5.0_f64, Just(3.0)];
    let numbers = (0..70_usize, 0..9_usize, 0..5_usize, prop_oneof![6 => 0.0..1.0_f64, 1 => Just(1.5)]);
    (numbers, ratio, strategy::threshold(), 0..2_u32, 0..2_u32, 0..3_u32).prop_map(
        |((num, least, bins, fraction), ratio, threshold, choice, with_nms, nan)| Asked {
            num,
            fraction,
            ratio,
            threshold,
            least,
            bins,
            choice,
            with_nms,
            nan,
        },
    )
}

/// What each anchor was matched to.
fn matches(table: &Table) -> Vec<u32> {
    let of = |(row, &label): (usize, &u32)| match row % 4 {
        0 | 1 => OHEM_BACKGROUND,
        2 if row % 3 == 0 => OHEM_IGNORED,
        _ => label % 7,
    };
    table.labels.iter().enumerate().map(of).collect()
}

/// A generator that counts in large steps: in C by a function, in Rust by the trait.
#[derive(Clone, Copy)]
struct Steps(u32);

impl Steps {
    fn step(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }
}

unsafe extern "C" fn step(state: *mut c_void) -> u32 {
    // SAFETY: it is lent as the state of such a generator.
    unsafe { &mut *state.cast::<Steps>() }.step()
}

impl TryRng for Steps {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.step())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.step()) | u64::from(self.step()) << 32)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        unreachable!("core draws numbers")
    }
}

fn nan_policy(asked: &Asked) -> NanPolicy {
    [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First][asked.nan as usize]
}

/// What a rule selected: indices, how many were visited and ignored, and the number of positives.
type Selected = Result<(Vec<u32>, usize, usize, usize), (Status, usize)>;

/// Runs a call of C that writes a selection, and perhaps a number of positives.
fn by_c(call: impl FnOnce(*mut Selection, *mut usize, *mut usize) -> Status) -> Selected {
    let mut selection =
        Selection { indices: ptr::null(), count: 0, total: 0, visited: 0, ignored: 0, is_partial: true };
    let (mut positives, mut offender) = (0, usize::MAX);
    match call(&mut selection, &mut positives, &mut offender) {
        Status::Ok => {
            // SAFETY: they are in the miner's memory, which outlives the call.
            let indices = unsafe { slice::from_raw_parts(selection.indices, selection.count) };
            Ok((indices.to_vec(), selection.visited, selection.ignored, positives))
        }
        status => Err((status, offender)),
    }
}

fn by_core(of: Result<(usize, ohem_core::Selection<&[u32]>), MineError>) -> Selected {
    match of {
        Ok((positives, hard)) => Ok((hard.indices().to_vec(), hard.visited(), hard.ignored(), positives)),
        Err(MineError::Nan(nan)) => Err((Status::NanLoss, nan.index as usize)),
        Err(MineError::Config(ConfigError::Capacity { needed, .. })) => Err((Status::BatchSize, needed)),
        Err(MineError::Config(ConfigError::Setting { name: "iou_threshold", .. })) => {
            Err((Status::NanThreshold, usize::MAX))
        }
        Err(MineError::Config(ConfigError::Setting { .. })) => Err((Status::Setting, usize::MAX)),
        Err(MineError::OutOfRange(OutOfRange { position, .. })) => Err((Status::Index, position)),
        Err(error) => unreachable!("{error}"),
    }
}

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;

            fn to(value: f64) -> $float {
                value as $float
            }

            /// The number as core reads it of C.
            fn wide(value: f64) -> f64 {
                RankKey::to_f64(to(value))
            }

            fn limit(ratio: f64) -> Option<f64> {
                (ratio >= 0.0).then_some(wide(ratio))
            }

            /// A miner whose configuration no rule reads.
            fn miner(memory: &mut [u8]) -> Miner<$float> {
                let config = config::$float::mine_config_new(0);
                let mut miner = Miner { config, capacity: 0, window: 0, memory: ptr::null_mut() };
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (at, size) = (memory.as_mut_ptr().cast(), memory.len());
                    miner::$float::miner_init(&mut miner, at, size, CAPACITY, &config, ptr::null_mut())
                };
                assert_eq!(status, Status::Ok);
                miner.config.iou_threshold = $float::NAN;
                miner
            }

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

            pub(super) fn drawn(table: &Table, asked: &Asked, seed: u32) {
                let mut memory = vec![0xA5; miner::$float::miner_size(CAPACITY)];
                let mut miner = miner(&mut memory);
                let mut storage = ArrayStorage::<$float, CAPACITY>::new();
                let (losses, matches) = (table.losses::<$float>(), matches(table));
                let overlaps: Vec<$float> =
                    table.boxes::<$float>().iter().map(|row| (row[0].abs() % 1.0) as $float).collect();
                let (n, nan, core_matches) = (losses.len(), asked.nan, Match::from_numbers(&matches));
                let (mut state, mut core_state) = (Steps(seed), Steps(seed));
                let generator = Generator { next: Some(step), state: (&raw mut state).cast() };

                let config = MonaiConfig {
                    batch_size: asked.num, positive_fraction: to(asked.fraction), min_negatives: asked.least,
                    pool_size: to(asked.ratio), nan,
                };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(|out, positives, offender| unsafe {
                    let (by, of) = (losses.as_ptr(), matches.as_ptr());
                    random::$float::monai(&mut miner, by, of, n, &config, &generator, out, positives, offender)
                });
                let core = core_rules::MonaiConfig::new(asked.num)
                    .positive_fraction(wide(asked.fraction)).min_negatives(asked.least)
                    .pool_size(wide(asked.ratio)).nan(nan_policy(asked));
                let core = core_rules::monai(&losses, core_matches, &core, &mut core_state, &mut storage);
                assert_eq!(got, by_core(core));

                let config = LibraConfig {
                    num: asked.num, pos_fraction: to(0.25), neg_pos_ub: to(asked.ratio), floor_thr: to(asked.threshold),
                    floor_fraction: to(asked.fraction), num_bins: asked.bins, pick: asked.choice, nan,
                };
                // SAFETY: every pointer is to what it should be.
                let got = by_c(|out, positives, offender| unsafe {
                    let (by, of) = (losses.as_ptr(), matches.as_ptr());
                    random::$float::libra(
                        &mut miner, overlaps.as_ptr(), by, of, n, &config, &generator, out, positives, offender,
                    )
                });
                let pick = [core_rules::Pick::Random, core_rules::Pick::Hardest][asked.choice as usize];
                let mut core = core_rules::LibraConfig::new()
                    .num(asked.num).pos_fraction(0.25).floor_thr(wide(asked.threshold))
                    .floor_fraction(wide(asked.fraction)).num_bins(asked.bins).pick(pick).nan(nan_policy(asked));
                core.neg_pos_ub = limit(asked.ratio);
                let by = if asked.choice == 1 { losses.as_slice() } else { &[] };
                let core = core_rules::libra(&overlaps, by, core_matches, &core, &mut core_state, &mut storage);
                assert_eq!(got, by_core(core));

                let labels = LabelConfig {
                    foreground: to(0.5), background_from: to(0.125), background_below: to(0.75),
                    target: to(0.5), on_overlap: asked.choice,
                };
                let config = SampleConfig { batch_size: asked.num, foreground_fraction: to(asked.fraction), labels };
                let capacity = 2 * n - asked.least.min(2 * n);
                let (mut indices, mut core_indices) = (vec![4711; capacity], vec![4711; capacity]);
                let (mut foreground, mut count, mut offender) = (0, 0, usize::MAX);
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (by, out) = (overlaps.as_ptr(), indices.as_mut_ptr());
                    sample::$float::sample(
                        by, n, &config, &generator, out, capacity, &mut foreground, &mut count, &mut offender,
                    )
                };
                let on_overlap = [core_targets::OnOverlap::Foreground, core_targets::OnOverlap::Duplicate];
                let labels = core_targets::LabelConfig::new()
                    .foreground(0.5).background(0.125, 0.75).on_overlap(on_overlap[asked.choice as usize]);
                let core = core_targets::SampleConfig::new(asked.num)
                    .foreground_fraction(wide(asked.fraction)).labels(labels);
                match core_targets::sample(&overlaps, &core, &mut core_state, &mut core_indices) {
                    Ok(drawn) => {
                        assert_eq!((status, &indices[..count]), (Status::Ok, drawn.indices()));
                        assert_eq!(foreground, drawn.foreground().len());
                    }
                    Err(InputError::Config(ConfigError::Capacity { needed, .. })) => {
                        assert_eq!((status, offender), (Status::Capacity, needed));
                    }
                    Err(_) => assert_eq!((status, offender), (Status::Setting, usize::MAX)),
                }
                assert_eq!(state.0, core_state.0, "both drew as many numbers");
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
    fn monai_libra_and_samples(table in strategy::table(MOST, true), asked in asked(), seed in any::<u32>()) {
        f32::drawn(&table, &asked, seed);
        f64::drawn(&table, &asked, seed);
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
