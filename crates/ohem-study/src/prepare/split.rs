//! The splits that a table names.

/// The split of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureSplit {
    /// `train`.
    Train,
    /// `val`.
    Validation,
    /// `test`.
    Test,
}
