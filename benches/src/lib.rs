//! What the benches of ohem share: inputs, and ratios of interleaved medians.
//!
//! `cargo bench -p ohem-benches --bench NAME`, where NAME is
//! - `peers`: ohem beside others' code, answers compared first; figures and a table of ratios;
//! - `worst`: the inputs that might make it slow, and how its time grows on them;
//! - `mine`, `losses`, `targets`: criterion's view, by tier, size and precision;
//! - `operations`: the same of every operation of the registry;
//! - `ratios`: a few figures beside the oracle.
//!
//! `scripts/instructions.sh` counts instructions instead, which no other program disturbs, and
//! `benches/python/run.sh` compares with what Python people use.

mod maximum;

use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use cpu_time::ProcessTime;
use ohem_std::{BBox, Float, Rois};
use ohem_testkit::generate::Table;

pub use maximum::maximum;

/// A table in one precision, ready to be mined.
#[derive(Debug)]
pub struct Input<F> {
    /// Corners.
    pub boxes: Vec<[F; 4]>,
    /// The image of each RoI.
    pub images: Vec<u32>,
    /// The class of each RoI.
    pub labels: Vec<u32>,
    /// The loss of each RoI.
    pub losses: Vec<F>,
}

/// RoIs of an [`Input`], grouped by image and label.
pub type GroupedRois<'a, F> = Rois<&'a [BBox<F>], &'a [u32], &'a [u32]>;

impl<F: Float> From<Table> for Input<F> {
    fn from(table: Table) -> Self {
        let (boxes, losses) = (table.boxes(), table.losses());
        Self { boxes, losses, images: table.images, labels: table.labels }
    }
}

impl<F: Float> Input<F> {
    /// Views it as RoIs, grouped by image and label.
    pub fn rois(&self) -> GroupedRois<'_, F> {
        Rois::new(self.boxes(), &self.images, &self.labels).expect("columns have the same length")
    }

    /// Views its rows as boxes.
    pub fn boxes(&self) -> &[BBox<F>] {
        BBox::from_rows(&self.boxes)
    }
}

/// One contestant: what it is called, and what it does.
pub type Job<'a> = (&'a str, &'a mut dyn FnMut());

/// Runs jobs in turn, again and again for about `budget`; returns the median CPU time of each.
///
/// Interleaved, so that what else the machine does falls on all alike. A job too quick for the clock is
/// repeated. The time is that of the process, all its threads together.
pub fn medians(jobs: &mut [Job<'_>], budget: Duration) -> Vec<Duration> {
    let repeats: Vec<u32> = jobs
        .iter_mut()
        .map(|(_, job)| {
            let first = time(job, 1); // memory grows, pages fault
            let once = first.min(time(job, 1)).max(Duration::from_nanos(20));
            u32::try_from((Duration::from_micros(100).as_nanos() / once.as_nanos()).clamp(1, 10_000))
                .unwrap_or(1)
        })
        .collect();
    let mut times = vec![Vec::new(); jobs.len()];
    let start = Instant::now();
    while start.elapsed() < budget || times[0].len() < 3 {
        for (((_, job), &repeats), times) in jobs.iter_mut().zip(&repeats).zip(&mut times) {
            if times.last().is_none_or(|&last| last < Duration::from_millis(10)) {
                time(job, 1); // no job finds its input in the caches only because of who came before it
            }
            times.push(time(job, repeats) / repeats);
        }
    }
    times.into_iter().map(median).collect()
}

/// Runs a job `repeats` times; returns the CPU time of all runs.
pub fn time(job: &mut dyn FnMut(), repeats: u32) -> Duration {
    let start = ProcessTime::now();
    for _ in 0..repeats {
        black_box(&mut *job)();
    }
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
