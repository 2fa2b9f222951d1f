//! Numbers formatted for humans.

/// Formats a time in a suitable unit.
pub(crate) fn duration(ns: f64) -> String {
    match ns {
        ..1e3 => format!("{} ns", significant(ns)),
        ..1e6 => format!("{} µs", significant(ns / 1e3)),
        ..1e9 => format!("{} ms", significant(ns / 1e6)),
        _ => format!("{} s", significant(ns / 1e9)),
    }
}

/// Formats a number with three significant digits, and large ones with all of their whole digits.
pub(crate) fn significant(x: f64) -> String {
    match x {
        ..10.0 => format!("{x:.2}"),
        ..100.0 => format!("{x:.1}"),
        ..10_000.0 => format!("{x:.0}"),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a ratio, rounded")]
        _ => count(x.round() as usize),
    }
}

/// Formats a count with separated thousands.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(",")
}
