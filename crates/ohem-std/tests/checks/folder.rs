//! Where the files are.

use std::env;
use std::path::{Path, PathBuf};

/// Finds a path as seen from this package, or else from a folder it lies in: the workspace, say.
pub(crate) fn find(path: impl AsRef<Path>) -> Option<PathBuf> {
    let mut seen = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|from| from.join(&path));
    seen.find(|path| path.exists())
}

/// Finds what an environment variable names; it is an error if that is not there.
pub(crate) fn named(variable: &str) -> Result<Option<PathBuf>, String> {
    let Some(path) = env::var_os(variable) else { return Ok(None) };
    let found =
        find(&path).ok_or_else(|| format!("{variable} names {}, which is not there", path.display()))?;
    Ok(Some(found))
}
