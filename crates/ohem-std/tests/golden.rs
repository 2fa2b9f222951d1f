//! Runs the golden cases: numbers from the original OHEM and from other miners, run unmodified, that ohem must
//! reproduce.
//!
//! Reads the folder that `OHEM_GOLDEN` names, or the copy in `tests/golden`. Every case runs in f32 and f64,
//! under both suppression rules, in core's fixed capacities and in std's Vecs on every tier that the machine
//! has, and is compared with the oracle as well. A file that nobody knows, an empty one, or a folder without any is a failure.
//! `tests/golden/README.md` says what the files hold.

mod checks;
mod support;

use core::any::Any;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use libtest_mimic::{Arguments, Completion, Trial};
use ohem_testkit::adapters::tiers;

use checks::bbox::Bbox;
use checks::edge::Edge;
use checks::forward::Forward;
use checks::losses::Loss;
use checks::minibatch::Minibatch;
use checks::nms::Nms;
use checks::roi_labels::RoiLabels;
use checks::segmentation::Segmentation;
use checks::ssd::Ssd;
use checks::tensorflow::Tensorflow;
use checks::ties::Ties;
use checks::{Case, folder, read, real, recomputed, run, tables};
use support::outcome::Outcome;

/// Room for a miner of the largest capacity, several times over, in a build that is not optimised.
const STACK: usize = 256 << 20;

fn main() {
    let mut arguments = Arguments::from_args();
    // With one thread the report begins a line that the test would then print into.
    arguments.test_threads = arguments.test_threads.or(Some(4));
    let trials: Vec<Trial> = match files() {
        Ok(files) => files.iter().map(|file| trial(file)).chain([recomputed()]).collect(),
        Err(error) => vec![failed("folder", error)],
    };
    if !arguments.list {
        tiers::tell();
    }
    if !arguments.list && arguments.filter.is_none() {
        trials
            .iter()
            .filter(|trial| trial.has_ignored_flag())
            .for_each(|trial| println!("golden {}", trial.name()));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// Lists the files of the folder.
fn files() -> Result<Vec<PathBuf>, String> {
    let named = folder::named("OHEM_GOLDEN")?;
    let is_shipped = named.is_none();
    let folder =
        named.or_else(|| folder::find("tests/golden")).ok_or("there is no folder of golden files")?;
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|e| e == "jsonl")).collect();
    if files.is_empty() {
        return Err(format!("{} has no golden files", folder.display()));
    }
    // It speaks of tables that are not shipped either.
    files.extend(is_shipped.then(|| folder::find("shared/golden/ohem_real.jsonl")).flatten());
    files.sort();
    Ok(files)
}

/// Makes a test of a file.
fn trial(file: &Path) -> Trial {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = fs::read_to_string(file).map_err(|error| error.to_string());
    text.and_then(|text| trial_of(&name, text)).unwrap_or_else(|error| failed(&name, error))
}

/// Makes a test of the losses in the tables of real RoIs.
fn recomputed() -> Trial {
    let name = "losses of data/real";
    let tables = match tables::folder() {
        Ok(Some(folder)) => recomputed::tables(&folder),
        Ok(None) => return skipped(format!("{name}: skipped without the tables")),
        Err(error) => Err(error),
    };
    tables.map_or_else(
        |error| failed(name, error),
        |tables| {
            let rois: usize = tables.iter().map(recomputed::Recomputed::len).sum();
            passing(format!("{name}: {} tables, {rois} RoIs", tables.len()), || Ok(tables))
        },
    )
}

fn trial_of(name: &str, text: String) -> Result<Trial, String> {
    let count = text.lines().filter(|line| !line.trim().is_empty()).count();
    let title = format!("{name}: {count} cases");
    match name {
        _ if count == 0 => Err("it has no cases".into()),
        "losses" => Ok(passing::<Loss>(title, move || read(&text))),
        "ohem_forward" => Ok(passing::<Forward>(title, move || read(&text))),
        "ohem_minibatch" => Ok(passing::<Minibatch>(title, move || read(&text))),
        "nms" => Ok(passing::<Nms>(title, move || read(&text))),
        "seg_ohem" => Ok(passing::<Segmentation>(title, move || read(&text))),
        "ssd_negative_mining" => Ok(passing::<Ssd>(title, move || read(&text))),
        "tf_hard_example_miner" => Ok(passing::<Tensorflow>(title, move || read(&text))),
        "ties" => Ok(passing::<Ties>(title, move || read(&text))),
        "ohem_edge" => Ok(passing::<Edge>(title, move || read(&text))),
        "bbox" => Ok(passing::<Bbox>(title, move || read(&text))),
        "roi_labels" => Ok(passing::<RoiLabels>(title, move || read(&text))),
        "ohem_real" => Ok(match tables::folder()? {
            Some(folder) => passing(title, move || real::cases(&text, &folder)),
            None => skipped(format!("{name}: skipped, {count} cases without the tables of data/real")),
        }),
        _ => Err("no file that this test knows".into()),
    }
}

/// A test that passes if all cases do; it prints its title, too.
fn passing<C: Case>(title: String, cases: impl FnOnce() -> Result<Vec<C>, String> + Send + 'static) -> Trial {
    Trial::test(title.clone(), move || {
        let outcome = on_a_large_stack(move || run(&cases()?));
        println!("golden {title}");
        Ok(outcome?)
    })
}

/// A test that is listed, but has nothing to run.
fn skipped(title: String) -> Trial {
    Trial::ignorable_test(title, || Ok(Completion::ignored())).with_ignored_flag(true)
}

/// A test that fails with the error found in a file.
fn failed(name: &str, error: String) -> Trial {
    Trial::test(name, move || Err(error.into()))
}

fn on_a_large_stack(work: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    let thread = thread::Builder::new().stack_size(STACK).spawn(work).map_err(|error| error.to_string())?;
    thread.join().unwrap_or_else(|panic| Err(checks::message(panic.as_ref() as &dyn Any).into()))
}
