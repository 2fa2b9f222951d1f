//! Reads rows by the names of the columns.

use csv::StringRecord;

use crate::prepare::split::PictureSplit;

const NAMES: [&str; 9] = ["image", "split", "width", "height", "x1", "y1", "x2", "y2", "label"];

/// The longest text that a message repeats in full.
const MAX_SHOWN: usize = 40;

/// The column of each of [`NAMES`].
pub(super) struct AnnotationColumns([usize; NAMES.len()]);

/// A row of the table.
pub(super) struct AnnotationRow {
    pub(super) name: String,
    pub(super) split: PictureSplit,
    pub(super) width: u16,
    pub(super) height: u16,
    /// Corners from 0, and the class; `None` for a picture without boxes.
    pub(super) object: Option<([u16; 4], String)>,
}

impl AnnotationColumns {
    pub(super) fn of(header: &StringRecord) -> Result<Self, String> {
        let mut columns = [0; NAMES.len()];
        for (column, name) in columns.iter_mut().zip(NAMES) {
            let found = header.iter().position(|present| present == name);
            *column = found.ok_or_else(|| format!("missing column: {name}"))?;
        }
        Ok(Self(columns))
    }

    pub(super) fn row(&self, record: &StringRecord) -> Result<AnnotationRow, String> {
        let mut cells = self.0.map(|column| record.get(column).unwrap_or_default());
        cells[2..8].iter_mut().for_each(|cell| *cell = present(cell));
        let [name, split, _, _, corners @ .., label] = cells;
        if name.is_empty() {
            return Err("image: expected a name, found an empty cell".to_owned());
        }
        let split = match split {
            "train" => PictureSplit::Train,
            "val" => PictureSplit::Validation,
            "test" => PictureSplit::Test,
            other => return Err(format!("split: expected train, val or test, found {}", shown(other))),
        };
        let (width, height) = (number(&cells, 2)?, number(&cells, 3)?);
        if corners.iter().all(|corner| corner.is_empty()) && present(label).is_empty() {
            return Ok(AnnotationRow { name: name.to_owned(), split, width, height, object: None });
        }
        if label.is_empty() {
            return Err("label: expected a text, found an empty cell".to_owned());
        }
        if label.contains(['\n', '\r']) {
            return Err(format!("label: {} has a line break", shown(label))); // a pack lists classes line by line
        }
        let corners = [number(&cells, 4)?, number(&cells, 5)?, number(&cells, 6)?, number(&cells, 7)?];
        let ends = [width, height, width, height];
        if let Some(side) = (0..4).find(|&side| corners[side] > ends[side]) {
            let (name, corner, end) = (NAMES[4 + side], corners[side], ends[side]);
            return Err(format!("{name}: expected at most {end}, the side of the picture, found {corner}"));
        }
        let object = Some((corners.map(|corner| corner - 1), label.to_owned()));
        Ok(AnnotationRow { name: name.to_owned(), split, width, height, object })
    }
}

/// A text of the table in quotes, without its end if it is long.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(MAX_SHOWN).collect();
    let dots = if start.len() < text.len() { "..." } else { "" };
    format!("{start:?}{dots}")
}

/// A cell, or an empty one if it says that there is no value, as pandas and R write it.
fn present(cell: &str) -> &str {
    let is_missing = ["nan", "<na>", "na", "null", "none"].iter().any(|name| cell.eq_ignore_ascii_case(name));
    if is_missing { "" } else { cell }
}

/// Parses a whole number from 1, with or without decimals that are zero: pandas writes `30.0` if a cell is empty.
fn number(cells: &[&str; NAMES.len()], column: usize) -> Result<u16, String> {
    let text = cells[column];
    let refuse = || {
        format!("{}: expected a whole number from 1 to {}, found {}", NAMES[column], u16::MAX, shown(text))
    };
    let whole = match text.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    whole.parse().ok().filter(|&value| value > 0).ok_or_else(refuse)
}
