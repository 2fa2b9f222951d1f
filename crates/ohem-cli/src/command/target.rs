//! Where a result goes, and whether two paths name the same file.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf, is_separator};

/// Maximum number of links to follow, as on Linux.
const MAX_LINKS: usize = 40;

/// Where a result goes. Links are followed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Standard output.
    Standard,
    /// A terminal, a pipe or `/dev/null`, which must not be replaced by a file.
    Device(PathBuf),
    /// A file that exists.
    Old(PathBuf),
    /// A file that does not exist in a folder that does.
    New(PathBuf),
}

impl Target {
    /// Where a path leads; standard output if it is `None` or `-`.
    ///
    /// A link to a file that does not exist leads to that file, as for a shell.
    ///
    /// # Errors
    ///
    /// If the path leads to a folder or in a circle, or if a file there must not be written.
    pub(crate) fn of(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else { return Ok(Self::Standard) };
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => Ok(Self::Device(path.to_owned())),
            Ok(found) => {
                check_writable(path, &found)?;
                fs::canonicalize(path).map(Self::Old)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => new_file(path).map(Self::New),
            Err(error) => Err(error),
        }
    }
}

/// Refuses a file that this user, or nobody, may write. Renaming asks the folder only.
fn check_writable(path: &Path, found: &Metadata) -> io::Result<()> {
    if found.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    File::options().write(true).open(path).map(drop)
}

/// The path of a file that does not exist, without links.
pub(crate) fn new_file(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) {
            path = folder_of(&path).join(fs::read_link(&path)?);
            continue;
        }
        let text = path.to_string_lossy();
        let name = path.file_name().filter(|_| !text.ends_with(is_separator));
        let name = name.ok_or(io::ErrorKind::NotADirectory)?;
        return Ok(fs::canonicalize(folder_of(&path))?.join(name));
    }
    Err(io::Error::other("too many links"))
}

/// The folder that a path is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What makes two files the same, whatever path or link names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileId {
    /// A file that exists: its device and number there or, on other systems than Unix, its path.
    Old(u64, u64, PathBuf),
    /// A file that does not exist: its folder and name.
    New(Box<FileId>, OsString),
}

impl FileId {
    /// The file that a path names; `None` if no file can be there.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match fs::metadata(path) {
            Ok(found) => Some(Self::old(&found, || fs::canonicalize(path).unwrap_or_default())),
            Err(_) => {
                let path = new_file(path).ok()?;
                Some(Self::New(Box::new(Self::of(path.parent()?)?), path.file_name()?.to_owned()))
            }
        }
    }

    /// The file that an open stream, such as standard output, is redirected to; `None` for a terminal or pipe.
    #[cfg(unix)]
    pub(crate) fn of_stream(stream: &impl std::os::fd::AsFd) -> Option<Self> {
        let file = File::from(stream.as_fd().try_clone_to_owned().ok()?);
        let found = file.metadata().ok().filter(Metadata::is_file)?;
        Some(Self::old(&found, PathBuf::new))
    }

    /// See the other version.
    #[cfg(not(unix))]
    pub(crate) fn of_stream<T>(_: &T) -> Option<Self> {
        None
    }

    #[cfg(unix)]
    fn old(found: &Metadata, _: impl Fn() -> PathBuf) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self::Old(found.dev(), found.ino(), PathBuf::new())
    }

    #[cfg(not(unix))]
    fn old(_: &Metadata, path: impl Fn() -> PathBuf) -> Self {
        Self::Old(0, 0, path())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_lead_to_their_targets() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "old").unwrap();
        symlink("file", at("link")).unwrap();
        symlink("new", at("dangling")).unwrap();
        symlink("b", at("a")).unwrap();
        symlink("a", at("b")).unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        let of = |name: &str| Target::of(Some(&at(name)));
        assert_eq!(of("link").unwrap(), Target::Old(real.join("file")));
        assert_eq!(of("dangling").unwrap(), Target::New(real.join("new")));
        assert!(of("a").is_err() && of("").is_err() && of("new/").is_err() && of("no/such").is_err());
        assert_eq!(Target::of(Some(Path::new("-"))).unwrap(), Target::Standard);
        assert!(matches!(Target::of(Some(Path::new("/dev/null"))).unwrap(), Target::Device(_)));
    }

    #[test]
    fn a_file_is_the_same_by_any_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "old").unwrap();
        fs::hard_link(at("file"), at("hard")).unwrap();
        symlink("file", at("link")).unwrap();
        symlink("new", at("dangling")).unwrap();
        symlink(".", at("here")).unwrap();
        let same =
            |a: &str, b: &str| FileId::of(&at(a)).is_some() && FileId::of(&at(a)) == FileId::of(&at(b));
        for (a, b) in [("file", "hard"), ("file", "link"), ("new", "dangling"), ("new", "./here/new")] {
            assert!(same(a, b), "{a} {b}");
        }
        assert!(!same("file", "new") && !same("new", "newer") && !same("no/such", "no/such"));
    }
}
