//! Arrays in the format of numpy.
//!
//! A file is `\x93NUMPY`, two bytes of version, the length of the header (two bytes, or four from version 2), the header
//! and the values. The header is a Python dictionary as text. Sizes in it are compared with the number of bytes before use.

use super::{Converted, CsvText};
use crate::table::roi_table::Origin;

/// An array: its rows, each of some fields.
#[derive(Debug)]
pub(super) struct Array<'a> {
    pub(super) rows: usize,
    /// Names of the fields; empty for an array without names.
    pub(super) names: Vec<String>,
    /// Where each value is in a row, and its type.
    fields: Vec<(usize, Type)>,
    /// Bytes of a row.
    stride: usize,
    /// Whether values of a column follow each other (Fortran order), not those of a row.
    by_columns: bool,
    bytes: &'a [u8],
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Type {
    kind: u8,
    size: usize,
    is_big_endian: bool,
}

/// Reads a structured array: a table with names.
pub(super) fn text(bytes: &[u8]) -> Result<Converted, String> {
    let array = Array::read(bytes)?;
    if array.names.is_empty() {
        let why =
            "the array has no names of columns; save a structured array, or named arrays with numpy.savez";
        return Err(why.to_owned());
    }
    let mut text = CsvText::new();
    text.row(&array.names);
    (0..array.rows).for_each(|row| text.row((0..array.width()).map(|field| array.cell(row, field))));
    Ok(Converted { text: text.finish(), origin: Origin::Rows })
}

impl<'a> Array<'a> {
    /// Reads an array of at most two dimensions.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, String> {
        let (header, bytes) = split(bytes).ok_or("the header of the array is incomplete")?;
        let descr = value(header, "descr")?;
        let by_columns = value(header, "fortran_order")?.starts_with("True");
        let shape = shape(value(header, "shape")?)?;
        let (names, types) = types(descr)?;
        let (rows, columns) = match *shape.as_slice() {
            [] => (1, 1),
            [rows] => (rows, 1),
            [rows, columns] if names.is_empty() => (rows, columns),
            _ => return Err(format!("expected one or two dimensions, found {}", shape.len())),
        };
        let types = types.repeat(columns);
        let mut stride = 0_usize;
        let place = |of: &Type| {
            stride += of.size;
            (stride - of.size, *of)
        };
        let fields = types.iter().map(place).collect();
        match rows.checked_mul(stride) {
            Some(size) if size == bytes.len() => Ok(Self { rows, names, fields, stride, by_columns, bytes }),
            _ => Err(format!("the array has {} bytes for {rows} rows of {stride}", bytes.len())),
        }
    }

    /// Number of values in a row.
    pub(super) fn width(&self) -> usize {
        self.fields.len()
    }

    /// A value as text, with as many digits as its type needs.
    pub(super) fn cell(&self, row: usize, field: usize) -> String {
        let (offset, of) = self.fields[field];
        // All fields of an array of two dimensions have one type.
        let start =
            if self.by_columns { offset * self.rows + row * of.size } else { row * self.stride + offset };
        of.text(&self.bytes[start..start + of.size])
    }
}

impl Type {
    /// Parses a type such as `<f4`.
    fn parse(text: &str) -> Result<Self, String> {
        let refuse = || match text.contains('O') {
            true => "the array holds Python objects (a pickle); save numbers and texts".to_owned(),
            false => {
                format!("arrays of type {:?} are not supported", text.chars().take(20).collect::<String>())
            }
        };
        let (&[order, kind], size) = text.as_bytes().split_first_chunk().ok_or_else(refuse)?;
        let size: usize = str::from_utf8(size).ok().and_then(|size| size.parse().ok()).ok_or_else(refuse)?;
        let bytes = if kind == b'U' { size.checked_mul(4).ok_or_else(refuse)? } else { size };
        let is_known = match kind {
            b'f' => matches!(size, 2 | 4 | 8),
            b'i' | b'u' => matches!(size, 1 | 2 | 4 | 8),
            b'b' => size == 1,
            b'U' | b'S' => size < 1 << 20,
            _ => false,
        };
        let is_big_endian = order == b'>';
        if is_known { Ok(Self { kind, size: bytes, is_big_endian }) } else { Err(refuse()) }
    }

    fn text(self, bytes: &[u8]) -> String {
        let mut value = [0; 8];
        match self.kind {
            b'U' => return unicode(bytes, self.is_big_endian),
            b'S' => return String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned(),
            _ => value[..bytes.len()].copy_from_slice(bytes),
        }
        if self.is_big_endian {
            value[..bytes.len()].reverse();
        }
        let bits = u64::from_le_bytes(value);
        let unused = 64 - 8 * bytes.len();
        match (self.kind, bytes) {
            (b'f', [_, _]) => half(bits).to_string(),
            (b'f', [_, _, _, _]) => f32::from_le_bytes([value[0], value[1], value[2], value[3]]).to_string(),
            (b'f', _) => f64::from_bits(bits).to_string(),
            (b'i', _) => (bits.cast_signed() << unused >> unused).to_string(),
            _ => bits.to_string(),
        }
    }
}

/// A float of 16 bits as one of 32, which is exact.
pub(super) fn half(bits: u64) -> f32 {
    let bits = u32::try_from(bits).unwrap_or(0);
    let (sign, exponent, fraction) = (bits >> 15, (bits >> 10) & 31, bits & 0x3ff);
    #[expect(clippy::cast_precision_loss, reason = "ten bits")]
    let fraction = fraction as f32 / 1024.0;
    let size = match exponent {
        0 => fraction * 2.0_f32.powi(-14),
        31 if fraction > 0.0 => f32::NAN,
        31 => f32::INFINITY,
        exponent => (1.0 + fraction) * 2.0_f32.powi(exponent.cast_signed() - 15),
    };
    if sign == 1 { -size } else { size }
}

