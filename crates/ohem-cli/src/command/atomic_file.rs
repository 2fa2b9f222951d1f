//! Files that appear under their names only when all of them are complete.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ohem_study::temporary::{Publishing, TemporaryFile};
use tempfile::TempPath;

use crate::command::failure::Failure;
use crate::command::target::{Target, folder_of};

/// A result that is ready to appear. Whatever can fail early has been done.
#[derive(Debug)]
pub(crate) struct AtomicFile<'a> {
    /// The path as given, for messages.
    shown: String,
    form: Form<'a>,
}

#[derive(Debug)]
enum Form<'a> {
    /// Bytes for standard output.
    Standard(&'a [u8]),
    /// Bytes for a device.
    Device { path: PathBuf, bytes: &'a [u8] },
    /// A temporary file in the folder of `path`, to be renamed.
    File { written: TemporaryFile, path: PathBuf },
}

impl<'a> AtomicFile<'a> {
    /// Prepares bytes for a path, or for standard output if the path is `None` or `-`.
    ///
    /// # Errors
    ///
    /// If the bytes cannot be written into the folder of the path, or a file there must not be replaced.
    pub(crate) fn new(path: Option<&Path>, bytes: &'a [u8]) -> Result<Self, Failure> {
        let shown = path.map_or_else(|| "standard output".to_owned(), |path| path.display().to_string());
        let form = Target::of(path).and_then(|target| Form::of(target, bytes));
        form.map_err(|error| Failure::output(&shown, &error)).map(|form| Self { shown, form })
    }
}

impl<'a> Form<'a> {
    fn of(target: Target, bytes: &'a [u8]) -> io::Result<Self> {
        Ok(match target {
            Target::Standard => Self::Standard(bytes),
            Target::Device(path) => Self::Device { path, bytes },
            Target::Old(path) => Self::File { written: replacement(&path, bytes)?, path },
            Target::New(path) => Self::File { written: written(&path, bytes, 0o666)?, path },
        })
    }

    /// Writes to a stream, from which nothing can be taken back. Files are for later.
    fn write_to_stream(&self) -> io::Result<()> {
        match self {
            Self::Standard(bytes) => print(bytes),
            Self::Device { path, bytes } => {
                File::options().write(true).open(path).and_then(|mut device| device.write_all(bytes))
            }
            Self::File { .. } => Ok(()),
        }
    }
}

/// Makes all results appear: first what goes to standard output and devices, then the files.
///
/// # Errors
///
/// If a result cannot be written: then no file appears, and those of the same names are as before. If the reader of
/// standard output or of a pipe is gone, the files appear nevertheless.
pub(crate) fn publish(results: Vec<AtomicFile<'_>>) -> Result<(), Failure> {
    let mut closed = Ok(());
    for AtomicFile { shown, form } in &results {
        match form.write_to_stream().map_err(|error| Failure::output(shown, &error)) {
            Err(Failure::ClosedPipe) => closed = Err(Failure::ClosedPipe),
            other => other?,
        }
    }
    let last = results.len().saturating_sub(1);
    let mut results = results.into_iter();
    // On an error, the remaining ones are removed after the lock is gone, as removing needs it, too.
    rename(&mut Publishing::begin(), &mut results, last)?;
    closed
}

/// Renames the files, of which the one at `last` is the last. If one cannot be renamed, undoes those before it.
fn rename<'a>(
    publishing: &mut Publishing,
    results: &mut impl Iterator<Item = AtomicFile<'a>>,
    last: usize,
) -> Result<(), Failure> {
    let mut published: Vec<(PathBuf, Before)> = Vec::new();
    for (index, AtomicFile { shown, form }) in results.enumerate() {
        let Form::File { written, path } = form else { continue };
        let before = if index < last { Before::of(&path) } else { Before::Unknown };
        if let Err(error) = written.persist(publishing, &path) {
            published.into_iter().rev().for_each(|(path, before)| before.restore(&path));
            return Err(Failure::output(&shown, &error));
        }
        published.push((path, before));
    }
    Ok(())
}

