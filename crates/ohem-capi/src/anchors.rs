//! The mining rules of TensorFlow and SSD, over the anchors of an image, in the memory of a miner.

use ohem_core::Float;
use ohem_core::rules::{self, ssd};

use crate::config::{NanPolicy, OHEM_NAN_ERROR, nan_policy};
use crate::export::export;
use crate::lend::{one, one_mut, slice, slice_mut};
use crate::miner::Miner;
use crate::rois::{BBox, Selection, boxes};
use crate::rules::limit;
use crate::status::{Refusal, Status, check_countable};
use crate::targets::matches;

/// How ignored anchors are handled: one of `OHEM_IGNORED_ANCHORS_...`.
pub type IgnoredAnchors = u32;
/// They take no part.
pub const OHEM_IGNORED_ANCHORS_EXCLUDED: IgnoredAnchors = 0;
/// They compete like any other, as in the original framework, and use up its budget.
pub const OHEM_IGNORED_ANCHORS_COMPETE: IgnoredAnchors = 1;

fn ignored_anchors(choice: IgnoredAnchors) -> Result<rules::Ignored, Refusal> {
    match choice {
        OHEM_IGNORED_ANCHORS_EXCLUDED => Ok(rules::Ignored::Excluded),
        OHEM_IGNORED_ANCHORS_COMPETE => Ok(rules::Ignored::Compete),
        _ => Err(Status::Choice.into()),
    }
}

/// How TensorFlow's `HardExampleMiner` mines.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TensorflowConfig<F> {
    /// Number of anchors that NMS keeps of an image; `SIZE_MAX` for all.
    pub num_hard_examples: usize,
    /// IoU above which a harder anchor suppresses, whatever the classes.
    pub iou_threshold: F,
    /// Largest number of negatives for each positive that NMS kept; negative for all.
    pub max_negatives_per_positive: F,
    /// Least number of negatives that stay, if `max_negatives_per_positive` limits them.
    pub min_negatives_per_image: usize,
    /// How ignored anchors are handled.
    pub ignored: IgnoredAnchors,
    /// How a NaN loss is handled; the original drops it.
    pub nan: NanPolicy,
}

impl<F: Float> TensorflowConfig<F> {
    fn checked(&self) -> Result<rules::TensorflowConfig, Refusal> {
        let mut config = rules::TensorflowConfig::new()
            .num_hard_examples(Some(self.num_hard_examples))
            .iou_threshold(self.iou_threshold.to_f64())
            .min_negatives_per_image(self.min_negatives_per_image)
            .ignored(ignored_anchors(self.ignored)?)
            .nan(nan_policy(self.nan)?);
        config.max_negatives_per_positive = limit(self.max_negatives_per_positive);
        Ok(config)
    }
}

/// How SSD mines.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SsdConfig<F> {
    /// Number of negatives mined for each positive (`ohem_ssd_negatives_...`).
    pub neg_pos_ratio: F,
    /// Overlap with ground truth below which a negative competes (`ohem_ssd_negatives_...`).
    pub neg_overlap: F,
    /// Least number of negatives mined; 0 in the original (`ohem_ssd_negatives_...`).
    pub min_negatives: usize,
    /// Number of anchors mined (`ohem_ssd_hard_examples_...`).
    pub sample_size: usize,
    /// How ignored anchors are handled (`ohem_ssd_hard_examples_...`).
    pub ignored: IgnoredAnchors,
    /// Whether a harder anchor suppresses those that overlap it; 0 if not, and the next three are not read.
    pub with_nms: u32,
    /// IoU above which it does.
    pub iou_threshold: F,
    /// Largest number of anchors that are visited, hardest first; `SIZE_MAX` for all.
    pub top_k: usize,
    /// Least area of a box that can be selected; 1e-5 in the original.
    pub min_area: F,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
}

impl<F: Float> SsdConfig<F> {
    fn checked(&self) -> Result<ssd::SsdConfig, Refusal> {
        let mut config = ssd::SsdConfig::new()
            .neg_pos_ratio(self.neg_pos_ratio.to_f64())
            .neg_overlap(self.neg_overlap.to_f64())
            .min_negatives(self.min_negatives)
            .sample_size(self.sample_size)
            .ignored(ignored_anchors(self.ignored)?)
            .nan(nan_policy(self.nan)?);
        let nms =
            ssd::SsdNms::new(self.iou_threshold.to_f64()).top_k(self.top_k).min_area(self.min_area.to_f64());
        config.nms = (self.with_nms != 0).then_some(nms);
        Ok(config)
    }
}

/// One image's anchors: how hard they are, and what they were matched to.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Anchors<F> {
    /// What NMS compares; may be `NULL` where nothing is suppressed.
    pub boxes: *const BBox<F>,
    /// The loss of each.
    pub losses: *const F,
    /// What each was matched to: an object, `OHEM_BACKGROUND` or `OHEM_IGNORED`.
    pub matches: *const u32,
    /// Number of anchors.
    pub length: usize,
}

/// Views anchors.
///
/// # Safety
///
/// As [`slice`], for `anchors` and the arrays that it names.
unsafe fn view<'a, F: Float>(
    anchors: *const Anchors<F>,
    with_boxes: bool,
) -> Result<ssd::Anchors<'a, F, F>, Refusal> {
    // SAFETY: as promised by the caller.
    unsafe {
        let lent = one(anchors, Status::PointerAnchors)?;
        check_countable(lent.length)?;
        let length = if with_boxes { lent.length } else { 0 };
        Ok(ssd::Anchors {
            boxes: boxes(lent.boxes, length)?,
            losses: slice(lent.losses, lent.length, Status::PointerLosses)?,
            matches: matches(lent.matches, lent.length, Status::PointerMatches)?,
        })
    }
}

