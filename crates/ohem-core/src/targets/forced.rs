//! Labels that an IoU threshold alone does not give: the best RoI of each object, and RoIs in regions to ignore.

use crate::error::{ConfigError, InputError, InvalidBox, LengthMismatch};
use crate::{BBox, Convention, Float, Match};

use super::label::{check_matches, class_of};

/// Makes the best RoIs of each object foreground, whatever their IoU.
///
/// Of each ground-truth box, the RoIs with the highest IoU above 0 get a class: that of the box that they match
/// themselves, which may be another box. Several RoIs may have the highest IoU. A RoI
/// whose match is ignored keeps its label. Call it for one image, after [`label`](super::label()). O(RoIs x
/// ground truth), without SIMD.
///
/// Source: `gt_argmax_overlaps` in the anchor targets of Faster R-CNN's RPN, and `allow_low_quality_matches` of
/// torchvision, which RetinaNet uses as well.
///
/// # Errors
///
/// If the slices differ in length, a match names no class, a class is too large for a [`Match`], or a
/// ground-truth box is invalid ([`BBox::is_box`]). Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::{Assignment, LabelConfig, assign, force_best, label};
/// use ohem_core::{BBox, Convention, Match};
///
/// let anchors = [[0.0, 0.0, 10.0, 10.0], [20.0, 0.0, 30.0, 10.0], [40.0, 0.0, 50.0, 10.0]];
/// let anchors = BBox::from_rows(&anchors);
/// let objects = BBox::from_rows(&[[100.0, 100.0, 110.0, 110.0], [20.0, 0.0, 30.0, 2.0]]);
/// let (classes, convention) = ([1, 2], Convention::Continuous);
/// let (mut overlaps, mut matches, mut labels) = ([0.0; 3], [Match::IGNORED; 3], [Match::IGNORED; 3]);
/// assign(anchors, objects, convention, &mut overlaps, &mut matches)?;
/// label(Assignment { overlaps: &overlaps, matches: &matches }, &classes, &LabelConfig::new(), &mut labels)?;
/// assert_eq!(labels, [Match::BACKGROUND; 3]); // the highest IoU is 0.2
/// force_best(anchors, objects, &matches, &classes, convention, &mut labels)?;
/// assert_eq!(labels, [Match::BACKGROUND, Match::object(2), Match::BACKGROUND]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn force_best<F: Float>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    matches: &[Match],
    classes: &[u32],
    convention: Convention,
    labels: &mut [Match],
) -> Result<(), InputError> {
    LengthMismatch::check("matches", rois.len(), matches.len())?;
    LengthMismatch::check("classes", ground_truth.len(), classes.len())?;
    LengthMismatch::check("labels", rois.len(), labels.len())?;
    check_matches(matches, classes)?;
    InvalidBox::check("ground-truth box", ground_truth, convention)?;
    for object in ground_truth {
        let overlaps = || rois.iter().map(|roi| roi.iou(object, convention));
        let best = overlaps().fold(F::zero(), |best, overlap| if overlap > best { overlap } else { best });
        let rows = labels.iter_mut().zip(matches).zip(overlaps());
        for ((label, &matched), _) in rows.filter(|(_, overlap)| best > F::zero() && *overlap == best) {
            if let Some(class) = class_of(matched, classes) {
                *label = Match::object(class);
            }
        }
    }
    Ok(())
}

/// Ignores background RoIs of which a share lies in a region, such as a crowd of objects.
///
/// A background RoI becomes [`Match::IGNORED`] if the area that it shares with one of the regions is at least
/// `share` of the RoI's area (not of the union, as regions are large). Foreground stays. An invalid RoI
/// shares nothing. Call it for one image, after [`label`](super::label()). O(RoIs x regions), without SIMD.
///
/// Source: `iscrowd` in COCO's evaluation, and `ignore_iof_thr` of mmdetection's assigner.
///
/// # Errors
///
/// If there are not as many labels as RoIs, `share` is NaN, or a region is invalid ([`BBox::is_box`]). Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::ignore_regions;
/// use ohem_core::{BBox, Convention, Match};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 100.0, 100.0]]);
/// let crowd = BBox::from_rows(&[[0.0, 0.0, 50.0, 50.0]]);
/// let mut labels = [Match::BACKGROUND; 2];
/// ignore_regions(rois, crowd, 0.5, Convention::Continuous, &mut labels)?;
/// assert_eq!(labels, [Match::IGNORED, Match::BACKGROUND]); // a quarter of the second lies in the crowd
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn ignore_regions<F: Float>(
    rois: &[BBox<F>],
    regions: &[BBox<F>],
    share: f64,
    convention: Convention,
    labels: &mut [Match],
) -> Result<(), InputError> {
    LengthMismatch::check("labels", rois.len(), labels.len())?;
    ConfigError::check_threshold("share", share)?;
    InvalidBox::check("region", regions, convention)?;
    let share = F::from_f64(share);
    for (roi, label) in rois.iter().zip(labels).filter(|(_, label)| label.is_background()) {
        let is_in = |region: &BBox<F>| share_inside(roi, region, convention) >= share;
        if regions.iter().any(is_in) {
            *label = Match::IGNORED;
        }
    }
    Ok(())
}

/// The share of a RoI's area that lies in a valid region; below 0 for an invalid RoI or one without area.
fn share_inside<F: Float>(roi: &BBox<F>, region: &BBox<F>, convention: Convention) -> F {
    let (area, pad, zero) = (roi.area(convention), convention.pad::<F>(), F::zero());
    if !(roi.is_box(convention) && area > zero) {
        return zero - F::one();
    }
    let least = |a: F, b: F| if a < b { a } else { b };
    let side = |from: F, to: F, low: F, high: F| {
        let start = if from > low { from } else { low };
        let side = least(to, high) - start + pad;
        if side > zero { side } else { zero }
    };
    let width = side(roi.x1, roi.x2, region.x1, region.x2);
    width * side(roi.y1, roi.y2, region.y1, region.y2) / area
}
