//! What the command refuses: exit code 2, one line, and no file changed.

use std::process::Output;

use crate::run::{Folder, HEADER, mine, refused, run, run_on};

/// The error for a table of these rows, without the name of the file.
fn line(rows: impl AsRef<[u8]>, arguments: &[&str]) -> String {
    let folder = Folder::new();
    let table = folder.file("rois.csv", [HEADER.as_bytes(), rows.as_ref()].concat());
    let (old, new, picture) = (folder.file("old.csv", "old"), folder.name("new.csv"), folder.name("new.png"));
    let run_to = |path: &str| run(&[&[&table, "--output", path, "--picture", &picture], arguments].concat());
    let said = refused(&run_to(&old));
    assert_eq!(refused(&run_to(&new)), said);
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(folder.files(), ["old.csv", "rois.csv"]);
    said.strip_prefix(&format!("{table}: ")).unwrap_or_else(|| panic!("{said} names the file")).to_owned()
}

#[test]
fn a_text_where_a_number_belongs() {
    let said = line("a,0,0,9,9,1,0.5\na,0,zero,9,9,1,0.5\n", &[]);
    assert_eq!(said, "line 3, column 3 (y1): expected a number, found zero");
    let said = line("a,0,0,9,9,1,\"0.5\nsec\"\n", &[]);
    assert_eq!(said, "line 2, column 7 (loss): expected a number, found \"0.5\\nsec\"");
    let said = line("a,0,0,,9,1,1\n", &[]);
    assert_eq!(said, "line 2, column 4 (x2): expected a number, found an empty cell");
}

#[test]
fn a_ragged_row() {
    let said = line("a,0,0,9,9,1,0.5\n\n\na,0,0,9,9,1\n", &[]);
    assert_eq!(said, "line 5, column 7 (loss): the row has 6 cells but the header has 7");
    let said = line("a,0,0,9,9,1,0.5,more\n", &[]);
    assert_eq!(said, "line 2, column 8 (\"\"): the row has 8 cells but the header has 7");
}

#[test]
fn a_line_is_counted_after_cells_with_line_ends() {
    let said = line("\"a\nb\nc\",0,0,9,9,1,0.5\r\na,0,0,9,9,1,x\r\n", &[]);
    assert_eq!(said, "line 5, column 7 (loss): expected a number, found x");
}

#[test]
fn a_loss_that_is_nan() {
    let rows = "a,0,0,9,9,1,0.5\na,0,0,9,9,1,NaN\na,0,0,9,9,1,nan\n";
    let said = line(rows, &["--nan", "error"]);
    assert!(said.starts_with("line 3, column 7 (loss): the loss is NaN"), "{said}");
    assert_eq!(line(rows, &["--precision", "f64"]), said);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let said = line(b"a,0,0,9,9,1,0.5\n\xe9t\xe9,0,0,9,9,1,0.5\n", &[]);
    assert_eq!(said, "line 3, column 1 (image): the cell is not UTF-8");
}

#[test]
fn a_cell_that_names_nothing() {
    let said = line("a,0,0,9,9,,0.5\n", &[]);
    assert_eq!(said, "line 2, column 6 (label): expected a whole number or text, found an empty cell");
}

#[test]
fn a_quotation_mark_that_is_never_closed() {
    let said = line("\"a,0,0,9,9,1,0.5\na,0,0,9,9,1,0.5\n", &[]);
    assert!(said.starts_with("line 2, column "), "{said}");
    let folder = Folder::new();
    let table =
        "image,x1,y1,x2,y2,label,loss,note\na,0,0,9,9,1,0.5,x\na,0,0,9,9,1,0.5,\"x\na,0,0,9,9,1,0.5,x\n";
    let said = refused(&run(&[&folder.file("rois.csv", table)]));
    assert!(said.ends_with("line 3, column 8 (note): this row opens a quotation mark that is never closed"));
}

