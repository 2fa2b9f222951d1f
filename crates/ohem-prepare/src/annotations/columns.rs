//! Cells by the names of their columns.

use csv::StringRecord;

use super::Part;

const NAMES: [&str; 9] = ["image", "split", "width", "height", "x1", "y1", "x2", "y2", "label"];

/// Where each of [`NAMES`] stands.
pub(super) struct Columns([usize; NAMES.len()]);

/// What a row says.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) part: Part,
    pub(super) width: u16,
    pub(super) height: u16,
    /// Corners from 0, and the class.
    pub(super) object: Option<([u16; 4], String)>,
}

impl Columns {
    pub(super) fn of(header: &StringRecord) -> Result<Self, String> {
        let mut columns = [0; NAMES.len()];
        for (place, name) in columns.iter_mut().zip(NAMES) {
            let found = header.iter().position(|column| column == name);
            *place = found.ok_or_else(|| format!("there is no column {name}"))?;
        }
        Ok(Self(columns))
    }

    pub(super) fn row(&self, record: &StringRecord) -> Result<Row, String> {
        let cells = self.0.map(|column| record.get(column).unwrap_or_default());
        let [name, split, _, _, corners @ .., label] = cells;
        if name.is_empty() {
            return Err("the image has no name".to_owned());
        }
        let part = match split {
            "train" => Part::Train,
            "val" => Part::Validation,
            "test" => Part::Test,
            other => return Err(format!("split: expected train, val or test, found {other:?}")),
        };
        let (width, height) = (number(&cells, 2)?, number(&cells, 3)?);
        if corners.iter().all(|corner| corner.is_empty()) && label.is_empty() {
            return Ok(Row { name: name.to_owned(), part, width, height, object: None });
        }
        if label.is_empty() {
            return Err("the box has no label".to_owned());
        }
        if label.contains(['\n', '\r']) {
            return Err(format!("label: {label:?} has a line break")); // a pack has a line for each
        }
        let corners = [number(&cells, 4)?, number(&cells, 5)?, number(&cells, 6)?, number(&cells, 7)?];
        let ends = [width, height, width, height];
        if let Some(side) = (0..4).find(|&side| corners[side] > ends[side]) {
            let (name, corner, end) = (NAMES[4 + side], corners[side], ends[side]);
            return Err(format!("{name}: {corner} is outside of the picture, which ends at {end}"));
        }
        let object = Some((corners.map(|corner| corner - 1), label.to_owned()));
        Ok(Row { name: name.to_owned(), part, width, height, object })
    }
}

/// A cell that must hold a whole number from 1.
fn number(cells: &[&str; NAMES.len()], column: usize) -> Result<u16, String> {
    let text = cells[column];
    let refuse =
        || format!("{}: expected a whole number from 1 to {}, found {text:?}", NAMES[column], u16::MAX);
    text.parse().ok().filter(|&value| value > 0).ok_or_else(refuse)
}
