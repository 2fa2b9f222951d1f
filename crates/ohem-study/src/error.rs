//! Why a study could not be done.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::{CLASSES, WIDTHS};

/// Why a study could not be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum StudyError {
    /// There is no head for so many features.
    Width(usize),
    /// There is no head for so many classes.
    Classes(usize),
    /// A split has no RoIs.
    Empty(&'static str),
    /// The loss of a run became NaN or infinite.
    Diverged {
        /// The run.
        run: String,
        /// The epoch, from 1.
        epoch: usize,
    },
    /// A result could not be kept.
    Store {
        /// Where.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width(width) => {
                write!(f, "{width} features a RoI, but there are heads only for {}", list(&WIDTHS))
            }
            Self::Classes(classes) => {
                let most = CLASSES.into_iter().max().unwrap_or(1) - 1;
                write!(f, "{classes} classes, but there are heads only for 1 to {most}")
            }
            Self::Empty(split) => write!(f, "there are no RoIs to {split} on"),
            Self::Diverged { run, epoch } => {
                write!(f, "{run}: in epoch {epoch} the loss is no longer a number")
            }
            Self::Store { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for StudyError {}

fn list(numbers: &[usize]) -> String {
    let texts: Vec<String> = numbers.iter().map(usize::to_string).collect();
    texts.join(", ")
}