#[test]
fn missing_and_duplicate_columns() {
    let said = |table: &str, arguments: &[&str]| -> String {
        refused(&run_on(table.as_bytes(), &[&["-"], arguments].concat()))
    };
    let table = "image,x1,y1,x2,y2,label,loss_cls,\"odd,\nname\"\n";
    let expected = "standard input: line 1: missing column: loss; the columns are \
                    image, x1, y1, x2, y2, label, loss_cls, \"odd,\\nname\" (did you mean --loss-column loss_cls?)";
    assert_eq!(said(table, &[]), expected);
    let other = said(table, &["--loss-column", "ce"]);
    assert!(other.contains("missing column: ce; ") && other.ends_with("--loss-column loss_cls?)"), "{other}");
    let image = said("x1,y1,x2,y2,label,loss\n", &[]);
    assert!(image.contains("line 1: missing column: image (image_id, images, "), "{image}");
    assert!(!image.contains("did you mean"), "{image}");
    let double = said("image,x1,y1,x2,y2,label,loss,x1\n", &[]);
    assert_eq!(double, "standard input: line 1, column 2 (x1): column 8 has the same name");
    assert!(said("", &[]).ends_with("the file has no header line"));
}

#[test]
fn a_message_about_a_wide_table_is_short() {
    let names: String = (0..100_000).map(|column| format!(",column_{column}")).collect();
    for header in [format!("image,x1,y1,x2,y2,label{names}\n"), format!("{}\n", &names[1..])] {
        for arguments in [&["-"][..], &["-", "--loss-from-probabilities"], &["-", "--rule", "ssd"]] {
            let said = refused(&run_on(header.as_bytes(), arguments));
            assert!(said.len() < 500 && said.contains(" more"), "{said}");
        }
    }
    let long = "long ".repeat(100_000);
    let tables = [
        format!("{HEADER}a,0,0,9,9,1,{long}\n"),
        format!("{long}\n"),
        format!("image,x1,y1,x2,y2,label,loss{long}\n"),
        format!("image,x1,y1,x2,y2,label,loss,{long},{long}\n0,0\n"),
    ];
    for table in tables {
        let said = refused(&run_on(table.as_bytes(), &["-"]));
        assert!(said.len() < 500, "{said}");
    }
}

#[test]
fn a_file_that_is_not_there() {
    let folder = Folder::new();
    let missing = folder.name("no\nsuch.csv");
    let said = refused(&run(&[&missing]));
    assert!(said.contains("no\\nsuch.csv: "), "{said}");
    assert!(refused(&run(&[&folder.name("")])).contains(": "));
}

#[test]
fn an_instruction_set_that_nobody_knows() {
    let output = mine(&[]).env("OHEM_SIMD", "sse9").output().unwrap();
    let expected = "OHEM_SIMD: unknown instruction set \"sse9\": expected one of portable, avx2, avx512";
    assert_eq!(refused(&output), expected);
}

#[test]
fn invalid_options() {
    let usage = |arguments: &[&str]| -> Output { run(arguments) };
    let cases: [&[&str]; 9] = [
        &["--iou-threshold", "NaN"],
        &["--iou-threshold", "0.5", "--no-nms"],
        &["--batch-size", "-1"],
        &["--suppress", "below"],
        &["--precision", "f16"],
        &["--picture", "hard.jpg"],
        &["--image", "0=a.jpg"],
        &["--picture", "hard.svg", "--image", "a.jpg"],
        &["--never-heard-of"],
    ];
    for arguments in cases {
        let output = usage(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
    }
}

#[test]
fn an_output_that_cannot_be_written_is_another_failure() {
    let folder = Folder::new();
    let picture = folder.name("hard.svg");
    for place in [folder.name("no/such/folder.csv"), folder.name("")] {
        let output = run(&["--output", &place, "--picture", &picture]);
        let complaint = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), complaint.matches('\n').count()), (Some(1), 1), "{complaint}");
        assert!(complaint.contains(&place), "{complaint}");
        assert!(folder.files().is_empty(), "neither result may appear");
    }
}
