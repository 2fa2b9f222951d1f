//! The RoIs to study.

use std::borrow::Cow;
use std::io;

use ohem_pack::Pack;

use super::args::StudyArgs;
use crate::command::failure::Failure;

/// The bytes of a file built into the command; see `data/bccd_head/README.md` for their origin.
macro_rules! shipped {
    ($name:expr; $($file:literal),* $(,)?) => {
        match $name {
            $($file => Some(&include_bytes!(concat!("../../../data/bccd_head/", $file))[..]),)*
            _ => None,
        }
    };
}

/// The name of the data in messages.
pub(crate) fn name(args: &StudyArgs) -> String {
    match &args.folder {
        Some(folder) => folder.display().to_string(),
        None => "bccd_head, 19 + 10 images (built into ohem)".to_owned(),
    }
}

/// Reads the pack, and sets the names of its classes.
///
/// # Errors
///
/// If the folder is not a pack, or the numbers of names and classes differ.
pub(crate) fn read(args: &StudyArgs) -> Result<Pack, Failure> {
    let pack = match &args.folder {
        Some(folder) => Pack::read(folder),
        None => shipped(),
    };
    let name = name(args);
    let mut pack = pack.map_err(|error| Failure::input(&name, error))?;
    if !args.classes.is_empty() {
        let (names, classes) = (args.classes.len(), pack.classes.len());
        if names != classes {
            return Err(Failure::input(&name, format!("{classes} classes but --classes has {names} names")));
        }
        pack.classes.clone_from(&args.classes);
    }
    Ok(pack)
}

/// Reads the pack built into the command.
pub(crate) fn shipped() -> Result<Pack, ohem_pack::PackError> {
    Pack::read_with(|file| {
        let bytes = shipped!(file;
            "train_images.npy", "train_boxes.npy", "train_features.npy", "train_labels.npy",
            "train_overlaps.npy", "train_targets.npy", "train_is_gt.npy",
            "test_images.npy", "test_boxes.npy", "test_features.npy", "test_labels.npy",
            "test_overlaps.npy", "test_targets.npy", "test_is_gt.npy",
            "ground_truth.csv", "classes.txt",
        );
        bytes.map(Cow::Borrowed).ok_or_else(|| io::ErrorKind::NotFound.into())
    })
}
