//! Single cells: numbers and names.

use csv::StringRecord;

use super::error::Problem;

/// A wrong cell of a row: the column, from 0, and the problem.
pub(super) type CellProblem = (usize, Problem);

/// Parses the number in a column.
pub(super) fn number(record: &StringRecord, column: usize) -> Result<f64, CellProblem> {
    let text = record[column].trim();
    text.parse().map_err(|_| (column, Problem::NotANumber(text.to_owned())))
}

/// The id or label in a column.
pub(super) fn name(record: &StringRecord, column: usize) -> Result<&str, CellProblem> {
    match record[column].trim() {
        "" => Err((column, Problem::Unnamed)),
        name => Ok(name),
    }
}
