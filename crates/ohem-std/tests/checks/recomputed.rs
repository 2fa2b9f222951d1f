//! The losses in the tables of real RoIs, computed again from the probabilities and boxes beside them.

use std::fs;
use std::path::Path as FilePath;

use ohem_testkit::adapters::loss::Boxes;
use ohem_testkit::adapters::{Oracle, Path};

use super::Case;
use crate::support::number::Precision;
use crate::support::outcome::{Outcome, equal, holds};

/// What the losses may be off by: the tables were written from the original's f32 logarithms.
const TOLERANCE: f64 = 1e-6;

/// A table that has losses.
pub(crate) struct Recomputed {
    file: String,
    labels: Vec<u32>,
    classes: usize,
    probabilities: Vec<f64>,
    loss_cls: Vec<f64>,
    /// Of boxes predicted, wanted, and their loss, if the table has them.
    boxes: Option<[Vec<f64>; 3]>,
}

/// Reads all tables of a folder that have losses.
pub(crate) fn tables(folder: &FilePath) -> Result<Vec<Recomputed>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let tables = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "csv"));
    let tables: Vec<Recomputed> =
        tables.filter_map(|file| table(file).transpose()).collect::<Result<_, _>>()?;
    if tables.is_empty() {
        Err(format!("{} has no tables with losses", folder.display()))
    } else {
        Ok(tables)
    }
}

/// Reads a table; nothing if it has no losses.
fn table(file: &FilePath) -> Result<Option<Recomputed>, String> {
    let told = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(told)?;
    let header = reader.headers().map_err(told)?.clone();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().map_err(told)?;
    let place = |name: &str| header.iter().position(|column| column == name);
    let values = |names: &[String]| -> Option<Vec<f64>> {
        let places: Vec<usize> = names.iter().map(|name| place(name)).collect::<Option<_>>()?;
        rows.iter().flat_map(|row| places.iter().map(move |&place| row.get(place)?.parse().ok())).collect()
    };
    let of = |names: &[&str]| values(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
    let deltas = |of_whom: &str| values(&["dx", "dy", "dw", "dh"].map(|delta| format!("{of_whom}_{delta}")));
    let Some(loss_cls) = of(&["loss_cls"]) else { return Ok(None) };
    let classes = (0..).take_while(|class| place(&format!("p{class}")).is_some()).count();
    let probabilities = values(&(0..classes).map(|class| format!("p{class}")).collect::<Vec<_>>());
    let label = place("label").ok_or("a table without labels")?;
    let labels = rows.iter().map(|row| row.get(label)?.parse().ok()).collect::<Option<_>>();
    Ok(Some(Recomputed {
        file: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        labels: labels.ok_or("a label is no number")?,
        classes,
        probabilities: probabilities.ok_or("a probability is no number")?,
        loss_cls,
        boxes: deltas("pred").zip(deltas("tgt")).zip(of(&["loss_loc"])).map(|((a, b), loss)| [a, b, loss]),
    }))
}

impl Recomputed {
    /// How many RoIs it has.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// Computes the losses, and checks them.
    fn losses<F: Precision, P: Path>(&self) -> Outcome {
        let losses = P::probability(&floats::<F>(&self.probabilities), self.classes, &self.labels);
        all_near("loss_cls", &losses, &self.loss_cls)?;
        let Some([predictions, targets, loss_loc]) = &self.boxes else { return Ok(()) };
        let predictions = wide(&floats::<F>(predictions), &self.labels, self.classes);
        let targets = floats(targets);
        let boxes = Boxes::new(&self.labels, &predictions, &targets);
        all_near("loss_loc", &P::boxes(&boxes), loss_loc)
    }
}

impl Case for Recomputed {
    fn id(&self) -> &str {
        &self.file
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        self.losses::<F, P>()?;
        self.losses::<F, Oracle>().map_err(|what| format!("by the oracle: {what}"))
    }
}

fn floats<F: Precision>(values: &[f64]) -> Vec<F> {
    values.iter().map(|&value| F::from_f64(value)).collect()
}

/// Puts four values of each RoI into the columns of its label; the others are never read.
fn wide<F: Precision>(boxes: &[F], labels: &[u32], classes: usize) -> Vec<F> {
    let mut table = vec![F::nan(); labels.len() * 4 * classes];
    for ((row, &label), four) in table.chunks_mut(4 * classes).zip(labels).zip(boxes.chunks(4)) {
        row[4 * label as usize..][..4].copy_from_slice(four);
    }
    table
}

fn all_near<F: Precision>(what: &str, got: &[F], want: &[f64]) -> Outcome {
    equal(what, got.len(), want.len())?;
    for (row, (&got, &want)) in got.iter().zip(want).enumerate() {
        // An f32 of 36 has no digits for a millionth.
        let scale = if F::IS_DOUBLE { 1. } else { want.abs().max(1.) };
        let off = (got.into() - want).abs();
        holds(off <= TOLERANCE * scale, || format!("{what} of RoI {row}: {got:?}, expected {want:e}"))?;
    }
    Ok(())
}