unsafe fn tensorflow<F: Float>(
    miner: *mut Miner<F>,
    anchors: *const Anchors<F>,
    config: *const TensorflowConfig<F>,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let miner = one(miner, Status::PointerMiner)?;
        let config = one(config, Status::PointerConfig)?.checked()?;
        let ssd::Anchors { boxes, losses, matches } = view(anchors, true)?;
        let selection = one_mut(selection, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        selection.write(rules::tensorflow(boxes, losses, matches, &config, &mut storage)?.into());
    }
    Ok(())
}

unsafe fn weighted_sum<F: Float>(
    classification: *const F,
    cls_weight: F,
    localization: *const F,
    loc_weight: F,
    length: usize,
    losses: *mut F,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let classification = slice(classification, length, Status::PointerLosses)?;
        let localization = slice(localization, length, Status::PointerLosses)?;
        let losses = slice_mut(losses, length, Status::PointerOut)?;
        Ok(rules::weighted_sum(classification, cls_weight, localization, loc_weight, losses)?)
    }
}

unsafe fn ssd_negatives<F: Float>(
    miner: *mut Miner<F>,
    anchors: *const Anchors<F>,
    overlaps: *const F,
    config: *const SsdConfig<F>,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let miner = one(miner, Status::PointerMiner)?;
        let config = one(config, Status::PointerConfig)?.checked()?;
        let anchors = view(anchors, config.nms.is_some())?;
        let overlaps = slice(overlaps, anchors.losses.len(), Status::PointerOverlaps)?;
        let selection = one_mut(selection, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        selection.write(ssd::negatives(&anchors, overlaps, &config, &mut storage)?.into());
    }
    Ok(())
}

unsafe fn ssd_hard_examples<F: Float>(
    miner: *mut Miner<F>,
    anchors: *const Anchors<F>,
    config: *const SsdConfig<F>,
    selection: *mut Selection,
) -> Result<(), Refusal> {
    // SAFETY: the caller of the C function promised it.
    unsafe {
        let miner = one(miner, Status::PointerMiner)?;
        let config = one(config, Status::PointerConfig)?.checked()?;
        let anchors = view(anchors, config.nms.is_some())?;
        let selection = one_mut(selection, Status::PointerOut)?;
        let mut storage = miner.storage::<F>()?;
        selection.write(ssd::hard_examples(&anchors, &config, &mut storage)?.into());
    }
    Ok(())
}

macro_rules! instances {
    ($($float:ident)*) => {$(
        #[doc = concat!("Rules over `", stringify!($float), "` anchors.")]
        pub mod $float {
            use super::*;

            /// Returns the defaults of TensorFlow's configuration file: 64 anchors, IoU 0.7, any number of negatives.
            #[unsafe(export_name = concat!("ohem_tensorflow_config_new_", stringify!($float)))]
            pub extern "C" fn tensorflow_config_new() -> TensorflowConfig<$float> {
                TensorflowConfig {
                    num_hard_examples: 64,
                    iou_threshold: 0.7,
                    max_negatives_per_positive: -1.0,
                    min_negatives_per_image: 0,
                    ignored: OHEM_IGNORED_ANCHORS_EXCLUDED,
                    nan: OHEM_NAN_ERROR,
                }
            }

            /// Returns Caffe-SSD's defaults: three negatives a positive, of overlaps below 0.5; 64 examples; no NMS.
            #[unsafe(export_name = concat!("ohem_ssd_config_new_", stringify!($float)))]
            pub extern "C" fn ssd_config_new() -> SsdConfig<$float> {
                SsdConfig {
                    neg_pos_ratio: 3.0,
                    neg_overlap: 0.5,
                    min_negatives: 0,
                    sample_size: 64,
                    ignored: OHEM_IGNORED_ANCHORS_EXCLUDED,
                    with_nms: 0,
                    iou_threshold: 0.7,
                    top_k: usize::MAX,
                    min_area: 0.0,
                    nan: OHEM_NAN_ERROR,
                }
            }

            export! { concat!("_", stringify!($float));
                /// TensorFlow: NMS over all anchors of one image, then negatives by a ratio; hardest first.
                ///
                /// The boxes are decoded predictions, and the losses those of `ohem_weighted_sum_...`, or one of the two.
                fn tensorflow(
                    miner: *mut Miner<$float>,
                    anchors: *const Anchors<$float>,
                    config: *const TensorflowConfig<$float>,
                    selection: *mut Selection,
                );

                /// Adds the two losses of each anchor: `classification * cls_weight + localization * loc_weight`. O(n).
                fn weighted_sum(
                    classification: *const $float,
                    cls_weight: $float,
                    localization: *const $float,
                    loc_weight: $float,
                    length: usize,
                    losses: *mut $float,
                );

                /// SSD: mines the hard negatives of one image, in a ratio to its positives; hardest first.
                ///
                /// All positives train, too; the selection does not name them. `overlaps` has the highest IoU of each
                /// anchor with ground truth.
                fn ssd_negatives(
                    miner: *mut Miner<$float>,
                    anchors: *const Anchors<$float>,
                    overlaps: *const $float,
                    config: *const SsdConfig<$float>,
                    selection: *mut Selection,
                );

                /// SSD: mines the hardest anchors of one image, positive or not; hardest first. No others train.
                fn ssd_hard_examples(
                    miner: *mut Miner<$float>,
                    anchors: *const Anchors<$float>,
                    config: *const SsdConfig<$float>,
                    selection: *mut Selection,
                );
            }
        }
    )*};
}

instances!(f32 f64);
