//! The values of one column.

use std::collections::HashMap;

use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;

use super::ColumnError;
use crate::table::error::Problem;
use crate::table::interned::Interned;

/// Values read at a time.
const BATCH: usize = 1 << 16;

/// Receives the cells of a column.
pub(super) trait Cells {
    /// Adds a whole number.
    fn whole(&mut self, row: usize, value: i64) -> Result<(), Problem>;
    /// Adds a number.
    fn number(&mut self, row: usize, value: f64) -> Result<(), Problem>;
    /// Adds a number of 32 bits.
    fn single(&mut self, row: usize, value: f32) -> Result<(), Problem> {
        self.number(row, value.into())
    }
    /// Adds a text.
    fn text(&mut self, row: usize, value: &str) -> Result<(), Problem>;
    /// Adds an empty cell.
    fn empty(&mut self, row: usize) -> Result<(), Problem>;
}

/// Columns as they are mined.
#[derive(Debug)]
pub(super) enum Values {
    Numbers(Numbers),
    Names(Interned),
}

impl Values {
    pub(super) fn into_numbers(self) -> Numbers {
        match self {
            Self::Numbers(numbers) => numbers,
            Self::Names(_) => Numbers::default(),
        }
    }

    pub(super) fn into_names(self) -> Interned {
        match self {
            Self::Names(names) => names,
            Self::Numbers(_) => Interned::default(),
        }
    }

    /// Takes the values.
    pub(super) fn take(&mut self) -> Self {
        core::mem::replace(self, Self::Numbers(Numbers::default()))
    }
}

/// Reads the column of a row group whose first row in the file is `first`.
pub(super) fn read<C: Cells>(
    reader: ColumnReader,
    column: &ColumnDescPtr,
    first: usize,
    rows: usize,
    cells: &mut C,
) -> Result<(), ColumnError> {
    let unsigned = matches!(
        column.converted_type(),
        ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64
    );
    let run = Run { first, rows, max_level: column.max_def_level() };
    match reader {
        ColumnReader::BoolColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &bool| cells.whole(row, (*value).into()))
        }
        ColumnReader::Int32ColumnReader(reader) if unsigned => {
            run.read(reader, cells, |cells, row, value: &i32| cells.whole(row, value.cast_unsigned().into()))
        }
        ColumnReader::Int32ColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &i32| cells.whole(row, (*value).into()))
        }
        ColumnReader::Int64ColumnReader(reader) if unsigned => {
            run.read(reader, cells, |cells, row, value: &i64| match i64::try_from(value.cast_unsigned()) {
                Ok(value) => cells.whole(row, value),
                Err(_) => cells.text(row, &value.cast_unsigned().to_string()),
            })
        }
        ColumnReader::Int64ColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &i64| cells.whole(row, *value))
        }
        ColumnReader::FloatColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &f32| cells.single(row, *value))
        }
        ColumnReader::DoubleColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &f64| cells.number(row, *value))
        }
        ColumnReader::ByteArrayColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &ByteArray| {
                cells.text(row, str::from_utf8(value.data()).map_err(|_| Problem::NotUtf8)?)
            })
        }
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            run.read(reader, cells, |cells, row, value: &FixedLenByteArray| match value.data() {
                &[low, high] => cells
                    .single(row, crate::table::formats::npy::half(u16::from_le_bytes([low, high]).into())),
                _ => Err(Problem::NotANumber("a value of fixed length".to_owned())),
            })
        }
        ColumnReader::Int96ColumnReader(_) => {
            Err(ColumnError::Value(first, Problem::NotANumber("a time".to_owned())))
        }
    }
}

/// The rows of a row group.
struct Run {
    first: usize,
    rows: usize,
    /// The level of a value that is present; 0 if every value is.
    max_level: i16,
}

impl Run {
    fn read<T: DataType, C: Cells>(
        &self,
        mut reader: ColumnReaderImpl<T>,
        cells: &mut C,
        mut add: impl FnMut(&mut C, usize, &T::T) -> Result<(), Problem>,
    ) -> Result<(), ColumnError> {
        let (mut levels, mut values): (Vec<i16>, Vec<T::T>) = (Vec::new(), Vec::new());
        let mut row = self.first;
        loop {
            levels.clear();
            values.clear();
            let with_levels = (self.max_level > 0).then_some(&mut levels);
            let (rows, present, _) = reader.read_records(BATCH, with_levels, None, &mut values)?;
            if rows == 0 {
                break;
            }
            let wrong = |row, problem| ColumnError::Value(row, problem);
            if present == rows {
                for (row, value) in (row..).zip(&values) {
                    add(cells, row, value).map_err(|problem| wrong(row, problem))?;
                }
            } else {
                let mut values = values.iter();
                for (row, &level) in (row..).zip(&levels) {
                    let added = match values.as_slice().is_empty() || level < self.max_level {
                        true => cells.empty(row),
                        false => values.next().map_or(Ok(()), |value| add(cells, row, value)),
                    };
                    added.map_err(|problem| wrong(row, problem))?;
                }
            }
            row += rows;
        }
        match row - self.first == self.rows {
            true => Ok(()),
            false => {
                Err(ParquetError::General("a column has fewer or more values than rows".to_owned()).into())
            }
        }
    }
}

