//! Regression targets, with a class and four values for each RoI.

use crate::error::{InputError, LengthMismatch};
use crate::{BBox, Float, Match};

use super::label::{check_matches, class_of};
use super::{Assignment, BoxCoder, LabelConfig};

/// Memory for regression targets: for each RoI the class whose columns the target belongs to, and the target.
#[derive(Debug)]
pub struct RegressionTargets<'a, F> {
    /// The class; background if the RoI has no target.
    pub classes: &'a mut [Match],
    /// `[dx, dy, dw, dh]`; zeros if the RoI has no target.
    pub targets: &'a mut [[F; 4]],
}

/// Encodes the way from each RoI to its ground-truth box, if it overlaps the box enough.
///
/// `ground_truth` are boxes and `classes` their classes. Only [`LabelConfig::target`] decides who has a
/// target, not the RoI's label: if it is below [`LabelConfig::foreground`], even background RoIs have
/// targets. A RoI without a box, or whose match is ignored, has none. O(n).
///
/// Source: `_compute_targets` of the original, which takes every RoI with an IoU of exactly 1 for ground
/// truth. Without ground truth it gives zeros, as this does.
///
/// # Errors
///
/// If the threshold of targets is NaN, the slices differ in length, a match names no ground-truth box, or a
/// class is too large for a [`Match`]. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{Assignment, BoxCoder, LabelConfig, RegressionTargets, regression_targets};
/// use ohem_core::{BBox, Match};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[1.0, 0.0, 10.0, 9.0]]);
/// let matches = [Match::object(0), Match::BACKGROUND];
/// let assignment = Assignment { overlaps: &[0.8, 0.0], matches: &matches };
/// let (mut classes, mut targets) = ([Match::IGNORED; 2], [[9.0; 4]; 2]);
/// let out = RegressionTargets { classes: &mut classes, targets: &mut targets };
/// let (config, coder) = (LabelConfig::new(), BoxCoder::fast_rcnn());
/// regression_targets(rois, (ground_truth, &[3]), assignment, &config, &coder, out)?;
/// assert_eq!(classes, [Match::object(3), Match::BACKGROUND]);
/// assert_eq!(targets, [[0.1, 0.0, 0.0, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn regression_targets<F: Float>(
    rois: &[BBox<F>],
    (ground_truth, classes): (&[BBox<F>], &[u32]),
    assignment: Assignment<'_, F>,
    config: &LabelConfig,
    coder: &BoxCoder,
    out: RegressionTargets<'_, F>,
) -> Result<(), InputError> {
    config.check_target()?;
    LengthMismatch::check("overlaps", rois.len(), assignment.overlaps.len())?;
    LengthMismatch::check("matches", rois.len(), assignment.matches.len())?;
    LengthMismatch::check("classes of targets", rois.len(), out.classes.len())?;
    LengthMismatch::check("targets", rois.len(), out.targets.len())?;
    LengthMismatch::check("classes of ground truth", ground_truth.len(), classes.len())?;
    check_matches(assignment.matches, classes)?;
    let threshold = F::from_f64(config.target);
    let target_of = |roi: &BBox<F>, overlap: F, matched: Match| {
        let class = class_of(matched, classes).filter(|_| overlap >= threshold)?;
        let bbox = ground_truth.get(matched.number()? as usize)?;
        Some((Match::object(class), coder.encode(roi, bbox)))
    };
    let slots = out.classes.iter_mut().zip(out.targets);
    for ((class, target), (roi, (overlap, matched))) in slots.zip(rois.iter().zip(assignment.iter())) {
        let encoded = target_of(roi, overlap, matched);
        (*class, *target) = encoded.unwrap_or((Match::BACKGROUND, [F::zero(); 4]));
    }
    Ok(())
}
