//! TensorFlow's object detection API: NMS over all anchors of an image, then negatives by a ratio.

use crate::error::{LengthMismatch, MineError};
use crate::mine::{Decision, visit};
use crate::rules::{Ignored, match_of, quota};
use crate::simd::{Portable, Simd};
use crate::storage::Storage;
use crate::{BBox, Float, Match, MineConfig, NanPolicy, NmsConfig, Rois, Selection};

/// How TensorFlow's `HardExampleMiner` mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct TensorflowConfig {
    /// Number of anchors that NMS keeps of an image; `None` for all.
    pub num_hard_examples: Option<usize>,
    /// IoU above which a harder anchor suppresses, whatever the classes.
    pub iou_threshold: f64,
    /// Largest number of negatives for each positive that NMS kept; `None` for all.
    pub max_negatives_per_positive: Option<f64>,
    /// Least number of negatives that stay, if `max_negatives_per_positive` limits them.
    pub min_negatives_per_image: usize,
    /// How ignored anchors are handled.
    pub ignored: Ignored,
    /// How a NaN loss is handled; the original drops it.
    pub nan: NanPolicy,
}

impl TensorflowConfig {
    /// The defaults of the original's configuration file: 64 anchors, IoU 0.7, any number of negatives.
    pub const fn new() -> Self {
        Self {
            num_hard_examples: Some(64),
            iou_threshold: 0.7,
            max_negatives_per_positive: None,
            min_negatives_per_image: 0,
            ignored: Ignored::Excluded,
            nan: NanPolicy::Error,
        }
    }

    /// The recipe for SSD in the original's documentation: no NMS, three negatives a positive.
    pub const fn ssd() -> Self {
        Self::new().num_hard_examples(None).iou_threshold(1.0).max_negatives_per_positive(3.0)
    }

    /// Sets the number of anchors that NMS keeps.
    pub const fn num_hard_examples(self, num_hard_examples: Option<usize>) -> Self {
        Self { num_hard_examples, ..self }
    }

    /// Sets the IoU above which a harder anchor suppresses.
    pub const fn iou_threshold(self, iou_threshold: f64) -> Self {
        Self { iou_threshold, ..self }
    }

    /// Limits the negatives for each positive.
    pub const fn max_negatives_per_positive(self, ratio: f64) -> Self {
        Self { max_negatives_per_positive: Some(ratio), ..self }
    }

    /// Sets the least number of negatives that stay.
    pub const fn min_negatives_per_image(self, min_negatives_per_image: usize) -> Self {
        Self { min_negatives_per_image, ..self }
    }

    /// Chooses how ignored anchors are handled.
    pub const fn ignored(self, ignored: Ignored) -> Self {
        Self { ignored, ..self }
    }

    /// Chooses how a NaN loss is handled.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }
}

impl Default for TensorflowConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// Mines one image as TensorFlow's `HardExampleMiner` does; hardest first.
///
/// `boxes` are the decoded predictions (x and y may be swapped), `losses` the [`weighted_sum`] of the two losses,
/// or one of them. The storage must hold `num_hard_examples`, or all anchors. It costs what
/// [`Miner::mine`](crate::Miner::mine) does, without the screen for suppressed anchors.
///
/// Source: `HardExampleMiner` of `object_detection/core/losses.py`. It differs by default in that ignored
/// anchors take no part: there, they survive as long as the count of negatives has not run over
/// ([`Ignored::Compete`]); and in that a loss of -infinity is a loss like any other: there, it is dropped.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the storage is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, BBox, Match, rules};
///
/// let boxes: [_; 4] = core::array::from_fn(|i| BBox::new(i as f32, 0.0, i as f32 + 0.5, 1.0));
/// let (losses, matches) = ([1.0, 4.0, 3.0, 2.0], [0, -1, -1, -1].map(Match::from_signed));
/// let config = rules::TensorflowConfig::ssd().max_negatives_per_positive(2.0);
/// let mut storage = ArrayStorage::<f32, 4>::new();
/// let hard = rules::tensorflow(&boxes, &losses, &matches, &config, &mut storage)?;
/// assert_eq!(hard.indices(), [1, 2, 0]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn tensorflow<'m, T: Storage>(
    boxes: &[BBox<T::Coordinate>],
    losses: &[T::Key],
    matches: &[Match],
    config: &TensorflowConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    tensorflow_on(Portable, boxes, losses, matches, config, storage)
}

/// As [`tensorflow`](tensorflow()), on a chosen instruction set.
pub fn tensorflow_on<'m, T: Storage, S: Simd>(
    simd: S,
    boxes: &[BBox<T::Coordinate>],
    losses: &[T::Key],
    matches: &[Match],
    config: &TensorflowConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    LengthMismatch::check("matches", losses.len(), matches.len())?;
    let rois = Rois::one_group(boxes)?;
    let kept = config.num_hard_examples.unwrap_or(usize::MAX).min(losses.len());
    let mining = MineConfig::new(kept).nms(NmsConfig::new(config.iou_threshold)).nan(config.nan);
    let resolved = mining.resolve();
    let with_boxes = resolved.test::<T::Coordinate>().is_some();
    mining.check(storage.capacity(with_boxes))?;
    let mut rule = |index| {
        let excluded = config.ignored == Ignored::Excluded && match_of(matches, index).is_ignored();
        if excluded { Decision::Ignore } else { Decision::Consider }
    };
    let lent = storage.lend(kept, with_boxes);
    let hard = visit(simd, &rois, losses, resolved, &mut rule, lent)?;
    Ok(hard.narrow(|indices| limit_negatives(indices, matches, config)))
}

/// Keeps the positives, and the hardest negatives as far as the ratio allows.
fn limit_negatives<'a>(kept: &'a mut [u32], matches: &[Match], config: &TensorflowConfig) -> &'a mut [u32] {
    let Some(ratio) = config.max_negatives_per_positive else { return kept };
    let positives = kept.iter().filter(|&&index| match_of(matches, index).is_object()).count();
    let max = quota(ratio, positives).max(config.min_negatives_per_image);
    let mut negatives = 0;
    crate::gather::retain(kept, |index| {
        let of = match_of(matches, index);
        negatives += usize::from(of.is_background());
        // An ignored anchor that competes stays until the negatives run over, as in the original.
        of.is_object() || negatives <= max
    })
}

/// Adds the two losses of each anchor, weighted: `classification * cls_weight + localization * loc_weight`.
///
/// Source: `loss_type` `BOTH` of the original, whose weights are 1 in its configuration file.
///
/// # Errors
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// let mut losses = [0.0; 2];
/// ohem_core::rules::weighted_sum(&[1.0, 2.0], 0.5, &[3.0, 4.0], 0.25, &mut losses)?;
/// assert_eq!(losses, [1.25, 2.0]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn weighted_sum<F: Float>(
    classification: &[F],
    cls_weight: F,
    localization: &[F],
    loc_weight: F,
    losses: &mut [F],
) -> Result<(), LengthMismatch> {
    LengthMismatch::check("classification losses", losses.len(), classification.len())?;
    LengthMismatch::check("localization losses", losses.len(), localization.len())?;
    for ((loss, &cls), &loc) in losses.iter_mut().zip(classification).zip(localization) {
        *loss = cls * cls_weight + loc * loc_weight;
    }
    Ok(())
}
