//! Temporary files and folders that leave nothing behind, even if a signal ends the process.
//!
//! A result is written to a [`TemporaryFile`] or [`TemporaryFolder`] beside its path, and then renamed. If it is dropped
//! before that, it is removed. After [`remove_on_signals`], so it is if the process is interrupted: the signals wait while
//! a [`Publishing`] exists, so that several results appear together or not at all.

mod signals;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile, TempDir};

pub use signals::remove_on_signals;

/// What temporary names begin with.
const PREFIX: &str = ".ohem-";

/// The paths of all temporary files and folders of the process.
static PATHS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// While it exists, no signal of [`remove_on_signals`] ends the process.
///
/// ```
/// use std::io::Write;
///
/// use ohem_study::temporary::{Publishing, TemporaryFile};
///
/// let folder = tempfile::tempdir()?;
/// let mut file = TemporaryFile::new(folder.path(), 0o600)?;
/// file.as_file().write_all(b"complete")?;
/// file.persist(&mut Publishing::begin(), &folder.path().join("result"))?;
/// assert_eq!(std::fs::read(folder.path().join("result"))?, b"complete");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Publishing(MutexGuard<'static, BTreeSet<PathBuf>>);

impl Publishing {
    /// Waits until no other thread publishes.
    pub fn begin() -> Self {
        // A set of paths is whole even if a thread panicked while it had the lock.
        Self(PATHS.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A file with a temporary name, which is removed unless it is persisted.
#[derive(Debug)]
pub struct TemporaryFile(Option<NamedTempFile>);

impl TemporaryFile {
    /// Creates a file in a folder with these permissions, less those that the process withholds from new files.
    ///
    /// # Errors
    ///
    /// If the file cannot be created.
    pub fn new(folder: &Path, mode: u32) -> io::Result<Self> {
        let mut builder = Builder::new();
        builder.prefix(PREFIX).suffix(".part");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        #[cfg(not(unix))]
        let _ = mode;
        let mut publishing = Publishing::begin();
        let file = builder.tempfile_in(folder)?;
        publishing.0.insert(file.path().to_owned());
        Ok(Self(Some(file)))
    }

    /// The open file.
    pub fn as_file(&mut self) -> &mut File {
        self.0.as_mut().expect("it is taken only when dropped or persisted").as_file_mut()
    }

    /// Renames the file; a file of this name is replaced.
    ///
    /// # Errors
    ///
    /// If it cannot be renamed. Then it is removed.
    pub fn persist(mut self, publishing: &mut Publishing, path: &Path) -> io::Result<()> {
        let Some(file) = self.0.take() else { return Ok(()) };
        let temporary = file.path().to_owned();
        let renamed = file.persist(path).map(drop).map_err(|refused| refused.error); // an error drops the file
        publishing.0.remove(&temporary);
        renamed
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let Some(file) = self.0.take() else { return };
        let mut publishing = Publishing::begin();
        publishing.0.remove(file.path());
        drop(file);
    }
}

/// A folder with a temporary name, which is removed with all that is in it unless it is kept.
#[derive(Debug)]
pub struct TemporaryFolder(Option<TempDir>);

impl TemporaryFolder {
    /// Creates a folder in another one, which only this user can enter.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let mut publishing = Publishing::begin();
        let beside = Builder::new().prefix(PREFIX).tempdir_in(folder)?;
        publishing.0.insert(beside.path().to_owned());
        Ok(Self(Some(beside)))
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        self.0.as_ref().expect("it is taken only when dropped or kept").path()
    }

    /// Leaves the folder where it is.
    pub fn keep(mut self, publishing: &mut Publishing) -> PathBuf {
        let path = self.0.take().map(TempDir::keep).unwrap_or_default();
        publishing.0.remove(&path);
        path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let Some(folder) = self.0.take() else { return };
        let mut publishing = Publishing::begin();
        publishing.0.remove(folder.path());
        drop(folder);
    }
}

/// Removes all temporary files and folders of the process.
fn remove_all(publishing: &mut Publishing) {
    for path in core::mem::take(&mut *publishing.0) {
        // Another thread may still be writing into a folder, until it finds that the folder is gone.
        let gone = (0..100).any(|_| fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path)).is_ok());
        let _ = gone; // the process ends in any case
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = TemporaryFile::new(folder.path(), 0o600).unwrap();
        let inner = TemporaryFolder::new(folder.path()).unwrap();
        fs::write(inner.path().join("x"), "x").unwrap();
        assert_eq!(names(folder.path()), 2);
        drop((file, inner));
        assert_eq!(names(folder.path()), 0);
    }

    #[test]
    fn a_file_that_cannot_be_renamed_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = TemporaryFile::new(folder.path(), 0o600).unwrap();
        assert!(file.persist(&mut Publishing::begin(), &folder.path().join("no/such/folder")).is_err());
        assert_eq!(names(folder.path()), 0);
    }

    #[test]
    fn a_kept_folder_stays() {
        let folder = tempfile::tempdir().unwrap();
        let kept = TemporaryFolder::new(folder.path()).unwrap().keep(&mut Publishing::begin());
        assert!(kept.is_dir());
    }
}
