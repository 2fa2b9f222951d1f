//! Tables in Parquet, read column by column.
//!
//! Only the columns that mining needs are read. Of the others, and of those that memory does not hold as the file has them,
//! the selected rows are read afterwards. Columns are read on all cores.

mod column;
mod cores;
mod input;
mod texts;
mod values;

use parquet::basic::Type as PhysicalType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescPtr;

use super::{CsvText, not_a_table};
use crate::table::columns::{LossColumns, TableColumns};
use crate::table::error::{Place, Problem, TableError};
use crate::table::interned::Interned;
use crate::table::numbers::Numbers;
use crate::table::probabilities;
use crate::table::requested::{BoxFormat, Layout, LossSource, RequestedColumns};
use crate::table::roi_boxes::RoiBoxes;
use crate::table::roi_table::{RoiTable, Rows};
use column::Cells;
use cores::on_all_cores;
use input::Input;
use texts::Texts;
use values::{Names, NumberCells, ReadColumns, Values};

/// A file of Parquet, of which more columns may be read.
pub(in crate::table) struct ParquetRows {
    input: Input,
    leaves: Vec<Leaf>,
    /// Whether boxes are in memory as the file has them.
    has_corners: bool,
}

/// A leaf of the schema that has one value in each row.
#[derive(Debug)]
struct Leaf {
    /// Its number among all leaves.
    number: usize,
    name: String,
    stored_as: PhysicalType,
}

impl core::fmt::Debug for ParquetRows {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ParquetRows").field("leaves", &self.leaves).finish_non_exhaustive()
    }
}

/// Why a column cannot be read: the file is damaged, or a value is wrong.
pub(super) enum ColumnError {
    File(ParquetError),
    Value(usize, Problem),
}

impl From<ParquetError> for ColumnError {
    fn from(error: ParquetError) -> Self {
        Self::File(error)
    }
}

fn damaged(error: &ParquetError) -> TableError {
    // Texts of the library may have several lines.
    not_a_table(format!("Parquet: {}", error.to_string().lines().next().unwrap_or_default()))
}

impl RoiTable {
    /// Reads a table in Parquet from a file, without reading columns that are not needed.
    ///
    /// # Errors
    ///
    /// If the file is damaged, or as [`RoiTable::read`]; rows are numbered from 0.
    pub fn of_parquet_file(
        file: std::fs::File,
        requested: &RequestedColumns<'_>,
    ) -> Result<Self, TableError> {
        Self::of_parquet(Input::file(file).map_err(|error| damaged(&error.into()))?, requested)
    }

    /// Reads a table in Parquet.
    pub(super) fn of_parquet(input: Input, requested: &RequestedColumns<'_>) -> Result<Self, TableError> {
        let rows = ParquetRows::new(input, requested.layout.boxes == BoxFormat::Xyxy)?;
        let columns = TableColumns::find(rows.leaves.iter().map(|leaf| leaf.name.clone()), None, requested)?;
        let mut read = rows.read(&needed(&columns), &columns)?;
        let (images, labels) = (read.names(), read.names());
        let boxes = boxes([(); 4].map(|()| read.numbers()), &requested.layout);
        let losses = match (&columns.losses, &requested.loss) {
            (LossColumns::Sum(parts), _) => sum(&mut read, parts),
            (LossColumns::Probabilities(of_classes), LossSource::Probabilities(precision)) => {
                let own = rows.of_labels(of_classes, &labels, &columns)?;
                probabilities::losses(&own, *precision).into()
            }
            (LossColumns::Probabilities(_), LossSource::Columns(_)) => Numbers::default(),
        };
        let overlaps = columns.overlap.map(|_| read.numbers()).unwrap_or_default();
        let sizes = vec![None; images.texts().len()];
        let (rows, row_comments) = (Rows::Parquet(rows), None);
        Ok(Self { rows, columns, boxes, losses, overlaps, images, labels, sizes, row_comments })
    }

