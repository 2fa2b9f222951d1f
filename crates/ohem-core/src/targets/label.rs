//! Foreground, background or ignored, by the overlap with the ground truth.

use core::fmt;

use crate::Float;

use super::UNMATCHED;

/// The label of a RoI that is no object.
pub const BACKGROUND: u32 = 0;

/// The label of a RoI that is neither foreground nor background.
pub const IGNORED: u32 = u32::MAX;

/// What becomes of a RoI that is foreground and background at once, where the two ranges overlap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnOverlap {
    /// It is foreground.
    #[default]
    Foreground,
    /// It is listed twice, once as each: the reference's `_all_rois` and `_sample_rois`.
    Duplicate,
}

/// From which overlap a RoI is what.
///
/// All thresholds are rounded to the float type of the overlaps, and compared in that.
///
/// ```
/// use ohem_core::targets::LabelConfig;
///
/// let config = LabelConfig::new().foreground(0.6).background(0.1, 0.4);
/// assert_eq!((config.foreground, config.background_below), (0.6, 0.4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LabelConfig {
    /// A RoI is foreground that overlaps its box by this or more; the reference's `FG_THRESH`.
    pub foreground: f64,
    /// A RoI is background that overlaps no box by as much as `background_below`, but one by this; `BG_THRESH_LO`.
    pub background_from: f64,
    /// The overlap from which a RoI is not background; `BG_THRESH_HI`.
    pub background_below: f64,
    /// A RoI that overlaps its box by this or more has a box to become; `BBOX_THRESH`.
    pub target: f64,
    /// What becomes of a RoI that is both.
    pub on_overlap: OnOverlap,
}

impl LabelConfig {
    /// Half an overlap makes foreground, and a target; less makes background.
    pub const fn new() -> Self {
        Self {
            foreground: 0.5,
            background_from: 0.0,
            background_below: 0.5,
            target: 0.5,
            on_overlap: OnOverlap::Foreground,
        }
    }

    /// What the reference trains with: the same, but a RoI that is both is listed twice.
    ///
    /// Fast R-CNN without mining leaves out the easiest background: `background(0.1, 0.5)`.
    pub const fn fast_rcnn() -> Self {
        Self { on_overlap: OnOverlap::Duplicate, ..Self::new() }
    }

    /// Makes foreground of RoIs from this overlap.
    pub const fn foreground(self, foreground: f64) -> Self {
        Self { foreground, ..self }
    }

    /// Makes background of RoIs from one overlap to below another.
    pub const fn background(self, from: f64, below: f64) -> Self {
        Self { background_from: from, background_below: below, ..self }
    }

    /// Gives RoIs from this overlap a box to become.
    pub const fn target(self, target: f64) -> Self {
        Self { target, ..self }
    }

    /// Chooses what becomes of a RoI that is both.
    pub const fn on_overlap(self, on_overlap: OnOverlap) -> Self {
        Self { on_overlap, ..self }
    }

    /// The name of a threshold that is NaN, if there is one.
    pub(super) fn nan_threshold(&self) -> Option<&'static str> {
        let thresholds = [
            ("foreground", self.foreground),
            ("background_from", self.background_from),
            ("background_below", self.background_below),
            ("target", self.target),
        ];
        thresholds.into_iter().find(|(_, threshold)| threshold.is_nan()).map(|(name, _)| name)
    }

    /// Whether a RoI of this overlap is foreground.
    pub(super) fn is_foreground<F: Float>(&self, overlap: F) -> bool {
        overlap >= F::from_f64(self.foreground)
    }

    /// Whether a RoI of this overlap is listed as background.
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

/// The best ground-truth box of each RoI, and the IoU with it, as [`assign`](super::assign()) finds them.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a, F> {
    /// The IoU of each RoI with its box.
    pub overlaps: &'a [F],
    /// The index of its box, or [`UNMATCHED`].
    pub matches: &'a [u32],
}

/// Labels each RoI with the class of its ground-truth box, or [`BACKGROUND`], or [`IGNORED`].
///
/// `classes` are those of the ground-truth boxes. Foreground has precedence. A RoI that overlaps nothing is
/// never foreground, whatever the threshold: it is background or ignored. O(n).
///
/// Source: `max_classes` of the reference's imdb, and `_all_rois`, which lists the RoIs that are not ignored
/// instead ([`split`](super::split())).
///
/// # Errors
///
/// If a threshold is NaN, the slices differ in length, or a match names no class. Then nothing is written.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{Assignment, BACKGROUND, IGNORED, LabelConfig, UNMATCHED, label};
///
/// let assignment = Assignment { overlaps: &[0.9, 0.5, 0.0], matches: &[1, 0, UNMATCHED] };
/// let mut labels = [0; 3];
/// label(assignment, &[7, 3], &LabelConfig::new().foreground(0.6), &mut labels)?;
/// assert_eq!(labels, [3, IGNORED, BACKGROUND]);
/// # Ok::<(), ohem_core::targets::LabelError>(())
/// ```
pub fn label<F: Float>(
    assignment: Assignment<'_, F>,
    classes: &[u32],
    config: &LabelConfig,
    labels: &mut [u32],
) -> Result<(), LabelError> {
    let Assignment { overlaps, matches } = assignment;
    if let Some(threshold) = config.nan_threshold() {
        return Err(LabelError::NanThreshold { threshold });
    }
    if let Some(&others) = [matches.len(), labels.len()].iter().find(|&&others| others != overlaps.len()) {
        return Err(LabelError::Length { overlaps: overlaps.len(), others });
    }
    if let Some((roi, index)) = stray(matches, classes.len()) {
        return Err(LabelError::Match { roi, index, classes: classes.len() });
    }
    for ((label, &overlap), &index) in labels.iter_mut().zip(overlaps).zip(matches) {
        *label = match classes.get(index as usize) {
            Some(&class) if config.is_foreground(overlap) => class,
            _ if config.is_background(overlap) => BACKGROUND,
            _ => IGNORED,
        };
    }
    Ok(())
}

/// The first match that names none of the ground-truth boxes, and the RoI it is of.
pub(super) fn stray(matches: &[u32], ground_truth: usize) -> Option<(usize, u32)> {
    let is_stray = |index| index != UNMATCHED && index as usize >= ground_truth;
    matches.iter().copied().enumerate().find(|&(_, index)| is_stray(index))
}

/// Why RoIs could not be labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LabelError {
    /// A threshold is NaN.
    NanThreshold {
        /// Which field of [`LabelConfig`].
        threshold: &'static str,
    },
    /// There are not as many matches, or places for labels, as overlaps.
    Length {
        /// How many overlaps there are.
        overlaps: usize,
        /// How many of the others there are.
        others: usize,
    },
    /// A match names no class.
    Match {
        /// Which RoI it is of.
        roi: usize,
        /// The match.
        index: u32,
        /// How many ground-truth classes there are.
        classes: usize,
    },
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NanThreshold { threshold } => write!(f, "the threshold `{threshold}` is NaN"),
            Self::Length { overlaps, others } => {
                write!(f, "{overlaps} overlaps, but {others} matches or places for labels")
            }
            Self::Match { roi, index, classes } => {
                write!(f, "RoI {roi} matches box {index}, but there are classes of {classes}")
            }
        }
    }
}

impl core::error::Error for LabelError {}
