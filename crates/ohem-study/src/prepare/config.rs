//! The configuration.

use super::split::PictureSplit;

/// How the pictures of split `val` are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Validation {
    /// Train on them, as with PASCAL VOC's trainval.
    #[default]
    Train,
    /// Test on them.
    Test,
    /// Leave them out.
    LeaveOut,
}

/// How pictures are prepared.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PrepareConfig {
    /// Maximum number of proposals per picture.
    pub proposals: usize,
    /// IoU with a better proposal above which a proposal is suppressed.
    pub iou_threshold: f64,
    /// How the pictures of split `val` are used.
    pub validation: Validation,
}

impl PrepareConfig {
    /// Up to 600 proposals per picture with an IoU of at most 0.6; validation pictures are trained on.
    pub const fn new() -> Self {
        Self { proposals: 600, iou_threshold: 0.6, validation: Validation::Train }
    }

    /// Sets the maximum number of proposals per picture.
    pub const fn proposals(self, proposals: usize) -> Self {
        Self { proposals, ..self }
    }

    /// Sets the IoU above which a proposal is suppressed.
    pub const fn iou_threshold(self, iou_threshold: f64) -> Self {
        Self { iou_threshold, ..self }
    }

    /// Sets how the pictures of split `val` are used.
    pub const fn validation(self, validation: Validation) -> Self {
        Self { validation, ..self }
    }

    /// Whether pictures of this split are trained on.
    pub(crate) fn trains(&self, split: PictureSplit) -> bool {
        split == PictureSplit::Train
            || split == PictureSplit::Validation && self.validation == Validation::Train
    }

    /// Whether pictures of this split are tested on.
    pub(crate) fn tests(&self, split: PictureSplit) -> bool {
        split == PictureSplit::Test
            || split == PictureSplit::Validation && self.validation == Validation::Test
    }
}

impl Default for PrepareConfig {
    fn default() -> Self {
        Self::new()
    }
}