    /// The numbers of a column that memory holds as the file has them.
    fn as_in_file(&self, column: usize, rows: &ParquetRows) -> Option<&Numbers> {
        let is_column = |&(_, of): &(&Numbers, usize)| of == column;
        let corners = self.boxes.columns().iter().zip(self.columns.corners).filter(|_| rows.has_corners);
        let losses = match &self.columns.losses {
            LossColumns::Sum(parts) if !self.columns.losses.is_computed() => parts.first(),
            _ => None,
        };
        let losses = losses.map(|&(column, _)| (&self.losses, column));
        let overlaps = self.columns.overlap.map(|column| (&self.overlaps, column));
        corners.chain(losses).chain(overlaps).find(is_column).map(|(numbers, _)| numbers)
    }
}

/// Joins four columns as they are, if they are corners.
fn boxes(sides: [Numbers; 4], layout: &Layout) -> RoiBoxes {
    if layout.boxes == BoxFormat::Xyxy {
        return RoiBoxes { corners: sides };
    }
    let row = |row: usize| layout.boxes.corners(sides.each_ref().map(|side| side.at(row)), layout.pixel);
    (0..sides[0].len()).map(row).collect()
}

/// How to read a column.
#[derive(Clone, Copy)]
enum Content {
    Numbers,
    Names,
}

/// The columns that every table needs, in the order in which they are taken: names first, which take longest.
fn needed(columns: &TableColumns) -> Vec<(usize, Content)> {
    let parts: &[(usize, f64)] = match &columns.losses {
        LossColumns::Sum(parts) => parts,
        LossColumns::Probabilities(_) => &[],
    };
    let losses = parts.iter().map(|&(column, _)| column);
    let numbers = columns.corners.into_iter().chain(losses).chain(columns.overlap);
    let names = [columns.image, columns.label].map(|column| (column, Content::Names));
    names.into_iter().chain(numbers.map(|column| (column, Content::Numbers))).collect()
}

/// The weighted sum of columns; a single column of weight 1 as it is.
fn sum(read: &mut ReadColumns, parts: &[(usize, f64)]) -> Numbers {
    if let [(_, 1.0)] = *parts {
        return read.numbers();
    }
    let mut losses = Vec::new();
    for &(_, weight) in parts {
        let values = read.numbers();
        losses.resize(values.len(), 0.0);
        losses.iter_mut().zip(values.iter()).for_each(|(sum, value)| *sum += weight * value);
    }
    losses.into()
}

impl ParquetRows {
    fn new(input: Input, has_corners: bool) -> Result<Self, TableError> {
        let reader = SerializedFileReader::new(input.clone()).map_err(|error| damaged(&error))?;
        let schema = reader.metadata().file_metadata().schema_descr();
        let flat = |(leaf, column): (usize, &ColumnDescPtr)| {
            let (name, stored_as) = (column.path().parts().join("."), column.physical_type());
            (column.max_rep_level() == 0).then_some(Leaf { number: leaf, name, stored_as })
        };
        let leaves = schema.columns().iter().enumerate().filter_map(flat).collect();
        Ok(Self { input, leaves, has_corners })
    }

    /// Reads columns as numbers or as names, on all cores.
    fn read(&self, needed: &[(usize, Content)], columns: &TableColumns) -> Result<ReadColumns, TableError> {
        let values = on_all_cores(needed, |&(column, content)| {
            let values = match content {
                Content::Names => self.column(column, Names::default()).map(Values::from),
                Content::Numbers => self.column(column, NumberCells::default()).map(Values::from),
            };
            values.map_err(|error| refuse(error, column, columns))
        });
        Ok(ReadColumns::new(values?))
    }

