//! Results for humans.

use core::fmt::Write;

use ohem_study::{Data, Epoch, Plan, Run, Spread, Summary};

use crate::command::failure::one_line;
use crate::command::numbers::count;
use crate::command::output::short;

/// Writes a table with a row for each sampler.
pub(crate) fn write(name: &str, data: &Data, plan: &Plan, runs: &[Run]) -> Vec<u8> {
    let ([train, test], [train_images, test_images]) = (data.counts(), data.images());
    let mut text = format!(
        "{}\ntrained on {} RoIs of {train_images} images, tested on {} of {test_images}\n\
         {} epochs, {} RoIs per step; {}\n\n",
        one_line(name),
        count(train),
        count(test),
        plan.epochs,
        plan.batch_size,
        match plan.seeds {
            1 => "1 seed, so nothing is known of the spread".to_owned(),
            seeds => format!("mean ± standard deviation of {seeds} seeds"),
        },
    );
    let mut rows = vec![header(data)];
    rows.extend(Summary::of(runs).iter().map(|summary| row(summary, data.classes().len())));
    let columns = rows[0].len();
    let widths: Vec<usize> =
        (0..columns).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (cell, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(line, "  {cell:>width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str(NOTES);
    text.into_bytes()
}

const NOTES: &str = "
loss: over all training RoIs; mAP, AP: on the test images at IoU 0.5; learnt from: RoIs back-propagated;
per second: of these while training, runs may share the machine; selecting: share of training time
";

fn header(data: &Data) -> Vec<String> {
    let mut cells = vec!["sampler".to_owned(), "loss".to_owned(), "mAP".to_owned()];
    cells.extend(data.classes().iter().map(|name| format!("AP {}", short(name))));
    cells.extend(["learnt from", "per second", "selecting"].map(str::to_owned));
    cells
}

fn row(summary: &Summary<'_>, classes: usize) -> Vec<String> {
    let spread =
        |measurement: &dyn Fn(&Epoch) -> Option<f64>| shown(summary.last(measurement), summary.seeds());
    let mean = |measurement: &dyn Fn(&Epoch) -> f64| {
        summary.last(|epoch| Some(measurement(epoch))).map_or(0.0, |spread| spread.mean)
    };
    let mut cells =
        vec![summary.sampler.to_string(), spread(&|epoch| Some(epoch.loss)), spread(&|epoch| epoch.map)];
    cells.extend((0..classes).map(|class| spread(&|epoch| epoch.ap.get(class).copied().flatten())));
    cells.push(whole(mean(&|epoch| epoch.back_propagated as f64)));
    cells.push(whole(mean(&Epoch::rate)));
    cells.push(format!("{:.1} %", 100.0 * mean(&Epoch::selecting_share)));
    cells
}

/// A mean with its standard deviation; a single run has none.
fn shown(spread: Option<Spread>, runs: usize) -> String {
    match spread {
        None => "-".to_owned(),
        Some(Spread { mean, .. }) if runs == 1 => format!("{mean:.3}"),
        Some(Spread { mean, deviation }) => format!("{mean:.3} ± {deviation:.3}"),
    }
}

/// Formats a number without its fraction.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count or a rate, rounded")]
fn whole(number: f64) -> String {
    count(number.round() as usize)
}
