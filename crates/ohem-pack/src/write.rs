//! Writes packs, and computes their digests.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{PackError, Problem};
use crate::pack::{Pack, PackSplit};
use crate::{check, npy, truth};

impl Pack {
    /// Writes the pack into an existing folder.
    ///
    /// # Errors
    ///
    /// If a split is invalid, so that [`Pack::read`] would refuse it, or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), PackError> {
        check::check(self)?;
        for (file, bytes) in self.files()? {
            fs::write(folder.join(&file), bytes)
                .map_err(|error| PackError::new(&file, Problem::Io(error)))?;
        }
        Ok(())
    }

    /// A digest of all of the pack, as 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// If the columns of a split differ in length.
    pub fn digest(&self) -> Result<String, PackError> {
        let mut digest = Sha256::new();
        for (file, bytes) in self.files()? {
            digest.update((file.len() as u64).to_le_bytes());
            digest.update(file);
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        }
        let mut text = String::new();
        for byte in digest.finalize() {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Ok(text)
    }

    /// The names and bytes of all files.
    fn files(&self) -> Result<Vec<(String, Vec<u8>)>, PackError> {
        let mut files = Vec::new();
        for (name, split) in [("train", &self.train), ("test", &self.test)] {
            files.extend(arrays(name, split, self.width)?);
        }
        files.push((truth::FILE.to_owned(), truth::bytes(self)));
        files.push((truth::CLASSES.to_owned(), (self.classes.join("\n") + "\n").into_bytes()));
        Ok(files)
    }
}

fn arrays(name: &str, split: &PackSplit, width: usize) -> Result<Vec<(String, Vec<u8>)>, PackError> {
    let columns = [
        ("images", 1, split.images.len(), npy::bytes(&split.images, None)),
        ("boxes", 1, split.boxes.len(), npy::bytes(split.boxes.as_flattened(), Some(4))),
        ("features", width, split.features.len(), npy::bytes(&split.features, Some(width))),
        ("labels", 1, split.labels.len(), npy::bytes(&split.labels, None)),
        ("overlaps", 1, split.overlaps.len(), npy::bytes(&split.overlaps, None)),
        ("targets", 1, split.targets.len(), npy::bytes(split.targets.as_flattened(), Some(4))),
        ("is_gt", 1, split.is_gt.len(), npy::bytes(&split.is_gt, None)),
    ];
    let mut files = Vec::new();
    for (column, width, values, bytes) in columns {
        let file = format!("{name}_{column}.npy");
        if values != split.len() * width {
            let rows = values.checked_div(width).unwrap_or(0);
            return Err(PackError::new(&file, Problem::Rows { rows, expected: split.len() }));
        }
        files.push((file, bytes));
    }
    Ok(files)
}
