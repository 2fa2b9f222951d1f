//! An image's RoIs, ready to train on.

use core::fmt;

use ohem_core::{BBox, Float, targets};

use super::{
    AssignError, BACKGROUND, BoxCoder, IGNORED, LabelConfig, LabelError, RegressionTargetsError, UNMATCHED,
};
use crate::simd::dispatch;

/// The RoIs of an image, ready to train on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prepared<F> {
    /// The RoIs: the ground truth, and then the proposals.
    pub rois: Vec<BBox<F>>,
    /// The IoU of each with its ground-truth box.
    pub overlaps: Vec<F>,
    /// The index of that box, or [`UNMATCHED`].
    pub matches: Vec<u32>,
    /// The class of each that is foreground, or [`BACKGROUND`], or [`IGNORED`].
    pub labels: Vec<u32>,
    /// The class of each that has a target, or [`BACKGROUND`].
    pub target_classes: Vec<u32>,
    /// The step from each to its box, or zeros.
    pub steps: Vec<[F; 4]>,
}

/// Assigns, labels and encodes the RoIs of an image: its ground truth, and then the proposals.
///
/// A ground-truth box is matched with itself, a proposal with the box that it overlaps most. See
/// [`ohem_core::targets`] for the steps, which work in memory that is lent. O(proposals x ground truth).
///
/// Source: the reference's roidb: `create_roidb_from_box_list` and `_compute_targets`, and the labels of
/// `_all_rois`. It lists the RoIs that are not ignored; [`split`](super::split()) does.
///
/// # Errors
///
/// If there are not as many classes as ground-truth boxes, or a threshold is NaN.
///
/// # Examples
///
/// ```
/// use ohem_std::BBox;
/// use ohem_std::targets::{BoxCoder, LabelConfig, prepare};
///
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0]]);
/// let proposals = BBox::from_rows(&[[1.0, 0.0, 10.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let coder = BoxCoder::fast_rcnn();
/// let prepared = prepare((ground_truth, &[3]), proposals, &LabelConfig::new(), &coder)?;
/// assert_eq!(prepared.labels, [3, 3, 0]);
/// assert_eq!(prepared.steps, [[0.0; 4], [-0.1, 0.0, 0.0, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_std::targets::Error>(())
/// ```
pub fn prepare<F: Float>(
    (ground_truth, classes): (&[BBox<F>], &[u32]),
    proposals: &[BBox<F>],
    config: &LabelConfig,
    coder: &BoxCoder,
) -> Result<Prepared<F>, Error> {
    let rois = [ground_truth, proposals].concat();
    let (mut overlaps, mut matches) = (vec![F::zero(); rois.len()], vec![UNMATCHED; rois.len()]);
    let (own_overlaps, other_overlaps) = overlaps.split_at_mut(ground_truth.len());
    let (own, others) = matches.split_at_mut(ground_truth.len());
    let convention = coder.convention;
    targets::assign_own(ground_truth, convention, own_overlaps, own)?;
    dispatch!(simd => targets::assign(simd, proposals, ground_truth, convention, other_overlaps, others))?;

    let assignment = targets::Assignment { overlaps: &overlaps, matches: &matches };
    let (mut target_classes, mut steps) = (vec![BACKGROUND; rois.len()], vec![[F::zero(); 4]; rois.len()]);
    let out = targets::RegressionTargets { classes: &mut target_classes, steps: &mut steps };
    targets::regression_targets(&rois, (ground_truth, classes), assignment, config, coder, out)?;
    let mut labels = vec![IGNORED; rois.len()];
    targets::label(assignment, classes, config, &mut labels)?;
    Ok(Prepared { rois, overlaps, matches, labels, target_classes, steps })
}

/// Why RoIs could not be prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// They could not be assigned.
    Assign(AssignError),
    /// They could not be labelled.
    Label(LabelError),
    /// Their targets could not be computed.
    RegressionTargets(RegressionTargetsError),
}

impl From<AssignError> for Error {
    fn from(error: AssignError) -> Self {
        Self::Assign(error)
    }
}

impl From<LabelError> for Error {
    fn from(error: LabelError) -> Self {
        Self::Label(error)
    }
}

impl From<RegressionTargetsError> for Error {
    fn from(error: RegressionTargetsError) -> Self {
        Self::RegressionTargets(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign(error) => error.fmt(f),
            Self::Label(error) => error.fmt(f),
            Self::RegressionTargets(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_is_told_in_the_words_of_the_step_that_did() {
        let (one, labels, coder) =
            ([BBox::new(0.0, 0.0, 9.0, 9.0)], LabelConfig::new(), BoxCoder::fast_rcnn());
        let class_missing = prepare((&one, &[]), &one, &labels, &coder).unwrap_err();
        let threshold = prepare((&one, &[1]), &one, &labels.foreground(f64::NAN), &coder).unwrap_err();
        for error in [class_missing, threshold] {
            let inner = match error {
                Error::Assign(inner) => inner.to_string(),
                Error::Label(inner) => inner.to_string(),
                Error::RegressionTargets(inner) => inner.to_string(),
            };
            assert!(!inner.is_empty());
            assert_eq!(error.to_string(), inner);
        }
    }
}
