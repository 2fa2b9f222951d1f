//! The hardest RoIs and a summary, for humans.

use ohem_std::Convention;
use ohem_std::simd::Tier;

use super::per_image::Spread;
use super::report::{LabelCounts, Report};
use super::short;
use crate::command::numbers::{amount, count, plain, seconds, share};
use crate::command::rule::RuleConfig;

/// Writes the hardest RoIs in columns, and a summary.
pub(crate) fn write(report: &Report) -> Vec<u8> {
    let mut out = hardest(report);
    for (name, text) in summary(report) {
        out.push_str(format!("{name:<13}{text}").trim_end());
        out.push('\n');
    }
    out.into_bytes()
}

fn hardest(report: &Report) -> String {
    let header = ["rank", "row", "image", "label", "x1", "y1", "x2", "y2", "loss"].map(str::to_owned);
    let rows = (1..).zip(&report.mined.selected).take(report.args.limit);
    let lines: Vec<_> =
        [header].into_iter().chain(rows.map(|(rank, &index)| row(report, rank, index))).collect();
    let mut out = aligned(&lines);
    let more = report.mined.selected.len().saturating_sub(report.args.limit);
    if more > 0 {
        out.push_str(&format!(
            "... and {} more: --limit shows more, --format csv and json list all\n",
            count(more)
        ));
    }
    out.push('\n');
    out
}

fn row(report: &Report, rank: usize, index: u32) -> [String; 9] {
    let (table, index) = (report.table, index as usize);
    let [x1, y1, x2, y2] = table.boxes.at(index).map(plain);
    let (image, label) = (short(table.images.of(index)), short(table.labels.of(index)));
    [rank.to_string(), index.to_string(), image, label, x1, y1, x2, y2, amount(table.losses.at(index), 6)]
}

/// Aligns columns at their right ends.
fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let widths: [usize; N] = core::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    let mut out = String::new();
    for line in lines {
        let cells: Vec<_> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
        out.push_str(&cells.join("  "));
        out.push('\n');
    }
    out
}

fn summary(report: &Report) -> Vec<(&'static str, String)> {
    let (mined, tier) = (report.mined, Tier::current());
    let mut lines: Vec<_> = report.rule.words().map(|words| ("rule", words)).into_iter().collect();
    lines.push((
        "RoIs",
        format!("{} in {} groups (image, label)", count(report.table.len()), count(report.groups)),
    ));
    lines.extend(visits(report));
    lines.push(("boxes", boxes(report).to_owned()));
    lines.push(("selected", selected(report)));
    lines.extend(report.per_image.iter().map(|&(name, spread)| (label(name), shown_spread(spread))));
    if report.all.ignored > 0 {
        let (all, chosen) = (count(report.all.ignored), count(report.selected.ignored));
        lines.push(("ignored", format!("{all}, {chosen} of them selected")));
    }
    lines.extend([
        ("fg : bg", format!("{} of all, {} of the selected", ratio(report.all), ratio(report.selected))),
        (
            "mean loss",
            format!(
                "{} of all, {} of the selected",
                shown(report.mined.mean_all),
                shown(report.mined.mean_selected)
            ),
        ),
        ("cut", format!("{}, the loss of the last selected RoI", shown(report.loss_cut))),
        ("time", format!("{} to mine ({tier}), {} to read", seconds(mined.time), seconds(report.reading))),
    ]);
    if let Some((invalid_boxes, first)) = mined.invalid_boxes {
        let place = report.table.place(first);
        lines.push((
            "not a box",
            format!("{}, the first in {place}; they overlap nothing", count(invalid_boxes)),
        ));
    }
    lines
}

/// The counts of visited and suppressed RoIs, for rules that have them.
fn visits(report: &Report) -> Vec<(&'static str, String)> {
    let visited =
        report.mined.visited.map(|visited| ("visited", format!("{}, hardest first", count(visited))));
    let suppressed = match report.rule.suppresses() {
        Some(why) => Some(format!("{} {why}", count(report.mined.suppressed))),
        None if report.rule.is_by_image() => None,
        None => Some("0 (no NMS)".to_owned()),
    };
    visited.into_iter().chain(suppressed.map(|text| ("suppressed", text))).collect()
}

/// How wide boxes are, in words.
fn boxes(report: &Report) -> &'static str {
    match report.rule.convention() {
        Convention::Continuous => "continuous, x2 - x1 wide",
        Convention::Pixel => "pixel, x2 - x1 + 1 wide",
    }
}

fn label(part: &'static str) -> &'static str {
    if part == "selected" { "per image" } else { part }
}

fn shown_spread(Spread { min, mean, max }: Spread) -> String {
    format!("{}, {mean:.1}, {} (min, mean, max)", count(min), count(max))
}

fn selected(report: &Report) -> String {
    let selected = report.mined.selected.len();
    match report.rule {
        RuleConfig::Batch { config, .. } if selected < config.batch_size => {
            let batch = count(config.batch_size);
            format!("{}, fewer than the batch of {batch}: no RoIs are left", count(selected))
        }
        _ => count(selected),
    }
}

fn ratio(counts: LabelCounts) -> String {
    let share = share(counts.foreground, counts.total());
    format!("{} : {} ({share})", count(counts.foreground), count(counts.background))
}

fn shown(loss: Option<f64>) -> String {
    loss.map_or_else(|| "none".to_owned(), |loss| amount(loss, 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_at_the_right() {
        let lines = [["a", "loss"], ["10", "é"]].map(|line| line.map(str::to_owned));
        assert_eq!(aligned(&lines), " a  loss\n10     é\n");
    }
}
