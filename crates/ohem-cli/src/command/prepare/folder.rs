//! A folder that appears under its name only when it is complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ohem_pack::Pack;

use crate::command::failure::Failure;

/// A file that every pack has. Only a folder that has it may be replaced.
const MARK: &str = "ground_truth.csv";

/// A folder to be created.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Checks that the path is free, or, with `force`, that nothing but a pack is replaced.
    ///
    /// # Errors
    ///
    /// If the path is in use.
    pub(super) fn new(path: &Path, force: bool) -> Result<Self, Failure> {
        let refuse = |problem: &str| Err(Failure::input(path.display(), problem));
        // Replaces the target of a symbolic link, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::read_dir(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self { path: target }),
            Err(error) => refuse(&error.to_string()),
            Ok(_) if !force => refuse("already exists; --force replaces it"),
            Ok(entries) => match entries.count() {
                0 => Ok(Self { path: target }),
                _ if target.join(MARK).is_file() => Ok(Self { path: target }),
                _ => refuse(&format!("has no {MARK}, so it is not a pack; remove it yourself")),
            },
        }
    }

    /// Writes the pack into a temporary folder beside the path, and renames that.
    ///
    /// # Errors
    ///
    /// If the pack cannot be written. Then the path is unchanged.
    pub(super) fn publish(self, pack: &Pack) -> Result<(), Failure> {
        let refuse = |error: &io::Error| Failure::output(self.path.display(), error);
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let beside = tempfile::Builder::new().prefix(".ohem-").tempdir_in(parent.unwrap_or(Path::new(".")));
        let beside = beside.map_err(|error| refuse(&error))?;
        let (new, old) = (beside.path().join("new"), beside.path().join("old"));
        fs::create_dir(&new).map_err(|error| refuse(&error))?;
        pack.write(&new).map_err(|error| refuse(&io::Error::other(error)))?;
        let had_old = match fs::rename(&self.path, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(refuse(&error)),
        };
        fs::rename(&new, &self.path).map_err(|error| {
            if had_old {
                // If the old folder cannot be put back, keep the temporary folder, which contains it.
                if fs::rename(&old, &self.path).is_err() {
                    return Failure::output(beside.keep().display(), &error);
                }
            }
            refuse(&error)
        })
    }
}
