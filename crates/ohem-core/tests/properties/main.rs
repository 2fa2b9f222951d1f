//! What is true of mining whatever the input, without a reference to compare with.

#[allow(unreachable_pub, reason = "the fuzz targets read them, too")]
mod configs;
mod geometry;
mod order;
mod suppression;

use ohem_core::mine::{Memory, mine};
use ohem_core::rank::FixedBuffer;
use ohem_core::simd::Portable;
use ohem_core::{BBox, Float, MineConfig, NanPolicy, RankKey, Ranked, Rois, admit};
use ohem_testkit::generate::{Table, strategy};
use proptest::prelude::*;

/// The most RoIs of a table.
const MOST: usize = 120;

/// Mines a table by losses that may be others than its own.
fn mined<F: Float, H: RankKey>(table: &Table, losses: &[H], config: &MineConfig) -> Vec<usize> {
    let rows = table.boxes::<F>();
    let rois = Rois::new(BBox::from_rows(&rows), &table.images, &table.labels).unwrap();
    let (mut window, mut selected) = ([Ranked::PLACEHOLDER; 32], vec![0; config.batch_size]);
    let mut columns = vec![F::zero(); config.batch_size * admit::COLUMNS];
    let memory = Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
    let hard = mine(Portable, &rois, losses, config, memory).unwrap();
    hard.indices().iter().map(|&index| index as usize).collect()
}

/// Any configuration that takes losses which are NaN.
fn a_config() -> impl Strategy<Value = MineConfig> {
    strategy::drawn(|u| {
        let config = configs::mine_config(u)?;
        Ok(config.nan(if config.nan == NanPolicy::Error { NanPolicy::Skip } else { config.nan }))
    })
}

/// All RoIs, hardest first.
fn order(table: &Table, config: &MineConfig) -> Vec<usize> {
    let all = config.batch_size(table.len()).without_nms();
    mined::<f64, f64>(table, &table.losses, &all)
}
