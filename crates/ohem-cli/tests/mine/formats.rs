//! What the command writes: tables for humans, CSV and JSON.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use ohem_std::simd::Tier;
use serde_json::{Value, json};

use crate::run::{Folder, HEADER, json, mine, run, run_on, selected, stdout_of};

/// Two images, three labels; 1 overlaps 0 of the same label, 3 overlaps it with another.
const TABLE: &str = "image,x1,y1,x2,y2,label,loss\n\
                     a,0,0,9,9,1,2.5\n\
                     a,0,0,9,8,1,1.5\n\
                     b,0,0,9,9,0,0.5\n\
                     a,0,0,9,9,0,4\n\
                     b,20,0,29,9,2,0.25\n";

#[test]
fn json_has_all_it_promises() {
    let object = json(TABLE, &["--batch-size", "3", "--precision", "f64"]);
    let mut expected = json!({
        "n": 5,
        "groups": 4,
        "rule": "fast-rcnn",
        "batch_size": 3,
        "nms_threshold": 0.7,
        "suppress": "above",
        "convention": "continuous",
        "precision": "f64",
        "simd": Tier::current().name(),
        "selected": [3, 0, 2],
        "losses": [4.0, 2.5, 0.5],
        "visited": 4,
        "suppressed": 1,
        "foreground": { "all": 3, "selected": 1 },
        "background": { "all": 2, "selected": 2 },
        "mean_loss": { "all": 1.75, "selected": 7.0 / 3.0 },
        "cut": 0.5,
        "invalid_boxes": 0,
        "ignored_rois": { "all": 0, "selected": 0 },
        "warnings": [],
    });
    assert!(object["seconds"].as_f64().is_some_and(|seconds| (0.0..60.0).contains(&seconds)));
    expected["seconds"] = object["seconds"].clone();
    assert_eq!(object, expected);
}

#[test]
fn json_says_what_was_asked_for() {
    let arguments = ["--no-nms", "--suppress", "at-or-above", "--convention", "pixel"];
    let object = json(TABLE, &arguments);
    assert_eq!(selected(&object), [3, 0, 1, 2, 4]);
    assert_eq!((&object["nms_threshold"], &object["suppress"]), (&Value::Null, &json!("at-or-above")));
    assert_eq!((&object["convention"], &object["precision"]), (&json!("pixel"), &json!("f32")));
}

#[test]
fn losses_that_are_not_finite_become_texts() {
    let table = format!("{HEADER}a,0,0,1,1,1,inf\na,5,5,6,6,1,-Infinity\na,9,9,9,9,1,NaN\n");
    let object = json(&table, &["--nan", "first"]);
    assert_eq!(object["losses"], json!(["NaN", "Infinity", "-Infinity"]));
    assert_eq!((&object["cut"], &object["mean_loss"]["selected"]), (&json!("-Infinity"), &json!("NaN")));
}

#[test]
fn an_empty_table_has_an_empty_selection() {
    let object = json(HEADER, &[]);
    assert_eq!((&object["n"], &object["selected"], &object["losses"]), (&json!(0), &json!([]), &json!([])));
    assert_eq!((&object["cut"], &object["mean_loss"]["all"]), (&Value::Null, &Value::Null));
    let csv = stdout_of(run_on(HEADER.as_bytes(), &["-", "--format", "csv"]));
    assert_eq!(csv, "image,x1,y1,x2,y2,label,loss,index,rank\n");
    let shown = stdout_of(run_on(HEADER.as_bytes(), &["-"]));
    assert!(shown.contains("\nRoIs         0 in 0 groups"), "{shown}");
}

#[test]
fn csv_has_the_selected_rows_hardest_first() {
    let csv = stdout_of(run_on(TABLE.as_bytes(), &["-", "--format", "csv", "--batch-size", "3"]));
    let expected = "image,x1,y1,x2,y2,label,loss,index,rank\n\
                    a,0,0,9,9,0,4,3,1\n\
                    a,0,0,9,9,1,2.5,0,2\n\
                    b,0,0,9,9,0,0.5,2,3\n";
    assert_eq!(csv, expected);
}

