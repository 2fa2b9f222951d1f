//! Reads packs.

use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::{PackError, Problem};
use crate::pack::{Pack, PackSplit};
use crate::{check, npy, truth};

impl Pack {
    /// Reads a pack from a folder.
    ///
    /// # Errors
    ///
    /// If a file is missing or invalid.
    pub fn read(folder: &Path) -> Result<Self, PackError> {
        Self::read_with(|file| fs::read(folder.join(file)).map(Cow::Owned))
    }

    /// Reads a pack from the bytes of its files, which `bytes_of` gets by name.
    ///
    /// # Errors
    ///
    /// If a file is missing or invalid.
    pub fn read_with<'a>(bytes_of: impl Fn(&str) -> io::Result<Cow<'a, [u8]>>) -> Result<Self, PackError> {
        let bytes = |file: &str| bytes_of(file).map_err(|error| PackError::new(file, Problem::Io(error)));
        let (mut train, width) = split("train", None, bytes)?;
        let (mut test, _) = split("test", Some(width), bytes)?;
        [train.ground_truth, test.ground_truth] = truth::read(&bytes(truth::FILE)?)?;
        let names = match bytes_of(truth::CLASSES) {
            Ok(names) => Some(names),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(PackError::new(truth::CLASSES, Problem::Io(error))),
        };
        let classes = truth::classes(names.as_deref(), train.ground_truth.iter().chain(&test.ground_truth))?;
        let pack = Self { classes, width, train, test };
        check::check(&pack)?;
        Ok(pack)
    }
}

/// Reads the arrays of a split. Also returns the number of features of a RoI.
fn split<'a>(
    name: &str,
    width: Option<usize>,
    bytes_of: impl Fn(&str) -> Result<Cow<'a, [u8]>, PackError>,
) -> Result<(PackSplit, usize), PackError> {
    let array = |column: &str| -> Result<(String, Cow<'a, [u8]>), PackError> {
        let file = format!("{name}_{column}.npy");
        let bytes = bytes_of(&file)?;
        Ok((file, bytes))
    };
    macro_rules! read {
        ($column:literal, $columns:expr) => {{
            let (file, bytes) = array($column)?;
            npy::read(&file, &bytes, $columns)?
        }};
    }
    let (images, _) = read!("images", Some(1));
    let (boxes, _) = read!("boxes", Some(4));
    let (features, width) = read!("features", width);
    let (labels, _) = read!("labels", Some(1));
    let (overlaps, _) = read!("overlaps", Some(1));
    let (targets, _) = read!("targets", Some(4));
    let (is_gt, _) = read!("is_gt", Some(1));
    let rows = [
        ("boxes", boxes.rows),
        ("features", features.rows),
        ("labels", labels.rows),
        ("overlaps", overlaps.rows),
        ("targets", targets.rows),
        ("is_gt", is_gt.rows),
    ];
    if let Some((column, rows)) = rows.into_iter().find(|(_, rows)| *rows != images.rows) {
        let file = format!("{name}_{column}.npy");
        return Err(PackError::new(&file, Problem::Rows { rows, expected: images.rows }));
    }
    let split = PackSplit {
        images: images.values,
        boxes: boxes.values.as_chunks().0.to_vec(),
        features: features.values,
        labels: labels.values,
        overlaps: overlaps.values,
        targets: targets.values.as_chunks().0.to_vec(),
        is_gt: is_gt.values,
        ground_truth: Vec::new(),
    };
    Ok((split, width))
}
