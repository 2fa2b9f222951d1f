//! The command's reader loses no row: each row of the text is in the table, or the text is refused.

#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use ohem_cli::table::{Layout, LossSource, Place, Precision, RequestedColumns, RoiTable};

#[derive(Debug)]
struct Case {
    requested: RequestedColumns<'static>,
    text: Vec<u8>,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let choices = u.arbitrary::<u8>()?;
        let loss = match choices & 3 {
            1 => LossSource::Probabilities(Precision::F32),
            2 => LossSource::Probabilities(Precision::F64),
            _ => LossSource::Columns(vec![("loss", 1.0)]),
        };
        let overlap = (choices & 4 != 0).then(|| vec!["overlap", "max_overlap"]);
        let mut layout = Layout::default();
        // The header decides now and then.
        layout.delimiter = (choices & 8 == 0).then_some(b',');
        Ok(Self { requested: RequestedColumns { loss, overlap, layout }, text: u.bytes(u.len())?.to_vec() })
    }
}

/// Checks that header and rows, in order, are all of the text except line ends.
fn check_text(table: &RoiTable, text: &[u8]) {
    let mut rest = without_mark(text);
    let every: Vec<u32> = (0..).take(table.len()).collect();
    let rows = table.rows(&every).expect("the text is in memory");
    for row in [table.header()].into_iter().chain(rows) {
        assert!(!row.is_empty(), "an empty row");
        rest = without_ends(rest).strip_prefix(&*row).expect("the row follows in the text");
    }
    assert!(without_ends(rest).is_empty(), "lost: {:?}", String::from_utf8_lossy(rest));
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text)
}

/// The text without line ends and comments before it.
fn without_ends(mut text: &[u8]) -> &[u8] {
    loop {
        let first = text.iter().position(|byte| !matches!(byte, b'\n' | b'\r'));
        text = &text[first.unwrap_or(text.len())..];
        if !text.starts_with(b"#") {
            return text;
        }
        text = &text[text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len())..];
    }
}

/// The compared parts of a row: the bits of corners and loss, and the line.
type Row = ([u64; 4], u64, usize);

/// Reads a text without quotes by splitting it; `None` if a row is incomplete.
fn naive(text: &str) -> Option<Vec<Row>> {
    let mut lines = text.split('\n').enumerate().flat_map(|(line, text)| {
        text.split('\r').filter(|row| !row.is_empty()).map(move |row| (line + 1, row))
    });
    let header: Vec<&str> = lines.next()?.1.split(',').map(str::trim).collect();
    let only = |name: &str| {
        let mut found =
            header.iter().enumerate().filter(|(_, other)| **other == name).map(|(column, _)| column);
        found.next().filter(|_| found.next().is_none())
    };
    let image = if header.contains(&"image") { only("image") } else { only("image_id") };
    let (image, label, loss) = (image?, only("label")?, only("loss")?);
    let corners = [only("x1")?, only("y1")?, only("x2")?, only("y2")?];
    lines
        .map(|(line, row)| {
            let cells: Vec<&str> = row.split(',').map(str::trim).collect();
            let named = cells.len() == header.len() && !cells[image].is_empty() && !cells[label].is_empty();
            let number = |column: usize| Some(cells.get(column)?.parse::<f64>().ok()?.to_bits());
            let [x1, y1, x2, y2] = corners.map(number);
            named.then_some(([x1?, y1?, x2?, y2?], number(loss)?, line))
        })
        .collect()
}

fn rows(table: &RoiTable) -> Vec<Row> {
    let line = |row| match table.place(row) {
        Place::Line(line) => line,
        Place::Row(_) => panic!("a text has lines"),
    };
    let row = |row: usize| (table.boxes.at(row).map(f64::to_bits), table.losses.at(row).to_bits(), line(row));
    (0..table.len()).map(row).collect()
}

fuzz_target!(|case: Case| {
    let read = RoiTable::read(case.text.clone().into(), &case.requested, |_| {});
    if let Ok(table) = &read {
        check_text(table, &case.text);
    }
    let RequestedColumns { loss, overlap, layout } = &case.requested;
    let asks_little =
        matches!(loss, LossSource::Columns(_)) && overlap.is_none() && layout.delimiter.is_some();
    // The reader drops one byte order mark, and the csv library another.
    let text = without_mark(without_mark(&case.text));
    let is_simple = !text.contains(&b'"') && !text.contains(&b'#');
    if let (true, Ok(text)) = (asks_little && is_simple, core::str::from_utf8(text)) {
        match naive(text) {
            Some(expected) => assert_eq!(read.ok().as_ref().map(rows), Some(expected)),
            // The reader knows more names of columns than the naive one.
            None => drop(read),
        }
    }
    // In any format: a table or a message.
    if let Err(error) = RoiTable::open(case.text.into(), &case.requested, |_| {}) {
        assert!(error.to_string().len() < 1000, "{error}");
    }
});
