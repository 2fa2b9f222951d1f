//! The table of ground truth, and the names of the classes.

use csv::{ReaderBuilder, StringRecord, Writer};

use crate::error::{PackError, Problem, shown};
use crate::pack::{MAX_CLASSES, Pack, Truth};

/// The file name of the table.
pub(crate) const FILE: &str = "ground_truth.csv";
/// The file name of the list of classes.
pub(crate) const CLASSES: &str = "classes.txt";

const COLUMNS: [&str; 8] = ["split", "image", "name", "x1", "y1", "x2", "y2", "label"];

/// Reads the table. Returns the boxes for training and those for testing.
pub(crate) fn read(bytes: &[u8]) -> Result<[Vec<Truth>; 2], PackError> {
    let refuse = |line, why| PackError::new(FILE, Problem::Line { line, why });
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let mut splits = [Vec::new(), Vec::new()];
    let mut header = true;
    for record in reader.records() {
        let record = record
            .map_err(|error| refuse(error.position().map_or(1, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(1, csv::Position::line);
        if header {
            header = false;
            if record != COLUMNS[..] {
                return Err(refuse(line, format!("expected the columns {}", COLUMNS.join(","))));
            }
            continue;
        }
        let (split, truth) = row(&record).map_err(|why| refuse(line, why))?;
        splits[split].push(truth);
    }
    if header { Err(refuse(1, "the header line is missing".to_owned())) } else { Ok(splits) }
}

fn row(record: &StringRecord) -> Result<(usize, Truth), String> {
    let text = |column: usize| record.get(column).unwrap_or_default();
    let number = |column: usize| {
        let expected = |_| {
            format!("{}: expected a whole number below 65536, found {}", COLUMNS[column], shown(text(column)))
        };
        text(column).parse::<u16>().map_err(expected)
    };
    let split = match text(0) {
        "train" => 0,
        "test" => 1,
        other => return Err(format!("split: expected train or test, found {}", shown(other))),
    };
    let bbox = [number(3)?, number(4)?, number(5)?, number(6)?];
    if bbox[2] < bbox[0] || bbox[3] < bbox[1] {
        let [x1, y1, x2, y2] = bbox;
        return Err(format!("the box {x1}, {y1}, {x2}, {y2} is inverted"));
    }
    let label = u8::try_from(number(7)?).ok().filter(|&label| label > 0);
    let label = label.ok_or_else(|| {
        format!("label: expected a whole number from 1 to {MAX_CLASSES}, found {}", shown(text(7)))
    })?;
    Ok((split, Truth { image: number(1)?, name: text(2).to_owned(), bbox, label }))
}

/// The names of the classes, from the list or, without one, their labels.
pub(crate) fn classes<'a>(
    list: Option<&[u8]>,
    truths: impl Iterator<Item = &'a Truth>,
) -> Result<Vec<String>, PackError> {
    let refuse = |line, why: &str| PackError::new(CLASSES, Problem::Line { line, why: why.to_owned() });
    let highest = truths.map(|truth| truth.label).max().unwrap_or(0);
    let Some(list) = list else { return Ok((1..=highest).map(|label| label.to_string()).collect()) };
    let text = str::from_utf8(list).map_err(|_| refuse(1, "the file is not UTF-8"))?;
    let names: Vec<String> = text.lines().map(|line| line.trim().to_owned()).collect();
    if let Some((_, line)) = names.iter().zip(1..).find(|(name, _)| name.is_empty()) {
        return Err(refuse(line, "expected the name of a class, found an empty line"));
    }
    if names.len() > MAX_CLASSES {
        return Err(refuse(MAX_CLASSES as u64 + 1, "more classes than labels"));
    }
    Ok(names)
}

/// The bytes of the table.
pub(crate) fn bytes(pack: &Pack) -> Vec<u8> {
    let mut writer = Writer::from_writer(Vec::new());
    let splits = [("train", &pack.train), ("test", &pack.test)];
    let mut write =
        |fields: &[String; 8]| writer.write_record(fields).expect("writing to memory cannot fail");
    write(&COLUMNS.map(str::to_owned));
    for (name, split) in splits {
        for truth in &split.ground_truth {
            let [x1, y1, x2, y2] = truth.bbox.map(|side| side.to_string());
            let (image, label) = (truth.image.to_string(), truth.label.to_string());
            write(&[name.to_owned(), image, truth.name.clone(), x1, y1, x2, y2, label]);
        }
    }
    writer.into_inner().expect("writing to memory cannot fail")
}
