//! Files that appear under their name only when they are complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A result on its way out: everything about it that can fail early has been done.
#[derive(Debug)]
pub(crate) enum Draft<'a> {
    /// Waits for the other results, then goes to standard output.
    Standard(&'a [u8]),
    /// Written beside its place, and renamed into it at the end.
    File { written: NamedTempFile, place: PathBuf },
    /// A terminal, a pipe, `/dev/null`: something that must not be replaced by a file.
    Device { place: PathBuf, bytes: &'a [u8] },
}

impl<'a> Draft<'a> {
    /// Prepares bytes for a path; for standard output if there is none, or it is `-`.
    ///
    /// # Errors
    ///
    /// If the folder or the disk refuses them.
    pub(crate) fn new(path: Option<&Path>, bytes: &'a [u8]) -> Result<Self, Failure> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self::Standard(bytes));
        };
        // Behind a symbolic link, the file is replaced and not the link.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&place).is_ok_and(|old| !old.is_file() && !old.is_dir()) {
            return Ok(Self::Device { place, bytes });
        }
        let written = beside(&place, bytes).map_err(|error| Failure::output(path.display(), &error))?;
        Ok(Self::File { written, place })
    }

    /// Hands the result over: after this it is there, whole.
    ///
    /// # Errors
    ///
    /// If it cannot be, or nobody reads it any more.
    pub(crate) fn publish(self) -> Result<(), Failure> {
        match self {
            Self::Standard(bytes) => print(bytes).map_err(|error| Failure::output("standard output", &error)),
            Self::File { written, place } => match written.persist(&place) {
                Ok(_) => Ok(()),
                Err(refused) => Err(Failure::output(place.display(), &refused.error)),
            },
            Self::Device { place, bytes } => File::options()
                .write(true)
                .open(&place)
                .and_then(|mut device| device.write_all(bytes))
                .map_err(|error| Failure::output(place.display(), &error)),
        }
    }
}

/// The bytes in a temporary file of the same folder, so that renaming cannot cross file systems.
fn beside(place: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    if place.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ohem-").suffix(".part");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask, as usual
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Ok(old) = fs::metadata(place) {
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
    fn a_file_is_there_only_once_published() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let draft = Draft::new(Some(&path), b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        draft.publish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_draft_that_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(Draft::new(Some(&folder.path().join("out.csv")), b"new").unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        Draft::new(Some(Path::new("/dev/null")), b"new").unwrap().publish().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_what_it_points_at_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        Draft::new(Some(&link), b"new").unwrap().publish().unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
