//! The report of `ohem prepare`.

use core::time::Duration;

use ohem_pack::{PackSplit, TARGET_DEVIATIONS};
use ohem_std::Match;
use ohem_std::targets::TargetMoments;
use ohem_study::prepare::{Annotations, Prepared, Recall};

use crate::command::numbers::{count, seconds, share};
use crate::command::output::short;

/// Maximum number of lines listed for boxes that were left out.
const MAX_LISTED: usize = 8;

/// Writes the counts, the recall of each class, and the boxes that were left out.
pub(super) fn text(annotations: &Annotations, prepared: &Prepared, time: Duration) -> String {
    let [training, testing] = [&prepared.train, &prepared.test].map(|split| split.pictures);
    let (train, test) = (&prepared.pack.train, &prepared.pack.test);
    let (pictures, rois) = (training + testing, train.len() + test.len());
    let objects = train.labels.iter().chain(&test.labels).filter(|label| **label > 0).count();
    let mut text = format!(
        "{} pictures in {}: {} to train on, {} to test on\n{} RoIs, {} per picture, {} foreground\n",
        count(pictures),
        seconds(time),
        count(training),
        count(testing),
        count(rois),
        count(rois / pictures.max(1)),
        share(objects, rois),
    );
    text += &targets(train);
    text += &found(prepared);
    if !annotations.degenerate.is_empty() {
        text += &left_out(&annotations.degenerate);
    }
    text
}

/// The means and standard deviations of the regression targets to train on, without their normalization; nothing if
/// there are none.
fn targets(train: &PackSplit) -> String {
    let foreground = train.labels.iter().zip(&train.targets).filter(|(label, _)| **label > 0);
    let unscaled = |target: &[f32; 4]| {
        let mut values = *target;
        values.iter_mut().zip(TARGET_DEVIATIONS).for_each(|(value, deviation)| *value *= deviation);
        values
    };
    let (labels, targets): (Vec<_>, Vec<_>) =
        foreground.map(|(&label, target)| (Match::object(label.into()), unscaled(target))).unzip();
    let mut moments = TargetMoments::new();
    if targets.is_empty() || moments.add(&labels, &targets).is_err() {
        return String::new();
    }
    let row = |name: &str, rows: Vec<[f64; 4]>| {
        let values: String =
            rows.iter().flatten().map(|value| format!("{:9.3}", (value * 1e3).round() / 1e3 + 0.0)).collect();
        format!("  {name:20}{values}\n")
    };
    format!(
        "\nRegression targets of the {} foreground RoIs to train on (dx, dy, dw, dh):\n{}{}",
        count(targets.len()),
        row("means", moments.means()),
        row("standard deviations", moments.stds())
    )
}

/// The recall of each class and of all: in the pictures to train on, in those to test on, and in both.
fn found(prepared: &Prepared) -> String {
    let mut text = format!(
        "\nBoxes with a proposal of IoU 0.5 or more:\n{:>18}{:>18}{:>18}\n",
        "to train on", "to test on", "all"
    );
    let mut row = |class: &str, train: Recall, test: Recall| {
        for Recall { found, boxes } in [train, test, [train, test].into_iter().sum()] {
            text += &format!("{:>9} {:8}", share(found, boxes), format!("of {}", count(boxes)));
        }
        text += &format!("  {}\n", short(class));
    };
    let (train, test) = (&prepared.train.recall, &prepared.test.recall);
    for ((class, &train), &test) in prepared.pack.classes.iter().zip(train).zip(test) {
        row(class, train, test);
    }
    row("all", train.iter().copied().sum(), test.iter().copied().sum());
    text
}

fn left_out(lines: &[u64]) -> String {
    let listed: Vec<_> = lines.iter().take(MAX_LISTED).map(u64::to_string).collect();
    let more = if lines.len() > MAX_LISTED { ", ..." } else { "" };
    format!(
        "\nLeft out: {} boxes without x1 < x2 and y1 < y2, in lines {}{more}\n",
        count(lines.len()),
        listed.join(", ")
    )
}
