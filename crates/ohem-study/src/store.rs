//! Finished runs, a small file each.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::{Run, StudyError};

/// A folder of finished runs.
///
/// The name of a file has a digest of everything that determines the run: the data, the sampler, the seed, the
/// epochs and the batch size, the image pictured, and a number that changes with the method. What is there is
/// taken as it is; a file that makes no sense is as good as none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// A store in a folder, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn new(folder: &Path) -> Result<Self, StudyError> {
        let refuse = |error| StudyError::Store { path: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(refuse)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The run of this name, if it is there.
    pub(crate) fn load(&self, key: &str) -> Option<Run> {
        serde_json::from_slice(&fs::read(self.path(key)).ok()?).ok()
    }

    /// Keeps a run: whole, or not at all.
    pub(crate) fn save(&self, key: &str, run: &Run) -> Result<(), StudyError> {
        let path = self.path(key);
        self.write(&path, run).map_err(|error| StudyError::Store { path, error })
    }

    fn write(&self, path: &Path, run: &Run) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.folder)?;
        serde_json::to_writer(&mut file, run)?;
        file.flush()?;
        file.persist(path)?;
        Ok(())
    }

    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.json"))
    }
}
