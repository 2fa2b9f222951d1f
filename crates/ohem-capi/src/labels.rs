//! Labels: the class of each RoI, by its overlap with the ground truth.

use ohem_core::targets::{self, Assignment};
use ohem_core::{ConfigError, Float, InputError};

use crate::config::{Convention, convention};
use crate::export::export;
use crate::lend::{one, one_mut, slice, slice_mut};
use crate::rois::{BBox, boxes};
use crate::status::{Refusal, Status};
use crate::targets::{matches_mut, refusal};

/// How a RoI is handled that is both foreground and background: one of `OHEM_ON_OVERLAP_...`.
pub type OnOverlap = u32;
/// It is foreground.
pub const OHEM_ON_OVERLAP_FOREGROUND: OnOverlap = 0;
/// It is listed twice, once as each, as in the original.
pub const OHEM_ON_OVERLAP_DUPLICATE: OnOverlap = 1;

/// IoU thresholds for foreground, background and ignored RoIs.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelConfig<F> {
    /// Lowest IoU that counts as foreground; the original's `FG_THRESH`.
    pub foreground: F,
    /// Lowest IoU that still counts as background; the original's `BG_THRESH_LO`.
    pub background_from: F,
    /// Lowest IoU that no longer counts as background; the original's `BG_THRESH_HI`.
    pub background_below: F,
    /// Lowest IoU with which a RoI gets a regression target; the original's `BBOX_THRESH`.
    pub target: F,
    /// How a RoI is handled that is both foreground and background.
    pub on_overlap: OnOverlap,
}

impl<F: Float> LabelConfig<F> {
    pub(crate) fn checked(&self) -> Result<targets::LabelConfig, Refusal> {
        let on_overlap = match self.on_overlap {
            OHEM_ON_OVERLAP_FOREGROUND => targets::OnOverlap::Foreground,
            OHEM_ON_OVERLAP_DUPLICATE => targets::OnOverlap::Duplicate,
            _ => return Err(Status::Choice.into()),
        };
        Ok(targets::LabelConfig::new()
            .foreground(self.foreground.to_f64())
            .background(self.background_from.to_f64(), self.background_below.to_f64())
            .target(self.target.to_f64())
            .on_overlap(on_overlap))
    }
}

unsafe fn label<F: Float>(
    overlaps: *const F,
    matches: *const u32,
    length: usize,
    classes: *const u32,
    count: usize,
    config: *const LabelConfig<F>,
    labels: *mut u32,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let config = one(config, Status::PointerConfig)?.checked()?;
        let overlaps = slice(overlaps, length, Status::PointerOverlaps)?;
        let matches = crate::targets::matches(matches, length, Status::PointerMatches)?;
        let classes = slice(classes, count, Status::PointerLabels)?;
        let labels = matches_mut(labels, length, Status::PointerOut)?;
        targets::label(Assignment { overlaps, matches }, classes, &config, labels).map_err(refusal)
    }
}

unsafe fn force_best<F: Float>(
    rois: *const BBox<F>,
    length: usize,
    ground_truth: *const BBox<F>,
    classes: *const u32,
    count: usize,
    matches: *const u32,
    convention: Convention,
    labels: *mut u32,
) -> Result<(), Refusal> {
    let convention = self::convention(convention)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let (rois, ground_truth) = (boxes(rois, length)?, boxes(ground_truth, count)?);
        let classes = slice(classes, count, Status::PointerLabels)?;
        let matches = crate::targets::matches(matches, length, Status::PointerMatches)?;
        let labels = matches_mut(labels, length, Status::PointerOut)?;
        targets::force_best(rois, ground_truth, matches, classes, convention, labels).map_err(refusal)
    }
}

