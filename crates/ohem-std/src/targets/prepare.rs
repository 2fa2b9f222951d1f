//! The RoIs of an image, ready to train on.

use ohem_core::{BBox, Float, InputError, Match, kernel, targets};

use super::{Assignment, BoxCoder, LabelConfig, label, regression_targets};
use crate::simd::dispatch;

/// The RoIs of an image, ready to train on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prepared<F> {
    /// The RoIs: the ground truth, then the proposals.
    pub rois: Vec<BBox<F>>,
    /// The IoU of each RoI with its ground-truth box.
    pub overlaps: Vec<F>,
    /// The index of that box, or background.
    pub matches: Vec<Match>,
    /// The class of each foreground RoI; background or ignored for the others.
    pub labels: Vec<Match>,
    /// The class of each RoI that has a target; background for the others.
    pub target_classes: Vec<Match>,
    /// The regression target of each RoI, or zeros.
    pub targets: Vec<[F; 4]>,
}

/// Assigns, labels and encodes the RoIs of an image: its ground truth, then the proposals.
///
/// A ground-truth box is matched with itself, a proposal with the box that it overlaps most. See
/// [`ohem_core::targets`] for the parts, which work in lent memory. O(proposals x ground truth).
///
/// Source: the original's roidb: `create_roidb_from_box_list` and `_compute_targets`, and the labels of
/// `_all_rois`, which lists the RoIs that are not ignored, as [`split`](super::split()) does.
///
/// # Errors
///
/// If there are not as many classes as ground-truth boxes, a class is too large for a [`Match`], a ground-truth
/// box is invalid, or a threshold is NaN.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{BoxCoder, LabelConfig, prepare};
/// use ohem_std::{BBox, Match};
///
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0]]);
/// let proposals = BBox::from_rows(&[[1.0, 0.0, 10.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let coder = BoxCoder::fast_rcnn();
/// let prepared = prepare((ground_truth, &[3]), proposals, &LabelConfig::new(), &coder)?;
/// assert_eq!(prepared.labels, [Match::object(3), Match::object(3), Match::BACKGROUND]);
/// assert_eq!(prepared.targets, [[0.0; 4], [-0.1, 0.0, 0.0, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn prepare<F: Float>(
    (ground_truth, classes): (&[BBox<F>], &[u32]),
    proposals: &[BBox<F>],
    config: &LabelConfig,
    coder: &BoxCoder,
) -> Result<Prepared<F>, InputError> {
    let rois = [ground_truth, proposals].concat();
    let (mut overlaps, mut matches) = (vec![F::zero(); rois.len()], vec![Match::BACKGROUND; rois.len()]);
    // Ground truth and proposals write to the two parts of the same memory.
    let (own_overlaps, other_overlaps) = overlaps.split_at_mut(ground_truth.len());
    let (own_matches, other_matches) = matches.split_at_mut(ground_truth.len());
    let convention = coder.convention;
    targets::assign_own(ground_truth, convention, own_overlaps, own_matches)?;
    dispatch!(simd => {
        kernel::targets::assign(simd, proposals, ground_truth, convention, other_overlaps, other_matches)
    })?;
    let assignment = Assignment { overlaps: &overlaps, matches: &matches };
    let encoded = regression_targets(&rois, (ground_truth, classes), assignment, config, coder)?;
    let labels = label(assignment, classes, config)?;
    let (target_classes, targets) = (encoded.classes, encoded.targets);
    Ok(Prepared { rois, overlaps, matches, labels, target_classes, targets })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ohem_core::LengthMismatch;

    #[test]
    fn an_error_says_what_was_refused() {
        let (one, config, coder) =
            ([BBox::new(0.0, 0.0, 9.0, 9.0)], LabelConfig::new(), BoxCoder::fast_rcnn());
        let what = "classes of ground truth";
        let missing = LengthMismatch { what, expected: 1, actual: 0 };
        assert_eq!(prepare((&one, &[]), &one, &config, &coder), Err(missing.into()));
        let refused = prepare((&one, &[1]), &one, &config.foreground(f64::NAN), &coder);
        let refused = refused.unwrap_err().to_string();
        assert_eq!(refused, "`foreground` must be a number, not NaN");
    }
}
