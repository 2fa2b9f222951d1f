//! Tables in the formats that people have: each is mined like the CSV that it came from.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::run::{Folder, HEADER, json, refused, run, run_on, selected, stdout_of};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats")
}

fn mined(file: &str, arguments: &[&str]) -> String {
    let path = folder().join(file);
    stdout_of(run(&[&[path.to_str().unwrap()], arguments].concat()))
}

const FILES: [&str; 8] = [
    "pandas.csv.gz",
    "semicolons.txt",
    "tabs.tsv",
    "lines.jsonl",
    "records.json",
    "arrays.npz",
    "compressed.npz",
    "structured.npy",
];

/// None in a build without the feature.
const PARQUET: &[&str] = if cfg!(feature = "parquet") {
    &[
        "pandas_snappy.parquet",
        "pandas_zstd.parquet",
        "pandas_lz4.parquet",
        "pandas_pages.parquet",
        "duckdb.parquet",
    ]
} else {
    &[]
};

#[test]
fn every_format_is_mined_like_the_csv_it_came_from() {
    for arguments in [&["--batch-size", "20"][..], &["--rule", "rfcn", "--per-image", "3"]] {
        let of = |file: &str| -> Value {
            let mut object: Value =
                serde_json::from_str(&mined(file, &[&["--format", "json"], arguments].concat())).unwrap();
            object["seconds"] = Value::Null;
            object
        };
        let expected = of("pandas.csv");
        assert_eq!(expected["n"], 91);
        for file in FILES.iter().chain(PARQUET) {
            assert_eq!(of(file), expected, "{file}");
        }
    }
}

#[test]
fn rows_of_every_format_come_out_as_csv() {
    let arguments = ["--format", "csv", "--batch-size", "7"];
    let expected = mined("pandas.csv", &arguments);
    for file in ["pandas.csv.gz", "lines.jsonl", "records.json"].iter().chain(PARQUET) {
        assert_eq!(mined(file, &arguments), expected, "{file}");
    }
    // Where other numbers are mined than the file has, its rows show those of the file.
    for others in [["--box-format", "xywh"], ["--loss-column", "loss=2"]] {
        let arguments = [&arguments[..], &others].concat();
        let expected = mined("pandas.csv", &arguments);
        PARQUET.iter().for_each(|file| assert_eq!(mined(file, &arguments), expected, "{file}"));
    }
    for (file, delimiter) in [("semicolons.txt", ";"), ("tabs.tsv", "\t")] {
        let hard = mined(file, &arguments);
        let header = "image_id,x1,y1,x2,y2,label,loss,note,index,rank\n".replace(',', delimiter);
        assert!(hard.starts_with(&header), "{hard}");
        // The command reads its own output.
        assert_eq!(selected(&json(&hard, &[])), (0..7).collect::<Vec<_>>());
    }
    let arrays = mined("arrays.npz", &arguments);
    assert!(arrays.starts_with("image_ids,x1,y1,x2,y2,labels,losses,index,rank\n"), "{arrays}");
}

#[test]
fn ground_truth_comes_in_every_format() {
    let folder = Folder::new();
    let table = std::fs::read_to_string(self::folder().join("pandas.csv")).unwrap();
    let mut scored = String::from("image,x1,y1,x2,y2,label,score\n");
    for row in table.lines().skip(1) {
        scored += &format!("{},0.5\n", row.splitn(7, ',').take(6).collect::<Vec<_>>().join(","));
    }
    let detections = folder.file("detections.csv", scored.as_bytes());
    let against = |file: &str| {
        let truth = self::folder().join(file);
        let arguments =
            [&detections, "--ground-truth", truth.to_str().unwrap(), "--format", "csv", "--quiet"];
        stdout_of(run(&arguments))
    };
    let expected = against("pandas.csv");
    assert!(expected.contains(",hit,"), "{expected}");
    for file in FILES.iter().chain(PARQUET) {
        assert_eq!(against(file), expected, "{file}");
    }
}

#[test]
fn every_format_is_read_from_standard_input() {
    for file in FILES.iter().chain(PARQUET) {
        let bytes = std::fs::read(folder().join(file)).unwrap();
        let arguments = ["-", "--format", "csv", "--batch-size", "5"];
        assert_eq!(stdout_of(run_on(&bytes, &arguments)), mined(file, &arguments[1..]), "{file}");
    }
}

/// Files that are cut off or damaged end in a line or in a result, soon.
#[test]
fn damaged_files_end_in_one_line() {
    let mut state = 1_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for file in FILES.iter().chain(PARQUET) {
        let whole = std::fs::read(folder().join(file)).unwrap();
        for round in 0..12 {
            let mut bytes = whole.clone();
            match round % 3 {
                0 => bytes.truncate(random(whole.len())),
                1 => bytes[random(whole.len())] ^= 1 << random(8),
                _ => {
                    let at = bytes.len() - 1 - random(bytes.len().min(600));
                    bytes[at] = u8::try_from(random(256)).unwrap();
                }
            }
            let output = run_on(&bytes, &["-", "--format", "json", "--quiet"]);
            match output.status.code() {
                Some(0) => drop(stdout_of(output)),
                _ => assert!(refused(&output).len() < 500, "{file} {round}"),
            }
        }
    }
}

