//! `ohem study`: the same head trained with hard example mining and without.

pub(crate) mod arguments;
mod charts;
mod hardest;
mod json;
mod people;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use ohem_study::{Data, Run, Store};

use crate::args::Format;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::picture::{Fonts, Photo, render};
use crate::progress;
use arguments::StudyArguments;

/// Does what `ohem study` was told.
///
/// # Errors
///
/// If the data or an option is wrong, or a result cannot be written.
pub(crate) fn run(arguments: &StudyArguments) -> Result<(), Failure> {
    let pack = source::read(arguments)?;
    let name = source::name(arguments);
    let data = Data::new(&pack).map_err(|error| Failure::input(&name, error))?;
    let plan = arguments.plan();
    let photo = hardest::photo(arguments, &data, &plan)?;
    let store = Store::new(&arguments.results()).map_err(|error| Failure::Output(error.to_string()))?;
    let bar = progress::epochs(plan.all_epochs());
    let runs = plan.run(&data, Some(&store), |epochs| bar.inc(epochs as u64));
    bar.finish_and_clear();
    let runs = runs.map_err(|error| Failure::input(&name, error))?;
    if let Some(folder) = &arguments.figures {
        draw(folder, &data, &runs, photo.as_ref())?;
    }
    let result = match arguments.format {
        Format::Json => json::write(&data, &runs),
        _ => people::write(&name, &data, &plan, &runs),
    };
    Draft::new(None, &result)?.publish()
}

/// Writes every figure, as SVG and as PNG.
fn draw(folder: &Path, data: &Data, runs: &[Run], photo: Option<&Photo>) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::output(folder.display(), &error))?;
    let fonts = Fonts::new();
    let mut figures = charts::draw(runs);
    figures.extend(hardest::draw(data, runs, photo, &fonts).map(|svg| ("hardest", svg)));
    for (name, svg) in figures {
        let path = |extension: &str| -> PathBuf { folder.join(format!("{name}.{extension}")) };
        let pixels = render(&svg, &fonts).map_err(|error| Failure::input(path("png").display(), error))?;
        Draft::new(Some(&path("svg")), svg.as_bytes())?.publish()?;
        Draft::new(Some(&path("png")), &pixels)?.publish()?;
    }
    Ok(())
}
