//! Named arrays of numpy as a table.

use std::io::Cursor;

use zip::ZipArchive;

use super::npy::Array;
use super::unpack::{MAX_UNPACKED, limited};
use super::{Converted, CsvText};
use crate::table::roi_table::Origin;

/// Names of arrays of boxes.
const BOXES: [&str; 6] = ["boxes", "bboxes", "box", "bbox", "rois", "proposals"];
/// Names of arrays of class probabilities.
const PROBABILITIES: [&str; 5] = ["p", "probabilities", "probs", "prob", "scores"];

/// Reads an archive. An array of two dimensions becomes several columns.
pub(super) fn text(bytes: &[u8]) -> Result<Converted, String> {
    let files = unpacked(bytes)?;
    let mut columns = Vec::new();
    let mut first: Option<(&str, usize)> = None;
    for (name, file) in &files {
        let array = Array::read(file).map_err(|why| format!("{name}: {why}"))?;
        if array.rows == 1 && first.is_some_and(|(_, rows)| rows != 1) && array.width() == 1 {
            continue; // a setting beside the columns
        }
        let &mut (other, rows) = first.get_or_insert((name, array.rows));
        if rows != array.rows {
            return Err(format!("{name} has {} rows but {other} has {rows}", array.rows));
        }
        columns.push((names(name, &array), array));
    }
    let mut text = CsvText::new();
    text.row(columns.iter().flat_map(|(names, _)| names));
    for row in 0..first.map_or(0, |(_, rows)| rows) {
        text.row(
            columns.iter().flat_map(|(_, array)| (0..array.width()).map(move |field| array.cell(row, field))),
        );
    }
    Ok(Converted { text: text.finish(), origin: Origin::Rows })
}

/// The arrays of an archive with their names.
fn unpacked(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("zip: {error}"))?;
    let (mut files, mut left) = (Vec::new(), MAX_UNPACKED);
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| format!("zip: {error}"))?;
        let name = file.name().map_err(|error| format!("zip: {error}"))?;
        let Some(name) = name.strip_suffix(".npy").map(str::to_owned) else { continue };
        let unpacked = limited(file, left).map_err(|why| format!("{name}: {why}"))?;
        left -= unpacked.len() as u64;
        files.push((name, unpacked));
    }
    Ok(files)
}

/// The names of an array's columns.
fn names(name: &str, array: &Array<'_>) -> Vec<String> {
    let lowercase = name.to_lowercase();
    match array.width() {
        _ if !array.names.is_empty() => array.names.clone(),
        1 => vec![name.to_owned()],
        4 if BOXES.contains(&lowercase.as_str()) => ["x1", "y1", "x2", "y2"].map(str::to_owned).into(),
        width if PROBABILITIES.contains(&lowercase.as_str()) => {
            (0..width).map(|class| format!("p{class}")).collect()
        }
        width => (0..width).map(|column| format!("{name}_{column}")).collect(),
    }
}
