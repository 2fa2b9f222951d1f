//! Arrays of numpy, as bytes.

use npyz::{AutoSerialize, Deserialize, NpyFile, Order, WriterBuilder};

use crate::{PackError, Problem};

/// An array of rows.
pub(crate) struct Rows<T> {
    pub(crate) values: Vec<T>,
    pub(crate) rows: usize,
}

/// Reads an array with so many values a row; with any number if there is none given.
///
/// Returns the array, and how many values a row has.
pub(crate) fn read<T: Deserialize>(
    file: &str,
    bytes: &[u8],
    wanted: &'static str,
    columns: Option<usize>,
) -> Result<(Rows<T>, usize), PackError> {
    let refuse = |why: String| PackError::new(file, Problem::Array { wanted, why });
    let array = NpyFile::new(bytes).map_err(|error| refuse(error.to_string()))?;
    let size = |side: u64| usize::try_from(side).map_err(|error| refuse(error.to_string()));
    let (rows, found) = match *array.shape() {
        [rows] => (size(rows)?, 1),
        [rows, columns] => (size(rows)?, size(columns)?),
        ref shape => return Err(refuse(format!("shape {shape:?}"))),
    };
    if array.order() != Order::C {
        return Err(refuse("in Fortran's order".to_owned()));
    }
    if let Some(wanted) = columns.filter(|&wanted| wanted != found) {
        return Err(PackError::new(file, Problem::Columns { columns: found, wanted }));
    }
    let values: Vec<T> = array.into_vec().map_err(|error| refuse(error.to_string()))?;
    match rows.checked_mul(found) {
        Some(count) if count == values.len() => Ok((Rows { values, rows }, found)),
        _ => Err(refuse(format!("{} values for {rows} rows of {found}", values.len()))),
    }
}

/// The bytes of an array; without a number of values a row, of one dimension.
pub(crate) fn bytes<T: AutoSerialize + Copy>(values: &[T], columns: Option<usize>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let shape: Vec<u64> = match columns {
        None => vec![values.len() as u64],
        Some(columns) => vec![(values.len() / columns.max(1)) as u64, columns as u64],
    };
    let options = npyz::WriteOptions::new().default_dtype().shape(&shape).writer(&mut bytes);
    let written = options.begin_nd().and_then(|mut array| {
        array.extend(values.iter().copied())?;
        array.finish()
    });
    written.expect("memory takes every byte");
    bytes
}
