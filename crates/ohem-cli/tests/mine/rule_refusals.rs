//! What the rules refuse: options of other rules, missing columns, losses that are NaN.

use crate::rules::SMALL;
use crate::run::{HEADER, json, refused, run, run_on, selected};

#[test]
fn an_option_of_another_rule_is_refused() {
    let cases: [(&str, &[&str]); 12] = [
        ("fast-rcnn", &["--per-image", "1"]),
        ("fast-rcnn", &["--no-nms"]),
        ("fast-rcnn", &["--negatives-per-positive", "3"]),
        ("no-nms", &["--iou-threshold", "0.5"]),
        ("rfcn", &["--batch-size", "64"]),
        ("rfcn", &["--convention", "pixel"]),
        ("tensorflow", &["--suppress", "above"]),
        ("tensorflow", &["--neg-overlap", "0.5"]),
        ("ssd", &["--iou-threshold", "0.5"]),
        ("ssd", &["--ignored", "excluded"]),
        ("mmdet", &["--min-negatives", "0"]),
        ("mmdet", &["--overlap-column", "max_overlap"]),
    ];
    for (rule, option) in cases {
        let said = refused(&run(&[&["--rule", rule], option].concat()));
        assert_eq!(said, format!("--rule {rule}: does not use {}", option[0]));
    }
    assert_eq!(
        refused(&run(&["--positive-fraction", "0.5"])),
        "--rule fast-rcnn: does not use --positive-fraction"
    );
    let said = refused(&run(&["--rule", "tensorflow", "--min-negatives", "3"]));
    assert_eq!(said, "--rule tensorflow: --min-negatives needs --negatives-per-positive");
    for wrong in [["--negatives-per-positive", "-1"], ["--positive-fraction", "2"], ["--rule", "yolo"]] {
        assert_eq!(run(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn ssd_needs_overlaps() {
    let said = |table: &str, arguments: &[&str]| {
        refused(&run_on(table.as_bytes(), &[&["-", "--rule", "ssd"], arguments].concat()))
    };
    let none = said(HEADER, &[]);
    assert!(none.contains("line 1: missing column: max_overlap or overlap; "), "{none}");
    let wrong = SMALL.replace("0.45", "much");
    let said = said(&wrong, &["--overlap-column", "iou"]);
    assert_eq!(said, "standard input: line 4, column 8 (iou): expected a number, found much");
    let named = SMALL.replace("iou", "overlap");
    assert_eq!(json(&named, &["--rule", "ssd"])["overlap_column"], "overlap");
}

#[test]
fn a_nan_is_named_skipped_or_first_by_every_rule() {
    let table = "image,x1,y1,x2,y2,label,loss,overlap\nb,0,0,1,1,1,1,1\na,5,5,6,6,0,2,0\n\
                 a,9,9,10,10,1,nan,1\na,7,7,8,8,1,3,1\n";
    for rule in ["rfcn", "tensorflow", "ssd", "mmdet"] {
        let said = refused(&run_on(table.as_bytes(), &["-", "--rule", rule]));
        assert!(said.starts_with("standard input: line 4, column 7 (loss): the loss is NaN"), "{said}");
        let with = |nan: &str| selected(&json(table, &["--rule", rule, "--background", "0", "--nan", nan]));
        assert_eq!((with("skip"), with("first")), (vec![3, 1, 0], vec![2, 3, 1, 0]), "{rule}");
        assert_eq!(selected(&json(&table[..36], &["--rule", rule])), [0; 0], "an empty table");
    }
}
