//! `ohem report`: a run as one HTML file that needs no network.
//!
//! The page is a template with the RoIs as JSON inside it, and photographs as data URLs. Its script makes all texts with
//! `textContent`, and its policy forbids it to load anything, so that no name of a file or label can do harm.

pub(crate) mod args;

use std::time::Instant;

use serde_json::{Value, json};

use crate::command::atomic_file::{self, AtomicFile};
use crate::command::failure::{Failure, one_line};
use crate::command::labels::Kind;
use crate::command::mine;
use crate::command::mined::RoiOutcome;
use crate::command::output::Report;
use crate::command::picture::Photos;
use crate::command::source::Source;
use crate::command::warnings;
use args::ReportArgs;

const TEMPLATE: &str = include_str!("report/page.html");
const STYLE: &str = include_str!("report/page.css");
const SCRIPT: &str = include_str!("report/page.js");

/// Runs `ohem report`.
///
/// # Errors
///
/// As `ohem mine`.
pub(crate) fn run(args: &ReportArgs) -> Result<(), Failure> {
    let ReportArgs { mine: mine_args, html: output, max_rois } = args;
    if let Some(option) = mine_args.result_option() {
        return Err(Failure::input(
            "ohem report",
            format_args!("does not use {option}; --html names the file"),
        ));
    }
    let rule = mine_args.rule()?;
    let started = Instant::now();
    let source = Source::named(mine_args.file.as_deref());
    mine::files::check_written(mine_args, &source, output)?;
    let mut table = mine::read(mine_args, &source, &mine_args.requested_columns(&rule))?;
    let kinds = mine::labelled(&mut table, &mine_args.table, &rule)?;
    let mined = mine::mine(&table, &source, &kinds, &rule, mine_args)?;
    let mut report = Report::new(&table, &mined, mine_args, &rule, &kinds, started.elapsed());
    report.warnings = mine::warnings_of(&report);
    let drawn = hardest(&report, *max_rois);
    let photos = Photos::of_report(&report, &source, &drawn)?;
    report.warnings.extend(photos.sizes_that_differ(&table));
    let page = page(&report, &source, &photos, &drawn);
    let published = atomic_file::publish(vec![AtomicFile::new(Some(output), page.as_bytes())?]);
    if !mine_args.quiet && published.is_ok() {
        warnings::print(&report.warnings);
    }
    published
}

/// The rows to show: the selected, then the others by falling loss.
fn hardest(report: &Report, max: usize) -> Vec<u32> {
    let losses = &report.table.losses;
    let mut is_selected = vec![false; losses.len()];
    report.mined.selected.iter().for_each(|&index| is_selected[index as usize] = true);
    let mut others: Vec<u32> =
        (0..).take(losses.len()).filter(|&index: &u32| !is_selected[index as usize]).collect();
    let rest = max.saturating_sub(report.mined.selected.len()).min(others.len());
    let order = |a: &u32, b: &u32| losses.at(*b as usize).total_cmp(&losses.at(*a as usize)).then(a.cmp(b));
    if rest < others.len() {
        others.select_nth_unstable_by(rest, order);
        others.truncate(rest);
    }
    others.sort_unstable_by(order);
    report.mined.selected.iter().copied().take(max).chain(others).collect()
}

fn page(report: &Report, source: &Source, photos: &Photos, drawn: &[u32]) -> String {
    let data = data(report, source, photos, drawn).to_string();
    // No `<` ends the script that the data are in, and no mark changes the direction of text.
    let data = crate::command::output::json::escaped(&data).replace('<', "\\u003c");
    TEMPLATE.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", SCRIPT).replace("/*DATA*/", &data)
}

fn data(report: &Report, source: &Source, photos: &Photos, drawn: &[u32]) -> Value {
    let table = report.table;
    let rank_of: std::collections::HashMap<u32, usize> =
        report.mined.selected.iter().copied().zip(1..).collect();
    let roi = |&index: &u32| {
        let row = index as usize;
        let corners = table
            .boxes
            .at(row)
            .map(|corner| if corner.is_finite() { json!(round(corner)) } else { Value::Null });
        let outcome = match report.mined.outcomes[row] {
            RoiOutcome::Selected => 0,
            RoiOutcome::Suppressed => 1,
            RoiOutcome::Easier => 2,
            RoiOutcome::Skipped => 3,
        };
        json!([
            index,
            table.images.ids[row],
            table.labels.ids[row],
            outcome,
            number(table.losses.at(row)),
            rank_of.get(&index),
            corners
        ])
    };
    let label = |(id, text): (u32, &str)| json!([one_line(text), report.kinds.of(id) == Kind::Foreground]);
    json!({
        "source": one_line(&source.name()),
        "rule": report.rule.words().unwrap_or_else(|| "fast-rcnn: the hardest of all images together".to_owned()),
        "rest": report.rule.rest(),
        "all": table.len(),
        "selected": report.mined.selected.len(),
        "suppressed": report.mined.suppressed,
        "warnings": report.warnings,
        "images": images(report, photos),
        "labels": (0..).zip(table.labels.texts()).map(label).collect::<Vec<_>>(),
        "rois": drawn.iter().map(roi).collect::<Vec<_>>(),
    })
}

/// Name, size, photograph, mean loss, and number of RoIs and of selected ones of each image.
fn images(report: &Report, photos: &Photos) -> Vec<Value> {
    let table = report.table;
    let mut sums = vec![(0.0, 0_usize, 0_usize); table.images.texts().len()];
    for ((&image, loss), outcome) in
        table.images.ids.iter().zip(table.losses.iter()).zip(&report.mined.outcomes)
    {
        let (sum, all, selected) = &mut sums[image as usize];
        if loss.is_finite() {
            *sum += loss;
        }
        *all += 1;
        *selected += usize::from(*outcome == RoiOutcome::Selected);
    }
    let image = |((id, name), (sum, all, selected)): ((u32, &str), (f64, usize, usize))| {
        let photo = photos.of(id);
        let size = photo.map(|photo| [photo.width, photo.height]).or(table.sizes[id as usize]);
        let link = photo.map(|photo| photo.link.as_str());
        json!([one_line(name), size, link, number(sum / all.max(1) as f64), all, selected])
    };
    (0..).zip(table.images.texts()).zip(sums).map(image).collect()
}

/// A number, rounded so that a page of many RoIs stays small.
fn round(value: f64) -> f64 {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded.is_finite() { rounded } else { value }
}

fn number(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { json!(value.to_string()) }
}
