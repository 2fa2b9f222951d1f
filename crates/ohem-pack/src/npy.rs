//! Arrays in the format of numpy.
//!
//! A file is `\x93NUMPY`, the version of the format (two bytes), the length of the header (two bytes, or four from
//! version 2), the header, and the values. The header is a Python dictionary as text with `descr`, the type of a value,
//! `fortran_order`, and `shape`. Sizes in it are untrusted: they are compared with the number of bytes before use.

use crate::error::{PackError, Problem, start};

const MAGIC: &[u8] = b"\x93NUMPY";

/// A two-dimensional array, row by row.
pub(crate) struct NpyArray<T> {
    pub(crate) values: Vec<T>,
    pub(crate) rows: usize,
}

/// A type of values that an array can have.
pub(crate) trait Element: Copy {
    /// The type's name in messages.
    const NAME: &'static str;
    /// The type's name in a header.
    const DESCR: &'static str;
    /// Reads all values.
    fn values(bytes: &[u8]) -> Vec<Self>;
    /// Appends the bytes of the value.
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

/// Maximum number of dimensions that a message lists.
const MAX_SIDES: usize = 40;

/// Reads an array with `columns` values per row, or any number if that is `None`.
///
/// Returns the array and its number of values per row.
pub(crate) fn read<T: Element>(
    file: &str,
    bytes: &[u8],
    columns: Option<usize>,
) -> Result<(NpyArray<T>, usize), PackError> {
    let refuse = |why: String| PackError::new(file, Problem::Array { expected: T::NAME, why });
    let (header, values) = split(bytes).ok_or_else(|| refuse("the header is incomplete".to_owned()))?;
    let (rows, found) = shape::<T>(header).map_err(refuse)?;
    if let Some(expected) = columns.filter(|&expected| expected != found) {
        return Err(PackError::new(file, Problem::Columns { columns: found, expected }));
    }
    let expected = rows.checked_mul(found).and_then(|count| count.checked_mul(size_of::<T>()));
    if expected != Some(values.len()) {
        return Err(refuse(format!("{} bytes for {rows} rows of {found}", values.len())));
    }
    Ok((NpyArray { values: T::values(values), rows }, found))
}

/// Splits the header from the values.
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

/// The number of rows and of values per row from a header, or why the header is unsupported.
fn shape<T: Element>(header: &str) -> Result<(usize, usize), String> {
    let descr = value(header, "descr")?;
    if !descr.starts_with(T::DESCR) {
        let found = start(descr.split(',').next().unwrap_or_default());
        return Err(format!("expected {}, found {found}", T::DESCR));
    }
    if !value(header, "fortran_order")?.starts_with("False") {
        return Err("Fortran order is not supported".to_owned());
    }
    let shape = value(header, "shape")?;
    let sides = shape.trim_start_matches('(').split(')').next().unwrap_or_default();
    let sides = sides.split(',').map(str::trim).filter(|side| !side.is_empty());
    match sides.clone().map(str::parse).collect::<Result<Vec<usize>, _>>().as_deref() {
        Ok(&[rows]) => Ok((rows, 1)),
        Ok(&[rows, columns]) => Ok((rows, columns)),
        _ => {
            let found = sides.take(MAX_SIDES).collect::<Vec<_>>().join(", ");
            Err(format!("expected one or two dimensions, found shape ({})", start(&found)))
        }
    }
}

/// The text after a key of the header.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str, String> {
    let parts = header.split_once(&format!("'{key}':"));
    parts.map(|(_, value)| value.trim_start()).ok_or_else(|| format!("the header has no {key}"))
}

/// The bytes of an array with `columns` values per row, or of one dimension if that is `None`.
pub(crate) fn bytes<T: Element>(values: &[T], columns: Option<usize>) -> Vec<u8> {
    let shape = match columns {
        None => format!("{}, ", values.len()),
        Some(columns) => format!("{}, {columns}, ", values.len() / columns.max(1)),
    };
    let header = format!("{{'descr': {}, 'fortran_order': False, 'shape': ({shape}), }}", T::DESCR);
    // A line feed ends the header, and values begin at a multiple of 64. With two sizes, 128 bytes are enough.
    let length: u16 = 128 - 10;
    let mut bytes = [MAGIC, &[1, 0], &length.to_le_bytes()].concat();
    bytes.extend(format!("{header:<width$}\n", width = usize::from(length) - 1).into_bytes());
    values.iter().for_each(|value| value.push(&mut bytes));
    bytes
}
