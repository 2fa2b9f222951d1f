//! `ohem mine`: from a table to its hardest RoIs.

use std::time::Instant;

use ohem_std::simd::Tier;
use ohem_table::{Table, Wanted};

use crate::args::{Format, MineArguments};
use crate::draft::Draft;
use crate::failure::Failure;
use crate::mined::{Mined, Refusal};
use crate::output::{self, Report};
use crate::rule::Rule;
use crate::source::Source;
use crate::{picture, progress};

/// Does what `ohem mine` was told.
///
/// # Errors
///
/// If the input or an option is wrong, or a result cannot be written; then no result is.
pub(crate) fn run(arguments: &MineArguments) -> Result<(), Failure> {
    check_names(arguments)?;
    Tier::from_environment().map_err(|error| Failure::input("OHEM_SIMD", error))?;
    let rule = arguments.rule()?;
    let started = Instant::now();
    let source = Source::named(arguments.file.as_deref());
    let table = read(&source, &arguments.wanted(&rule))?;
    let reading = started.elapsed();
    let mined = mine(&table, &source, &rule, arguments)?;
    let report = Report::new(&table, &mined, arguments, &rule, reading);

    let picture = picture::draw(&report, &source)?;
    let result = match arguments.format {
        Format::Table => output::people::write(&report),
        Format::Csv => output::csv::write(&report),
        Format::Json => output::json::write(&report),
    };
    publish(arguments, &result, picture.as_deref())
}

/// Reads the table, with a bar if it is long.
fn read(source: &Source, wanted: &Wanted<'_>) -> Result<Table, Failure> {
    let text = source.text()?;
    let bar = progress::over(text.len());
    let table = Table::read(text, wanted, |bytes| bar.set_position(bytes as u64));
    bar.finish_and_clear();
    table.map_err(|error| Failure::input(source, error))
}

/// Refuses two results in one file.
fn check_names(arguments: &MineArguments) -> Result<(), Failure> {
    match &arguments.picture {
        Some(picture) if arguments.output.as_ref() == Some(&picture.path) => {
            Err(Failure::input(picture.path.display(), "cannot be both --output and --picture"))
        }
        _ => Ok(()),
    }
}

fn mine(table: &Table, source: &Source, rule: &Rule, arguments: &MineArguments) -> Result<Mined, Failure> {
    Mined::new(table, rule, arguments.precision).map_err(|refusal| match refusal {
        Refusal::NanLoss(index) => Failure::input(source, table.nan_loss(index)),
        Refusal::Rule(error) => Failure::input(source, error),
        Refusal::Mine(error) => Failure::input(source, error),
    })
}

/// Writes all results before it lets any of them appear.
fn publish(arguments: &MineArguments, result: &[u8], picture: Option<&[u8]>) -> Result<(), Failure> {
    let path = arguments.picture.as_ref().map(|picture| picture.path.as_path());
    let picture = picture.map(|picture| Draft::new(path, picture)).transpose()?;
    let result = Draft::new(arguments.output.as_deref(), result)?;
    if let Some(picture) = picture {
        picture.publish()?;
    }
    result.publish()
}