#[test]
fn what_a_file_is_and_is_not_is_told_in_a_short_line() {
    let folder = Folder::new();
    let said = |name: &str, content: &[u8]| {
        let said = refused(&run(&[&folder.file(name, content)]));
        assert!(said.len() < 300, "{said}");
        said.split_once(": ").unwrap().1.to_owned()
    };
    let coco = format!("{{\"images\": [{}], \"annotations\": []}}", "{\"id\": 1},".repeat(10_000) + "{}");
    assert!(said("coco.json", coco.as_bytes()).contains("found a JSON object; ground truth of COCO"));
    assert!(said("utf16.csv", b"\xff\xfei\0m\0a\0g\0e\0").contains("found UTF-16 text; save it as UTF-8"));
    assert!(said("rois.pkl", b"\x80\x04\x95\x10").contains("found a pickle"));
    assert!(
        said("rois.xlsx", b"PK\x03\x04\x14\0\0\0\x08\0________________\0\0\0\0[Content").contains("workbook")
    );
    assert!(said("photo.png", b"\x89PNG\r\n\x1a\n").contains("found a picture"));
    assert!(said("voc.xml", b"<annotation></annotation>").contains("found XML"));
    assert!(
        said("object.npz", &std::fs::read(self::folder().join("arrays.npz")).unwrap()[..2000])
            .contains("zip: ")
    );
    let folder_itself = refused(&run(&[&folder.name("")]));
    assert!(folder_itself.ends_with("expected a file, found a folder"), "{folder_itself}");
}

#[test]
fn delimiters_and_columns_can_be_named() {
    let table = "who:a:b:c:d:cls:loss:y\nu:0:0:9:9:1:1:0\nv:0:0:9:9:1:2:0\n";
    let columns = "--columns=image=who,x1=a,y1=b,x2=c,y2=d,label=cls";
    assert_eq!(selected(&json(table, &["--delimiter", ":", columns])), [1, 0]);
    let said = refused(&run_on(table.as_bytes(), &["-", "--delimiter", ":", "--columns", "image=none"]));
    assert!(said.contains("missing column: none; "), "{said}");
    let usual = "FileName;Left;Top;Right;Bottom;Category;Loss\na;0;0;9;9;1;1\n";
    assert_eq!(selected(&json(usual, &[])), [0]);
    let comma = refused(&run_on(b"image;x1;y1;x2;y2;label;loss\na;0,5;0;9;9;1;1\n", &["-"]));
    assert!(comma.contains("line 2, column 2 (x1): expected a number, found \"0,5\""), "{comma}");
}

#[test]
fn columns_of_losses_are_added_up() {
    let table = "image,x1,y1,x2,y2,label,loss_cls,loss_bbox\na,0,0,9,9,1,1,0.25\na,20,0,29,9,1,0.5,1\n";
    let sum = json(table, &["--loss-column", "loss_cls,loss_bbox"]);
    assert_eq!((selected(&sum), &sum["losses"]), (vec![1, 0], &serde_json::json!([1.5, 1.25])));
    let weighted = json(table, &["--loss-column", "loss_cls=10,loss_bbox=0.5"]);
    assert_eq!(weighted["losses"], serde_json::json!([10.125, 5.5]));
    let csv =
        stdout_of(run_on(table.as_bytes(), &["-", "--loss-column", "loss_cls,loss_bbox", "--format", "csv"]));
    assert!(
        csv.starts_with(
            "image,x1,y1,x2,y2,label,loss_cls,loss_bbox,loss,index,rank\na,20,0,29,9,1,0.5,1,1.5,1,1\n"
        ),
        "{csv}"
    );
}

#[test]
fn an_error_names_the_line_or_row_of_the_file() {
    let lines = "{\"image\": 1, \"bbox\": [0, 0, 9, 9], \"label\": 1, \"loss\": 1}\n\n{\"image\": 1, \"bbox\": [0, 0, 9, 9], \"label\": 1, \"loss\": \"x\"}\n";
    let said = refused(&run_on(lines.as_bytes(), &["-"]));
    assert_eq!(said, "standard input: line 3, column 7 (loss): expected a number, found x");
    let array = format!("[{}]", lines.trim().replace("\n\n", ","));
    let said = refused(&run_on(array.as_bytes(), &["-"]));
    assert_eq!(said, "standard input: row 1, column 7 (loss): expected a number, found x");
    let path = folder().join("pandas_zstd.parquet");
    let path = path.to_str().unwrap();
    if !cfg!(feature = "parquet") {
        assert!(refused(&run(&[path])).ends_with("build it with --features parquet"));
        return;
    }
    let said = refused(&run(&[path, "--loss-column", "note"]));
    assert!(said.ends_with("row 0, column 8 (note): expected a number, found an empty cell"), "{said}");
    let said = refused(&run(&[path, "--loss-column", "none"]));
    assert!(said.contains(": missing column: none; the columns are image_id, x1,"), "{said}");
    assert!(HEADER.starts_with("image,"));
}

#[test]
fn a_packed_file_is_unpacked_within_memory() {
    // A megabyte of gzip that becomes a gigabyte of one cell.
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, HEADER.as_bytes()).unwrap();
    (0..200).for_each(|_| std::io::Write::write_all(&mut packed, &[b'a'; 1 << 20]).unwrap());
    let bytes = packed.finish().unwrap();
    assert!(bytes.len() < 2 << 20);
    let said = refused(&run_on(&bytes, &["-"]));
    assert!(said.starts_with("standard input: line 2, column 2 (x1): the row has 1 cells"), "{said}");
}
