//! Arrays of numpy, as bytes.
//!
//! A file is `\x93NUMPY`, the version of the format (two bytes), the length of the header (two bytes, from
//! version 2 on four), the header, and the values. The header is a dictionary of Python as text: `descr`, the
//! type of a value, `fortran_order`, and `shape`. Sizes in it are anyone's claim: they are checked against the
//! bytes that are there before anything is done with them.

use crate::{PackError, Problem};

const MAGIC: &[u8] = b"\x93NUMPY";

/// An array of rows.
pub(crate) struct Rows<T> {
    pub(crate) values: Vec<T>,
    pub(crate) rows: usize,
}

/// What an array can be of.
pub(crate) trait Element: Copy {
    /// What messages call it.
    const NAME: &'static str;
    /// What a header calls it.
    const DESCR: &'static str;
    /// Reads as many as there are.
    fn values(bytes: &[u8]) -> Vec<Self>;
    /// Appends its bytes.
    fn push(self, bytes: &mut Vec<u8>);
}

macro_rules! elements {
    ($($type:ident $descr:literal),*) => {$(
        impl Element for $type {
            const NAME: &'static str = stringify!($type);
            const DESCR: &'static str = $descr;

            fn values(bytes: &[u8]) -> Vec<Self> {
                bytes.as_chunks().0.iter().map(|&bytes| Self::from_le_bytes(bytes)).collect()
            }

            fn push(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        }
    )*};
}

elements!(i8 "'|i1'", u8 "'|u1'", u16 "'<u2'", f32 "'<f4'");

/// Reads an array with so many values a row; with any number if there is none given.
///
/// Returns the array, and how many values a row has.
pub(crate) fn read<T: Element>(
    file: &str,
    bytes: &[u8],
    columns: Option<usize>,
) -> Result<(Rows<T>, usize), PackError> {
    let refuse = |why: String| PackError::new(file, Problem::Array { wanted: T::NAME, why });
    let (header, values) = split(bytes).ok_or_else(|| refuse("not a whole header of numpy".to_owned()))?;
    let (rows, found) = shape::<T>(header).map_err(refuse)?;
    if let Some(wanted) = columns.filter(|&wanted| wanted != found) {
        return Err(PackError::new(file, Problem::Columns { columns: found, wanted }));
    }
    let wanted = rows.checked_mul(found).and_then(|count| count.checked_mul(size_of::<T>()));
    if wanted != Some(values.len()) {
        return Err(refuse(format!("{} bytes for {rows} rows of {found}", values.len())));
    }
    Ok((Rows { values: T::values(values), rows }, found))
}

/// Parts the header from the values.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&[major, _minor], rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk()?;
    let (length, rest) = if major == 1 {
        let (length, rest) = rest.split_first_chunk()?;
        (u16::from_le_bytes(*length).into(), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (u32::from_le_bytes(*length), rest)
    };
    let (header, values) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((str::from_utf8(header).ok()?, values))
}

/// How many rows a header tells of, and how many values a row; or why it will not do.
fn shape<T: Element>(header: &str) -> Result<(usize, usize), String> {
    let descr = value(header, "descr")?;
    if !descr.starts_with(T::DESCR) {
        return Err(format!("expected {}, found {}", T::DESCR, descr.split(',').next().unwrap_or_default()));
    }
    if !value(header, "fortran_order")?.starts_with("False") {
        return Err("in Fortran's order".to_owned());
    }
    let shape = value(header, "shape")?;
    let sides = shape.trim_start_matches('(').split(')').next().unwrap_or_default();
    let sides = sides.split(',').map(str::trim).filter(|side| !side.is_empty());
    match sides.clone().map(str::parse).collect::<Result<Vec<usize>, _>>().as_deref() {
        Ok(&[rows]) => Ok((rows, 1)),
        Ok(&[rows, columns]) => Ok((rows, columns)),
        _ => Err(format!("shape ({})", sides.collect::<Vec<_>>().join(", "))),
    }
}

/// What follows a key of the header.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str, String> {
    let parts = header.split_once(&format!("'{key}':"));
    parts.map(|(_, value)| value.trim_start()).ok_or_else(|| format!("no {key} in its header"))
}

/// The bytes of an array; without a number of values a row, of one dimension.
pub(crate) fn bytes<T: Element>(values: &[T], columns: Option<usize>) -> Vec<u8> {
    let shape = match columns {
        None => format!("{}, ", values.len()),
        Some(columns) => format!("{}, {columns}, ", values.len() / columns.max(1)),
    };
    let header = format!("{{'descr': {}, 'fortran_order': False, 'shape': ({shape}), }}", T::DESCR);
    // A line feed ends the header, and values begin at a multiple of 64: with two sizes it stays below 128.
    let length: u16 = 128 - 10;
    let mut bytes = [MAGIC, &[1, 0], &length.to_le_bytes()].concat();
    bytes.extend(format!("{header:<width$}\n", width = usize::from(length) - 1).into_bytes());
    values.iter().for_each(|value| value.push(&mut bytes));
    bytes
}
