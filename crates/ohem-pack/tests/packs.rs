//! Packs are read as they were written, and errors name the problem.

#![allow(clippy::std_instead_of_core, reason = "a test of the host")]

use std::fs;
use std::path::Path;

use ohem_pack::{Pack, PackSplit, Truth};
use tempfile::TempDir;

fn split(name: &str) -> PackSplit {
    let truth = Truth { image: 1, name: name.to_owned(), bbox: [0, 0, 9, 9], label: 2 };
    PackSplit {
        images: vec![0, 1, 1],
        boxes: vec![[1, 2, 3, 4], [0, 0, 9, 9], [5, 5, 5, 5]],
        features: vec![1, -2, 127, -128, 0, 5],
        labels: vec![0, 2, 1],
        overlaps: vec![0.0, 1.0, 0.5],
        targets: vec![[0.0; 4], [0.0; 4], [0.5, -1.5, 2.0, 1e-3]],
        is_gt: vec![0, 1, 0],
        ground_truth: vec![truth],
    }
}

fn pack() -> Pack {
    let classes = vec!["red, \"round\"".to_owned(), "white".to_owned()];
    Pack { classes, width: 2, train: split("a, b"), test: split("c") }
}

fn written() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    pack().write(folder.path()).unwrap();
    folder
}

#[test]
fn a_pack_comes_back() {
    let folder = written();
    let read = Pack::read(folder.path()).unwrap();
    assert_eq!(read, pack());
    assert_eq!(read.digest().unwrap(), pack().digest().unwrap());
}

#[test]
fn a_pack_without_names_has_numbers() {
    let folder = written();
    fs::remove_file(folder.path().join("classes.txt")).unwrap();
    assert_eq!(Pack::read(folder.path()).unwrap().classes, ["1", "2"]);
}

#[test]
fn the_first_images_are_whole() {
    let (folder, mut first) = (tempfile::tempdir().unwrap(), pack());
    first.truncate(1, 2);
    assert_eq!((first.train.len(), first.train.ground_truth.len()), (1, 0));
    assert_eq!(first.test, pack().test, "there are no more than two");
    first.write(folder.path()).unwrap(); // which refuses columns of different lengths
    assert_eq!(Pack::read(folder.path()).unwrap(), first);
}

#[test]
fn every_column_counts_in_the_digest() {
    let changes: [fn(&mut PackSplit); 8] = [
        |split| split.images[0] = 1,
        |split| split.boxes[0][0] = 0,
        |split| split.features[0] = 0,
        |split| split.labels[0] = 1,
        |split| split.overlaps[0] = 0.25,
        |split| split.targets[0][0] = 0.25,
        |split| split.is_gt[0] = 1,
        |split| split.ground_truth[0].label = 1,
    ];
    let mut digests = vec![pack().digest().unwrap()];
    for change in changes {
        let mut changed = pack();
        change(&mut changed.test);
        digests.push(changed.digest().unwrap());
    }
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 9);
}

