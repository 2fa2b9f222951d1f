//! Losses computed from probabilities.

use serde_json::json;

use crate::run::{json, refused, run, run_on, selected, stdout_of};

const SHIPPED: &str = include_str!("../../data/bccd_rcnn_rois_early.csv");
const TABLE: &str = "image,x1,y1,x2,y2,p1,p0,label\n\
                     a,0,0,9,9,0.5,0.25,1.0\n\
                     a,20,0,29,9,0.75,0.25,0\n\
                     a,40,0,49,9,0,1,1\n";

#[test]
fn the_loss_is_that_of_the_label() {
    let object = json(TABLE, &["--loss-from-probabilities", "--precision", "f64"]);
    assert_eq!(selected(&object), [2, 1, 0]);
    let expected = [36.043_653_389_117_15, 2.0 * core::f64::consts::LN_2, core::f64::consts::LN_2];
    assert_eq!(object["losses"], json!(expected));
    let object = json(TABLE, &["--loss-from-probabilities", "--precision", "f32"]);
    assert_eq!(object["losses"][2], f64::from(core::f32::consts::LN_2));
}

#[test]
fn csv_has_the_computed_loss() {
    let arguments = ["-", "--loss-from-probabilities", "--format", "csv", "--batch-size", "2"];
    let csv = stdout_of(run_on(TABLE.as_bytes(), &[&arguments[..], &["--precision", "f64"]].concat()));
    let expected = "image,x1,y1,x2,y2,p1,p0,label,loss,index,rank\n\
                    a,40,0,49,9,0,1,1,36.04365338911715,2,1\n\
                    a,20,0,29,9,0.75,0.25,0,1.3862943611198906,1,2\n";
    assert_eq!(csv, expected);
    let again = json(&csv, &["--precision", "f64"]);
    assert_eq!((selected(&again), &again["losses"][0]), (vec![0, 1], &json!(36.043_653_389_117_15)));
    let single = stdout_of(run_on(TABLE.as_bytes(), &arguments));
    assert!(single.ends_with(",0,1.3862944,1,2\n"), "{single}");
    let shipped = stdout_of(run(&["--loss-from-probabilities", "--format", "csv"]));
    assert!(shipped.lines().next().unwrap().ends_with(",loss,loss_from_probabilities,index,rank"));
}

#[test]
fn background_of_the_shipped_table_has_the_loss_that_is_computed() {
    let arguments = ["--loss-from-probabilities", "--format", "csv", "--no-nms", "--batch-size", "2000"];
    let csv = stdout_of(run(&[&arguments[..], &["--precision", "f64"]].concat()));
    let mut compared = 0;
    for row in csv.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let number = |column: usize| cells[column].parse::<f64>().unwrap();
        let (loss, computed) = (number(15), number(16));
        let own = number(7 + cells[5].parse::<usize>().unwrap());
        let expected = -own.max(f64::EPSILON).ln();
        assert!((computed - expected).abs() <= 4.0 * f64::EPSILON * expected, "{row}");
        if cells[5] == "0" {
            // The table has five digits of the probability, a relative error of at most 5e-5.
            assert!((loss - computed).abs() <= 5e-5 + 1e-6 * loss, "{row}");
            compared += 1;
        }
    }
    assert!(compared > 1000 && csv.lines().count() == 1 + SHIPPED.lines().count() - 1, "{compared}");
}

#[test]
fn a_table_of_80_000_classes_is_read() {
    let names: String = (0..80_000).map(|class| format!(",p{class}")).collect();
    let cells = ",0.5".repeat(80_000);
    let rows: String = (0..3).map(|row| format!("a,{row},0,{row},9,7999{row}{cells}\n")).collect();
    let table = format!("image,x1,y1,x2,y2,label{names}\n{rows}");
    let started = std::time::Instant::now();
    let object = json(&table, &["--loss-from-probabilities"]);
    assert_eq!(selected(&object), [0, 1, 2]);
    // A look-up per class took minutes in this build; a pass over the header takes less than a second.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn every_rule_takes_them() {
    for rule in ["fast-rcnn", "no-nms", "rfcn", "tensorflow", "ssd", "mmdet"] {
        let shown = stdout_of(run(&["--quiet", "--loss-from-probabilities", "--rule", rule]));
        assert!(shown.contains("mean loss "), "{shown}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let said = |table: &str, arguments: &[&str]| {
        let arguments = [&["-", "--loss-from-probabilities"], arguments].concat();
        let said = refused(&run_on(table.as_bytes(), &arguments));
        said.strip_prefix("standard input: ").unwrap().to_owned()
    };
    for (label, shown) in [("2", "2"), ("-1", "-1"), ("1.5", "1.5"), ("cat", "cat"), ("0 1", "\"0 1\"")] {
        let table = TABLE.replace("0.25,0\n", &format!("0.25,{label}\n"));
        let expected = format!(
            "line 3, column 8 (label): expected a class from 0 to 1, found {shown} \
             (one class for each of the columns p0 to p1)"
        );
        assert_eq!(said(&table, &[]), expected);
    }
    let no_number = said(&TABLE.replace("0.75", "most"), &[]);
    assert_eq!(no_number, "line 3, column 6 (p1): expected a number, found most");
    let nan = TABLE.replace("0.5,", "NaN,");
    assert!(said(&nan, &[]).starts_with("line 2, column 6 (p1): the loss is NaN"));
    assert_eq!(selected(&json(&nan, &["--loss-from-probabilities", "--nan", "skip"])), [2, 1]);
    assert!(said("image,x1,y1,x2,y2,label,p1\n", &[]).starts_with("line 1: missing column: p0; "));
    let twice = said("image,x1,y1,x2,y2,label,p0,p1,p0\n", &[]);
    assert_eq!(twice, "line 1, column 7 (p0): column 9 has the same name");
    let both = run(&["--loss-from-probabilities", "--loss-column", "loss"]);
    assert_eq!((both.status.code(), both.stdout.len()), (Some(2), 0));
    let hint = refused(&run_on(TABLE.as_bytes(), &["-"]));
    assert!(hint.ends_with("(did you mean --loss-from-probabilities?)"), "{hint}");
}
