//! Stores finished runs in small files.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::StudyError;
use crate::run::Run;
use crate::temporary::{Publishing, TemporaryFile};

/// A folder of finished runs.
///
/// A file's name has a digest of everything that determines the run: the data, the sampler, the seed, the epochs, the
/// batch size, the image pictured, and a version of the method. Files that cannot be parsed are ignored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens a store in a folder, which is created if it does not exist.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created.
    pub fn new(folder: &Path) -> Result<Self, StudyError> {
        let refuse = |error| StudyError::Store { path: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(refuse)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Loads the run of this name, if it is stored.
    pub(crate) fn load(&self, key: &str) -> Option<Run> {
        serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()
    }

    /// Stores a run, completely or not at all.
    pub(crate) fn save(&self, key: &str, run: &Run) -> Result<(), StudyError> {
        let path = self.path(key);
        self.write(&path, run).map_err(|error| StudyError::Store { path, error })
    }

    fn write(&self, path: &Path, run: &Run) -> io::Result<()> {
        let mut file = TemporaryFile::new(&self.folder, 0o600)?;
        file.as_file().write_all(&serde_json::to_vec(run)?)?;
        file.persist(&mut Publishing::begin(), path)
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}
