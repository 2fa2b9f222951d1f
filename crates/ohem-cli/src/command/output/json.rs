//! One JSON object.

use clap::ValueEnum;
use ohem_std::rules::Ignored;
use ohem_std::simd::Tier;
use ohem_std::{Convention, Suppress};
use serde_json::{Map, Value, json};

use super::per_image::Spread;
use super::report::Report;
use crate::command::failure::is_hostile;
use crate::command::rule::RuleConfig;

/// Writes the run as one JSON object on one line.
///
/// A loss that is not finite becomes `"NaN"`, `"Infinity"` or `"-Infinity"`, as JSON has no such numbers.
pub(crate) fn write(report: &Report) -> Vec<u8> {
    let mut object = json!({ "n": report.table.len(), "groups": report.groups, "rule": report.rule.name() });
    add(&mut object, options(report));
    add(&mut object, result(report));
    if report.rule.is_by_image() {
        add(&mut object, images(report));
    }
    object["invalid_boxes"] = json!(report.mined.invalid_boxes.map_or(0, |(boxes, _)| boxes));
    object["ignored_rois"] = json!({ "all": report.all.ignored, "selected": report.selected.ignored });
    object["warnings"] = json!(report.warnings);
    object["seconds"] = json!(report.mined.time.as_secs_f64());
    escaped(&format!("{object}\n")).into_bytes()
}

/// Escapes what JSON lets pass but a terminal obeys, such as U+009B and U+202E. They occur only in texts.
pub(crate) fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hostile(c) && c != '\n' {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn add(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

/// The options that the rule used.
fn options(report: &Report) -> Value {
    match report.rule {
        RuleConfig::Batch { config, suppress: side, .. } => json!({
            "batch_size": config.batch_size,
            "nms_threshold": config.nms.map(|nms| number(nms.iou_threshold)),
            "suppress": suppress(*side),
            "convention": convention(report.rule.convention()),
        }),
        RuleConfig::Rfcn { quota, .. } => json!({ "per_image": quota }),
        RuleConfig::Tensorflow(config) => json!({
            "batch_size": config.num_hard_examples,
            "nms_threshold": number(config.iou_threshold),
            "suppress": suppress(Suppress::Above),
            "convention": convention(report.rule.convention()),
            "negatives_per_positive": config.max_negatives_per_positive,
            "min_negatives": config.min_negatives_per_image,
            "ignored": if config.ignored == Ignored::Compete { "compete" } else { "excluded" },
        }),
        RuleConfig::Ssd(config) => json!({
            "negatives_per_positive": config.neg_pos_ratio,
            "min_negatives": config.min_negatives,
            "neg_overlap": number(config.neg_overlap),
            "overlap_column": report.table.overlap_name(),
        }),
        RuleConfig::Mmdet(config) => json!({
            "batch_size": config.num,
            "positive_fraction": config.pos_fraction,
            "negatives_per_positive": config.neg_pos_ub,
        }),
    }
}

/// What every rule reports.
fn result(report: &Report) -> Value {
    let mined = report.mined;
    let losses = mined.selected.iter().map(|&index| number(report.table.losses.at(index as usize)));
    let suppresses = matches!(report.rule, RuleConfig::Batch { .. } | RuleConfig::Tensorflow(_));
    json!({
        "precision": name(report.args.precision),
        "simd": Tier::current().name(),
        "selected": mined.selected,
        "losses": losses.collect::<Vec<_>>(),
        "visited": mined.visited,
        "suppressed": suppresses.then_some(mined.suppressed),
        "foreground": { "all": report.all.foreground, "selected": report.selected.foreground },
        "background": { "all": report.all.background, "selected": report.selected.background },
        "mean_loss": { "all": mined.mean_all.map(number), "selected": mined.mean_selected.map(number) },
        "cut": report.loss_cut.map(number),
    })
}

/// What rules that mine each image separately report in addition.
fn images(report: &Report) -> Value {
    let spread = |&(name, Spread { min, mean, max }): &(&str, Spread)| {
        (name.to_owned(), json!({ "min": min, "mean": mean, "max": max }))
    };
    let mut counts: Map<_, _> = report.per_image.iter().map(spread).collect();
    counts.insert("all".to_owned(), json!(report.table.images.texts().len()));
    let mut object = json!({ "images": counts });
    if report.rule.is_by_matches() {
        object["neither"] = json!({ "all": report.all.ignored, "selected": report.selected.ignored });
    }
    object
}

fn suppress(suppress: Suppress) -> &'static str {
    if suppress == Suppress::Above { "above" } else { "at-or-above" }
}

fn convention(convention: Convention) -> &'static str {
    if convention == Convention::Pixel { "pixel" } else { "continuous" }
}

/// The name of a choice on the command line.
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
    use crate::command::args::choices::{ConventionChoice, SuppressChoice};

    #[test]
    fn numbers_that_are_not_finite_become_texts() {
        let numbers = [0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(number);
        assert_eq!(numbers, [json!(0.5), json!("NaN"), json!("Infinity"), json!("-Infinity")]);
    }

    #[test]
    fn hostile_characters_are_escaped_and_read_back() {
        let text = "a\u{9b}2J\u{202e}\u{2028}\u{e0041}\u{1b}\n\"é";
        let written = escaped(&json!({ text: [text] }).to_string());
        assert!(!written.chars().any(is_hostile), "{written}");
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!({ text: [text] }));
    }

    #[test]
    fn choices_are_named_as_on_the_command_line() {
        for choice in [SuppressChoice::Above, SuppressChoice::AtOrAbove] {
            assert_eq!(name(choice).as_deref(), Some(suppress(choice.into())));
        }
        for choice in [ConventionChoice::Pixel, ConventionChoice::Continuous] {
            assert_eq!(name(choice).as_deref(), Some(convention(choice.into())));
        }
    }
}
