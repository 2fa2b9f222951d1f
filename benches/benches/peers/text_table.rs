//! The table that is printed.

use core::fmt::Write as _;

use crate::format::{count, duration, significant};
use crate::row::{Row, cases};

/// Writes a paragraph for each case: ohem's time on each tier, then each peer's time with its ratios to those.
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
