//! The table that is printed, and the files.

use core::fmt::Write as _;
use std::path::PathBuf;

use crate::contest::Row;
use crate::{figure, growth};

/// Writes `peers.json`, `peers.svg` and `growth.svg` into the workspace's target folder.
pub(crate) fn write(rows: &[Row]) -> Result<(), Box<dyn core::error::Error>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("peers.json"), serde_json::to_string_pretty(rows)?)?;
    figure::draw(rows, &folder.join("peers.svg"))?;
    growth::draw(rows, &folder.join("growth.svg"))?;
    println!("\nwritten: target/peers.json, target/peers.svg, target/growth.svg");
    Ok(())
}

/// A paragraph a case: ohem's time on each tier, then each peer's, and its ratio to each of ohem's.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut out = String::new();
    for case in cases(rows) {
        let tiers: Vec<&Row> = case.iter().filter(|row| row.peer == case[0].peer).collect();
        let Row { case: about, .. } = tiers[0];
        let ours: Vec<_> =
            tiers.iter().map(|row| format!("{} {}", row.tier, duration(row.ours_ns))).collect();
        _ = writeln!(
            out,
            "\n{} {} {}, {}: {}",
            about.job,
            count(about.n),
            about.dtype,
            about.scene,
            ours.join(", ")
        );
        for peer in &case[..case.len() / tiers.len()] {
            let ratios = case.iter().filter(|row| row.peer == peer.peer);
            let ratios: Vec<_> = ratios.map(|row| format!("{:>8} x", significant(row.ratio))).collect();
            let time = duration(peer.peer_ns);
            _ = writeln!(out, "  {:32}{time:>10} {}   {}", peer.peer, ratios.join(" "), peer.answer);
        }
    }
    out
}

/// The rows of each case by themselves, in order.
pub(crate) fn cases(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    rows.chunk_by(|a, b| {
        let key = |row: &Row| (row.case.job, row.case.n, row.case.dtype, row.case.scene.clone());
        key(a) == key(b)
    })
}

/// A time in the unit that suits it.
pub(crate) fn duration(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{} ns", significant(ns)),
        ..1e6 => format!("{} µs", significant(ns / 1e3)),
        ..1e9 => format!("{} ms", significant(ns / 1e6)),
        _ => format!("{} s", significant(ns / 1e9)),
    }
}

/// Three digits, where there are that many before the point or not.
pub(crate) fn significant(x: f64) -> String {
    match x {
        ..10.0 => format!("{x:.2}"),
        ..100.0 => format!("{x:.1}"),
        ..10_000.0 => format!("{x:.0}"),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ratio, rounded")]
        _ => count(x.round() as usize),
    }
}

/// A count with its thousands apart.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