    /// Reads a column, or those of its rows that are needed.
    fn column<C: Cells>(&self, column: usize, mut cells: C) -> Result<C, ColumnError> {
        let reader = SerializedFileReader::new(self.input.clone())?;
        let leaf = self.leaves[column].number;
        let mut first = 0;
        cells.reserve(usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0));
        for group in 0..reader.num_row_groups() {
            let group = reader.get_row_group(group)?;
            let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            column::read(
                group.get_column_reader(leaf)?,
                &group.metadata().column(leaf).column_descr_ptr(),
                first,
                rows,
                &mut cells,
            )?;
            first += rows;
        }
        Ok(cells)
    }

    /// The probability of each row's own label.
    fn of_labels(
        &self,
        of_classes: &[usize],
        labels: &Interned,
        columns: &TableColumns,
    ) -> Result<Vec<f64>, TableError> {
        let classes: Vec<_> = labels.texts().map(probabilities::class).collect();
        let mut own = vec![0.0; labels.ids.len()];
        if let Some(row) = labels
            .ids
            .iter()
            .position(|&id| classes[id as usize].is_none_or(|class| class >= of_classes.len()))
        {
            let problem =
                Problem::UnknownClass { label: labels.of(row).to_owned(), classes: of_classes.len() };
            return Err(refuse(ColumnError::Value(row, problem), columns.label, columns));
        }
        for (class, &column) in of_classes.iter().enumerate() {
            let values = self
                .column(column, NumberCells::default())
                .map_err(|error| refuse(error, column, columns))?;
            let with_own = own.iter_mut().zip(values.numbers.iter()).zip(&labels.ids);
            with_own
                .filter(|(_, id)| classes[**id as usize] == Some(class))
                .for_each(|((own, value), _)| *own = value);
        }
        Ok(own)
    }

    /// The header as CSV.
    pub(in crate::table) fn header(&self) -> Vec<u8> {
        let mut text = CsvText::new();
        text.row(self.leaves.iter().map(|leaf| &leaf.name));
        without_end(text.finish())
    }

    /// Some rows as CSV, with all columns that have one value in each row.
    pub(in crate::table) fn rows(
        &self,
        wanted: &[u32],
        table: &RoiTable,
    ) -> Result<Vec<Vec<u8>>, TableError> {
        let leaves: Vec<usize> = (0..self.leaves.len()).collect();
        let texts = on_all_cores(&leaves, |&column| {
            let numbers = table.as_in_file(column, self);
            if let Some(texts) = numbers.and_then(|numbers| self.leaves[column].texts(numbers, wanted)) {
                return Ok(texts);
            }
            let texts = self.column(column, Texts::of(wanted));
            Ok(texts.map_err(|error| refuse(error, column, &table.columns))?.finish(wanted))
        })?;
        let mut rows = vec![Vec::new(); wanted.len()];
        for column in texts {
            rows.iter_mut().zip(column).for_each(|(row, text)| row.push(text));
        }
        let line = |row: Vec<String>| {
            let mut text = CsvText::new();
            text.row(row);
            without_end(text.finish())
        };
        Ok(rows.into_iter().map(line).collect())
    }
}

impl Leaf {
    /// The texts of numbers that were read from this leaf; `None` unless it stores floats.
    fn texts(&self, numbers: &Numbers, wanted: &[u32]) -> Option<Vec<String>> {
        let rows = wanted.iter().map(|&row| row as usize);
        match (self.stored_as, numbers) {
            (PhysicalType::FLOAT, Numbers::Singles(singles)) => {
                Some(rows.map(|row| singles[row].to_string()).collect())
            }
            (PhysicalType::DOUBLE, numbers) => Some(rows.map(|row| numbers.at(row).to_string()).collect()),
            _ => None,
        }
    }
}

fn without_end(mut line: Vec<u8>) -> Vec<u8> {
    line.pop();
    line
}

/// The error for a column.
fn refuse(error: ColumnError, column: usize, columns: &TableColumns) -> TableError {
    match error {
        ColumnError::File(error) => damaged(&error),
        ColumnError::Value(row, problem) => {
            TableError { place: Some(Place::Row(row)), column: Some(columns.numbered(column)), problem }
        }
    }
}
