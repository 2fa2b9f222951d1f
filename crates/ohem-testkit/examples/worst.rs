//! Searches for inputs that cost more than the documentation states, and prints the worst found for each job.
//!
//! `cargo run --release -p ohem-testkit --example worst -- [SECONDS] [SEED]`: for each job, from a seed.

use core::time::Duration;
use std::process::ExitCode;

use ohem_testkit::cost::{Job, search};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse().expect("a whole number"));
    let (seconds, seed) = (arguments.next().unwrap_or(600), arguments.next().unwrap_or(1));
    let mut holds = true;
    println!("floats, boxes and groups read, over the stated bound; {seconds} s a job, seed {seed}");
    for job in Job::ALL {
        let found = search(job, Duration::from_secs(seconds), seed);
        let (ratio, cost) = (found.ratio(), found.cost);
        let name = format!("{job:?}");
        println!(
            "{name:12} {ratio:.3} of {} for {} RoIs, of {} inputs: {cost:?}",
            found.bound, found.rois, found.tried
        );
        if ratio > 1.0 {
            println!("ABOVE THE BOUND: {:?}", found.input);
            holds = false;
        }
    }
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
