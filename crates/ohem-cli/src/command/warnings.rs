//! Warnings about inputs that are probably wrong but can be mined.

use std::io::{self, Write};

use ohem_std::Convention;

use crate::command::failure::one_line;
use crate::command::labels::Kinds;
use crate::command::mined::Mined;
use crate::command::numbers::{count, share};
use crate::command::rule::RuleConfig;
use crate::table::{BoxFormat, RoiTable};

/// Share of invalid boxes from which a table is suspicious: one in 50.
const MAX_INVALID: usize = 50;

/// Half of the boxes have a side below this: such boxes are tiny in pixels, or not in pixels.
const MIN_SIDE: f64 = 3.0;

/// Finds the probable errors, each as a sentence.
pub(crate) fn of(
    table: &RoiTable,
    mined: &Mined,
    rule: &RuleConfig,
    kinds: &Kinds,
    boxes: BoxFormat,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(label) = &kinds.assumed_background {
        warnings.push(format!(
            "background is taken to be label {label}, the highest, as in mmdetection; --background LABEL says otherwise"
        ));
    }
    warnings.extend(invalid_boxes(table, mined, boxes));
    if rule.convention() == Convention::Pixel {
        warnings.extend(small_boxes(table));
    }
    if let Some((comments, line)) = table.row_comments {
        warnings.push(format!(
            "comments that look like rows were left out: {}, the first in or after line {line}; quote a cell that \
             begins with #",
            count(comments)
        ));
    }
    warnings
}

fn invalid_boxes(table: &RoiTable, mined: &Mined, boxes: BoxFormat) -> Option<String> {
    let (invalid, first) = mined.invalid_boxes?;
    if invalid * MAX_INVALID < table.len() {
        return None;
    }
    let is_inverted = |[x1, y1, x2, y2]: &[f64; 4]| x1 > x2 || y1 > y2;
    let inverted = table.boxes.iter().filter(is_inverted).count();
    let hint = match boxes {
        BoxFormat::Xyxy if 2 * inverted > invalid => {
            " (if these columns are width and height: --box-format xywh or cxcywh)"
        }
        _ => "",
    };
    Some(format!(
        "{} of {} boxes are not boxes ({}), the first in {}; they overlap nothing{hint}",
        count(invalid),
        count(table.len()),
        share(invalid, table.len()),
        table.place(first)
    ))
}

/// Boxes for which one pixel more or less is a lot.
fn small_boxes(table: &RoiTable) -> Option<String> {
    let is_box = |[x1, y1, x2, y2]: &[f64; 4]| x1 <= x2 && y1 <= y2 && (x2 - x1 + y2 - y1).is_finite();
    let boxes: Vec<_> = table.boxes.iter().filter(is_box).collect();
    let remedy = "--convention pixel adds 1 to each side; --convention continuous does not";
    let highest =
        boxes.iter().flat_map(|corners| corners.iter().map(|corner| corner.abs())).fold(0.0, f64::max);
    if !boxes.is_empty() && highest <= 1.5 {
        return Some(format!("coordinates look normalised (all within {highest:.3}): {remedy}"));
    }
    let is_small = |[x1, y1, x2, y2]: &&[f64; 4]| (x2 - x1).min(y2 - y1) < MIN_SIDE;
    let small = boxes.iter().filter(is_small).count();
    (small > 0 && 2 * small >= boxes.len()).then(|| {
        format!(
            "{} of {} boxes have a side below {MIN_SIDE} pixels: {remedy}",
            count(small),
            count(boxes.len())
        )
    })
}

/// Prints warnings on standard error, a line each.
pub(crate) fn print(warnings: &[String]) {
    let mut err = io::stderr().lock();
    for warning in warnings {
        // If standard error is closed, the result must do.
        let _ = writeln!(err, "warning: {}", one_line(warning));
    }
}
