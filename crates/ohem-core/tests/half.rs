//! Losses of 16 bits rank as the definition says: every pattern there is, and mixtures of them in every way.

#![cfg(feature = "half")]

use half::{bf16, f16};
use ohem_core::kernel::{Portable, Scalar};
use ohem_core::{MineConfig, NanPolicy, NmsConfig, RankKey, Ranked, Suppress};
use ohem_testkit::adapters::Work as _;
use ohem_testkit::adapters::mine::Lent;
use ohem_testkit::adapters::rank::{Order, Streamed, Windowed, nth, of_list};
use ohem_testkit::adapters::{Batch, Mine as _, Oracle, Rank as _};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// Ranks the same losses in `f64`, which holds each of them exactly.
fn defined<H: RankKey + Into<f64>>(losses: &[H], nan: NanPolicy) -> Order {
    let wide: Vec<f64> = losses.iter().map(|&loss| loss.into()).collect();
    Oracle::top_k(&wide, usize::MAX, nan)
}

/// Ranks all patterns, in memory for all of them and in a window.
fn check_all<H: RankKey + Into<f64>>(from_bits: fn(u16) -> H) {
    let (losses, nan): (Vec<H>, _) = ((0..=u16::MAX).map(from_bits).collect(), NanPolicy::First);
    let (losses, wanted) = (&losses[..], defined(&losses, nan));
    assert!(Windowed { losses, nan, window: losses.len() }.on(Portable) == wanted);
    assert!(Windowed { losses, nan, window: 2000 }.on(Scalar) == wanted);
    for (&loss, index) in losses.iter().zip(0..) {
        let unpacked = Ranked::new(loss, index).key();
        let (loss, unpacked): (f64, f64) = (loss.into(), unpacked.into());
        assert!(loss == unpacked || loss.is_nan() && unpacked.is_nan(), "{index:#06x}: {unpacked}");
    }
}

/// Ranks in every way there is.
fn check_rank<H: RankKey + Into<f64>>(losses: &[H], k: usize) {
    for nan in [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First] {
        let all = defined(losses, nan);
        for window in [2, 3, 10, 300] {
            assert_eq!(Windowed { losses, nan, window }.on(Portable), all, "a window of {window}");
        }
        let wanted = all.map(|all| all[..all.len().min(k)].to_vec());
        assert_eq!(of_list(losses, k, nan), wanted, "of a list");
        assert_eq!(Streamed::<H, 41> { losses, nan, k, chunk: 70 }.on(Scalar), wanted, "a stream");
    }
    assert_eq!(nth(losses, k), defined(losses, NanPolicy::First).unwrap().get(k).copied());
}

/// Mines by losses of 16 bits, boxes being of 32.
fn check_mine<H: RankKey>(table: &Table, losses: &[H], batch_size: usize) {
    let config = MineConfig::new(batch_size).nms(NmsConfig::new(0.5).suppress(Suppress::AtOrAbove));
    let (config, boxes) = (&config.nan(NanPolicy::First), table.boxes::<f32>());
    let batch = Batch::new(table, &boxes, losses);
    let lent = Lent { batch, config, window: 30, capacity: batch_size, index: None };
    assert_eq!(lent.on(Portable), Oracle::mine(batch, config));
}

#[test]
fn every_pattern_of_f16() {
    check_all(f16::from_bits);
}

#[test]
fn every_pattern_of_bf16() {
    check_all(bf16::from_bits);
}

proptest! {
    /// Few different patterns tie often; many seldom.
    #[test]
    fn ranking(patterns in prop_oneof![
        proptest::collection::vec(any::<u16>(), 0..300),
        proptest::collection::vec(proptest::sample::select(vec![0, 0x8000, 0x7C00, 0xFE00, 0x7F80, 0x3C00, 1, 0x8001]), 0..300),
    ], k in 0..40_usize) {
        check_rank(&patterns.iter().map(|&bits| f16::from_bits(bits)).collect::<Vec<_>>(), k);
        check_rank(&patterns.iter().map(|&bits| bf16::from_bits(bits)).collect::<Vec<_>>(), k);
    }

    #[test]
    fn mining(table in strategy::table(150, true), batch_size in 0..60_usize) {
        check_mine(&table, &table.losses.iter().map(|&loss| f16::from_f64(loss)).collect::<Vec<_>>(), batch_size);
        check_mine(&table, &table.losses.iter().map(|&loss| bf16::from_f64(loss)).collect::<Vec<_>>(), batch_size);
    }
}
