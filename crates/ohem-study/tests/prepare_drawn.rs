//! Prepares drawn pictures: the pack has the drawn objects, for any number of threads.

use std::path::Path;

use image::{Rgb, RgbImage};
use ohem_study::prepare::{Annotations, PrepareConfig, Prepared, Recall, Validation, prepare};
use tempfile::TempDir;

const SIZE: u32 = 96;

/// Dark discs of two sizes on a bright, uneven background: left, top and size of each.
fn discs(picture: u32) -> [[u32; 3]; 3] {
    let shift = picture * 5 % 16;
    [[4 + shift, 6, 24], [60, 8 + shift, 24], [20 + shift, 60, 14]]
}

fn drawn(picture: u32) -> RgbImage {
    RgbImage::from_fn(SIZE, SIZE, |x, y| {
        let inside = |[left, top, size]: [u32; 3]| {
            let off =
                |at: u32, from: u32| (2 * i64::from(at) + 1 - 2 * i64::from(from) - i64::from(size)).pow(2);
            off(x, left) + off(y, top) < i64::from(size).pow(2)
        };
        let noise = (x * 7 + y * 13 + picture * 3) % 11;
        if discs(picture).into_iter().any(inside) { Rgb([90, 30, 120]) } else { Rgb([220 + noise as u8; 3]) }
    })
}

/// Six pictures, two of them to test on; the last has no boxes in the table.
fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "image,split,width,height,x1,y1,x2,y2,label\n".to_owned();
    for (picture, split) in (0..).zip(["train", "train", "val", "train", "test", "test"]) {
        drawn(picture).save(folder.path().join(format!("{picture}.png"))).unwrap();
        if picture == 5 {
            table += "5,test,96,96,,,,,\n";
            continue;
        }
        for [left, top, size] in discs(picture) {
            let class = if size == 24 { "large" } else { "small" };
            let (x1, y1, x2, y2) = (left + 1, top + 1, left + size, top + size);
            table += &format!("{picture},{split},{SIZE},{SIZE},{x1},{y1},{x2},{y2},{class}\n");
        }
    }
    (folder, table)
}

fn prepared(folder: &Path, table: &str, config: &PrepareConfig) -> Result<Prepared, String> {
    let annotations = Annotations::parse(Path::new("t.csv"), table.as_bytes()).unwrap();
    prepare(folder, &annotations, config, &|| ()).map_err(|error| error.to_string())
}

#[test]
fn discs_are_found_and_labelled() {
    let (folder, table) = folder();
    let Prepared { pack, train, test, .. } =
        prepared(folder.path(), &table, &PrepareConfig::new().proposals(100)).unwrap();
    assert_eq!((train.pictures, test.pictures), (4, 2));
    assert_eq!(pack.classes, ["large", "small"]);
    assert_eq!(train.recall, [Recall { found: 8, boxes: 8 }, Recall { found: 4, boxes: 4 }]);
    assert_eq!(test.recall, [Recall { found: 2, boxes: 2 }, Recall { found: 1, boxes: 1 }]);
    assert_eq!((pack.train.ground_truth.len(), pack.test.ground_truth.len()), (12, 3));
    for split in [&pack.train, &pack.test] {
        assert_eq!(split.features.len(), split.len() * pack.width);
        for row in 0..split.len() {
            assert_eq!(split.labels[row] > 0, split.overlaps[row] >= 0.5);
            assert!(split.labels[row] > 0 || split.targets[row] == [0.0; 4]);
            assert!(split.is_gt[row] == 0 || split.overlaps[row] == 1.0 && split.targets[row] == [0.0; 4]);
        }
    }
    assert_eq!(pack.test.images.iter().filter(|&&image| image == 1).count(), 100); // without boxes
}

