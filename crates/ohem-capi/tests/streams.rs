//! Streams, merges and statistics are those of `ohem-core`, by `==`.

#![expect(clippy::cast_possible_truncation, reason = "small inputs, and quantised losses on purpose")]

use core::marker::PhantomData;
use core::ptr;

use ohem_capi::merge::Ranked;
use ohem_capi::rois::Selection;
use ohem_capi::statistics::Statistics;
use ohem_capi::top_k_stream::TopKStream;
use ohem_capi::{Status, merge, statistics, top_k_stream};
use ohem_core::kernel::rank::TopKOver;
use ohem_core::merge as core_merge;
use ohem_core::{MineConfig, MineError, Miner, NanPolicy, RankKey, Rois};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// The most RoIs of a table.
const MOST: usize = 150;

/// Pairs of a loss and an index whose losses compare by their bits.
fn pairs<H: RankKey>(ranked: impl IntoIterator<Item = (H, u32)>) -> Vec<(u64, u32)> {
    ranked.into_iter().map(|(loss, index)| (loss.to_f64().to_bits(), index)).collect()
}

fn of_c<H: RankKey>(ranked: &[Ranked<H>]) -> Vec<(u64, u32)> {
    pairs(ranked.iter().map(|ranked| (ranked.loss, ranked.index)))
}

fn of_core<H: RankKey>(ranked: &[ohem_core::Ranked<H>]) -> Vec<(u64, u32)> {
    pairs(ranked.iter().map(|ranked| (ranked.key(), ranked.index())))
}

