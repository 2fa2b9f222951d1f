//! Regression targets in compact form: a class and four values a RoI.

use core::fmt;

use crate::{BBox, Float};

use super::label::stray;
use super::{Assignment, BACKGROUND, BoxCoder, LabelConfig};

/// Where compact targets are written: for each RoI the class whose columns they belong in, and the step to its
/// ground-truth box.
#[derive(Debug)]
pub struct RegressionTargets<'a, F> {
    /// The class; [`BACKGROUND`] where there is no target.
    pub classes: &'a mut [u32],
    /// `[dx, dy, dw, dh]`; zeros where there is no target.
    pub steps: &'a mut [[F; 4]],
}

/// Encodes the step from each RoI to its ground-truth box, where it overlaps that enough.
///
/// `ground_truth` are boxes and `classes` their classes. The class of a target follows
/// [`LabelConfig::target`], whatever the RoI's label: where that is below [`LabelConfig::foreground`], even a
/// background RoI has one. O(n).
///
/// Source: `_compute_targets` of the reference. It takes for ground truth whatever RoI overlaps a ground-truth
/// box by exactly 1, and gives an image without any zeros, as this does.
///
/// # Errors
///
/// If the target threshold is NaN, the slices differ in length, or a match names no ground-truth box. Then
/// nothing is written.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{Assignment, BoxCoder, RegressionTargets, LabelConfig, UNMATCHED, regression_targets};
/// use ohem_core::BBox;
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[1.0, 0.0, 10.0, 9.0]]);
/// let assignment = Assignment { overlaps: &[0.8, 0.0], matches: &[0, UNMATCHED] };
/// let (mut classes, mut steps) = ([9; 2], [[9.0; 4]; 2]);
/// let out = RegressionTargets { classes: &mut classes, steps: &mut steps };
/// let (config, coder) = (LabelConfig::new(), BoxCoder::fast_rcnn());
/// regression_targets(rois, (ground_truth, &[3]), assignment, &config, &coder, out)?;
/// assert_eq!(classes, [3, 0]);
/// assert_eq!(steps, [[0.1, 0.0, 0.0, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_core::targets::RegressionTargetsError>(())
/// ```
pub fn regression_targets<F: Float>(
    rois: &[BBox<F>],
    (ground_truth, classes): (&[BBox<F>], &[u32]),
    assignment: Assignment<'_, F>,
    config: &LabelConfig,
    coder: &BoxCoder,
    out: RegressionTargets<'_, F>,
) -> Result<(), RegressionTargetsError> {
    let Assignment { overlaps, matches } = assignment;
    if config.target.is_nan() {
        return Err(RegressionTargetsError::NanThreshold);
    }
    let lengths = [overlaps.len(), matches.len(), out.classes.len(), out.steps.len()];
    if let Some(&others) = lengths.iter().find(|&&others| others != rois.len()) {
        return Err(RegressionTargetsError::Length { rois: rois.len(), others });
    }
    if classes.len() != ground_truth.len() {
        return Err(RegressionTargetsError::Classes {
            ground_truth: ground_truth.len(),
            classes: classes.len(),
        });
    }
    if let Some((roi, index)) = stray(matches, ground_truth.len()) {
        return Err(RegressionTargetsError::Match { roi, index, ground_truth: ground_truth.len() });
    }
    let least = F::from_f64(config.target);
    let each = out.classes.iter_mut().zip(out.steps).zip(rois).zip(overlaps).zip(matches);
    for ((((class, step), roi), &overlap), &index) in each {
        let target = ground_truth.get(index as usize).zip(classes.get(index as usize));
        (*class, *step) = match target {
            Some((bbox, &class)) if overlap >= least && class != BACKGROUND => {
                (class, coder.encode(roi, bbox))
            }
            _ => (BACKGROUND, [F::zero(); 4]),
        };
    }
    Ok(())
}

/// Why targets could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegressionTargetsError {
    /// The target threshold is NaN.
    NanThreshold,
    /// There are not as many overlaps, matches or places as RoIs.
    Length {
        /// How many RoIs there are.
        rois: usize,
        /// How many of the others there are.
        others: usize,
    },
    /// There are not as many classes as ground-truth boxes.
    Classes {
        /// How many ground-truth boxes there are.
        ground_truth: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A match names no ground-truth box.
    Match {
        /// Which RoI it is of.
        roi: usize,
        /// The match.
        index: u32,
        /// How many ground-truth boxes there are.
        ground_truth: usize,
    },
}

impl fmt::Display for RegressionTargetsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NanThreshold => f.write_str("the target threshold is NaN"),
            Self::Length { rois, others } => {
                write!(f, "{rois} RoIs, but {others} overlaps, matches or places for targets")
            }
            Self::Classes { ground_truth, classes } => {
                write!(f, "{ground_truth} ground-truth boxes, but {classes} classes")
            }
            Self::Match { roi, index, ground_truth } => {
                write!(f, "RoI {roi} matches box {index}, but there are {ground_truth}")
            }
        }
    }
}

impl core::error::Error for RegressionTargetsError {}
