//! Compares `ohem mine` on real tables with the oracle.
//!
//! The tables are not part of the project. They are looked for in the folder named by `OHEM_REAL`, or in
//! `../shared/data/real` beside the project. Without them, only the built-in table is compared.

#![expect(clippy::cast_possible_truncation, reason = "f32 is one of the precisions, and ids are small")]

use std::path::{Path, PathBuf};
use std::process::Command;

use ohem_testkit::oracle::{Convention, Mined, Nan, Suppress, mine};

/// The columns that the oracle needs.
#[derive(Default)]
struct Table {
    boxes: Vec<[f64; 4]>,
    images: Vec<u32>,
    labels: Vec<u32>,
    losses: Vec<f64>,
}

impl Table {
    /// Reads a table; `None` if it has no losses to rank by.
    fn read(path: &Path) -> Option<(Self, &'static str)> {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let header = reader.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|column| column == name);
        let loss = ["loss", "loss_cls"].into_iter().find(|name| column(name).is_some())?;
        let columns = ["x1", "y1", "x2", "y2", "image_id", "label", loss].map(|name| column(name).unwrap());
        let mut table = Self::default();
        for row in reader.records() {
            let row = row.unwrap();
            let [x1, y1, x2, y2, image, label, loss] =
                columns.map(|column| row[column].parse::<f64>().unwrap());
            table.boxes.push([x1, y1, x2, y2]);
            table.images.push(image as i64 as u32);
            table.labels.push(label as i64 as u32);
            table.losses.push(loss);
        }
        Some((table, loss))
    }

    fn wanted(&self, pixel: bool, precision: &str, batch_size: usize, threshold: f64) -> Mined {
        let (images, labels) = (&self.images, &self.labels);
        let convention = if pixel { Convention::Pixel } else { Convention::Continuous };
        let (above, error) = (Suppress::Above, Nan::Error);
        if precision == "f64" {
            let nms = Some((threshold, above));
            return mine(&self.boxes, images, labels, &self.losses, batch_size, nms, convention, error)
                .unwrap();
        }
        let boxes: Vec<_> = self.boxes.iter().map(|corners| corners.map(|corner| corner as f32)).collect();
        let losses: Vec<_> = self.losses.iter().map(|&loss| loss as f32).collect();
        let nms = Some((threshold as f32, above));
        mine(&boxes, images, labels, &losses, batch_size, nms, convention, error).unwrap()
    }
}

/// The result of the command, in the form of the oracle's.
fn mined(path: &Path, loss: &str, pixel: bool, precision: &str, batch_size: usize, threshold: f64) -> Mined {
    let ohem = Command::new(env!("CARGO_BIN_EXE_ohem"))
        .arg("mine")
        .arg(path)
        .args(["--convention", if pixel { "pixel" } else { "continuous" }])
        .args(["--loss-column", loss, "--precision", precision, "--format", "json"])
        .args(["--batch-size", &batch_size.to_string(), "--iou-threshold", &threshold.to_string()])
        .output()
        .unwrap();
    assert!(ohem.status.success(), "{}", String::from_utf8_lossy(&ohem.stderr));
    let shown: serde_json::Value = serde_json::from_slice(&ohem.stdout).unwrap();
    let number = |value: &serde_json::Value| value.as_u64().unwrap() as usize;
    Mined {
        selected: shown["selected"].as_array().unwrap().iter().map(number).collect(),
        visited: number(&shown["visited"]),
        suppressed: number(&shown["suppressed"]),
    }
}

/// The built-in table, and the others if they are found.
fn tables() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside =
        here.ancestors().map(|folder| folder.join("shared/data/real")).find(|folder| folder.is_dir());
    let folder = std::env::var_os("OHEM_REAL").map(PathBuf::from).or(beside);
    let others = folder.into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let others =
        others.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "csv"));
    [here.join("data/bccd_rcnn_rois_early.csv")].into_iter().chain(others).collect()
}

#[test]
fn the_command_selects_what_the_oracle_selects() {
    for path in tables() {
        let Some((table, loss)) = Table::read(&path) else { continue };
        println!("{}: {} RoIs", path.display(), table.boxes.len());
        for (pixel, precision) in [(true, "f32"), (true, "f64"), (false, "f32"), (false, "f64")] {
            for (batch_size, threshold) in [(128, 0.7), (64, 0.5), (100_000, 0.3)] {
                let wanted = table.wanted(pixel, precision, batch_size, threshold);
                let got = mined(&path, loss, pixel, precision, batch_size, threshold);
                assert_eq!(got, wanted, "{} {pixel} {precision} {batch_size} {threshold}", path.display());
            }
        }
    }
}
