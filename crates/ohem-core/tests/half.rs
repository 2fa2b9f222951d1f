//! Losses of 16 bits rank as the definition says: every pattern there is, and mixtures of them in every way.

#![cfg(feature = "half")]
#![expect(clippy::cast_possible_truncation, reason = "no more than 65,536 losses")]

use half::{bf16, f16};
use ohem_core::rank::{FixedBuffer, HardestFirst, RankError, TopK, select_nth, top_k};
use ohem_core::simd::{Portable, Scalar};
use ohem_core::{BBox, MineConfig, NanPolicy, RankKey, Ranked, Rois, Suppress, admit, mine};
use ohem_testkit::generate::{Table, strategy};
use ohem_testkit::oracle::{self, Nan};
use proptest::prelude::*;

/// Ranks the same losses in `f64`, which holds each of them exactly.
fn defined<H: RankKey + Into<f64>>(losses: &[H], nan: Nan) -> Result<Vec<u32>, u32> {
    let wide: Vec<f64> = losses.iter().map(|&loss| loss.into()).collect();
    let ranked = oracle::rank(&wide, nan).map_err(|first| first as u32)?;
    Ok(ranked.into_iter().map(|index| index as u32).collect())
}

fn first_nan(error: RankError) -> u32 {
    match error {
        RankError::NanLoss { index } => index,
        error => panic!("{error}"),
    }
}

/// Ranks all patterns, in memory for all of them and in a window.
fn check_all<H: RankKey + Into<f64>>(from_bits: fn(u16) -> H) {
    let losses: Vec<H> = (0..=u16::MAX).map(from_bits).collect();
    let wanted = defined(&losses, Nan::First).unwrap();
    let mut places = vec![Ranked::PLACEHOLDER; losses.len()];
    let ranked = HardestFirst::in_place(Portable, &losses, NanPolicy::First, &mut places).unwrap();
    assert!(ranked.map(Ranked::index).eq(wanted.iter().copied()));
    let ranked = HardestFirst::windowed(Scalar, &losses, NanPolicy::First, &mut places[..2000]).unwrap();
    assert!(ranked.map(Ranked::index).eq(wanted.iter().copied()));
    for (&loss, index) in losses.iter().zip(0..) {
        let unpacked = Ranked::new(loss, index).key();
        let (loss, unpacked): (f64, f64) = (loss.into(), unpacked.into());
        assert!(loss == unpacked || loss.is_nan() && unpacked.is_nan(), "{index:#06x}: {unpacked}");
    }
}

/// Ranks in every way there is.
fn check_rank<H: RankKey + Into<f64>>(losses: &[H], k: usize) {
    for (policy, nan) in
        [(NanPolicy::Error, Nan::Error), (NanPolicy::Skip, Nan::Skip), (NanPolicy::First, Nan::First)]
    {
        let all = defined(losses, nan);
        for places in [2, 3, 10, 300] {
            let mut window = vec![Ranked::PLACEHOLDER; places];
            let ranked = HardestFirst::windowed(Portable, losses, policy, &mut window);
            let ranked = ranked.map(|hardest| hardest.map(Ranked::index).collect::<Vec<_>>());
            assert_eq!(ranked.map_err(first_nan), all, "a window of {places}");
        }
        let wanted = all.map(|all| all[..all.len().min(k)].to_vec());
        let mut list: Vec<_> = (0..losses.len() as u32).collect();
        assert_eq!(top_k(losses, &mut list, k, policy).map(<[u32]>::to_vec).map_err(first_nan), wanted);
        let mut stream = TopK::<H, 41>::new(k, policy).unwrap();
        let fed = losses.chunks(70).try_for_each(|chunk| stream.extend_on(Scalar, chunk));
        let kept = fed.map(|()| stream.hardest().iter().map(|ranked| ranked.index()).collect::<Vec<_>>());
        assert_eq!(kept.map_err(first_nan), wanted, "a stream");
    }
    let ranked = || losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index));
    let wanted = defined(losses, Nan::First).unwrap().get(k).copied();
    assert_eq!(select_nth(ranked, k).map(Ranked::index), wanted);
}

/// Mines by losses of 16 bits, boxes being of 32.
fn check_mine<H: RankKey>(table: &Table, losses: &[H], batch_size: usize) {
    let (rows, t) = (table.boxes::<f32>(), 0.5);
    let (nms, continuous) = (Some((t, oracle::Suppress::AtOrAbove)), oracle::Convention::Continuous);
    let (images, labels) = (&table.images, &table.labels);
    let wanted =
        oracle::mine(&rows, images, labels, losses, batch_size, nms, continuous, Nan::First).unwrap();
    let rois = Rois::new(BBox::from_rows(&rows), images, labels).unwrap();
    let config = MineConfig::new(batch_size).nms_threshold(t.into()).suppress(Suppress::AtOrAbove);
    let (mut window, mut columns) = ([Ranked::PLACEHOLDER; 30], vec![0.0; batch_size * admit::COLUMNS]);
    let mut selected = vec![0; batch_size];
    let memory = mine::Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
    let hard = mine::mine(Portable, &rois, losses, &config.nan(NanPolicy::First), memory).unwrap();
    let indices: Vec<_> = hard.indices().iter().map(|&index| index as usize).collect();
    assert_eq!((indices, hard.visited()), (wanted.selected, wanted.visited));
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
