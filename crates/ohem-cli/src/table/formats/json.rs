//! Objects of JSON as rows.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Converted, CsvText, not_a_table};
use crate::table::error::{Place, Problem, TableError};
use crate::table::roi_table::Origin;

/// Reads an object on each line. Blank lines are left out.
pub(super) fn lines(bytes: &[u8]) -> Result<Converted, TableError> {
    let lines = || {
        let lines = bytes.split(|&byte| byte == b'\n').zip(1..);
        lines
            .filter(|(line, _)| !line.trim_ascii().is_empty())
            .map(|(line, number)| (object(line, number), number))
    };
    let mut columns = Columns::default();
    for (object, _) in lines() {
        columns.add(&object?);
    }
    let mut text = CsvText::new();
    text.row(&columns.names);
    let mut numbers = Vec::new();
    for (object, number) in lines() {
        text.row(columns.cells(&object?));
        numbers.push(number);
    }
    Ok(Converted { text: text.finish(), origin: Origin::LinesOf(numbers) })
}

/// Reads an array of objects.
pub(super) fn array(bytes: &[u8]) -> Result<Converted, TableError> {
    let objects: Vec<Map<String, Value>> =
        serde_json::from_slice(without_mark(bytes)).map_err(|error| not_a_table(format!("JSON: {error}")))?;
    let mut columns = Columns::default();
    objects.iter().for_each(|object| columns.add(object));
    let mut text = CsvText::new();
    text.row(&columns.names);
    objects.iter().for_each(|object| text.row(columns.cells(object)));
    Ok(Converted { text: text.finish(), origin: Origin::Rows })
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn object(line: &[u8], number: usize) -> Result<Map<String, Value>, TableError> {
    serde_json::from_slice(without_mark(line)).map_err(|error| {
        let problem = Problem::NotATable(format!("expected a JSON object: {error}"));
        TableError { place: Some(Place::Line(number)), column: None, problem }
    })
}

/// The keys of all objects, in the order in which they first appear.
#[derive(Default)]
struct Columns {
    names: Vec<String>,
    known: HashSet<String>,
}

impl Columns {
    fn add(&mut self, object: &Map<String, Value>) {
        for (key, value) in object {
            for name in names(key, value) {
                if self.known.insert(name.clone()) {
                    self.names.push(name);
                }
            }
        }
    }

    /// A cell for each column; empty for a key that the object does not have.
    fn cells(&self, object: &Map<String, Value>) -> Vec<String> {
        let mut flat = std::collections::HashMap::new();
        for (key, value) in object {
            match value {
                Value::Array(values) if is_box(key, values) => {
                    flat.extend(names(key, value).into_iter().zip(values.iter().map(cell)));
                }
                _ => drop(flat.insert(key.clone(), cell(value))),
            }
        }
        self.names.iter().map(|name| flat.remove(name).unwrap_or_default()).collect()
    }
}

/// The columns of a key: four for a box, one for anything else.
fn names(key: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) if is_box(key, values) => ["x1", "y1", "x2", "y2"].map(str::to_owned).into(),
        _ => vec![key.to_owned()],
    }
}

fn is_box(key: &str, values: &[Value]) -> bool {
    values.len() == 4 && ["bbox", "box"].contains(&key) && values.iter().all(Value::is_number)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_columns_and_boxes_four() {
        let text = b"{\"image\": 7, \"bbox\": [1, 2, 3.5, 4]}\n\n{\"note\": \"a,\\n\", \"image\": null, \"list\": [1]}\n";
        let converted = lines(text).unwrap();
        let expected = "image,x1,y1,x2,y2,note,list\n7,1,2,3.5,4,,\n,,,,,\"a,\n\",[1]\n";
        assert_eq!(String::from_utf8(converted.text).unwrap(), expected);
        assert!(matches!(converted.origin, Origin::LinesOf(lines) if lines == [1, 3]));
        let array = array(b"[{\"a\": 1}, {\"b\": true}]").unwrap();
        assert_eq!(array.text, b"a,b\n1,\n,true\n");
    }

    #[test]
    fn what_is_no_object_is_named() {
        let said = lines(b"{\"a\": 1}\n[1]\n").err().unwrap().to_string();
        assert!(said.starts_with("line 2: expected a JSON object: "), "{said}");
        assert!(array(b"[{\"a\": 1}, 2]").err().unwrap().to_string().starts_with("JSON: "));
    }
}
