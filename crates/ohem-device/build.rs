//! Embeds the first images of the study's RoIs.

#![allow(
    clippy::std_instead_of_core,
    clippy::alloc_instead_of_core,
    reason = "a build script runs on the host"
)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use ohem_pack::{FEATURE_SCALE, Pack, PackSplit};
use row::{RoiRow, WIDTH};

#[path = "src/row.rs"]
#[expect(unreachable_pub, reason = "it is public in the crate itself")]
mod row;

/// Numbers of images to train and to test on.
const IMAGES: [u16; 2] = [5, 2];

/// One of this many RoIs is taken, since a device has fewer proposals than Selective Search makes.
const ONE_OF: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ohem-cli/data/bccd_head");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut pack = Pack::read(&folder)?;
    let [train, test] = IMAGES;
    pack.truncate(train, test);
    if pack.width != WIDTH {
        return Err(format!("expected {WIDTH} features per RoI, found {}", pack.width).into());
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let train = write(&pack.train, |_| true, &out.join("train.rows"))?;
    let test = write(&pack.test, |row| pack.test.is_gt[row] == 0, &out.join("test.rows"))?;
    let code = format!(
        "const FEATURE_SCALE: f32 = {FEATURE_SCALE:?};
        const CLASS_NAMES: [&str; {}] = {:?};
        const TRAIN_ENDS: &[usize] = &{train:?};
        const TEST_ENDS: &[usize] = &{test:?};",
        pack.classes.len(),
        pack.classes,
    );
    Ok(fs::write(out.join("sizes.rs"), code)?)
}

/// Writes the RoIs that `keep` accepts. Returns the end of each image.
fn write(split: &PackSplit, keep: impl Fn(usize) -> bool, file: &Path) -> Result<Vec<usize>, Box<dyn Error>> {
    let kept: Vec<usize> = (0..split.len()).filter(|&row| keep(row)).step_by(ONE_OF).collect();
    let rows: Vec<RoiRow> = kept.iter().map(|&number| row(split, number)).collect();
    fs::write(file, bytemuck::cast_slice(&rows))?;
    let images: Vec<u16> = kept.iter().map(|&row| split.images[row]).collect();
    let mut ends = Vec::new();
    for image in images.chunk_by(u16::eq) {
        ends.push(ends.last().unwrap_or(&0) + image.len());
    }
    Ok(ends)
}

fn row(split: &PackSplit, row: usize) -> RoiRow {
    let mut features = [0; WIDTH];
    features.copy_from_slice(&split.features[row * WIDTH..][..WIDTH]);
    RoiRow {
        features,
        corners: split.boxes[row].map(u16::to_le_bytes),
        overlap: split.overlaps[row].to_le_bytes(),
        target: split.targets[row].map(f32::to_le_bytes),
        label: split.labels[row],
    }
}
