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

use packed::Pack;
use plan::Plan;
use row::Row;

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let plan = Plan::new();
    let mut rows = of::<f32>(&plan, mine::without_gather);
    rows.extend(of::<f64>(&plan, |_| Vec::new()));
    if plan.bench { report::write(&rows) } else { Ok(()) }
}

/// Runs the contests of a job.
type Contests = fn(&Plan) -> Vec<Row>;

/// The jobs that the command line names, or all: `cargo bench -p ohem-benches --bench peers -- iou`.
fn of<F: Pack>(plan: &Plan, without_gather: Contests) -> Vec<Row> {
    let jobs: [(&str, Contests); 5] = [
        ("mine", mine::run::<F>),
        ("mine", without_gather),
        ("nms", nms::run::<F>),
        ("top_k", top_k::run::<F>),
        ("iou", iou::run_all::<F>),
    ];
    jobs.into_iter().filter(|(job, _)| plan.includes(job)).flat_map(|(_, run)| run(plan)).collect()
}
