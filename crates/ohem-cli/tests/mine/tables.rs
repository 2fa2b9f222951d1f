//! What the command reads.

use serde_json::json;

use crate::run::{Folder, HEADER, json, run, run_on, selected, stdout_of};

#[test]
fn columns_are_found_by_name_and_the_rest_is_copied() {
    let table = "note,loss,y2,x2,y1,x1,label,weight,image_id\n\
                 \"a, \"\"b\"\"\nc\",0.5,9,9,0,0,1,0.25,7\n\
                 ,0.75,9,9,0,0,2,é,7\n";
    let csv = stdout_of(run_on(table.as_bytes(), &["-", "--format", "csv"]));
    let expected = "note,loss,y2,x2,y1,x1,label,weight,image_id,index,rank\n\
                    ,0.75,9,9,0,0,2,é,7,1,1\n\
                    \"a, \"\"b\"\"\nc\",0.5,9,9,0,0,1,0.25,7,0,2\n";
    assert_eq!(csv, expected);
}

#[test]
fn line_ends_marks_and_blank_lines_do_not_matter() {
    let rows = "a,0,0,9,9,1,0.5\r\n\r\n\r\na,0,0,9,9,2,0.75";
    let table = format!("\u{feff}{}{rows}", HEADER.replace('\n', "\r\n"));
    let csv = stdout_of(run_on(table.as_bytes(), &["-", "--format", "csv"]));
    let expected = "image,x1,y1,x2,y2,label,loss,index,rank\na,0,0,9,9,2,0.75,1,1\na,0,0,9,9,1,0.5,0,2\n";
    assert_eq!(csv, expected);
}

#[test]
fn labels_and_images_may_be_texts() {
    let rows = "street.jpg,0,0,9,9,cat,3\nstreet.jpg,0,0,9,9,dog,2\nstreet.jpg,0,0,9,9,cat,1\n\
                park.jpg,0,0,9,9,cat,0.5\npark.jpg,0,0,9,9,Background,0.25\npark.jpg,50,0,59,9,bg,0.125\n";
    let object = json(&format!("{HEADER}{rows}"), &[]);
    assert_eq!(selected(&object), [0, 1, 3, 4, 5]);
    assert_eq!((&object["groups"], &object["foreground"]["all"]), (&json!(5), &json!(4)));
    assert_eq!(object["background"], json!({ "all": 2, "selected": 2 }));
}

#[test]
fn a_whole_number_is_the_same_with_zero_decimals() {
    let rows = "1,0,0,9,9,2,3\n1.0,0,0,9,9,2.0,2\n1,0,0,9,9,-1,1\n1,0,0,9,9,-1.0,0.5\n01,0,0,9,9,2,0.25\n";
    let object = json(&format!("{HEADER}{rows}"), &[]);
    assert_eq!((selected(&object), &object["ignored_rois"]["all"]), (vec![0, 4], &json!(2)));
    assert_eq!((&object["groups"], &object["foreground"]["all"]), (&json!(3), &json!(3)));
}

#[test]
fn the_loss_may_have_another_name() {
    let table = "image,x1,y1,x2,y2,label,loss_cls,loss\na,0,0,9,9,1,1,5\na,0,0,9,9,2,2,4\n";
    assert_eq!(selected(&json(table, &[])), [0, 1]);
    let object = json(table, &["--loss-column", "loss_cls"]);
    assert_eq!((selected(&object), &object["losses"]), (vec![1, 0], &json!([2.0, 1.0])));
}

#[test]
fn the_precision_decides_what_ties_and_what_overlaps() {
    let rows = "a,0,0,9,9,1,1\na,0,0,9,9,2,1.0000000001\n";
    let table = format!("{HEADER}{rows}");
    assert_eq!(selected(&json(&table, &["--precision", "f32"])), [0, 1]);
    assert_eq!(selected(&json(&table, &["--precision", "f64"])), [1, 0]);
    // 7 of 10 pixels: the quotient is exactly the float of 0.7.
    let rows = "a,0,0,9,0,1,2\na,0,0,6,0,1,1\n";
    let table = format!("{HEADER}{rows}");
    for precision in ["f32", "f64"] {
        let arguments = ["--precision", precision, "--convention", "pixel"];
        assert_eq!(selected(&json(&table, &arguments)), [0, 1], "{precision}");
        let arguments = [&arguments[..], &["--suppress", "at-or-above"]].concat();
        assert_eq!(selected(&json(&table, &arguments)), [0], "{precision}");
    }
}

#[test]
fn the_convention_decides_how_wide_a_box_is() {
    // 9 of 10 pixels, but 8/9 between the points.
    let table = format!("{HEADER}a,0,0,9,0,1,2\na,0,0,8,0,1,1\n");
    let pixel = ["--iou-threshold", "0.89", "--convention", "pixel"];
    assert_eq!(selected(&json(&table, &pixel)), [0]);
    for continuous in [&["--iou-threshold", "0.89"][..], &["--iou-threshold=0.89", "--convention=continuous"]]
    {
        assert_eq!(selected(&json(&table, continuous)), [0, 1]);
    }
}

#[test]
fn a_loss_that_is_nan_is_skipped_or_first() {
    let table = format!("{HEADER}a,0,0,1,1,1,1\na,5,5,6,6,1,nan\na,9,9,9,9,1,+inf\na,9,0,9,0,1,-nan\n");
    let skip = json(&table, &["--nan", "skip"]);
    assert_eq!((selected(&skip), &skip["visited"]), (vec![2, 0], &json!(2)));
    assert_eq!(selected(&json(&table, &["--nan", "first"])), [1, 3, 2, 0]);
}

#[test]
fn invalid_boxes_suppress_nothing() {
    let table = format!("{HEADER}a,0,0,inf,9,1,3\na,0,0,inf,9,1,2\na,9,9,0,0,1,1\na,9,9,0,0,1,0.5\n");
    assert_eq!(selected(&json(&table, &[])), [0, 1, 2, 3]);
}

#[test]
fn a_file_and_standard_input_are_read_alike() {
    let folder = Folder::new();
    let table = format!("{HEADER}a,0,0,1,1,1,1\nb,5,5,6,6,1,2\n");
    let file = stdout_of(run(&[&folder.file("rois.csv", &table), "--format", "csv"]));
    assert_eq!(file, stdout_of(run_on(table.as_bytes(), &["-", "--format", "csv"])));
}
