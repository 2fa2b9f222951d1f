//! How many times as long as ohem its peers take, each answer compared before its time is.
//!
//! `cargo bench -p ohem-benches --bench peers` takes some minutes; with `PEERS_QUICK=1`, under 40 seconds. It
//! prints a table, and writes `target/peers.json`, `target/peers.svg` and `target/growth.svg`. Times are CPU
//! time of the process, medians of interleaved runs.

mod by_hand;
mod contest;
mod figure;
mod format;
mod growth;
mod iou;
mod mine;
mod nms;
mod packed;
mod plan;
mod report;
mod row;
mod style;
mod text_table;
mod top_k;

use plan::Plan;

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let plan = Plan::new();
    let mut rows = [mine::run::<f32>(&plan), mine::without_gather(&plan), nms::run::<f32>(&plan)].concat();
    rows.extend([top_k::run::<f32>(&plan), iou::run_all::<f32>(&plan)].concat());
    rows.extend([mine::run::<f64>(&plan), nms::run::<f64>(&plan)].concat());
    rows.extend([top_k::run::<f64>(&plan), iou::run_all::<f64>(&plan)].concat());
    if plan.bench { report::write(&rows) } else { Ok(()) }
}
