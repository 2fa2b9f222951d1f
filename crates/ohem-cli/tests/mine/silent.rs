//! Inputs that could be mined wrongly without a word: each is mined rightly, or told of.

use std::fs;

use serde_json::json;

use crate::run::{Folder, HEADER, json, refused, run, run_on, selected, stdout_of, warnings_of};

/// Four boxes that do not touch, in shares of the image's sides.
const NORMALISED: &str = "a,0.10,0.10,0.15,0.15,1,4\na,0.20,0.10,0.25,0.15,1,3\n\
                          a,0.10,0.80,0.15,0.85,1,2\na,0.20,0.80,0.25,0.85,1,1\n";

#[test]
fn normalised_boxes_are_mined_rightly_and_told_of_where_a_pixel_counts() {
    let table = format!("{HEADER}{NORMALISED}");
    let object = json(&table, &[]);
    assert_eq!((selected(&object), &object["convention"]), (vec![0, 1, 2, 3], &json!("continuous")));
    assert_eq!(object["warnings"], json!([]));
    let pixel = json(&table, &["--convention", "pixel"]);
    assert_eq!(pixel["suppressed"], json!(2));
    let warning = pixel["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with("coordinates look normalised (all within 0.850)"), "{warning}");
    // A few pixels: half of the boxes.
    let few = format!("{HEADER}a,10,10,12,12,1,2\na,10,10,60,60,1,1\n");
    let warning = json(&few, &["--convention", "pixel"])["warnings"][0].as_str().unwrap().to_owned();
    assert!(warning.starts_with("1 of 2 boxes have a side below 3 pixels"), "{warning}");
    let large = few.replace("12,12", "40,40");
    assert_eq!(json(&large, &["--convention", "pixel"])["warnings"], json!([]));
    let shown = stdout_of(run_on(table.as_bytes(), &["-"]));
    assert!(shown.contains("\nboxes        continuous, x2 - x1 wide\n"), "{shown}");
    let shown = stdout_of(run_on(large.as_bytes(), &["-", "--convention", "pixel"]));
    assert!(shown.contains("\nboxes        pixel, x2 - x1 + 1 wide\n"), "{shown}");
}

/// 40 boxes of which a later one always overlaps the one before, as corners or as one of the other formats.
fn chain(format: impl Fn(f64, f64, f64, f64) -> [f64; 4]) -> String {
    let row = |index: u32| {
        let [a, b, c, d] = format(f64::from(index / 2 * 50 + index % 2), 100.0, 20.0, 30.0);
        format!("a,{a},{b},{c},{d},1,{}\n", 100 - index)
    };
    HEADER.to_owned() + &(0..40).map(row).collect::<String>()
}

#[test]
fn other_formats_of_boxes_are_read_by_name_and_warned_of_in_every_output() {
    let corners = chain(|x, y, w, h| [x, y, x + w, y + h]);
    let expected: Vec<u64> = (0..40).filter(|index| index % 2 == 0).collect();
    assert_eq!(selected(&json(&corners, &[])), expected);
    let xywh = chain(|x, y, w, h| [x, y, w, h]);
    let cxcywh = chain(|x, y, w, h| [x + w / 2.0, y + h / 2.0, w, h]);
    assert_eq!(selected(&json(&xywh, &["--box-format", "xywh"])), expected);
    assert_eq!(selected(&json(&cxcywh, &["--box-format", "cxcywh"])), expected);
    let usual = xywh.replace("x1,y1,x2,y2", "x,y,width,height");
    assert_eq!(selected(&json(&usual, &["--box-format", "xywh"])), expected);
    for format in ["table", "csv", "json"] {
        let output = run_on(xywh.as_bytes(), &["-", "--format", format]);
        let warnings = warnings_of(&output);
        assert_eq!(warnings.len(), 1, "{format}");
        assert!(
            warnings[0].starts_with("40 of 40 boxes are not boxes (100.0 %), the first in line 2"),
            "{warnings:?}"
        );
        assert!(warnings[0].ends_with("--box-format xywh or cxcywh)"), "{warnings:?}");
        let quiet = run_on(xywh.as_bytes(), &["-", "--format", format, "--quiet"]);
        assert!(quiet.stderr.is_empty() && quiet.status.success());
    }
    // The summary counts one invalid box in a hundred, without a warning.
    let rows: String = (0..99).map(|index| format!("a,{index},0,{},9,1,1\n", index + 5)).collect();
    let object = json(&format!("{HEADER}{rows}a,9,9,0,0,1,1\n"), &[]);
    assert_eq!((&object["invalid_boxes"], &object["warnings"]), (&json!(1), &json!([])));
}

/// A negative of the highest label, positives of labels 0 and 1.
const MMDETECTION: &str = "a,0,0,9,9,80,4\na,20,0,29,9,0,3\na,40,0,49,9,1,2\na,60,0,69,9,80,1\n";

#[test]
fn mmdetections_numbering_is_read_by_its_rule_and_any_by_name() {
    let table = format!("{HEADER}{MMDETECTION}");
    let object = json(&table, &["--rule", "mmdet"]);
    assert_eq!((&object["foreground"]["all"], &object["background"]["all"]), (&json!(2), &json!(2)));
    let warning = object["warnings"][0].as_str().unwrap();
    assert!(warning.starts_with("background is taken to be label 80, the highest"), "{warning}");
    for rule in ["mmdet", "fast-rcnn", "tensorflow"] {
        let object = json(&table, &["--rule", rule, "--background", "80"]);
        assert_eq!((&object["foreground"]["all"], &object["warnings"]), (&json!(2), &json!([])), "{rule}");
    }
    let old = json(&table, &["--rule", "mmdet", "--background", "0"]);
    assert_eq!((&old["foreground"]["all"], &old["background"]["all"]), (&json!(3), &json!(1)));
    // A quota of one positive: the hardest of labels 0 and 1.
    let quota = ["--rule", "mmdet", "--background", "80", "--batch-size", "2", "--positive-fraction", "0.5"];
    assert_eq!(selected(&json(&table, &quota)), [0, 1]);
}

#[test]
fn labels_can_be_ignored_with_every_rule() {
    let table = format!("{HEADER}a,0,0,9,9,255,9\na,0,0,9,8,1,3\na,20,0,29,9,0,2\na,40,0,49,9,-1,8\n");
    for rule in ["fast-rcnn", "no-nms", "rfcn", "tensorflow", "mmdet"] {
        let object = json(&table, &["--rule", rule, "--ignore", "255", "--background", "0"]);
        assert_eq!(selected(&object), [1, 2], "{rule}");
        assert_eq!(object["ignored_rois"], json!({ "all": 2, "selected": 0 }), "{rule}");
        assert_eq!(object["mean_loss"]["selected"], json!(2.5));
    }
    // The loss of an ignored RoI may be anything.
    let nan = table.replace("255,9", "255,nan");
    assert_eq!(selected(&json(&nan, &["--ignore", "255"])), [1, 2]);
    let said = refused(&run_on(nan.replace(",1,3\n", ",1,nan\n").as_bytes(), &["-", "--ignore", "255"]));
    assert!(said.starts_with("standard input: line 3, column 7 (loss): the loss is NaN"), "{said}");
}

#[test]
fn the_name_of_the_output_decides_its_format() {
    let folder = Folder::new();
    let written = |name: &str, arguments: &[&str]| {
        stdout_of(run(&[&["--output", &folder.name(name), "--batch-size", "3"], arguments].concat()));
        fs::read_to_string(folder.path(name)).unwrap()
    };
    assert!(written("hard.csv", &[]).starts_with("image_id,x1,"));
    assert!(written("hard.JSON", &[]).starts_with("{\"n\":1812,"));
    assert!(written("hard.txt", &[]).starts_with("rank  row"));
    assert!(written("hard.csv", &["--format", "table"]).starts_with("rank  row"));
}

#[test]
fn the_input_is_never_the_output() {
    let folder = Folder::new();
    let table = folder.file("rois.csv", format!("{HEADER}a,0,0,9,9,1,1\n"));
    let said = refused(&run(&[&table, "--output", &table]));
    assert!(said.ends_with("rois.csv: cannot be both --output and the table"), "{said}");
    assert_eq!(fs::read_to_string(&table).unwrap(), format!("{HEADER}a,0,0,9,9,1,1\n"));
}

#[test]
fn a_threshold_above_one_is_refused() {
    for option in ["--iou-threshold", "--nms-threshold"] {
        let output = run(&[option, "70"]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("expected a number from 0 to 1, like 0.7"), "{said}");
    }
    let help = stdout_of(run(&["--help"]));
    assert!(help.contains("--iou-threshold") && !help.contains("--nms-threshold"), "{help}");
}

#[test]
fn a_table_mined_again_has_no_column_twice() {
    let first = stdout_of(run(&["--format", "csv", "--batch-size", "50"]));
    let second = stdout_of(run_on(first.as_bytes(), &["-", "--format", "csv", "--batch-size", "20"]));
    let third = stdout_of(run_on(second.as_bytes(), &["-", "--format", "csv", "--batch-size", "10"]));
    let header = third.lines().next().unwrap();
    assert!(header.ends_with(",loss,index,rank,index_2,rank_2,index_3,rank_3"), "{header}");
    let mut names: Vec<_> = header.split(',').collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn comments_that_look_like_rows_are_told_of() {
    let table =
        format!("# made by hand\n{HEADER}# the first\na,0,0,9,9,1,1\n#b,0,0,9,9,1,2\n\"#c\",0,0,9,9,1,3\n");
    let object = json(&table, &[]);
    assert_eq!((selected(&object), &object["n"]), (vec![1, 0], &json!(2)));
    let warning = object["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("comments that look like rows were left out: 1, the first in or after line 5"),
        "{warning}"
    );
}
