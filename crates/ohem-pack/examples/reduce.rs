//! Reduces a pack to its first images: `reduce FOLDER OUT TRAIN TEST NAMES`, the names of classes with commas.

#![allow(clippy::std_instead_of_core, reason = "a tool of the host")]

use std::error::Error;
use std::path::Path;

use ohem_pack::{Pack, Split};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, out, train, test, names] = &arguments[..] else {
        return Err("expected FOLDER OUT TRAIN TEST NAMES".into());
    };
    let mut pack = Pack::read(Path::new(folder))?;
    reduce(&mut pack.train, pack.width, train.parse()?);
    reduce(&mut pack.test, pack.width, test.parse()?);
    pack.classes = names.split(',').map(str::to_owned).collect();
    pack.write(Path::new(out))?;
    Ok(())
}

/// Leaves the first images.
fn reduce(split: &mut Split, width: usize, images: u16) {
    let rows = split.images.partition_point(|&image| image < images);
    split.images.truncate(rows);
    split.boxes.truncate(rows);
    split.features.truncate(rows * width);
    split.labels.truncate(rows);
    split.overlaps.truncate(rows);
    split.targets.truncate(rows);
    split.is_gt.truncate(rows);
    split.ground_truth.retain(|truth| truth.image < images);
}
