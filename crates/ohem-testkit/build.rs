//! Packs the inputs of the golden cases, which are JSON, into columns of numbers that small machines can read.
//!
//! `src/digest/cases.txt` lists them. Each part has a file with its cases in a row; a case has the columns listed
//! there. A column is the size of its numbers (one byte), how many there are (four), and the numbers: `i16`, `f32`
//! or `f64`, the smallest that each of them can be meant to be. All little-endian.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

/// The golden files.
const GOLDEN: &str = "../ohem-std/tests/golden";
/// The list of the columns to pack.
const CASES: &str = "src/digest/cases.txt";

fn main() {
    println!("cargo::rerun-if-changed={GOLDEN}");
    println!("cargo::rerun-if-changed={CASES}");
    let sources = fs::read_to_string(CASES).expect("it is in the crate");
    let mut parts = BTreeMap::<_, Vec<u8>>::new();
    for source in sources.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<_> = source.split_whitespace().collect();
        let [part, file, kind, columns @ ..] = &words[..] else { panic!("{source}") };
        parts.entry(part.to_string()).or_default().extend(pack(file, kind, columns));
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder"));
    for (part, bytes) in parts {
        fs::write(out.join(part), bytes).expect("cargo's folder can be written to");
    }
}

/// Packs the cases of one kind of a file.
fn pack(file: &str, kind: &str, columns: &[&str]) -> Vec<u8> {
    let path = Path::new(GOLDEN).join(file).with_extension("jsonl");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let cases = lines.map(|line| serde_json::from_str(line).expect("a case is an object"));
    let cases = cases.filter(|case: &Value| kind == "*" || case["kind"] == kind);
    cases
        .flat_map(by_image)
        .flat_map(|case| columns.iter().flat_map(move |name| column(&case, name)).collect::<Vec<u8>>())
        .collect()
}

/// Makes a case of each image, with what holds for all of them.
fn by_image(case: Value) -> Vec<Value> {
    let Some(images) = case.get("images").and_then(Value::as_array) else { return vec![case] };
    let with_case = |image: &Value| {
        let mut whole = case.clone();
        let fields = image.as_object().expect("an image is an object").clone();
        whole.as_object_mut().expect("a case is an object").extend(fields);
        whole
    };
    images.iter().map(with_case).collect()
}

/// Packs one column of a case.
fn column(case: &Value, name: &str) -> Vec<u8> {
    let at = |path: &str| case.pointer(&format!("/{path}")).unwrap_or(&Value::Null);
    let mut values = Vec::new();
    if let Some((path, range)) = name.split_once(':') {
        let (from, to) = range.split_once('-').expect("it is a range");
        let [from, to] = [from, to].map(|end| end.parse::<usize>().expect("it is a column"));
        rows(at(path))
            .iter()
            .for_each(|row| rows(row)[from..to].iter().for_each(|value| flatten(value, &mut values)));
    } else if let Some((path, order)) = name.split_once('@') {
        let row =
            |index: &Value| index.as_u64().and_then(|index| rows(at(path)).get(usize::try_from(index).ok()?));
        rows(at(order))
            .iter()
            .for_each(|index| flatten(row(index).expect("there is such a row"), &mut values));
    } else {
        let value = name.split('|').map(at).find(|value| !value.is_null());
        flatten(value.unwrap_or(&Value::Null), &mut values);
    }
    little_endian(&values)
}

/// The rows of a table; none if there is no table.
fn rows(table: &Value) -> &[Value] {
    table.as_array().map_or(&[], Vec::as_slice)
}

/// Appends all numbers of a value.
fn flatten(value: &Value, numbers: &mut Vec<f64>) {
    match value {
        Value::Null => {}
        Value::Array(values) => values.iter().for_each(|value| flatten(value, numbers)),
        Value::Number(number) => numbers.push(number.as_f64().expect("it fits")),
        Value::String(special) => numbers.push(special.parse().expect("it is NaN, Infinity or -Infinity")),
        other => panic!("{other} is no number"),
    }
}

/// Packs numbers, each as small as the largest needs.
#[expect(clippy::cast_possible_truncation, reason = "a truncated value is not used")]
fn little_endian(values: &[f64]) -> Vec<u8> {
    let same = |narrow: f64, wide: f64| narrow.to_bits() == wide.to_bits() || wide.is_nan();
    // The files write an f32 as the shortest decimal that is nearest to it.
    let is_single = |value: f64| (value as f32).to_string().parse().is_ok_and(|decimal| same(decimal, value));
    let (bytes, size) = if values.iter().all(|&value| same(f64::from(value as i16), value) && !value.is_nan())
    {
        (values.iter().flat_map(|&value| (value as i16).to_le_bytes()).collect::<Vec<_>>(), 2)
    } else if values.iter().all(|&value| is_single(value)) {
        (values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect(), 4)
    } else {
        (values.iter().flat_map(|value| value.to_le_bytes()).collect(), 8)
    };
    let count = u32::try_from(values.len()).expect("a column is short");
    [&[size][..], &count.to_le_bytes(), &bytes].concat()
}
