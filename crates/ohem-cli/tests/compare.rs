//! `ohem compare` on small tables whose changes are known.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn compare(earlier: &str, later: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, format!("image,x1,y1,x2,y2,label,loss\n{content}")).unwrap();
        path
    };
    let (earlier, later) = (path("earlier.csv", earlier), path("later.csv", later));
    Command::new(env!("CARGO_BIN_EXE_ohem"))
        .arg("compare")
        .args([earlier, later])
        .args(arguments)
        .output()
        .unwrap()
}

fn stdout_of(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const EARLIER: &str = "a,0,0,9,9,1,4\na,20,0,29,9,1,1\nb,0,0,9,9,1,3\nb,20,0,29,9,0,0.5\n";
/// In another order: a's first RoI got easier, b's second harder; one is new, and a's second is missing.
const LATER: &str = "b,20,0,29,9,0,5\nb,0,0,9,9,1,3\na,0,0,9,9,1,1\nc,0,0,9,9,1,0.25\n";

#[test]
fn rois_are_matched_by_image_and_box() {
    let object: Value =
        serde_json::from_str(&stdout_of(compare(EARLIER, LATER, &["-f", "json", "--batch-size", "2"])))
            .unwrap();
    let expected = json!({
        "rois": 3, "only_earlier": 1, "only_later": 1, "harder": 1, "easier": 1,
        "newly_hard": [0], "no_longer_hard": [2],
        "images": [
            { "image": "b", "rois": 2, "newly_hard": 1, "mean_loss": { "earlier": 1.75, "later": 4.0 } },
            { "image": "a", "rois": 1, "newly_hard": 0, "mean_loss": { "earlier": 4.0, "later": 1.0 } },
        ],
    });
    assert_eq!(object, expected);
    let csv = stdout_of(compare(EARLIER, LATER, &["-f", "csv", "--batch-size", "2"]));
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows[1], "b,20,0,29,9,0,3,0,0.5,5,4.5,0,1");
    assert_eq!((rows[3], rows.len()), ("a,0,0,9,9,1,0,2,4,1,-3,1,0", 4));
    let shown = stdout_of(compare(EARLIER, LATER, &["--batch-size", "2"]));
    assert!(
        shown.contains("newly hard: 1\n  row 0, image b, label 0, box 20 0 29 9: 0.5000 to 5.000\n"),
        "{shown}"
    );
    assert!(shown.contains("no longer hard: 1\n  row 2, image a, "), "{shown}");
    assert!(
        shown.ends_with(
            "3 RoIs in both, 1 harder, 1 easier; 1 only in the earlier table, 1 only in the later\n"
        ),
        "{shown}"
    );
}

#[test]
fn equal_boxes_are_matched_in_order_and_other_tables_are_refused() {
    let twice = "a,0,0,9,9,1,1\na,0,0,9,9,2,2\n";
    let csv = stdout_of(compare(twice, "a,-0,0,9,9,1,1\na,0,0,9,9,2,3\n", &["-f", "csv"]));
    assert!(csv.contains("a,0,0,9,9,2,1,1,2,3,1,1,1\n") && csv.contains(",0,0,1,1,0,1,1\n"), "{csv}");
    let output = compare(EARLIER, "d,0,0,1,1,1,1\n", &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("later.csv: no RoI has the image and the box of one in "), "{said}");
}
