//! Why a study failed.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::sizes::{CLASSES, WIDTHS};

/// Why a study failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum StudyError {
    /// No head has this number of features.
    Width(usize),
    /// No head has this number of classes.
    Classes(usize),
    /// A split has no RoIs.
    Empty(&'static str),
    /// The loss of a run is NaN or infinite.
    Diverged {
        /// The run.
        run: String,
        /// The epoch, from 1.
        epoch: usize,
    },
    /// A finished run could not be stored.
    Store {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width(width) => {
                write!(f, "{width} features per RoI but heads exist only for {}", list(&WIDTHS))
            }
            Self::Classes(classes) => {
                let most = CLASSES.into_iter().max().unwrap_or(1) - 1;
                write!(f, "{classes} classes but heads exist only for 1 to {most}")
            }
            Self::Empty(split) => write!(f, "no RoIs to {split} on"),
            Self::Diverged { run, epoch } => {
                write!(f, "{run}: the loss is not finite after epoch {epoch}")
            }
            Self::Store { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for StudyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store { error, .. } => Some(error),
            _ => None,
        }
    }
}

fn list(numbers: &[usize]) -> String {
    let texts: Vec<String> = numbers.iter().map(usize::to_string).collect();
    texts.join(", ")
}
