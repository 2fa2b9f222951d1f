//! The values of a column that is mined: numbers, or names of images and labels.

use super::column::Cells;
use crate::table::error::Problem;
use crate::table::interned::Interned;
use crate::table::numbers::Numbers;

/// A column as it is mined.
#[derive(Debug)]
pub(super) enum Values {
    Numbers(Numbers),
    Names(Interned),
}

impl From<NumberCells> for Values {
    fn from(cells: NumberCells) -> Self {
        Self::Numbers(cells.finish())
    }
}

impl From<Names> for Values {
    fn from(names: Names) -> Self {
        Self::Names(names.column)
    }
}

/// Columns that were read, taken one after the other.
pub(super) struct ReadColumns(std::vec::IntoIter<Values>);

impl ReadColumns {
    pub(super) fn new(columns: Vec<Values>) -> Self {
        Self(columns.into_iter())
    }

    /// Takes the next column, which was read as numbers.
    pub(super) fn numbers(&mut self) -> Numbers {
        match self.0.next() {
            Some(Values::Numbers(numbers)) => numbers,
            _ => Numbers::default(),
        }
    }

    /// Takes the next column, which was read as names.
    pub(super) fn names(&mut self) -> Interned {
        match self.0.next() {
            Some(Values::Names(names)) => names,
            _ => Interned::default(),
        }
    }
}

/// Numbers, in 32 bits if the file has them so. Only one of the columns has values.
#[derive(Default)]
pub(super) struct NumberCells {
    singles: Vec<f32>,
    doubles: Vec<f64>,
    /// Number of rows in the file.
    rows: usize,
}

impl NumberCells {
    pub(super) fn finish(self) -> Numbers {
        match self.singles.is_empty() {
            true => Numbers::Doubles(self.doubles),
            false => Numbers::Singles(self.singles),
        }
    }
}

impl Cells for NumberCells {
    fn reserve(&mut self, rows: usize) {
        self.rows = rows;
    }

    fn singles(&mut self) -> Option<&mut Vec<f32>> {
        reserve(&mut self.singles, self.rows);
        Some(&mut self.singles)
    }

    fn doubles(&mut self) -> Option<&mut Vec<f64>> {
        reserve(&mut self.doubles, self.rows);
        Some(&mut self.doubles)
    }

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

/// Makes room in a vector at once, so that it is not copied as it grows. A damaged file may claim any number of rows:
/// without the memory, the vector grows as usual.
fn reserve<T>(values: &mut Vec<T>, rows: usize) {
    if values.is_empty() {
        let _ = values.try_reserve_exact(rows.min(MAX_RESERVED));
    }
}

/// Maximum number of rows to make room for before any is read.
const MAX_RESERVED: usize = 1 << 28;

/// Image ids or labels.
#[derive(Default)]
pub(super) struct Names {
    column: Interned,
    /// The ids of small whole numbers.
    small: Vec<Option<u32>>,
}

/// Whole numbers below this have an entry in a table.
const SMALL: usize = 1 << 16;

impl Cells for Names {
    fn reserve(&mut self, rows: usize) {
        reserve(&mut self.column.ids, rows);
    }

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