unsafe fn ignore_regions<F: Float>(
    rois: *const BBox<F>,
    length: usize,
    regions: *const BBox<F>,
    count: usize,
    share: F,
    convention: Convention,
    labels: *mut u32,
) -> Result<(), Refusal> {
    let convention = self::convention(convention)?;
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let (rois, regions) = (boxes(rois, length)?, boxes(regions, count)?);
        let labels = matches_mut(labels, length, Status::PointerOut)?;
        targets::ignore_regions(rois, regions, share.to_f64(), convention, labels).map_err(refusal)
    }
}

unsafe fn split<F: Float>(
    overlaps: *const F,
    length: usize,
    config: *const LabelConfig<F>,
    indices: *mut u32,
    capacity: usize,
    foreground: *mut usize,
    count: *mut usize,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let config = one(config, Status::PointerConfig)?.checked()?;
        let overlaps = slice(overlaps, length, Status::PointerOverlaps)?;
        let indices = slice_mut(indices, capacity, Status::PointerOut)?;
        let (foreground, count) =
            (one_mut(foreground, Status::PointerOut)?, one_mut(count, Status::PointerOut)?);
        let listed = targets::split(overlaps, &config, indices).map_err(|error| match error {
            InputError::Config(ConfigError::Capacity { needed, .. }) => Status::Capacity.of(needed),
            _ => refusal(error),
        })?;
        foreground.write(listed.foreground().len());
        count.write(listed.indices().len());
    }
    Ok(())
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Labels by the IoU of `", stringify!($float), "` boxes.")]
        pub mod $float {
            use super::*;

            /// Returns the usual setting: foreground and a regression target from an IoU of 0.5, background below.
            #[unsafe(export_name = concat!("ohem_label_config_new_", stringify!($float)))]
            pub extern "C" fn label_config_new() -> LabelConfig<$float> {
                LabelConfig {
                    foreground: 0.5,
                    background_from: 0.0,
                    background_below: 0.5,
                    target: 0.5,
                    on_overlap: OHEM_ON_OVERLAP_FOREGROUND,
                }
            }

            export! { concat!("_", stringify!($float));
                /// Writes the label of each RoI: the class of its ground-truth box, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
                ///
                /// `overlaps` and `matches` are those of `ohem_assign_...`, and `classes` has the class of each of the
                /// `count` ground-truth boxes. O(length).
                fn label(
                    overlaps: *const $float,
                    matches: *const u32,
                    length: usize,
                    classes: *const u32,
                    count: usize,
                    config: *const LabelConfig<$float>,
                    labels: *mut u32,
                );

                /// Makes the best RoIs of each ground-truth box foreground, as RPN, SSD and RetinaNet do. O(length x count).
                ///
                /// Call it after `ohem_label_...`, with the same matches and classes; it changes `labels`.
                fn force_best(
                    rois: *const BBox<$float>,
                    length: usize,
                    ground_truth: *const BBox<$float>,
                    classes: *const u32,
                    count: usize,
                    matches: *const u32,
                    convention: Convention,
                    labels: *mut u32,
                );

                /// Ignores background RoIs of which a share lies in a region, such as a crowd. O(length x count).
                ///
                /// It compares the common area with the RoI's area. Call it for one image, after `ohem_label_...`; it changes `labels`.
                fn ignore_regions(
                    rois: *const BBox<$float>,
                    length: usize,
                    regions: *const BBox<$float>,
                    count: usize,
                    share: $float,
                    convention: Convention,
                    labels: *mut u32,
                );

                /// Lists the indices of foreground, then those of background, each ascending. O(length).
                ///
                /// `indices` has `capacity` elements, of which `*count` are used, `*foreground` of them for foreground.
                /// Under `OHEM_ON_OVERLAP_DUPLICATE` a RoI can be listed twice.
                fn split(
                    overlaps: *const $float,
                    length: usize,
                    config: *const LabelConfig<$float>,
                    indices: *mut u32,
                    capacity: usize,
                    foreground: *mut usize,
                    count: *mut usize,
                );
            }
        }
    )*};
}

instances!(f32 f64);