fn unicode(bytes: &[u8], is_big_endian: bool) -> String {
    let chars = bytes.as_chunks().0.iter().map(|&four| {
        let code = if is_big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    chars.collect::<String>().trim_end_matches('\0').to_owned()
}

/// Splits the header from the values.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&[major, _minor], rest) = bytes.strip_prefix(b"\x93NUMPY")?.split_first_chunk()?;
    let (length, rest) = if major == 1 {
        let (length, rest) = rest.split_first_chunk()?;
        (u32::from(u16::from_le_bytes(*length)), rest)
    } else {
        let (length, rest) = rest.split_first_chunk()?;
        (u32::from_le_bytes(*length), rest)
    };
    let (header, values) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((str::from_utf8(header).ok()?, values))
}

/// The text after a key of the header.
fn value<'a>(header: &'a str, key: &str) -> Result<&'a str, String> {
    let parts = header.split_once(&format!("'{key}':"));
    parts.map(|(_, value)| value.trim_start()).ok_or_else(|| format!("the header of the array has no {key}"))
}

fn shape(text: &str) -> Result<Vec<usize>, String> {
    let sides = text.trim_start_matches('(').split(')').next().unwrap_or_default();
    let sides = sides.split(',').map(str::trim).filter(|side| !side.is_empty()).take(40);
    sides.map(|side| side.parse().map_err(|_| "the shape of the array is wrong".to_owned())).collect()
}

/// The names and types of a structured array, or the type of a plain one.
fn types(descr: &str) -> Result<(Vec<String>, Vec<Type>), String> {
    let Some(list) = descr.strip_prefix('[') else {
        let text = descr.trim_start_matches('\'').split('\'').next().unwrap_or_default();
        return Ok((Vec::new(), vec![Type::parse(text)?]));
    };
    let (mut names, mut types) = (Vec::new(), Vec::new());
    let list = list.split(']').next().unwrap_or_default();
    for field in list.split('(').skip(1) {
        let parts: Vec<&str> = field.split('\'').collect();
        match parts[..] {
            [_, name, _, of, end] if end.trim_start().starts_with(')') => {
                names.push(name.to_owned());
                types.push(Type::parse(of)?);
            }
            _ => return Err("fields of the array that are arrays themselves are not supported".to_owned()),
        }
    }
    Ok((names, types))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header: &str, values: &[u8]) -> Vec<u8> {
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [b"\x93NUMPY\x01\0", &length[..], header.as_bytes(), values].concat()
    }

    fn cells(descr: &str, values: &[u8], rows: usize) -> Vec<String> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows},), }}");
        let file = file(&header, values);
        let array = Array::read(&file).unwrap();
        (0..rows).map(|row| array.cell(row, 0)).collect()
    }

    #[test]
    fn values_of_every_type_become_text() {
        assert_eq!(cells("<f4", &0.1_f32.to_le_bytes(), 1), ["0.1"]);
        assert_eq!(cells(">f8", &0.1_f64.to_be_bytes(), 1), ["0.1"]);
        assert_eq!(
            cells("<f2", &[0x00, 0x3c, 0x01, 0x00, 0x00, 0xfc], 3),
            ["1", "0.000000059604645", "-inf"]
        );
        assert_eq!(cells("|i1", &[255, 7], 2), ["-1", "7"]);
        assert_eq!(cells(">i2", &[255, 254], 1), ["-2"]);
        assert_eq!(cells("<u8", &u64::MAX.to_le_bytes(), 1), [u64::MAX.to_string()]);
        assert_eq!(cells("<U2", &[b'a', 0, 0, 0, 0xe9, 0, 0, 0, b'b', 0, 0, 0, 0, 0, 0, 0], 2), ["aé", "b"]);
        assert_eq!(cells("|S3", b"ab\0cde", 2), ["ab", "cde"]);
        assert_eq!(cells("|b1", &[1, 0], 2), ["1", "0"]);
    }

    #[test]
    fn columns_may_follow_each_other() {
        let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (3, 2), }";
        let file = file(header, &[1, 2, 3, 4, 5, 6]);
        let array = Array::read(&file).unwrap();
        assert_eq!(
            [0, 1, 2].map(|row| [array.cell(row, 0), array.cell(row, 1)].concat()),
            ["14", "25", "36"]
        );
    }

    #[test]
    fn a_structured_array_is_a_table() {
        let header = "{'descr': [('x', '<u2'), ('name', '<U1')], 'fortran_order': False, 'shape': (2,), }";
        let values = [7, 0, b'a', 0, 0, 0, 8, 0, b'b', 0, 0, 0];
        let converted = text(&file(header, &values)).unwrap();
        assert_eq!(converted.text, b"x,name\n7,a\n8,b\n");
    }

    #[test]
    fn sizes_are_compared_with_the_bytes() {
        let refused = |header: &str, values: &[u8]| Array::read(&file(header, values)).unwrap_err();
        let rows = "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 2), }";
        assert_eq!(refused(rows, &[0; 8]), "the array has 8 bytes for 4611686018427387904 rows of 8");
        let objects = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
        assert!(refused(objects, b"").contains("a pickle"));
        assert!(Array::read(b"\x93NUMPY\x01\0\xff\xff").is_err());
    }
}