/// The error for a pack after a change.
fn refusal(change: impl FnOnce(&mut Pack)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut changed = pack();
    change(&mut changed);
    changed.write(folder.path()).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_with_a_row_is_named() {
    let cases: [(String, &str); 8] = [
        (
            refusal(|pack| pack.test.images[2] = 0),
            "test_images.npy: row 2: image 0 after image 1, but rows must be in the order of images",
        ),
        (
            refusal(|pack| pack.train.boxes[1] = [5, 0, 4, 9]),
            "train_boxes.npy: row 1: the box 5, 0, 4, 9 is inverted",
        ),
        (refusal(|pack| pack.train.labels[1] = 3), "train_labels.npy: row 1: label 3 but 2 classes"),
        (refusal(|pack| pack.test.targets[2][3] = f32::NAN), "test_targets.npy: row 2: NaN is out of range"),
        (refusal(|pack| pack.test.overlaps[0] = 1.5), "test_overlaps.npy: row 0: 1.5 is out of range"),
        (refusal(|pack| pack.test.is_gt[0] = 2), "test_is_gt.npy: row 0: 2 is out of range"),
        (
            refusal(|pack| _ = pack.test.labels.pop()),
            "test_labels.npy: expected 3 rows as in the other files, found 2",
        ),
        (refusal(|pack| pack.classes.truncate(1)), "train_labels.npy: row 1: label 2 but 1 classes"),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
}

/// The error for a folder in which one file has other bytes.
fn refused(file: &str, bytes: impl AsRef<[u8]>) -> String {
    let folder = written();
    fs::write(folder.path().join(file), bytes).unwrap();
    Pack::read(folder.path()).unwrap_err().to_string()
}

fn array(file: &str) -> Vec<u8> {
    fs::read(written().path().join(file)).unwrap()
}

#[test]
fn what_is_wrong_with_an_array_is_named() {
    assert!(refused("train_images.npy", "").starts_with("train_images.npy: expected a numpy array of u16: "));
    assert!(
        refused("train_images.npy", array("train_labels.npy"))
            .starts_with("train_images.npy: expected a numpy array of u16: ")
    );
    let cut = &array("train_targets.npy")[..140];
    assert!(
        refused("train_targets.npy", cut).starts_with("train_targets.npy: expected a numpy array of f32: ")
    );
    let said = refused("test_boxes.npy", array("test_images.npy"));
    assert_eq!(said, "test_boxes.npy: expected 4 values per row, found 1");
    let folder = written();
    fs::remove_file(folder.path().join("test_is_gt.npy")).unwrap();
    assert!(Pack::read(folder.path()).unwrap_err().to_string().starts_with("test_is_gt.npy: "));
}

/// A numpy array with this header and eight values of one byte.
fn headed(header: &str) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &[0; 8]].concat()
}

