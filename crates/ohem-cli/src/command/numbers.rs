//! Numbers formatted for humans.

/// Formats a count with separated thousands: `1,234,567`.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a measurement with a number of significant digits: `0.01234`, `12.3`, `1.23e9`.
pub(crate) fn amount(x: f64, digits: usize) -> String {
    if !x.is_finite() || x == 0.0 {
        return format!("{x:.0}");
    }
    // Scientific notation rounds first, so that 99,999.6 has the exponent of 100,000.
    let scientific = format!("{x:.*e}", digits - 1);
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i64>().ok());
    let decimals = |exponent| usize::try_from(i64::try_from(digits).ok()? - 1 - exponent).ok();
    match exponent.filter(|&exponent| exponent >= -5).and_then(decimals) {
        Some(decimals) => format!("{x:.decimals$}"),
        None => scientific,
    }
}

/// Formats a number with two decimals but without trailing zeros: `157.35`, `40`.
pub(crate) fn plain(x: f64) -> String {
    if x.abs() >= 1e9 {
        return amount(x, 6);
    }
    let fixed = format!("{x:.2}");
    let short = if fixed.contains('.') { fixed.trim_end_matches('0').trim_end_matches('.') } else { &fixed };
    short.to_owned()
}

/// Formats a share in per cent: `11.5 %`.
pub(crate) fn share(part: usize, whole: usize) -> String {
    if whole == 0 { "0 %".to_owned() } else { format!("{:.1} %", 100.0 * part as f64 / whole as f64) }
}

/// Formats a time in a suitable unit: `18.2 µs`, `640 ms`, `1.23 s`.
pub(crate) fn seconds(time: core::time::Duration) -> String {
    let seconds = time.as_secs_f64();
    let (value, unit) = match seconds {
        ..1e-3 => (seconds * 1e6, "µs"),
        ..1.0 => (seconds * 1e3, "ms"),
        _ => (seconds, "s"),
    };
    format!("{} {unit}", amount(value, 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 7, 999, 1000, 1_234_567].map(count), ["0", "7", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn amounts_keep_their_digits() {
        let cases =
            [(0.0, "0"), (6.468_812_66, "6.4688"), (0.001_234_56, "0.0012346"), (99_999.6, "1.0000e5")];
        for (x, shown) in cases {
            assert_eq!(amount(x, 5), shown);
        }
        assert_eq!(amount(f64::INFINITY, 5), "inf");
        assert_eq!(amount(-1.5e-7, 2), "-1.5e-7");
        assert_eq!(amount(f64::NAN, 5), "NaN");
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!([157.35, 40.0, 0.0, -0.5].map(plain), ["157.35", "40", "0", "-0.5"]);
        assert_eq!([1e30, f64::INFINITY, f64::NAN].map(plain), ["1.00000e30", "inf", "NaN"]);
    }

    #[test]
    fn times_have_a_unit() {
        assert_eq!(seconds(Duration::from_nanos(18_234)), "18.2 µs");
        assert_eq!(seconds(Duration::from_millis(640)), "640 ms");
        assert_eq!(seconds(Duration::from_millis(1230)), "1.23 s");
    }

    #[test]
    fn shares_are_of_the_whole() {
        assert_eq!((share(1, 8), share(0, 0)), ("12.5 %".to_owned(), "0 %".to_owned()));
    }
}
