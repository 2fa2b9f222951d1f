//! Reads the cells of one column.

use core::ops::Range;

use parquet::basic::ConvertedType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};
use parquet::errors::ParquetError;
use parquet::schema::types::ColumnDescPtr;

use super::ColumnError;
use crate::table::error::Problem;

/// Values read at a time: few enough to stay in the cache until they are added.
const BATCH: usize = 1 << 13;

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
    /// The rows to read next, none of which is before `row`; `None` if that was all.
    fn needed(&self, row: usize) -> Option<Range<usize>> {
        Some(row..row + BATCH)
    }
    /// Makes room for this number of rows.
    fn reserve(&mut self, _rows: usize) {}
    /// Adds numbers of 32 bits; false if they are to be added one by one.
    fn singles(&mut self, _: &[f32]) -> bool {
        false
    }
    /// The same for numbers of 64 bits.
    fn doubles(&mut self, _: &[f64]) -> bool {
        false
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
            run.read_many(reader, cells, C::singles, |cells, row, value: &f32| cells.single(row, *value))
        }
        ColumnReader::DoubleColumnReader(reader) => {
            run.read_many(reader, cells, C::doubles, |cells, row, value: &f64| cells.number(row, *value))
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
        reader: ColumnReaderImpl<T>,
        cells: &mut C,
        add: impl FnMut(&mut C, usize, &T::T) -> Result<(), Problem>,
    ) -> Result<(), ColumnError> {
        self.read_many(reader, cells, |_, _| false, add)
    }

    /// Reads values. Adds many at once if no cell is empty and `add_many` takes them, else one by one.
    fn read_many<T: DataType, C: Cells>(
        &self,
        mut reader: ColumnReaderImpl<T>,
        cells: &mut C,
        mut add_many: impl FnMut(&mut C, &[T::T]) -> bool,
        mut add: impl FnMut(&mut C, usize, &T::T) -> Result<(), Problem>,
    ) -> Result<(), ColumnError> {
        let (mut levels, mut values): (Vec<i16>, Vec<T::T>) = (Vec::new(), Vec::new());
        let mut row = self.first;
        loop {
            let Some(needed) = cells.needed(row) else { return Ok(()) };
            if needed.start > row {
                if needed.start >= self.first + self.rows {
                    return Ok(());
                }
                row += reader.skip_records(needed.start - row)?;
            }
            levels.clear();
            values.clear();
            let with_levels = (self.max_level > 0).then_some(&mut levels);
            let (rows, present, _) = reader.read_records(needed.len(), with_levels, None, &mut values)?;
            if rows == 0 {
                break;
            }
            let wrong = |row, problem| ColumnError::Value(row, problem);
            if present == rows {
                if !add_many(cells, &values) {
                    for (row, value) in (row..).zip(&values) {
                        add(cells, row, value).map_err(|problem| wrong(row, problem))?;
                    }
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
        self.check_end(row)
    }

    /// Checks that the last row of the row group was read.
    fn check_end(&self, row: usize) -> Result<(), ColumnError> {
        if row - self.first == self.rows {
            return Ok(());
        }
        Err(ParquetError::General("a column has fewer or more values than rows".to_owned()).into())
    }
}