#[test]
fn headers_are_not_trusted() {
    let shaped =
        |shape: &str| headed(&format!("{{'descr': '|i1', 'fortran_order': False, 'shape': {shape}, }}\n"));
    let cases = [
        (shaped("(4611686018427387905, 4)"), "8 bytes for 4611686018427387905 rows of 4"), // 2^64 + 4 in all
        (
            shaped("(18446744073709551615, 18446744073709551615)"),
            "8 bytes for 18446744073709551615 rows of 18446744073709551615",
        ),
        (shaped("(1000000000000, 2)"), "8 bytes for 1000000000000 rows of 2"),
        (shaped("(3, 2)"), "8 bytes for 3 rows of 2"),
        (shaped("(0, 2)"), "8 bytes for 0 rows of 2"),
        (
            shaped("(18446744073709551616,)"),
            "expected one or two dimensions, found shape (18446744073709551616)",
        ),
        (shaped("(-4, -2)"), "expected one or two dimensions, found shape (-4, -2)"),
        (shaped("(2, 2, 2)"), "expected one or two dimensions, found shape (2, 2, 2)"),
        (shaped("()"), "expected one or two dimensions, found shape ()"),
        (shaped("é"), "expected one or two dimensions, found shape (é, })"),
        (headed("{'descr': '<i8', 'fortran_order': False, 'shape': (4, 2)}"), "expected '|i1', found '<i8'"),
        (headed("{'descr': [('a', '|i1')], 'shape': (4, 2)}"), "expected '|i1', found [('a'"),
        (
            headed("{'descr': '|i1', 'fortran_order': True, 'shape': (4, 2)}"),
            "Fortran order is not supported",
        ),
        (headed("{'descr': '|i1', 'shape': (4, 2)}"), "the header has no fortran_order"),
        (headed(""), "the header has no descr"),
        (b"\x93NUMPY\x01\x00\xff\xff{'descr'".to_vec(), "the header is incomplete"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'".to_vec(), "the header is incomplete"),
        (b"\x93NUMPY\x01\x00\x02\x00\xff\xff".to_vec(), "the header is incomplete"),
        (b"\x93NUMPY\x01".to_vec(), "the header is incomplete"),
    ];
    for (bytes, why) in cases {
        assert_eq!(
            refused("train_features.npy", bytes),
            format!("train_features.npy: expected a numpy array of i8: {why}")
        );
    }
}

#[test]
fn a_cut_array_is_refused_wherever_it_is_cut() {
    let whole = array("train_boxes.npy");
    for end in 0..whole.len() {
        assert!(
            refused("train_boxes.npy", &whole[..end])
                .starts_with("train_boxes.npy: expected a numpy array of u16: ")
        );
    }
}

#[test]
fn numpys_own_headers_are_read() {
    let folder = written();
    for (version, length) in [(1, 2), (2, 4), (3, 4)] {
        let header = format!("{:<85}\n", "{'descr': '|i1', 'fortran_order': False, 'shape': (3, 2), }");
        let mut bytes = [b"\x93NUMPY", &[version, 0][..], &86_u32.to_le_bytes()[..length]].concat();
        bytes.extend(header.into_bytes());
        bytes.extend(pack().train.features.iter().map(|feature| feature.cast_unsigned()));
        fs::write(folder.path().join("train_features.npy"), bytes).unwrap();
        assert_eq!(Pack::read(folder.path()).unwrap(), pack());
    }
}

#[test]
fn splits_have_the_same_width_and_length() {
    let (folder, narrow) = (written(), tempfile::tempdir().unwrap());
    let mut changed = pack();
    changed.width = 1;
    changed.test.features.truncate(3);
    changed.train.features.truncate(3);
    changed.write(narrow.path()).unwrap();
    fs::copy(narrow.path().join("test_features.npy"), folder.path().join("test_features.npy")).unwrap();
    let said = Pack::read(folder.path()).unwrap_err().to_string();
    assert_eq!(said, "test_features.npy: expected 2 values per row, found 1");
}

#[test]
fn what_is_wrong_with_the_table_is_named() {
    let table =
        |row: &str| refused("ground_truth.csv", format!("split,image,name,x1,y1,x2,y2,label\n{row}\n"));
    let cases = [
        ("val,0,a,0,0,1,1,1", "line 2: split: expected train or test, found \"val\""),
        ("test,-1,a,0,0,1,1,1", "line 2: image: expected a whole number below 65536, found \"-1\""),
        ("test,0,a,3,0,1,1,1", "line 2: the box 3, 0, 1, 1 is inverted"),
        ("test,0,a,0,0,1,1,0", "line 2: label: expected a whole number from 1 to 255, found \"0\""),
        ("test,0,a,0,0,1,NaN,1", "line 2: y2: expected a whole number below 65536, found \"NaN\""),
    ];
    for (row, expected) in cases {
        assert_eq!(table(row), format!("ground_truth.csv: {expected}"));
    }
    assert!(table("test,0,a,0,0").starts_with("ground_truth.csv: line 2: "));
    assert_eq!(refused("ground_truth.csv", ""), "ground_truth.csv: line 1: the header line is missing");
    assert!(refused("ground_truth.csv", "a,b\n").contains("line 1: expected the columns split,image,"));
    assert_eq!(table("test,0,a,0,0,1,1,3"), "ground_truth.csv: row 0: label 3 but 2 classes");
    assert_eq!(
        refused("classes.txt", "a\n\nb\n"),
        "classes.txt: line 2: expected the name of a class, found an empty line"
    );
}

#[test]
fn the_pack_of_blood_cells_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/bccd_head");
    if !folder.exists() {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    let pack = Pack::read(&folder).unwrap();
    assert_eq!((pack.train.len(), pack.test.len(), pack.width), (50_503, 34_690, 96));
    assert_eq!((pack.train.ground_truth.len(), pack.test.ground_truth.len()), (1_468, 945));
    assert_eq!(pack.classes, ["1", "2", "3"]);
}
