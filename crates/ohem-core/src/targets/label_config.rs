//! IoU thresholds for foreground, background and ignored RoIs.

use crate::Float;
use crate::error::ConfigError;

/// How a RoI is handled that is both foreground and background, if the two ranges of IoU overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum OnOverlap {
    /// It is foreground.
    #[default]
    Foreground,
    /// It is listed twice, once as each: the original's `_all_rois` and `_sample_rois`.
    Duplicate,
}

/// IoU thresholds for foreground, background and ignored RoIs.
///
/// Thresholds are rounded to the float type of the overlaps and compared in it.
///
/// ```
/// use ohem_core::targets::LabelConfig;
///
/// let config = LabelConfig::new().foreground(0.6).background(0.1, 0.4);
/// assert_eq!((config.foreground, config.background_below), (0.6, 0.4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct LabelConfig {
    /// Lowest IoU that counts as foreground; the original's `FG_THRESH`.
    pub foreground: f64,
    /// Lowest IoU that still counts as background; the original's `BG_THRESH_LO`.
    pub background_from: f64,
    /// Lowest IoU that no longer counts as background; the original's `BG_THRESH_HI`.
    pub background_below: f64,
    /// Lowest IoU with which a RoI gets a regression target; the original's `BBOX_THRESH`.
    pub target: f64,
    /// How a RoI is handled that is both foreground and background.
    pub on_overlap: OnOverlap,
}

impl LabelConfig {
    /// Foreground and a regression target from an IoU of 0.5, background below.
    pub const fn new() -> Self {
        Self {
            foreground: 0.5,
            background_from: 0.0,
            background_below: 0.5,
            target: 0.5,
            on_overlap: OnOverlap::Foreground,
        }
    }

    /// The original's setting for mining: the same thresholds, and [`OnOverlap::Duplicate`].
    ///
    /// Fast R-CNN without mining leaves out the easiest background: `background(0.1, 0.5)`.
    pub const fn fast_rcnn() -> Self {
        Self { on_overlap: OnOverlap::Duplicate, ..Self::new() }
    }

    /// Sets the IoU from which a RoI is foreground.
    pub const fn foreground(self, foreground: f64) -> Self {
        Self { foreground, ..self }
    }

    /// Sets the range of IoU in which a RoI is background: `from <= iou < below`.
    pub const fn background(self, from: f64, below: f64) -> Self {
        Self { background_from: from, background_below: below, ..self }
    }

    /// Sets the IoU from which a RoI gets a regression target.
    pub const fn target(self, target: f64) -> Self {
        Self { target, ..self }
    }

    /// Chooses how a RoI is handled that is both foreground and background.
    pub const fn on_overlap(self, on_overlap: OnOverlap) -> Self {
        Self { on_overlap, ..self }
    }

    /// Checks that no threshold is NaN.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check_threshold("foreground", self.foreground)?;
        ConfigError::check_threshold("background_from", self.background_from)?;
        ConfigError::check_threshold("background_below", self.background_below)?;
        self.check_target()
    }

    /// Checks that the threshold of targets is not NaN.
    pub(super) fn check_target(&self) -> Result<(), ConfigError> {
        ConfigError::check_threshold("target", self.target)
    }

    /// Whether a RoI with this IoU is foreground.
    pub(super) fn is_foreground<F: Float>(&self, overlap: F) -> bool {
        overlap >= F::from_f64(self.foreground)
    }

    /// Whether a RoI with this IoU is listed as background.
    pub(super) fn is_background<F: Float>(&self, overlap: F) -> bool {
        overlap >= F::from_f64(self.background_from)
            && overlap < F::from_f64(self.background_below)
            && (self.on_overlap == OnOverlap::Duplicate || !self.is_foreground(overlap))
    }
}

impl Default for LabelConfig {
    fn default() -> Self {
        Self::new()
    }
}
