//! What a file is, by its first bytes.

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text: cells between delimiters.
    Text,
    /// A JSON object on each line.
    JsonLines,
    /// An array of JSON objects.
    JsonArray,
    /// A single JSON object of several lines, such as ground truth of COCO.
    JsonObject,
    /// Named arrays of numpy.
    Npz,
    /// One array of numpy.
    Npy,
    /// Apache Parquet.
    Parquet,
    /// XML, such as annotations of PASCAL VOC.
    Xml,
    /// Another kind of file, which this command does not read.
    Other(&'static str),
}

/// First bytes of other kinds of file, and their names.
const OTHERS: [(&[u8], &str); 20] = [
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"PK\x03\x04", "a zip archive or a workbook; save the sheet as CSV"),
    (b"ARROW1", "an Arrow or Feather file; save it as Parquet or CSV"),
    (b"\x89HDF", "an HDF5 file; save the table as Parquet or CSV"),
    (b"SQLite format 3\0", "an SQLite database; export the table as CSV"),
    (b"\x80\x02", "a pickle; save the table as Parquet or CSV"),
    (b"\x80\x03", "a pickle; save the table as Parquet or CSV"),
    (b"\x80\x04", "a pickle; save the table as Parquet or CSV"),
    (b"\x80\x05", "a pickle; save the table as Parquet or CSV"),
    (b"\xd0\xcf\x11\xe0", "an old workbook; save the sheet as CSV"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF", "a PDF"),
    (b"\x7fELF", "a program"),
];

impl FileKind {
    /// Finds out what a file is. O(bytes of the first line).
    ///
    /// ```
    /// use ohem_cli::table::FileKind;
    ///
    /// assert_eq!(FileKind::of(b"image,x1\n"), FileKind::Text);
    /// assert_eq!(FileKind::of(b"PAR1..."), FileKind::Parquet);
    /// assert_eq!(FileKind::of(b"{\"image\": 7}\n{\"image\": 8}\n"), FileKind::JsonLines);
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
        match text {
            _ if bytes.starts_with(b"PAR1") => Self::Parquet,
            _ if bytes.starts_with(b"\x93NUMPY") => Self::Npy,
            _ if is_npz(bytes) => Self::Npz,
            _ if let Some((_, kind)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) => {
                Self::Other(kind)
            }
            [b'{', ..] => object(text),
            [b'[', rest @ ..] if matches!(rest.trim_ascii_start(), [b'{' | b']', ..]) => Self::JsonArray,
            [b'<', ..] => Self::Xml,
            _ if bytes.iter().take(1000).take_while(|&&byte| byte != b'\n').any(|&byte| byte == 0) => {
                Self::Other("binary data")
            }
            _ => Self::Text,
        }
    }

    /// Why this command does not read such a file as a table.
    pub(super) fn refusal(self) -> String {
        let found = match self {
            Self::JsonObject => "a JSON object; ground truth of COCO goes to --ground-truth",
            Self::Xml => "XML; annotations of PASCAL VOC go to --ground-truth",
            Self::Parquet => {
                "a Parquet file, which this build does not read: build it with --features parquet"
            }
            Self::Other(other) => other,
            Self::Text | Self::JsonLines | Self::JsonArray | Self::Npz | Self::Npy => "another format",
        };
        format!("expected a table (CSV, JSON lines, npz or Parquet), found {found}")
    }
}

/// Whether a zip archive begins with an array of numpy.
fn is_npz(bytes: &[u8]) -> bool {
    let Some(header) = bytes.strip_prefix(b"PK\x03\x04") else { return false };
    let Some(&[low, high]) = header.get(22..24) else { return false };
    let length = usize::from(u16::from_le_bytes([low, high]));
    header.get(26..26 + length).is_some_and(|name| name.ends_with(b".npy"))
}

/// Tells an object on each line from one object of many lines.
fn object(text: &[u8]) -> FileKind {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
    // A file of COCO may be one line, too.
    let starts = |key: &str| text.trim_ascii_start().starts_with(format!("{{\"{key}\"").as_bytes());
    let is_coco = ["info", "images", "annotations", "categories", "licenses"].iter().any(|key| starts(key));
    if is_whole && !is_coco { FileKind::JsonLines } else { FileKind::JsonObject }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let cases: [(&[u8], FileKind); 12] = [
            (b"", FileKind::Text),
            (b"image;x1", FileKind::Text),
            (b"\xef\xbb\xbfimage,x1", FileKind::Text),
            (b" [ {\"a\": 1}]", FileKind::JsonArray),
            (b"[]", FileKind::JsonArray),
            (b"{\n \"a\": 1}", FileKind::JsonObject),
            (b"{\"images\": [], \"annotations\": []}", FileKind::JsonObject),
            (b"<annotation>", FileKind::Xml),
            (b"\x93NUMPY\x01\0", FileKind::Npy),
            (
                b"PK\x03\x04..........................",
                FileKind::Other("a zip archive or a workbook; save the sheet as CSV"),
            ),
            (b"\xff\xfei\0m\0", FileKind::Other("UTF-16 text; save it as UTF-8")),
            (b"a\0b", FileKind::Other("binary data")),
        ];
        for (bytes, kind) in cases {
            assert_eq!(FileKind::of(bytes), kind, "{bytes:?}");
        }
    }
}
