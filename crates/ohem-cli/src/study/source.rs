//! Where the RoIs come from.

use std::borrow::Cow;
use std::io;

use ohem_pack::Pack;

use super::arguments::StudyArguments;
use crate::failure::Failure;

/// Bytes of the files that come with the command; `data/bccd_head/README.md` says where they are from.
macro_rules! shipped {
    ($wanted:expr; $($file:literal),* $(,)?) => {
        match $wanted {
            $($file => Some(&include_bytes!(concat!("../../data/bccd_head/", $file))[..]),)*
            _ => None,
        }
    };
}

/// What messages call the data.
pub(crate) fn name(arguments: &StudyArguments) -> String {
    match &arguments.folder {
        Some(folder) => folder.display().to_string(),
        None => "bccd_head, 19 + 10 images (comes with ohem)".to_owned(),
    }
}

/// Reads the pack, and names its classes.
///
/// # Errors
///
/// If the folder makes no sense, or there are not as many names as classes.
pub(crate) fn read(arguments: &StudyArguments) -> Result<Pack, Failure> {
    let pack = match &arguments.folder {
        Some(folder) => Pack::read(folder),
        None => shipped(),
    };
    let name = name(arguments);
    let mut pack = pack.map_err(|error| Failure::input(&name, error))?;
    if !arguments.classes.is_empty() {
        let (names, classes) = (arguments.classes.len(), pack.classes.len());
        if names != classes {
            return Err(Failure::input(&name, format!("{classes} classes, but --classes has {names} names")));
        }
        pack.classes.clone_from(&arguments.classes);
    }
    Ok(pack)
}

/// The pack that comes with the command.
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
