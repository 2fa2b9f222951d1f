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
        Self::Numbers(cells.numbers)
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

/// A column of numbers. It stays in 32 bits as long as they hold each number exactly.
pub(super) struct NumberCells {
    pub(super) numbers: Numbers,
    /// Number of rows in the file.
    rows: usize,
}

impl Default for NumberCells {
    fn default() -> Self {
        Self { numbers: Numbers::Singles(Vec::new()), rows: 0 }
    }
}

impl NumberCells {
    fn extend(&mut self, numbers: &[f64]) {
        #[expect(clippy::cast_possible_truncation, reason = "numbers that change are stored in 64 bits")]
        let single = |number: f64| number as f32;
        match &mut self.numbers {
            // Without an early end, so that it is done in vectors.
            Numbers::Singles(column)
                if numbers.iter().fold(true, |all, &number| all & is_same(single(number).into(), number)) =>
            {
                reserve(column, self.rows);
                column.extend(numbers.iter().map(|&number| single(number)));
            }
            Numbers::Singles(column) => {
                let mut doubles = Vec::new();
                reserve(&mut doubles, self.rows);
                doubles.extend(column.iter().map(|&number| f64::from(number)));
                doubles.extend_from_slice(numbers);
                self.numbers = Numbers::Doubles(doubles);
            }
            Numbers::Doubles(column) => column.extend_from_slice(numbers),
        }
    }

    fn extend_singles(&mut self, numbers: &[f32]) {
        match &mut self.numbers {
            Numbers::Singles(column) => {
                reserve(column, self.rows);
                column.extend_from_slice(numbers);
            }
            Numbers::Doubles(column) => column.extend(numbers.iter().map(|&number| f64::from(number))),
        }
    }
}

/// Whether two numbers are equal, or neither is a number.
fn is_same(a: f64, b: f64) -> bool {
    (a == b) | (a.is_nan() & b.is_nan())
}

/// Makes room in a vector at once, so that it is not copied as it grows. A damaged file may claim any number of rows:
/// without the memory, the vector grows as usual.
fn reserve<T>(column: &mut Vec<T>, rows: usize) {
    if column.is_empty() {
        let _ = column.try_reserve_exact(rows.min(MAX_RESERVED));
    }
}

/// Maximum number of rows to make room for before any is read.
const MAX_RESERVED: usize = 1 << 28;

impl Cells for NumberCells {
    fn reserve(&mut self, rows: usize) {
        self.rows = rows;
    }

    fn singles(&mut self, values: &[f32]) -> bool {
        self.extend_singles(values);
        true
    }

    fn doubles(&mut self, values: &[f64]) -> bool {
        self.extend(values);
        true
    }

    #[expect(clippy::cast_precision_loss, reason = "the nearest number is meant")]
    fn whole(&mut self, row: usize, value: i64) -> Result<(), Problem> {
        self.number(row, value as f64)
    }

    fn number(&mut self, _: usize, value: f64) -> Result<(), Problem> {
        self.extend(&[value]);
        Ok(())
    }

    fn text(&mut self, row: usize, value: &str) -> Result<(), Problem> {
        let text = value.trim();
        self.number(row, text.parse().map_err(|_| Problem::NotANumber(text.to_owned()))?)
    }

    fn empty(&mut self, _: usize) -> Result<(), Problem> {
        Err(Problem::NotANumber(String::new()))
    }
}

/// Image ids or labels.
#[derive(Default)]
pub(super) struct Names {
    column: Interned,
    /// The ids of small whole numbers; [`UNKNOWN`] for those that have not appeared.
    small: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;

/// Whole numbers below this have an entry in a table.
const SMALL: usize = 1 << 16;

impl Names {
    /// Adds a whole number that is not in the table.
    #[cold]
    fn push_whole(&mut self, value: i64, small: usize) {
        self.column.push(&value.to_string());
        if small < SMALL {
            self.small.resize(self.small.len().max(small + 1), UNKNOWN);
            self.small[small] = self.column.ids.last().copied().unwrap_or(UNKNOWN);
        }
    }
}

impl Cells for Names {
    fn reserve(&mut self, rows: usize) {
        reserve(&mut self.column.ids, rows);
    }

    #[inline(always)]
    fn whole(&mut self, _: usize, value: i64) -> Result<(), Problem> {
        let small = usize::try_from(value).unwrap_or(usize::MAX);
        match self.small.get(small) {
            Some(&id) if id != UNKNOWN => self.column.ids.push(id),
            _ => self.push_whole(value, small),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_32_bits_hold_take_no_more() {
        let exact = [0.1_f32, -0.0, f32::MAX, f32::INFINITY, f32::NAN].map(f64::from);
        for other in [0.1, 1e300, f64::MIN_POSITIVE, 16_777_217.0] {
            let mut cells = NumberCells::default();
            cells.reserve(usize::MAX);
            cells.extend(&exact[..2]);
            cells.extend(&exact[2..]);
            cells.extend_singles(&[0.1]);
            assert!(matches!(&cells.numbers, Numbers::Singles(column) if column.len() == 6));
            cells.extend(&[other]);
            cells.extend(&exact);
            cells.extend_singles(&[0.5]);
            let bits = |numbers: &[f64]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
            let Numbers::Doubles(column) = cells.numbers else { panic!("{other} needs 64 bits") };
            assert_eq!(bits(&column), bits(&[&exact[..], &[0.1_f32.into(), other], &exact, &[0.5]].concat()));
        }
    }
}
