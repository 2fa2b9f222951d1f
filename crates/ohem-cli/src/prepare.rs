//! `ohem prepare`: from pictures and a table of boxes to a folder to train on.

pub(crate) mod arguments;
mod folder;
mod report;

use std::io::{self, Write};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ohem_prepare::{Annotations, Config, prepare};

use crate::failure::Failure;
use arguments::PrepareArguments;
use folder::Folder;

/// Does what `ohem prepare` was told.
///
/// # Errors
///
/// If a picture, the table or an option is wrong, or the folder cannot be written; then it is as it was.
pub(crate) fn run(arguments: &PrepareArguments) -> Result<(), Failure> {
    let folder = Folder::new(&arguments.out, arguments.force)?;
    let started = Instant::now();
    let refuse = |error: ohem_prepare::Error| Failure::Input(error.to_string());
    let annotations = Annotations::read(&arguments.annotations).map_err(refuse)?;
    let config = Config::new()
        .proposals(arguments.proposals)
        .nms_threshold(arguments.nms_threshold)
        .validation(arguments.validation.into());
    let bar = bar(annotations.pictures.len());
    let prepared = prepare(&arguments.images, &annotations, &config, &|| bar.inc(1));
    bar.finish_and_clear();
    let prepared = prepared.map_err(refuse)?;
    folder.publish(&prepared.pack)?;
    let report = report::text(&annotations, &prepared, started.elapsed());
    let shown = io::stdout().write_all(report.as_bytes());
    shown.map_err(|error| Failure::output("standard output", &error))
}

/// A bar over so many pictures; indicatif hides it where standard error is not a terminal.
fn bar(pictures: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(pictures as u64), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("preparing {bar:40} {pos}/{len} pictures {eta}");
    bar.with_style(style.expect("the template is well formed"))
}
