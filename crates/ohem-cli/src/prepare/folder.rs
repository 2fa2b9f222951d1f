//! A folder that appears under its name only when it is complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ohem_prepare::Pack;

use crate::failure::Failure;

/// A file that every folder of a pack has: by it one is known that may be replaced.
const MARK: &str = "ground_truth.csv";

/// A folder to be made.
#[derive(Debug)]
pub(super) struct Folder {
    place: PathBuf,
}

impl Folder {
    /// Checks that the place is free; or, with `force`, that nothing but a pack is lost there.
    ///
    /// # Errors
    ///
    /// If it is not.
    pub(super) fn new(place: &Path, force: bool) -> Result<Self, Failure> {
        let refuse = |problem: &str| Err(Failure::input(place.display(), problem));
        // Behind a symbolic link, the folder is replaced and not the link.
        let place_of = fs::canonicalize(place).unwrap_or_else(|_| place.to_owned());
        match fs::read_dir(&place_of) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self { place: place_of }),
            Err(error) => refuse(&error.to_string()),
            Ok(_) if !force => refuse("is there already; --force replaces it"),
            Ok(entries) => match entries.count() {
                0 => Ok(Self { place: place_of }),
                _ if place_of.join(MARK).is_file() => Ok(Self { place: place_of }),
                _ => refuse(&format!("has no {MARK}, so it is no pack: remove it yourself")),
            },
        }
    }

    /// Writes the pack beside the place, and renames it into it.
    ///
    /// # Errors
    ///
    /// If it cannot be written; then the place is as it was.
    pub(super) fn publish(self, pack: &Pack) -> Result<(), Failure> {
        let refuse = |error: &io::Error| Failure::output(self.place.display(), error);
        let parent = self.place.parent().filter(|parent| !parent.as_os_str().is_empty());
        let beside = tempfile::Builder::new().prefix(".ohem-").tempdir_in(parent.unwrap_or(Path::new(".")));
        let beside = beside.map_err(|error| refuse(&error))?;
        let (new, old) = (beside.path().join("new"), beside.path().join("old"));
        fs::create_dir(&new).map_err(|error| refuse(&error))?;
        pack.write(&new).map_err(|error| refuse(&io::Error::other(error)))?;
        let had_old = match fs::rename(&self.place, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(refuse(&error)),
        };
        fs::rename(&new, &self.place).map_err(|error| {
            if had_old {
                // If this fails, too, the old folder is gone with the temporary one: better to leave both.
                if fs::rename(&old, &self.place).is_err() {
                    return Failure::output(beside.keep().display(), &error);
                }
            }
            refuse(&error)
        })
    }
}