macro_rules! checks {
    ($($loss:ident: $of:expr;)*) => {$(
        mod $loss {
            use super::*;
            #[allow(unused_imports, reason = "only some of the types are imported")]
            use half::{bf16, f16};

            pub(super) fn losses(table: &Table) -> Vec<$loss> {
                table.losses.iter().map(|&loss| $of(loss)).collect()
            }

            /// A stream in chunks, twice: the second time after it was cleared.
            pub(super) fn stream(table: &Table, k: usize, spare: usize, chunk: usize, nan: u32) {
                let losses = losses(table);
                let policy = [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First][nan as usize];
                let each = size_of::<ohem_core::Ranked<$loss>>() / 8;
                let (candidates, words) = (k + 1 + spare, (k + 1 + spare) * each + each - 1);
                let mut memory = vec![u64::MAX; words];
                let mut stream = TopKStream { state: [0; 14], losses: PhantomData::<$loss> };
                let buffer = vec![ohem_core::Ranked::<$loss>::PLACEHOLDER; candidates];
                let mut core = TopKOver::with_memory(buffer, k, policy).unwrap();
                let mut offender = usize::MAX;
                // SAFETY: every pointer is to what it should be.
                unsafe {
                    let refused = top_k_stream::$loss::top_k_stream_clear(&mut stream, &mut offender);
                    assert_eq!((refused, offender), (Status::PointerStream, usize::MAX));
                    let at = memory.as_mut_ptr();
                    let made = top_k_stream::$loss::top_k_stream_init(&mut stream, at, words, k, nan, &mut offender);
                    assert_eq!(made, Status::Ok);
                }
                for _ in 0..2 {
                    for chunk in losses.chunks(chunk) {
                        let mut copy = Box::new(stream);
                        // SAFETY: every pointer is to what it should be, and only the copy is used from here on.
                        let status = unsafe {
                            let (from, length) = (chunk.as_ptr(), chunk.len());
                            top_k_stream::$loss::top_k_stream_extend(&mut *copy, from, length, &mut offender)
                        };
                        stream = *copy;
                        match core.extend(chunk) {
                            Ok(()) => assert_eq!(status, Status::Ok),
                            Err(MineError::Nan(nan)) => {
                                return assert_eq!((status, offender), (Status::NanLoss, nan.index as usize));
                            }
                            Err(error) => unreachable!("{error}"),
                        }
                    }
                    for capacity in [k, k / 2] {
                        let mut hardest = vec![Ranked { loss: $of(-7.0), index: 4711 }; capacity];
                        let mut count = usize::MAX;
                        // SAFETY: every pointer is to what it should be.
                        let status = unsafe {
                            let out = hardest.as_mut_ptr();
                            top_k_stream::$loss::top_k_stream_hardest(
                                &mut stream, out, capacity, &mut count, &mut offender,
                            )
                        };
                        let wanted = of_core(core.hardest());
                        assert_eq!(status, Status::Ok);
                        assert_eq!(of_c(&hardest[..count]), wanted[..wanted.len().min(capacity)]);
                    }
                    // SAFETY: every pointer is to what it should be.
                    let status = unsafe { top_k_stream::$loss::top_k_stream_clear(&mut stream, &mut offender) };
                    assert_eq!(status, Status::Ok);
                    core.clear();
                }
            }

            /// Two parts of a batch, mined apart and merged; and what each step saw.
            pub(super) fn parts(table: &Table, seam: usize, batch: usize, capacity: usize, first: u32) {
                let losses = losses(table);
                let (one, other) = losses.split_at(seam.min(losses.len()));
                let [one, other] = [(one, first), (other, first.saturating_add(one.len() as u32))]
                    .map(|(losses, first)| part(losses, batch, first));
                let (Some((one, core_one)), Some((other, core_other))) = (one, other) else { return };
                let mut out = vec![Ranked { loss: $of(-7.0), index: 4711 }; capacity];
                let mut core = vec![ohem_core::Ranked::<$loss>::PLACEHOLDER; capacity];
                let mut count = usize::MAX;
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (a, b, to) = (one.as_ptr(), other.as_ptr(), out.as_mut_ptr());
                    merge::$loss::merge(a, one.len(), b, other.len(), to, capacity, &mut count, ptr::null_mut())
                };
                assert_eq!(status, Status::Ok);
                assert_eq!(count, core_merge::merge(&core_one, &core_other, &mut core));
                assert_eq!(of_c(&out[..count]), of_core(&core[..count]));
            }

            /// The selection of a part as C and core rank it; `None` if a number does not fit.
            fn part(
                losses: &[$loss],
                batch: usize,
                first: u32,
            ) -> Option<(Vec<Ranked<$loss>>, Vec<ohem_core::Ranked<$loss>>)> {
                let config = MineConfig::new(batch.min(MOST)).without_nms().nan(NanPolicy::First);
                let mut miner = Miner::<f32, MOST, $loss>::new(config).unwrap();
                let hard = miner.mine(&Rois::without_boxes(losses.len()).unwrap(), losses).unwrap();
                statistics(&hard, losses);
                let core: Vec<_> = core_merge::ranked(&hard, losses, first).collect();
                let mut out = vec![Ranked { loss: $of(-7.0), index: 4711 }; hard.len()];
                let mut offender = usize::MAX;
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let (indices, all, to) = (hard.indices().as_ptr(), losses.as_ptr(), out.as_mut_ptr());
                    let (count, length) = (hard.len(), losses.len());
                    merge::$loss::selection_ranked(indices, count, all, length, first, to, &mut offender)
                };
                if core.len() < hard.len() {
                    assert_eq!((status, offender), (Status::Index, core.len()));
                    assert!(out.iter().all(|slot| slot.index == 4711));
                    return None;
                }
                assert_eq!(status, Status::Ok);
                // -0 is +0 in core, and NaNs are one.
                assert_eq!(of_core(&out.iter().map(|r| ohem_core::Ranked::new(r.loss, r.index)).collect::<Vec<_>>()), of_core(&core));
                Some((out, core))
            }

            fn statistics(hard: &ohem_core::Selection<&[u32]>, losses: &[$loss]) {
                let selection = Selection {
                    indices: hard.indices().as_ptr(),
                    count: hard.len(),
                    total: hard.total(),
                    visited: hard.visited(),
                    ignored: hard.ignored(),
                    is_partial: hard.is_partial(),
                };
                let mut got = Statistics {
                    total: 7, visited: 7, suppressed: 7, ignored: 7, selected: 7,
                    cut: $of(7.0), mean_selected: 7.0, mean_all: 7.0,
                };
                // SAFETY: every pointer is to what it should be.
                let status = unsafe {
                    let from = losses.as_ptr();
                    statistics::$loss::selection_statistics(&selection, from, &mut got, ptr::null_mut())
                };
                let core = hard.statistics(losses);
                assert_eq!(status, Status::Ok);
                assert_eq!((got.total, got.visited, got.suppressed), (core.total, core.visited, core.suppressed));
                assert_eq!((got.ignored, got.selected), (core.ignored, core.selected));
                let bits = |cut: $loss, means: [f64; 2]| (cut.to_f64().to_bits(), means.map(f64::to_bits));
                assert_eq!(
                    bits(got.cut, [got.mean_selected, got.mean_all]),
                    bits(core.cut.unwrap_or($of(0.0)), [core.mean_selected, core.mean_all])
                );
            }
        }
    )*};
}

checks! {
    f32: |loss: f64| loss as f32;
    f64: |loss: f64| loss;
    i8: |loss: f64| (loss * 8.0) as i8;
    i16: |loss: f64| (loss * 1e3) as i16;
    i32: |loss: f64| (loss * 1e6) as i32;
    f16: ::half::f16::from_f64;
    bf16: ::half::bf16::from_f64;
}

/// Calls a function of each type of losses.
macro_rules! each {
    ($name:ident $arguments:tt) => {
        f32::$name $arguments;
        f64::$name $arguments;
        i8::$name $arguments;
        i16::$name $arguments;
        i32::$name $arguments;
        self::f16::$name $arguments;
        self::bf16::$name $arguments;
    };
}

proptest! {
    #[test]
    fn streams(
        table in strategy::table(MOST, true),
        k in 0..40_usize,
        spare in 0..50_usize,
        chunk in 1..80_usize,
        nan in 0..3_u32,
    ) {
        each!(stream(&table, k, spare, chunk, nan));
    }

    #[test]
    fn merges_and_statistics(
        table in strategy::table(MOST, true),
        seam in 0..MOST,
        batch in 0..60_usize,
        capacity in 0..80_usize,
        first in prop_oneof![3 => Just(0), 1 => Just(100), 1 => Just(u32::MAX - 5)],
    ) {
        each!(parts(&table, seam, batch, capacity, first));
    }
}
