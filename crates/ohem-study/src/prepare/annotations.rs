//! The table of boxes.

mod annotation_columns;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use csv::StringRecord;

use super::error::PrepareError;
use super::split::PictureSplit;
use annotation_columns::{AnnotationColumns, AnnotationRow};

/// A picture of the table with its boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotatedPicture {
    /// The name of the file, with or without its extension.
    pub name: String,
    /// Its split.
    pub split: PictureSplit,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// The first line of the table that names the picture.
    pub line: u64,
    /// Corners `x1, y1, x2, y2` in pixels from 0, both inside the box.
    pub boxes: Vec<[u16; 4]>,
    /// The label of each box, from 1.
    pub labels: Vec<u8>,
}

/// The pictures of a table, in the order in which they first appear.
///
/// The table is a CSV file with a header line and the columns `image`, `split` (`train`, `val` or `test`),
/// `width`, `height`, `x1`, `y1`, `x2`, `y2` (pixels from 1, both corners inside the box, as in PASCAL VOC) and
/// `label` (any text), in any order. A picture without boxes has a row with empty corners and label.
///
/// ```
/// use std::path::Path;
///
/// use ohem_study::prepare::Annotations;
///
/// let table = "image,split,width,height,x1,y1,x2,y2,label\na,train,640,480,1,1,20,30,cell\n";
/// let annotations = Annotations::parse(Path::new("table.csv"), table.as_bytes())?;
/// assert_eq!(annotations.pictures[0].boxes, [[0, 0, 19, 29]]);
/// # Ok::<(), ohem_study::prepare::PrepareError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotations {
    /// The table, for messages.
    pub file: PathBuf,
    /// The names of the classes, starting with label 1: by falling number of boxes, then by name.
    pub classes: Vec<String>,
    /// The pictures.
    pub pictures: Vec<AnnotatedPicture>,
    /// The lines of boxes that were left out because `x1 < x2` or `y1 < y2` does not hold.
    pub degenerate: Vec<u64>,
}

impl Annotations {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or a line is invalid. The error names the first such line.
    pub fn read(file: &Path) -> Result<Self, PrepareError> {
        let bytes = std::fs::read(file).map_err(|error| PrepareError::file(file, error))?;
        Self::parse(file, &bytes)
    }

    /// Checks that not too many boxes were left out: many are a sign that the columns have another meaning.
    ///
    /// # Errors
    ///
    /// If more than a share of all boxes do not have `x1 < x2` and `y1 < y2`.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use ohem_study::prepare::Annotations;
    ///
    /// let xywh = "image,split,width,height,x1,y1,x2,y2,label\na,train,640,480,300,200,20,30,cell\n";
    /// let annotations = Annotations::parse(Path::new("table.csv"), xywh.as_bytes())?;
    /// assert!(annotations.check_left_out(0.1).is_err());
    /// # Ok::<(), ohem_study::prepare::PrepareError>(())
    /// ```
    pub fn check_left_out(&self, max_share: f64) -> Result<(), PrepareError> {
        let left_out = self.degenerate.len();
        let boxes = left_out + self.pictures.iter().map(|picture| picture.boxes.len()).sum::<usize>();
        match self.degenerate.first() {
            Some(&first) if left_out as f64 > max_share * boxes as f64 => {
                let why = format!(
                    "{left_out} of {boxes} boxes do not have x1 < x2 and y1 < y2, more than a share of {max_share}; \
                     are these columns corners, or width and height?"
                );
                Err(PrepareError::line(&self.file, first, why))
            }
            _ => Ok(()),
        }
    }

    /// Reads a table from bytes. `file` is only for messages.
    ///
    /// # Errors
    ///
    /// As [`Annotations::read`].
    pub fn parse(file: &Path, bytes: &[u8]) -> Result<Self, PrepareError> {
        Self::parse_converted(file, bytes, |line| line)
    }

