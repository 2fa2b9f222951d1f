//! One object, for other languages.

use clap::ValueEnum;
use serde_json::{Value, json};

use super::Report;

/// The run as one JSON object on one line.
///
/// JSON has no number for a loss that is not finite: it is `"NaN"`, `"Infinity"` or `"-Infinity"`.
pub(crate) fn write(report: &Report) -> Vec<u8> {
    let (mined, arguments) = (report.mined, report.arguments);
    let losses = mined.selected.iter().map(|&index| number(report.table.losses[index as usize]));
    let object = json!({
        "n": report.table.len(),
        "groups": report.groups,
        "batch_size": arguments.batch_size,
        "nms_threshold": report.threshold().map(number),
        "suppress": name(arguments.suppress),
        "convention": name(arguments.convention),
        "precision": name(arguments.precision),
        "selected": mined.selected,
        "losses": losses.collect::<Vec<_>>(),
        "visited": mined.visited,
        "suppressed": mined.suppressed,
        "foreground": { "all": report.all.foreground, "selected": report.selected.foreground },
        "background": { "all": report.all.background, "selected": report.selected.background },
        "mean_loss": { "all": mined.mean_all.map(number), "selected": mined.mean_selected.map(number) },
        "cut": report.cut.map(number),
        "seconds": mined.time.as_secs_f64(),
    });
    format!("{object}\n").into_bytes()
}

/// A choice by its name on the command line.
fn name(choice: impl ValueEnum) -> Option<String> {
    Some(choice.to_possible_value()?.get_name().to_owned())
}

fn number(x: f64) -> Value {
    match x {
        f64::INFINITY => json!("Infinity"),
        f64::NEG_INFINITY => json!("-Infinity"),
        x if x.is_nan() => json!("NaN"),
        x => json!(x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::SuppressChoice;

    #[test]
    fn what_json_has_no_number_for_is_a_text() {
        let numbers = [0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(number);
        assert_eq!(numbers, [json!(0.5), json!("NaN"), json!("Infinity"), json!("-Infinity")]);
    }

    #[test]
    fn choices_are_named_as_on_the_command_line() {
        assert_eq!(name(SuppressChoice::AtOrAbove).as_deref(), Some("at-or-above"));
    }
}
