//! `ohem prepare`: makes training data from pictures and a table of boxes.

pub(crate) mod args;
mod folder;
mod report;

use core::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ohem_study::prepare::{Annotations, PrepareConfig, PrepareError, prepare};

use crate::command::failure::Failure;
use crate::table::PlainCsv;
use args::PrepareArgs;
use folder::Folder;

/// Runs `ohem prepare`.
///
/// # Errors
///
/// If a picture, the table or an option is wrong, or the folder cannot be written. Then the folder is unchanged.
pub(crate) fn run(args: &PrepareArgs) -> Result<(), Failure> {
    let folder = Folder::new(&args.out, args.force, &[&args.images, &args.annotations])?;
    let started = Instant::now();
    let refuse = |error: PrepareError| Failure::Input(error.to_string());
    let annotations = annotations(args)?;
    annotations.check_left_out(args.max_left_out).map_err(refuse)?;
    let config = PrepareConfig::new()
        .proposals(args.proposals)
        .iou_threshold(args.iou_threshold)
        .validation(args.validation.into());
    let bar = bar(annotations.pictures.len());
    let prepared = prepare(&args.images, &annotations, &config, &|| bar.inc(1));
    bar.finish_and_clear();
    let prepared = prepared.map_err(refuse)?;
    folder.publish(&prepared.pack)?;
    let report = report::text(&annotations, &prepared, started.elapsed());
    let written = io::stdout().write_all(report.as_bytes());
    written.map_err(|error| Failure::output("standard output", &error))
}

/// Reads the table of boxes.
fn annotations(args: &PrepareArgs) -> Result<Annotations, Failure> {
    let file = &args.annotations;
    let refuse = |error: &dyn Display| Failure::input(file.display(), error);
    let bytes = fs::read(file).map_err(|error| refuse(&error))?;
    let plain = PlainCsv::of(bytes.into()).map_err(|error| refuse(&error))?;
    let annotations = Annotations::parse_converted(file, &plain.text, |line| plain.line(line));
    annotations.map_err(|error| Failure::Input(error.to_string()))
}

/// A progress bar over the pictures. indicatif hides it if standard error is not a terminal.
fn bar(pictures: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(pictures as u64), ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("preparing {bar:40} {pos}/{len} pictures {eta}");
    bar.with_style(style.expect("the template is well formed"))
}