    /// Reads a table from bytes that were converted to CSV. `line_in_file` maps a line of the bytes to
    /// that of the file.
    ///
    /// # Errors
    ///
    /// As [`Annotations::read`].
    pub fn parse_converted(
        file: &Path,
        bytes: &[u8],
        line_in_file: impl Fn(u64) -> u64,
    ) -> Result<Self, PrepareError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
        let refused = |error: &csv::Error| {
            let PrepareError { file, line, why } = refused(file, error);
            PrepareError { file, line: line.map(&line_in_file), why }
        };
        let header = reader.headers().map_err(|error| refused(&error))?;
        let columns = AnnotationColumns::of(header);
        let columns = columns.map_err(|why| PrepareError::line(file, line_in_file(1), why))?;
        let mut builder = AnnotationsBuilder::default();
        for record in reader.records() {
            let record = record.map_err(|error| refused(&error))?;
            let line = line_in_file(line_of(&record));
            let added = columns.row(&record).and_then(|row| builder.add(row, line));
            added.map_err(|why| PrepareError::line(file, line, why))?;
        }
        builder.finish(file)
    }
}

fn line_of(record: &StringRecord) -> u64 {
    record.position().map_or(1, csv::Position::line)
}

fn refused(file: &Path, error: &csv::Error) -> PrepareError {
    match (error.kind(), error.position()) {
        (csv::ErrorKind::UnequalLengths { expected_len, len, .. }, Some(at)) => PrepareError::line(
            file,
            at.line(),
            format!("the row has {len} cells but the header has {expected_len}"),
        ),
        (csv::ErrorKind::Utf8 { .. }, Some(at)) => {
            PrepareError::line(file, at.line(), "the row is not UTF-8")
        }
        _ => PrepareError::file(file, error),
    }
}

/// The rows read so far.
#[derive(Default)]
struct AnnotationsBuilder {
    pictures: Vec<AnnotatedPicture>,
    /// The index of each picture by name.
    index_of: HashMap<String, usize>,
    /// The class of each box of each picture, as text.
    classes: Vec<Vec<String>>,
    degenerate: Vec<u64>,
}

impl AnnotationsBuilder {
    /// Adds a row to its picture.
    fn add(&mut self, row: AnnotationRow, line: u64) -> Result<(), String> {
        let AnnotationRow { name, split, width, height, object } = row;
        let next = self.pictures.len();
        let index = *self.index_of.entry(name.clone()).or_insert(next);
        if index == next {
            let (boxes, labels) = (Vec::new(), Vec::new());
            self.pictures.push(AnnotatedPicture { name, split, width, height, line, boxes, labels });
            self.classes.push(Vec::new());
        }
        let picture = &mut self.pictures[index];
        if (picture.split, picture.width, picture.height) != (split, width, height) {
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

    /// Turns classes into labels.
    fn finish(mut self, file: &Path) -> Result<Annotations, PrepareError> {
        let mut counts = HashMap::<&str, usize>::new();
        self.classes.iter().flatten().for_each(|class| *counts.entry(class).or_default() += 1);
        let mut counts: Vec<_> = counts.into_iter().collect();
        // Most boxes first. Names make the order of equal counts independent of the hash map.
        counts.sort_by_key(|&(class, count)| (usize::MAX - count, class));
        if counts.len() > ohem_pack::MAX_CLASSES {
            let most = ohem_pack::MAX_CLASSES;
            return Err(PrepareError::file(
                file,
                format!("{} classes but at most {most} are supported", counts.len()),
            ));
        }
        let classes: Vec<_> = counts.iter().map(|(class, _)| (*class).to_owned()).collect();
        let labels: HashMap<_, _> = classes.iter().map(String::as_str).zip(1_u8..=u8::MAX).collect();
        for (picture, texts) in self.pictures.iter_mut().zip(&self.classes) {
            picture.labels = texts.iter().map(|class| labels[class.as_str()]).collect();
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
