//! Regression targets, and the columns of a network's output that they belong to.

use ohem_core::targets::{self, Assignment, ExpandConfig, PerClassTargets as CorePerClassTargets};
use ohem_core::{Float, RankKey};

use crate::coder::{BoxCoder, fours, fours_mut};
use crate::export::export;
use crate::labels::LabelConfig;
use crate::lend::{one, slice, slice_mut};
use crate::rois::{BBox, boxes};
use crate::status::{Refusal, Status};
use crate::targets::{matches, matches_mut, refusal};

/// Tables of `4 * classes` columns, to be written: targets with columns for each class, and their weights.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct PerClassTargets<F> {
    /// The targets, in the columns of the RoI's class; 0 in all others.
    pub targets: *mut F,
    /// The inside weights, in the same columns.
    pub inside_weights: *mut F,
    /// 1 for each inside weight above 0.
    pub outside_weights: *mut F,
}

unsafe fn regression_targets<F: Float>(
    rois: *const BBox<F>,
    overlaps: *const F,
    matches: *const u32,
    length: usize,
    ground_truth: *const BBox<F>,
    classes: *const u32,
    count: usize,
    config: *const LabelConfig<F>,
    coder: *const BoxCoder<F>,
    target_classes: *mut u32,
    targets: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let config = one(config, Status::PointerConfig)?.checked()?;
        let coder = one(coder, Status::PointerCoder)?.checked()?;
        let rois = boxes(rois, length)?;
        let overlaps = slice(overlaps, length, Status::PointerOverlaps)?;
        let matches = self::matches(matches, length, Status::PointerMatches)?;
        let ground_truth = (boxes(ground_truth, count)?, slice(classes, count, Status::PointerLabels)?);
        let out = targets::RegressionTargets {
            classes: matches_mut(target_classes, length, Status::PointerOut)?,
            targets: fours_mut(targets, length, Status::PointerOut)?,
        };
        let assignment = Assignment { overlaps, matches };
        targets::regression_targets(rois, ground_truth, assignment, &config, &coder, out).map_err(refusal)
    }
}

unsafe fn expand_per_class<F: Float>(
    target_classes: *const u32,
    targets: *const F,
    length: usize,
    classes: usize,
    inside_weights: *const F,
    out: *const PerClassTargets<F>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let (config, out) = per_class(length, classes, inside_weights, out)?;
        let target_classes = matches(target_classes, length, Status::PointerLabels)?;
        let targets = fours(targets, length, Status::PointerTargets)?;
        targets::expand_per_class(target_classes, targets, &config, out).map_err(refusal)
    }
}

unsafe fn expand_per_class_rows<F: Float>(
    indices: *const u32,
    count: usize,
    target_classes: *const u32,
    targets: *const F,
    length: usize,
    classes: usize,
    inside_weights: *const F,
    out: *const PerClassTargets<F>,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let indices = slice(indices, count, Status::PointerIndices)?;
        let (config, out) = per_class(count, classes, inside_weights, out)?;
        let target_classes = matches(target_classes, length, Status::PointerLabels)?;
        let targets = fours(targets, length, Status::PointerTargets)?;
        targets::expand_per_class_rows(indices, target_classes, targets, &config, out).map_err(refusal)
    }
}

/// Views how targets are spread, and three tables of `rows` rows.
///
/// # Safety
///
/// As [`slice`] and [`slice_mut`], for the arrays that are named.
unsafe fn per_class<'a, F: Float>(
    rows: usize,
    classes: usize,
    inside_weights: *const F,
    out: *const PerClassTargets<F>,
) -> Result<(ExpandConfig, CorePerClassTargets<'a, F>), Refusal> {
    let values = rows.saturating_mul(classes).saturating_mul(4);
    // SAFETY: as promised by the caller.
    unsafe {
        let out = one(out, Status::PointerOut)?;
        let mut config = ExpandConfig::new(classes);
        if !inside_weights.is_null() {
            let weights: &[F; 4] = one(inside_weights.cast(), Status::PointerWeights)?;
            config = config.inside_weights(weights.map(RankKey::to_f64));
        }
        let tables = CorePerClassTargets {
            targets: slice_mut(out.targets, values, Status::PointerOut)?,
            inside_weights: slice_mut(out.inside_weights, values, Status::PointerOut)?,
            outside_weights: slice_mut(out.outside_weights, values, Status::PointerOut)?,
        };
        Ok((config, tables))
    }
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Regression targets in `", stringify!($float), "`.")]
        pub mod $float {
            use super::*;

            export! { concat!("_", stringify!($float));
                /// Encodes the way from each RoI to its ground-truth box, if it overlaps the box by `config->target`.
                ///
                /// `overlaps` and `matches` are those of `ohem_assign_...`; `classes` has the class of each of the
                /// `count` boxes. `target_classes` becomes the class of each target, `OHEM_BACKGROUND` if a RoI has
                /// none; `targets` has `length` rows of four values, 0 without a target. O(length).
                fn regression_targets(
                    rois: *const BBox<$float>,
                    overlaps: *const $float,
                    matches: *const u32,
                    length: usize,
                    ground_truth: *const BBox<$float>,
                    classes: *const u32,
                    count: usize,
                    config: *const LabelConfig<$float>,
                    coder: *const BoxCoder<$float>,
                    target_classes: *mut u32,
                    targets: *mut $float,
                );

                /// Spreads targets over `4 * classes` columns, with their weights: the tables have `length` rows.
                ///
                /// The target of class `k` fills the columns from `4 k`. `inside_weights` has four values, those of
                /// the columns; `NULL` if all are 1. O(length x classes).
                fn expand_per_class(
                    target_classes: *const u32,
                    targets: *const $float,
                    length: usize,
                    classes: usize,
                    inside_weights: *const $float,
                    out: *const PerClassTargets<$float>,
                );

                /// Does the same for selected RoIs alone: the tables have a row for each of `count` indices, in their order.
                fn expand_per_class_rows(
                    indices: *const u32,
                    count: usize,
                    target_classes: *const u32,
                    targets: *const $float,
                    length: usize,
                    classes: usize,
                    inside_weights: *const $float,
                    out: *const PerClassTargets<$float>,
                );
            }
        }
    )*};
}

instances!(f32 f64);
