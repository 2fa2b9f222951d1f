//! A folder that appears under its name only when it is complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ohem_pack::Pack;
use ohem_study::temporary::{Publishing, TemporaryFolder};

use crate::command::failure::Failure;
use crate::command::target::{folder_of, new_file};

/// A file that every pack has. Only a folder that has it may be replaced.
const MARK: &str = "ground_truth.csv";

/// A folder to be created.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Checks that the path is free, or, with `force`, that nothing but a pack is replaced, and nothing that is `read`.
    ///
    /// # Errors
    ///
    /// If the path is in use.
    pub(super) fn new(path: &Path, force: bool, read: &[&Path]) -> Result<Self, Failure> {
        let refuse = |problem: &str| Err(Failure::input(path.display(), problem));
        // Replaces the target of a symbolic link, not the link.
        let target = match fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => match new_folder(path) {
                Ok(target) => return Ok(Self { path: target }),
                Err(error) => return refuse(&error.to_string()),
            },
            Err(error) => return refuse(&error.to_string()),
            Ok(target) => target,
        };
        let is_in_it = |file: &&&Path| fs::canonicalize(file).is_ok_and(|file| file.starts_with(&target));
        match fs::read_dir(&target) {
            Err(error) => refuse(&error.to_string()),
            Ok(_) if !force => refuse("already exists; --force replaces it"),
            Ok(_) if fs::metadata(&target).is_ok_and(|found| found.permissions().readonly()) => {
                refuse("the folder is read-only")
            }
            Ok(entries) => match (read.iter().find(is_in_it), entries.count()) {
                (Some(file), _) => refuse(&format!("cannot be replaced, as {} is read", file.display())),
                (None, 0) => Ok(Self { path: target }),
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
        let beside = TemporaryFolder::new(folder_of(&self.path)).map_err(|error| refuse(&error))?;
        let (new, old) = (beside.path().join("new"), beside.path().join("old"));
        fs::create_dir(&new).map_err(|error| refuse(&error))?;
        pack.write(&new).map_err(|error| refuse(&io::Error::other(error)))?;
        // Declared after `beside`, so dropped before it: both need the same lock.
        let mut publishing = Publishing::begin();
        let had_old = match fs::rename(&self.path, &old) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(refuse(&error)),
        };
        if had_old && let Ok(found) = fs::metadata(&old) {
            let _ = fs::set_permissions(&new, found.permissions()); // who cannot, keeps those of a new folder
        }
        let Err(error) = fs::rename(&new, &self.path) else { return Ok(()) };
        if had_old && fs::rename(&old, &self.path).is_err() {
            // The temporary folder contains the old one, which cannot be put back.
            return Err(Failure::output(beside.keep(&mut publishing).display(), &error));
        }
        Err(refuse(&error))
    }
}

/// The path of a folder that does not exist.
fn new_folder(path: &Path) -> io::Result<PathBuf> {
    new_file(&path.components().collect::<PathBuf>()) // without a separator at the end
}
