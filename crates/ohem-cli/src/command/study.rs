//! `ohem study`: trains the same head with and without hard example mining.

pub(crate) mod args;
mod charts;
mod hardest;
mod human;
mod json;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use ohem_study::{Data, Run, Store};

use crate::command::atomic_file::{self, AtomicFile};
use crate::command::failure::Failure;
use crate::command::picture::{Fonts, Photo, render};
use crate::command::progress;
use crate::command::target::FileId;
use args::{StudyArgs, StudyFormat};

/// Runs `ohem study`.
///
/// # Errors
///
/// If the data or an option is wrong, or a result cannot be written.
pub(crate) fn run(args: &StudyArgs) -> Result<(), Failure> {
    let pack = source::read(args)?;
    let name = source::name(args);
    let data = Data::new(&pack).map_err(|error| Failure::input(&name, error))?;
    let plan = args.plan();
    let [_, tested] = data.images();
    if usize::from(args.pictured) >= tested {
        let problem = format!("there are {tested} test images, numbered from 0, found {}", args.pictured);
        return Err(Failure::input("--pictured", problem));
    }
    let photo = hardest::photo(args, &data, &plan)?;
    let store = Store::new(&args.results()).map_err(|error| Failure::Output(error.to_string()))?;
    let bar = progress::epochs(plan.all_epochs());
    let runs = plan.run(&data, Some(&store), &|epochs| bar.inc(epochs as u64));
    bar.finish_and_clear();
    let runs = runs.map_err(|error| Failure::input(&name, error))?;
    let figures = match &args.figures {
        Some(folder) => draw(folder, &data, &runs, photo.as_ref())?,
        None => Vec::new(),
    };
    let result = match args.format {
        StudyFormat::Json => json::write(&data, &runs),
        StudyFormat::Table => human::write(&name, &data, &plan, &runs),
    };
    let mut results = vec![AtomicFile::new(None, &result)?];
    for (path, bytes) in &figures {
        results.push(AtomicFile::new(Some(path), bytes)?);
    }
    atomic_file::publish(results)
}

/// Draws every figure as SVG and as PNG, and creates the folder. Returns the paths and bytes of the files.
fn draw(
    folder: &Path,
    data: &Data,
    runs: &[Run],
    photo: Option<&Photo>,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::output(folder.display(), &error))?;
    let fonts = Fonts::new();
    let mut figures = charts::draw(runs);
    figures.extend(hardest::draw(data, runs, photo, &fonts).map(|svg| ("hardest", svg)));
    let read = photo.and_then(|photo| photo.file.as_ref());
    let mut files = Vec::new();
    for (name, svg) in figures {
        let path = |extension: &str| -> PathBuf { folder.join(format!("{name}.{extension}")) };
        if let Some(path) =
            ["svg", "png"].map(path).iter().find(|path| read.is_some() && FileId::of(path).as_ref() == read)
        {
            return Err(Failure::input(path.display(), "cannot be both a figure and the picture"));
        }
        let pixels = render(&svg, &fonts).map_err(|error| Failure::input(path("png").display(), error))?;
        files.extend([(path("svg"), svg.into_bytes()), (path("png"), pixels)]);
    }
    Ok(files)
}
