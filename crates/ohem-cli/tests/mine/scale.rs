//! Long tables.

use core::fmt::Write;
use std::time::Instant;

use crate::run::{Folder, HEADER, run, selected, stdout_of};

/// A table of scattered boxes with distinct losses.
fn table(rows: usize) -> String {
    let mut table = HEADER.to_owned();
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for row in 0..rows {
        let (x, y, width, height) = (random(900), random(500), random(200), random(200));
        let loss = (row * 7919) % 1_000_003; // distinct, as both numbers are primes
        writeln!(table, "{},{x},{y},{},{},{},0.{loss:07}", row / 1000, x + width, y + height, row % 4)
            .unwrap();
    }
    table
}

fn mined(rows: usize) -> (Vec<u64>, f64) {
    let folder = Folder::new();
    let path = folder.file("rois.csv", table(rows));
    let started = Instant::now();
    let shown = stdout_of(run(&[&path, "--format", "json", "--no-nms"]));
    let seconds = started.elapsed().as_secs_f64();
    (selected(&serde_json::from_str(&shown).unwrap()), seconds)
}

/// The rows with the largest losses.
fn hardest(rows: usize) -> Vec<u64> {
    let mut order: Vec<u64> = (0..rows as u64).collect();
    order.sort_by_key(|row| core::cmp::Reverse((row * 7919) % 1_000_003));
    order[..128].to_vec()
}

#[test]
fn fifty_thousand_rows_are_mined() {
    assert_eq!(mined(50_000).0, hardest(50_000));
}

#[test]
#[ignore = "writes 40 MB; best with cargo test --release -p ohem-cli -- --ignored --nocapture"]
fn a_million_rows_are_mined_in_seconds() {
    let (selected, seconds) = mined(1_000_000);
    println!("1,000,000 rows in {seconds:.2} s");
    assert_eq!(selected, hardest(1_000_000));
    assert!(seconds < 10.0, "{seconds} s");
}