#[test]
fn csv_can_be_mined_again() {
    let hard = stdout_of(run(&["--format", "csv", "--batch-size", "64"]));
    let again = json(&hard, &["--batch-size", "64"]);
    assert_eq!(selected(&again), (0..64).collect::<Vec<_>>());
}

#[test]
fn humans_get_the_hardest_and_a_summary() {
    let shown = stdout_of(run_on(TABLE.as_bytes(), &["-", "--batch-size", "3"]));
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(lines[0], "rank  row  image  label  x1  y1  x2  y2      loss");
    assert_eq!(lines[1], "   1    3      a      0   0   0   9   9   4.00000");
    assert_eq!(lines[3], "   3    2      b      0   0   0   9   9  0.500000");
    let expected = [
        "RoIs         5 in 4 groups (image, label)",
        "visited      4, hardest first",
        "suppressed   1 (IoU > 0.7 with a harder RoI of the group)",
        "boxes        continuous, x2 - x1 wide",
        "selected     3",
        "fg : bg      3 : 2 (60.0 %) of all, 1 : 2 (33.3 %) of the selected",
        "mean loss    1.7500 of all, 2.3333 of the selected",
        "cut          0.50000, the loss of the last selected RoI",
    ];
    assert_eq!(lines[5..13], expected);
    let on = format!(" to mine ({}), ", Tier::current());
    assert!(
        lines[13].starts_with("time         ") && lines[13].contains(&on) && lines.len() == 14,
        "{shown}"
    );
}

#[test]
fn the_instruction_set_can_be_named() {
    for tier in Tier::available() {
        let output = mine(&["--format", "json"]).env("OHEM_SIMD", tier.name()).output().unwrap();
        let object: Value = serde_json::from_str(&stdout_of(output)).unwrap();
        assert_eq!((object["simd"].as_str(), selected(&object).len()), (Some(tier.name()), 128));
    }
}

#[test]
fn humans_are_told_of_invalid_boxes() {
    let table = format!("{HEADER}a,0,0,1,1,1,1\n\na,0,0,inf,1,1,2\na,4,4,3,3,1,3\na,nan,0,1,1,1,4\n");
    let shown = stdout_of(run_on(table.as_bytes(), &["-", "--quiet"]));
    assert!(shown.ends_with("\nnot a box    3, the first in line 4; they overlap nothing\n"), "{shown}");
}

#[test]
fn the_shipped_table_is_mined_from_any_folder() {
    let folder = Folder::new();
    let output = mine(&["--format", "json"]).current_dir(folder.path("")).output().unwrap();
    let object: Value = serde_json::from_str(&stdout_of(output)).unwrap();
    assert_eq!((&object["n"], &object["batch_size"]), (&json!(1812), &json!(128)));
    assert_eq!(selected(&object).len(), 128);
}

#[test]
fn a_file_gets_what_standard_output_would() {
    let folder = Folder::new();
    let (table, hard) = (folder.file("rois.csv", TABLE), folder.file("hard.csv", "old"));
    let quiet = stdout_of(run(&[&table, "--format", "csv", "--output", &hard]));
    assert!(quiet.is_empty());
    assert_eq!(std::fs::read_to_string(&hard).unwrap(), stdout_of(run(&[&table, "--format", "csv"])));
    assert_eq!(folder.files(), ["hard.csv", "rois.csv"]);
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let mut command = mine(&["-", "--format", "csv", "--batch-size", "200000", "--no-nms"]);
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let table = HEADER.to_owned() + &"a,0,0,1,1,1,1\n".repeat(200_000);
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), table.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "image,x1,y1,x2,y2,label,loss,index,rank\n");
    let output = child.wait_with_output().unwrap(); // its standard output is closed by now
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn help_and_version_are_there() {
    let help = stdout_of(run(&["--help"]));
    for word in [
        "Examples:",
        "--batch-size",
        "--loss-column <NAME[=WEIGHT],...>",
        "--image <ID=PICTURE>",
        "Exit codes:",
    ] {
        assert!(help.contains(word), "{word}");
    }
    let version = std::process::Command::new(env!("CARGO_BIN_EXE_ohem")).arg("--version").output().unwrap();
    assert_eq!(stdout_of(version), format!("ohem {}\n", env!("CARGO_PKG_VERSION")));
}