#[test]
fn foreground_comes_first_and_ground_truth_before_proposals() {
    let (folder, table) = folder();
    let split = prepared(folder.path(), &table, &PrepareConfig::new().proposals(50)).unwrap().pack.train;
    let rank = |row: usize| (split.images[row], split.labels[row] == 0, split.is_gt[row] == 0);
    assert!((1..split.len()).all(|row| rank(row - 1) <= rank(row)));
    assert_eq!(split.is_gt[..3], [1; 3]);
    assert_eq!(
        split.boxes[..3],
        split.ground_truth.iter().take(3).map(|truth| truth.bbox).collect::<Vec<_>>()
    );
}

#[test]
fn any_number_of_threads_gives_the_same_pack() {
    let (folder, table) = folder();
    let config = PrepareConfig::new().proposals(80);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| prepared(folder.path(), &table, &config).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn nothing_is_learnt_from_test_pictures() {
    let (folder, table) = folder();
    let train =
        |table: &str| prepared(folder.path(), table, &PrepareConfig::new().proposals(80)).unwrap().pack.train;
    let before = train(&table);
    let bright = RgbImage::from_pixel(SIZE, SIZE, Rgb([250, 250, 20]));
    bright.save(folder.path().join("4.png")).unwrap();
    let but_of_4 = table.split_inclusive('\n').filter(|row| !row.starts_with("4,")).collect::<String>();
    let other_boxes = but_of_4 + "4,test,96,96,1,1,90,40,large\n";
    assert_eq!(train(&other_boxes), before);
    bright.save(folder.path().join("3.png")).unwrap();
    assert_ne!(train(&table).boxes, before.boxes); // but something is learnt from training pictures
}

#[test]
fn validation_pictures_are_used_as_configured() {
    let (folder, table) = folder();
    let pictures = |validation| {
        let config = PrepareConfig::new().proposals(5).validation(validation);
        let prepared = prepared(folder.path(), &table, &config).unwrap();
        [prepared.train.pictures, prepared.test.pictures]
    };
    assert_eq!(pictures(Validation::Train), [4, 2]);
    assert_eq!(pictures(Validation::Test), [3, 3]);
    assert_eq!(pictures(Validation::LeaveOut), [3, 2]);
}

#[test]
fn an_unusable_picture_is_named() {
    let (folder, table) = folder();
    let said = |table: &str| prepared(folder.path(), table, &PrepareConfig::new().proposals(5)).unwrap_err();
    std::fs::remove_file(folder.path().join("4.png")).unwrap();
    let missing = said(&table);
    assert!(
        missing.contains("4: picture not found") && missing.ends_with("(named in t.csv, line 14)"),
        "{missing}"
    );
    drawn(4).save(folder.path().join("4.png")).unwrap();

    let size = said(&table.replace("1,train,96,96", "1,train,97,96"));
    assert!(
        size.contains(
            "1.png: the picture has 96 x 96 pixels but the table says 97 x 96 (named in t.csv, line 5)"
        ),
        "{size}"
    );
    let whole = std::fs::read(folder.path().join("0.png")).unwrap();
    for corrupt in [&whole[..whole.len() / 2], b"no picture", b""] {
        std::fs::write(folder.path().join("0.png"), corrupt).unwrap();
        let corrupt = said(&table);
        assert!(corrupt.contains("0.png: ") && corrupt.ends_with("(named in t.csv, line 2)"), "{corrupt}");
    }
    let huge = said(&table.replace("0,train,96,96", "0,train,60000,60000"));
    assert!(huge.contains("more than 16777216 pixels"), "{huge}");
}

#[test]
fn a_table_that_cannot_be_learnt_from_is_refused() {
    let (folder, table) = folder();
    let said = |table: &str| prepared(folder.path(), table, &PrepareConfig::new()).unwrap_err();
    assert_eq!(said(&table.replace("test", "val")), "t.csv: no picture to test on (split test)");
    assert_eq!(
        said(&table.replace("train", "test").replace("val", "test")),
        "t.csv: no picture to train on (split train)"
    );
    let header = table.lines().next().unwrap();
    let empty = said(&format!("{header}\n0,train,96,96,,,,,\n1,test,96,96,,,,,\n"));
    assert_eq!(empty, "t.csv: no box of split train to learn proposals from");
}
