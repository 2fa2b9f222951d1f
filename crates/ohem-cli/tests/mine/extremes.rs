//! Extreme tables and outputs.

use std::fs::File;
use std::process::Stdio;

use serde_json::json;

use crate::run::{HEADER, json, mine, refused, run_on, selected};

#[test]
fn a_million_columns_travel_along() {
    const MORE: usize = 1_000_000;
    let header = format!("{}{}\n", HEADER.trim_end(), ",more".repeat(MORE));
    let row = |loss| format!("a,0,0,1,1,1,{loss}{}\n", ",0".repeat(MORE));
    let table = [header, row(1), row(2)].concat();
    let output = run_on(table.as_bytes(), &["-", "--format", "csv", "--batch-size", "1"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown = String::from_utf8(output.stdout).unwrap();
    let widths: Vec<_> = shown.lines().map(|line| line.split(',').count()).collect();
    assert_eq!(widths, [MORE + 9; 2]); // the table's, index and rank
}

#[test]
fn counts_beyond_every_memory_select_all() {
    let table = format!("{HEADER}a,0,0,1,1,1,1\na,5,5,6,6,2,2\n");
    let counts = [
        ("fast-rcnn", "--batch-size"),
        ("no-nms", "--batch-size"),
        ("rfcn", "--per-image"),
        ("tensorflow", "--batch-size"),
        ("mmdet", "--batch-size"),
    ];
    for (rule, option) in counts {
        for count in ["1000000000000", "18446744073709551615"] {
            let object = json(&table, &["--rule", rule, option, count]);
            assert_eq!(selected(&object), [1, 0], "{rule} {count}");
            assert_eq!(object[&option[2..].replace('-', "_")].to_string(), count);
        }
    }
}

#[test]
fn numbers_beyond_every_float_are_infinite() {
    let table = format!("{HEADER}a,0,0,1,1,1,1e999\na,0,0,1e999,1,1,-1e999\na,5,5,6,6,1,1e-999\n");
    let object = json(&table, &[]);
    assert_eq!((selected(&object), &object["mean_loss"]["all"]), (vec![0, 2, 1], &json!("NaN")));
}

#[test]
fn a_table_cut_off_is_refused_or_whole() {
    let table = format!("{HEADER}a,0,0,1,1,1,1\na,5,5,6,6,1,22");
    for end in HEADER.len()..table.len() {
        let cut = &table[..end];
        let output = run_on(cut.as_bytes(), &["-", "--format", "json"]);
        let rows = cut.lines().count() - 1;
        let last = cut.lines().last().unwrap();
        if rows == 0 || last.split(',').count() == 7 && !last.ends_with(',') {
            assert_eq!(json(cut, &[])["n"], rows, "{cut}");
        } else {
            assert!(refused(&output).contains(&format!("line {}", rows + 1)), "{cut}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for format in ["csv", "json"] {
        let command = &mut mine(&["--format", format]);
        let output = command.stdin(Stdio::null()).stdout(full()).output().unwrap();
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), complaint.lines().count()), (Some(1), 1), "{complaint}");
        assert!(complaint.contains("No space left"), "{complaint}");
    }
}
