//! Files that appear under their names only when they are complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::command::failure::Failure;

/// A result that is ready to appear. Whatever can fail early has been done.
#[derive(Debug)]
pub(crate) enum AtomicFile<'a> {
    /// Bytes for standard output.
    Standard(&'a [u8]),
    /// A temporary file in the folder of `path`, to be renamed.
    File { written: NamedTempFile, path: PathBuf },
    /// Bytes for a terminal, a pipe or `/dev/null`, which must not be replaced by a file.
    Device { path: PathBuf, bytes: &'a [u8] },
}

impl<'a> AtomicFile<'a> {
    /// Prepares bytes for a path, or for standard output if the path is `None` or `-`.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written into the folder of the path.
    pub(crate) fn new(path: Option<&Path>, bytes: &'a [u8]) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self::Standard(bytes));
        };
        // Replaces the target of a symbolic link, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&target).is_ok_and(|old| !old.is_file() && !old.is_dir()) {
            return Ok(Self::Device { path: target, bytes });
        }
        let written = temporary(&target, bytes).map_err(|error| Failure::output(path.display(), &error))?;
        Ok(Self::File { written, path: target })
    }

    /// Makes the complete result appear.
    ///
    /// # Errors
    ///
    /// If the result cannot be written, or the reader of standard output is gone.
    pub(crate) fn publish(self) -> Result<(), Failure> {
        match self {
            Self::Standard(bytes) => print(bytes).map_err(|error| Failure::output("standard output", &error)),
            Self::File { written, path } => match written.persist(&path) {
                Ok(_) => Ok(()),
                Err(refused) => Err(Failure::output(path.display(), &refused.error)),
            },
            Self::Device { path, bytes } => File::options()
                .write(true)
                .open(&path)
                .and_then(|mut device| device.write_all(bytes))
                .map_err(|error| Failure::output(path.display(), &error)),
        }
    }
}

/// Writes a temporary file in the folder of `path`, so that renaming it cannot cross file systems.
fn temporary(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ohem-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // minus the umask, as for any new file
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_when_published() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let file = AtomicFile::new(Some(&path), b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        file.publish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_dropped_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::new(Some(&folder.path().join("out.csv")), b"new").unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_but_not_replaced() {
        AtomicFile::new(Some(Path::new("/dev/null")), b"new").unwrap().publish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    fn the_target_of_a_link_is_replaced_and_the_link_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        AtomicFile::new(Some(&link), b"new").unwrap().publish().unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
