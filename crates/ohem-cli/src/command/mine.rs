//! `ohem mine`: reads a table, mines it, and writes the result.

pub(crate) mod files;
mod judged;

use std::time::Instant;

use ohem_std::simd::Tier;

use crate::command::args::{Format, MineArgs, TableArgs};
use crate::command::atomic_file::{self, AtomicFile};
use crate::command::failure::Failure;
use crate::command::labels::Kinds;
use crate::command::mined::Mined;
use crate::command::output::{self, Report};
use crate::command::rule::RuleConfig;
use crate::command::source::Source;
use crate::command::{picture, warnings};
use crate::table::{RequestedColumns, RoiTable};

/// Runs `ohem mine`.
///
/// # Errors
///
/// If the input or an option is wrong, or a result cannot be written. Then no result appears.
pub(crate) fn run(args: &MineArgs) -> Result<(), Failure> {
    Tier::from_environment().map_err(|error| Failure::input("OHEM_SIMD", error))?;
    if args.picture.is_none() && !args.image.is_empty() {
        return Err(Failure::input("--image", "needs --picture"));
    }
    let rule = args.rule()?;
    let started = Instant::now();
    let source = Source::named(args.file.as_deref());
    files::check(args, &source)?;
    let mut table = read(args, &source, &args.requested_columns(&rule))?;
    let reading = started.elapsed();
    let kinds = labelled(&mut table, &args.table, &rule)?;
    let mined = mine(&table, &source, &kinds, &rule, args)?;
    let mut report = Report::new(&table, &mined, args, &rule, &kinds, reading);
    report.warnings = warnings_of(&report);

    let picture = picture::draw(&mut report, &source)?;
    let result = match args.format() {
        Format::Table => output::human::write(&report),
        Format::Csv => output::csv::write(&report).map_err(|error| Failure::input(&source, error))?,
        Format::Json => output::json::write(&report),
        Format::Coco => output::export::coco(&output::export::of_report(&report)),
        Format::LabelStudio => output::export::label_studio(&output::export::of_report(&report))
            .map_err(|why| Failure::input(&source, why))?,
    };
    let published = publish(args, &result, picture.as_deref());
    if !args.quiet && matches!(published, Ok(()) | Err(Failure::ClosedPipe)) {
        warnings::print(&report.warnings);
    }
    published
}

/// Finds the meaning of the labels, and gives classes their names.
///
/// # Errors
///
/// If a class has no name although names were given.
pub(crate) fn labelled(table: &mut RoiTable, args: &TableArgs, rule: &RuleConfig) -> Result<Kinds, Failure> {
    let background_last = matches!(rule, RuleConfig::Mmdet(_));
    let kinds = Kinds::new(&table.labels, args.labels(background_last));
    kinds.name_classes(&mut table.labels, &args.class_names(background_last)?)?;
    Ok(kinds)
}

/// Warnings about the input.
pub(crate) fn warnings_of(report: &Report) -> Vec<String> {
    let Report { table, mined, rule, kinds, args, .. } = report;
    let mut found = warnings::of(table, mined, rule, kinds, args.table.box_format.into());
    found.extend(args.ground_truth.is_some().then(|| judged::APPROXIMATE.to_owned()));
    found
}

/// Reads the table, with a progress bar if it is long.
pub(crate) fn read(
    args: &MineArgs,
    source: &Source,
    requested: &RequestedColumns<'_>,
) -> Result<RoiTable, Failure> {
    match judged::table(args, source, requested)? {
        Some(table) => Ok(table),
        None => source.table(requested),
    }
}

pub(crate) fn mine(
    table: &RoiTable,
    source: &Source,
    kinds: &Kinds,
    rule: &RuleConfig,
    args: &MineArgs,
) -> Result<Mined, Failure> {
    Mined::new(table, kinds, rule, args.precision).map_err(|refusal| refusal.about(table, source))
}

/// Writes all results before the first one appears.
fn publish(args: &MineArgs, result: &[u8], picture: Option<&[u8]>) -> Result<(), Failure> {
    let path = args.picture.as_ref().map(|picture| picture.path.as_path());
    let picture = picture.map(|picture| AtomicFile::new(path, picture)).transpose()?;
    let result = AtomicFile::new(args.output.as_deref(), result)?;
    atomic_file::publish(picture.into_iter().chain([result]).collect())
}
