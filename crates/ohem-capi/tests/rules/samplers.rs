//! Samplers that ask a generator of C draw what those of core do from the same numbers.

use core::convert::Infallible;
use core::ffi::c_void;

use ohem_capi::generator::Generator;
use ohem_capi::labels::LabelConfig;
use ohem_capi::random::{self, LibraConfig, MonaiConfig};
use ohem_capi::sample::{self, SampleConfig};
use ohem_capi::{Status, miner};
use ohem_core::rules as core_rules;
use ohem_core::targets as core_targets;
use ohem_core::{ArrayStorage, ConfigError, InputError, Match};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;
use rand_core::TryRng;

use crate::shared::{Asked, CAPACITY, MOST, asked, by_c, by_core, matches, nan_policy};

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

macro_rules! checks {
    ($($float:ident)*) => {$(
        mod $float {
            use super::*;
            use crate::shared::$float::{limit, miner, to, wide};

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
        }
    )*};
}

checks!(f32 f64);

proptest! {
    #[test]
    fn monai_libra_and_samples(table in strategy::table(MOST, true), asked in asked(), seed in any::<u32>()) {
        f32::drawn(&table, &asked, seed);
        f64::drawn(&table, &asked, seed);
    }
}