/// Numbers, in half of the memory if the file has them in 32 bits. Only one of the columns has values.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    singles: Vec<f32>,
    doubles: Vec<f64>,
}

impl Numbers {
    pub(super) fn len(&self) -> usize {
        self.singles.len().max(self.doubles.len())
    }

    pub(super) fn at(&self, row: usize) -> f64 {
        self.singles.get(row).map_or_else(|| self.doubles[row], |&single| single.into())
    }

    pub(super) fn into_doubles(self) -> Vec<f64> {
        match self.singles.is_empty() {
            true => self.doubles,
            false => self.singles.into_iter().map(f64::from).collect(),
        }
    }
}

impl Cells for Numbers {
    #[expect(clippy::cast_precision_loss, reason = "the nearest number is meant")]
    fn whole(&mut self, _: usize, value: i64) -> Result<(), Problem> {
        self.doubles.push(value as f64);
        Ok(())
    }

    fn number(&mut self, _: usize, value: f64) -> Result<(), Problem> {
        self.doubles.push(value);
        Ok(())
    }

    fn single(&mut self, _: usize, value: f32) -> Result<(), Problem> {
        self.singles.push(value);
        Ok(())
    }

    fn text(&mut self, _: usize, value: &str) -> Result<(), Problem> {
        let text = value.trim();
        self.doubles.push(text.parse().map_err(|_| Problem::NotANumber(text.to_owned()))?);
        Ok(())
    }

    fn empty(&mut self, _: usize) -> Result<(), Problem> {
        Err(Problem::NotANumber(String::new()))
    }
}

/// Image ids or labels.
#[derive(Default)]
pub(super) struct Names {
    column: Interned,
    /// The ids of small whole numbers.
    small: Vec<Option<u32>>,
}

/// Whole numbers below this have an entry in a table.
const SMALL: usize = 1 << 16;

impl Names {
    pub(super) fn into_column(self) -> Interned {
        self.column
    }
}

impl Cells for Names {
    fn whole(&mut self, _: usize, value: i64) -> Result<(), Problem> {
        let small = usize::try_from(value).ok().filter(|&small| small < SMALL);
        if let Some(id) = small.and_then(|small| self.small.get(small).copied().flatten()) {
            self.column.ids.push(id);
            return Ok(());
        }
        self.column.push(&value.to_string());
        if let Some(small) = small {
            self.small.resize(self.small.len().max(small + 1), None);
            self.small[small] = self.column.ids.last().copied();
        }
        Ok(())
    }

    fn number(&mut self, _: usize, value: f64) -> Result<(), Problem> {
        self.column.push(&value.to_string());
        Ok(())
    }

    fn single(&mut self, _: usize, value: f32) -> Result<(), Problem> {
        self.column.push(&value.to_string());
        Ok(())
    }

    fn text(&mut self, _: usize, value: &str) -> Result<(), Problem> {
        match value.trim() {
            "" => Err(Problem::Unnamed),
            name => {
                self.column.push(name);
                Ok(())
            }
        }
    }

    fn empty(&mut self, _: usize) -> Result<(), Problem> {
        Err(Problem::Unnamed)
    }
}

/// The texts of some rows.
pub(super) struct Texts(HashMap<usize, String>);

impl Texts {
    pub(super) fn of(wanted: &[u32]) -> Self {
        Self(wanted.iter().map(|&row| (row as usize, String::new())).collect())
    }

    /// The texts in the order in which they were asked for.
    pub(super) fn finish(mut self, wanted: &[u32]) -> impl Iterator<Item = String> {
        wanted.iter().map(move |&row| self.0.remove(&(row as usize)).unwrap_or_default())
    }

    fn set(&mut self, row: usize, text: impl FnOnce() -> String) -> Result<(), Problem> {
        if let Some(cell) = self.0.get_mut(&row) {
            *cell = text();
        }
        Ok(())
    }
}

impl Cells for Texts {
    fn whole(&mut self, row: usize, value: i64) -> Result<(), Problem> {
        self.set(row, || value.to_string())
    }

    fn number(&mut self, row: usize, value: f64) -> Result<(), Problem> {
        self.set(row, || value.to_string())
    }

    fn single(&mut self, row: usize, value: f32) -> Result<(), Problem> {
        self.set(row, || value.to_string())
    }

    fn text(&mut self, row: usize, value: &str) -> Result<(), Problem> {
        self.set(row, || value.to_owned())
    }

    fn empty(&mut self, _: usize) -> Result<(), Problem> {
        Ok(())
    }
}
