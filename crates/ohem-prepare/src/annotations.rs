//! The table of boxes.

mod columns;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use crate::Error;
use columns::{Columns, Row};

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `train`.
    Train,
    /// `val`.
    Validation,
    /// `test`.
    Test,
}

/// A picture of the table, and its boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotated {
    /// The name of its file, with or without the ending.
    pub name: String,
    /// What it is for.
    pub part: Part,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
    /// The first line that names it.
    pub line: u64,
    /// Corners `x1, y1, x2, y2` in pixels from 0, both inside the box.
    pub boxes: Vec<[u16; 4]>,
    /// The number of each box's class, from 1.
    pub labels: Vec<u8>,
}

/// The pictures of a table, in the order in which it names them first.
///
/// The table is a CSV file with a header line and the columns `image`, `split` (`train`, `val` or `test`),
/// `width`, `height`, `x1`, `y1`, `x2`, `y2` (pixels from 1, both corners inside the box, as PASCAL VOC has them)
/// and `label` (any text), in any order. A row whose corners and label are empty names a picture without boxes.
///
/// ```
/// use std::path::Path;
///
/// use ohem_prepare::Annotations;
///
/// let table = "image,split,width,height,x1,y1,x2,y2,label\na,train,640,480,1,1,20,30,cell\n";
/// let annotations = Annotations::parse(Path::new("table.csv"), table.as_bytes())?;
/// assert_eq!(annotations.pictures[0].boxes, [[0, 0, 19, 29]]);
/// # Ok::<(), ohem_prepare::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotations {
    /// Where they come from, for messages.
    pub file: PathBuf,
    /// The names of the classes, that of label 1 first: most boxes first, equally many by name.
    pub classes: Vec<String>,
    /// The pictures.
    pub pictures: Vec<Annotated>,
    /// The lines of boxes that were left out, because `x1 < x2` or `y1 < y2` does not hold.
    pub degenerate: Vec<u64>,
}

impl Annotations {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or a line of it makes no sense; the first such line is named.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(file).map_err(|error| Error::file(file, error))?;
        Self::parse(file, &bytes)
    }

    /// Reads a table from bytes; `file` is for messages only.
    ///
    /// # Errors
    ///
    /// As [`Annotations::read`].
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let header = reader.headers().map_err(|error| refused(file, &error))?;
        let columns = Columns::of(header).map_err(|why| Error::line(file, 1, why))?;
        let mut rows = Rows::default();
        for record in reader.records() {
            let record = record.map_err(|error| refused(file, &error))?;
            let line = line_of(&record);
            let added = columns.row(&record).and_then(|row| rows.add(row, line));
            added.map_err(|why| Error::line(file, line, why))?;
        }
        rows.numbered(file)
    }
}

fn line_of(record: &StringRecord) -> u64 {
    record.position().map_or(1, csv::Position::line)
}

fn refused(file: &Path, error: &csv::Error) -> Error {
    match (error.kind(), error.position()) {
        (csv::ErrorKind::UnequalLengths { expected_len, len, .. }, Some(at)) => Error::line(
            file,
            at.line(),
            format!("the row has {len} cells where the header has {expected_len}"),
        ),
        (csv::ErrorKind::Utf8 { .. }, Some(at)) => Error::line(file, at.line(), "not UTF-8"),
        _ => Error::file(file, error),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Rows {
    pictures: Vec<Annotated>,
    /// The number of each picture by its name.
    known: HashMap<String, usize>,
    /// The class of each box of each picture, as text.
    classes: Vec<Vec<String>>,
    degenerate: Vec<u64>,
}

impl Rows {
    /// Adds a row to its picture.
    fn add(&mut self, row: Row, line: u64) -> Result<(), String> {
        let Row { name, part, width, height, object } = row;
        let next = self.pictures.len();
        let index = *self.known.entry(name.clone()).or_insert(next);
        if index == next {
            let (boxes, labels) = (Vec::new(), Vec::new());
            self.pictures.push(Annotated { name, part, width, height, line, boxes, labels });
            self.classes.push(Vec::new());
        }
        let picture = &mut self.pictures[index];
        if (picture.part, picture.width, picture.height) != (part, width, height) {
            return Err(format!("split, width or height differs from line {} of this image", picture.line));
        }
        match object {
            Some((bbox, _)) if bbox[0] >= bbox[2] || bbox[1] >= bbox[3] => self.degenerate.push(line),
            Some((bbox, class)) => {
                picture.boxes.push(bbox);
                self.classes[index].push(class);
            }
            None => {}
        }
        Ok(())
    }

    /// Numbers the classes.
    fn numbered(mut self, file: &Path) -> Result<Annotations, Error> {
        let mut counts = HashMap::<&str, usize>::new();
        self.classes.iter().flatten().for_each(|class| *counts.entry(class).or_default() += 1);
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|&(class, count)| (usize::MAX - count, class));
        if counts.len() > ohem_pack::MOST_CLASSES {
            let most = ohem_pack::MOST_CLASSES;
            return Err(Error::file(file, format!("{} classes, but at most {most} fit", counts.len())));
        }
        let classes: Vec<_> = counts.iter().map(|(class, _)| (*class).to_owned()).collect();
        let numbers: HashMap<_, _> = classes.iter().map(String::as_str).zip(1_u8..=u8::MAX).collect();
        for (picture, texts) in self.pictures.iter_mut().zip(&self.classes) {
            picture.labels = texts.iter().map(|class| numbers[class.as_str()]).collect();
        }
        Ok(Annotations {
            file: file.to_owned(),
            classes,
            pictures: self.pictures,
            degenerate: self.degenerate,
        })
    }
}

#[cfg(test)]
mod tests;
