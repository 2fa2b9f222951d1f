//! Properties of mining that hold for every input, tested without an oracle.

mod geometry;
mod order;
mod suppression;

use ohem_core::kernel::Portable;
use ohem_core::{Convention, Float, MineConfig, NanPolicy, NmsConfig, RankKey};
use ohem_testkit::adapters::Work as _;
use ohem_testkit::adapters::{Batch, mine::Lent};
use ohem_testkit::generate::{Table, configs, strategy};
use proptest::prelude::*;

/// The most RoIs of a table.
const MOST: usize = 120;

/// Mines a table by losses that may be others than its own.
fn mined<F: Float, H: RankKey>(table: &Table, losses: &[H], config: &MineConfig) -> Vec<usize> {
    let boxes = table.boxes::<F>();
    let (batch, capacity) = (Batch::new(table, &boxes, losses), config.batch_size);
    Lent { batch, config, window: 32, capacity, index: None }.on(Portable).unwrap().selected
}

/// Any configuration that takes losses which are NaN.
fn a_config() -> impl Strategy<Value = MineConfig> {
    strategy::drawn(|u| {
        let config = configs::mine_config(u)?;
        Ok(config.nan(if config.nan == NanPolicy::Error { NanPolicy::Skip } else { config.nan }))
    })
}

/// The same with boxes of another convention.
fn in_convention(config: &MineConfig, convention: Convention) -> MineConfig {
    config.nms.map_or(*config, |nms| config.nms(nms.convention(convention)))
}

/// The same with suppression above another threshold.
fn at_threshold(config: &MineConfig, iou_threshold: f64) -> MineConfig {
    let nms = config.nms.unwrap_or(NmsConfig::new(iou_threshold));
    config.nms(nms.iou_threshold(iou_threshold))
}

/// All RoIs that take part, hardest first.
fn order(table: &Table, config: &MineConfig) -> Vec<usize> {
    let all = config.batch_size(table.len()).without_nms();
    mined::<f64, f64>(table, &table.losses, &all)
}
