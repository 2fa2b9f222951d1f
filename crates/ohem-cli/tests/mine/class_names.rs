//! Names of classes that a table has as numbers.

use serde_json::Value;

use crate::run::{Folder, HEADER, json, refused, run_on, stdout_of};

const ROWS: &str = "a,0,0,9,9,1,3\na,20,0,29,9,2.0,2\na,40,0,49,9,0,1\na,60,0,69,9,-1,4\n";

fn table() -> String {
    format!("{HEADER}{ROWS}")
}

fn labels(text: &str) -> Vec<&str> {
    text.lines().skip(1).take(3).map(|line| line.split_whitespace().nth(3).unwrap()).collect()
}

#[test]
fn classes_have_names_in_tables_pictures_and_exports() {
    let classes = ["--classes", "cat,dog"];
    let table = table();
    let of = |more: &[&str]| {
        stdout_of(run_on(table.as_bytes(), &[&["-", "--quiet"], &classes[..], more].concat()))
    };
    assert_eq!(labels(&of(&[])), ["cat", "dog", "0"]);
    let coco: Value = serde_json::from_str(&of(&["--format", "coco"])).unwrap();
    let named =
        coco["categories"].as_array().unwrap().iter().map(|category| category["name"].as_str().unwrap());
    assert!(["cat", "dog"].iter().all(|class| named.clone().any(|name| name == *class)), "{coco}");
    let folder = Folder::new();
    let picture = folder.name("hard.svg");
    of(&["--picture", &picture]);
    let drawing = std::fs::read_to_string(&picture).unwrap();
    assert!(drawing.contains(">cat<") && drawing.contains(">label 0 (background)<"), "{drawing}");
    assert!(drawing.contains("row 1: label dog, loss 2.00000"), "{drawing}");
    // Names do not change the selection, and CSV has the rows as they are.
    assert_eq!(json(&table, &classes)["selected"], json(&table, &[])["selected"]);
    assert!(of(&["--format", "csv"]).contains("a,20,0,29,9,2.0,2"));
}

#[test]
fn names_count_from_the_first_class() {
    let table = table();
    let named = |classes: &str, more: &[&str]| {
        let arguments = [&["-", "--quiet", "--no-nms", "--classes", classes], more].concat();
        let shown = stdout_of(run_on(table.as_bytes(), &arguments));
        labels(&shown).join(",")
    };
    assert_eq!(named("__background__,cat,dog", &[]), "cat,dog,0");
    assert_eq!(named("2=dog,1=cat,7=bird", &[]), "cat,dog,0");
    // Another background: classes count from 0.
    assert_eq!(named("cat,dog", &["--background", "2"]), "dog,2.0,cat");
    let arguments = ["-", "--quiet", "--rule", "mmdet", "--classes", "cat,dog"];
    let shown = stdout_of(run_on(table.as_bytes(), &arguments));
    assert!(shown.contains("dog") && shown.contains("cat"), "{shown}");
}

#[test]
fn a_class_without_a_name_is_refused() {
    let table = table();
    let refuse = |classes: &str| refused(&run_on(table.as_bytes(), &["-", "--classes", classes]));
    assert!(
        refuse("cat")
            .ends_with("--classes: label 2 has no name, only 1 to 1; NUMBER=NAME,... names any numbers")
    );
    assert!(refuse("1=cat,dog").ends_with("expected NAME,... or NUMBER=NAME,..., found both"));
}