/// The state of a path before a result appeared there.
#[derive(Debug)]
enum Before {
    Nothing,
    /// A file, which has a second, temporary name.
    File(TempPath),
    /// Not needed any more, or the file system has no second names for files.
    Unknown,
}

impl Before {
    fn of(path: &Path) -> Self {
        if fs::symlink_metadata(path).is_err() {
            return Self::Nothing;
        }
        let second = tempfile::Builder::new()
            .prefix(".ohem-")
            .suffix(".old")
            .make_in(folder_of(path), |name| fs::hard_link(path, name));
        second.map_or(Self::Unknown, |second| Self::File(second.into_temp_path()))
    }

    /// Undoes the appearance of a result, as far as the system allows.
    fn restore(self, path: &Path) {
        let _ = match self {
            Self::Nothing => fs::remove_file(path),
            Self::File(second) => second.persist(path).map_err(|refused| refused.error),
            Self::Unknown => Ok(()),
        };
    }
}

/// Writes a file that will replace another one: with its permissions and, if the system allows, its owner.
fn replacement(old: &Path, bytes: &[u8]) -> io::Result<TemporaryFile> {
    let mut file = written(old, bytes, 0o600)?;
    copy_permissions(&fs::metadata(old)?, file.as_file())?;
    Ok(file)
}

/// Writes a temporary file in the folder of `path`, so that renaming it cannot cross file systems.
fn written(path: &Path, bytes: &[u8], mode: u32) -> io::Result<TemporaryFile> {
    let mut file = TemporaryFile::new(folder_of(path), mode)?;
    file.as_file().write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn copy_permissions(old: &fs::Metadata, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    let new = file.metadata()?;
    let is_owner_kept = (new.uid(), new.gid()) == (old.uid(), old.gid())
        || fchown(file, Some(old.uid()), Some(old.gid())).is_ok();
    let mode = old.mode() & 0o777;
    // A group that the file did not have gets no more than everybody.
    let mode = if is_owner_kept { mode } else { mode & (0o707 | (mode & 0o7) << 3) };
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn copy_permissions(old: &fs::Metadata, file: &File) -> io::Result<()> {
    file.set_permissions(old.permissions())
}

fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_appears_when_published() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let file = AtomicFile::new(Some(&path), b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        publish(vec![file]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), 1);
    }

    #[test]
    fn a_dropped_file_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::new(Some(&folder.path().join("out.csv")), b"new").unwrap());
        assert_eq!(names(folder.path()), 0);
    }

    #[test]
    fn if_one_result_cannot_appear_the_others_are_undone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("old"), "old").unwrap();
        let prepared = |name: &str| AtomicFile::new(Some(&at(name)), b"new").unwrap();
        let results = vec![prepared("old"), prepared("new"), prepared("folder"), prepared("never")];
        fs::create_dir(at("folder")).unwrap(); // meanwhile, by somebody else
        let refused = publish(results).unwrap_err();
        assert!(matches!(&refused, Failure::Output(line) if line.contains("folder: ")), "{refused:?}");
        assert_eq!(fs::read(at("old")).unwrap(), b"old");
        assert_eq!(names(folder.path()), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_but_not_replaced() {
        publish(vec![AtomicFile::new(Some(Path::new("/dev/null")), b"new").unwrap()]).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[cfg(unix)]
    #[test]
    fn the_target_of_a_link_is_replaced_and_the_link_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        publish(vec![AtomicFile::new(Some(&link), b"new").unwrap()]).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_the_temporary_file_has_no_more() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        for mode in [0o600, 0o640, 0o755] {
            fs::write(&path, "old").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let mut file = AtomicFile::new(Some(&path), b"new").unwrap();
            let Form::File { written, .. } = &mut file.form else { panic!("not a file") };
            assert_eq!(written.as_file().metadata().unwrap().mode() & 0o777 & !mode, 0);
            publish(vec![file]).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let refused = AtomicFile::new(Some(&path), b"newer").unwrap_err();
        assert!(matches!(&refused, Failure::Output(line) if line.ends_with("the file is read-only")));
    }
}
