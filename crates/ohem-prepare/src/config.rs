//! How to prepare pictures.

use crate::Part;

/// What becomes of the pictures of split `val`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validation {
    /// They are trained on, as PASCAL VOC's trainval.
    #[default]
    Train,
    /// They are tested on.
    Test,
    /// They are left out.
    LeaveOut,
}

/// How to prepare pictures.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// How many proposals a picture has at the most.
    pub proposals: usize,
    /// The IoU above which a better proposal suppresses another.
    pub nms_threshold: f64,
    /// What becomes of the pictures of split `val`.
    pub validation: Validation,
}

impl Config {
    /// Up to 600 proposals a picture, none overlapping another by more than 0.6; validation pictures are trained on.
    pub const fn new() -> Self {
        Self { proposals: 600, nms_threshold: 0.6, validation: Validation::Train }
    }

    /// Limits the proposals of a picture.
    pub const fn proposals(self, proposals: usize) -> Self {
        Self { proposals, ..self }
    }

    /// Lets proposals overlap so much.
    pub const fn nms_threshold(self, nms_threshold: f64) -> Self {
        Self { nms_threshold, ..self }
    }

    /// Chooses what becomes of the pictures of split `val`.
    pub const fn validation(self, validation: Validation) -> Self {
        Self { validation, ..self }
    }

    /// Whether pictures of this part are trained on.
    pub(crate) fn trains(&self, part: Part) -> bool {
        part == Part::Train || part == Part::Validation && self.validation == Validation::Train
    }

    /// Whether pictures of this part are tested on.
    pub(crate) fn tests(&self, part: Part) -> bool {
        part == Part::Test || part == Part::Validation && self.validation == Validation::Test
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
