//! TensorFlow's object detection API: NMS over all anchors of an image, then negatives by a ratio.

use crate::admit::IndexStorage;
use crate::mine::{Decision, Memory, Rule, mine_by};
use crate::rank::CandidateBuffer;
use crate::rules::{Ignored, Matched, RuleError, quota};
use crate::simd::Simd;
use crate::{BBox, Float, MineConfig, NanPolicy, RankKey, Rois, Selection};

/// How TensorFlow's `HardExampleMiner` mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TensorflowConfig {
    /// How many anchors NMS keeps of an image; as many as there are if `None`.
    pub num_hard_examples: Option<usize>,
    /// The IoU above which a harder anchor suppresses, whatever the classes.
    pub iou_threshold: f64,
    /// How many negatives stay for each positive that NMS kept; all if `None`.
    pub max_negatives_per_positive: Option<f64>,
    /// How many negatives stay at the least, where `max_negatives_per_positive` limits them.
    pub min_negatives_per_image: usize,
    /// What is done with ignored anchors.
    pub ignored: Ignored,
    /// What is done with a loss that is NaN; the original drops it.
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
        let (num_hard_examples, max_negatives_per_positive) = (None, Some(3.0));
        Self { num_hard_examples, iou_threshold: 1.0, max_negatives_per_positive, ..Self::new() }
    }
}

impl Default for TensorflowConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// Mines one image as TensorFlow's `HardExampleMiner` does; hardest first.
///
/// `boxes` are the decoded predictions (swap x and y freely), `losses` what [`weighted_sum`] makes of the two losses,
/// or either. Memory must hold `num_hard_examples`, or all anchors. O(n) to rank, and (visited x kept) overlap
/// tests.
///
/// Source: `HardExampleMiner` of `object_detection/core/losses.py`. It differs by default in that ignored
/// anchors take no part: there, they survive as long as the count of negatives has not run over
/// ([`Ignored::Compete`]); and in that a loss of -infinity is a loss like any other: there, it is dropped.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the memory is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{BBox, Ranked, mine::Memory, rank::FixedBuffer, rules, simd::Portable};
///
/// let boxes: [_; 4] = core::array::from_fn(|i| BBox::new(i as f32, 0.0, i as f32 + 0.5, 1.0));
/// let (losses, matches) = ([1.0, 4.0, 3.0, 2.0], [0, -1, -1, -1]);
/// let (mut window, mut columns, mut selected) = ([Ranked::PLACEHOLDER; 8], [0.0; 20], [0; 4]);
/// let memory = Memory::new(FixedBuffer(&mut window), &mut columns, &mut selected);
/// let mut config = rules::TensorflowConfig::ssd();
/// config.max_negatives_per_positive = Some(2.0);
/// let hard = rules::tensorflow(Portable, &boxes, &losses, &matches, &config, memory)?;
/// assert_eq!(hard.indices(), [1, 2, 0]);
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn tensorflow<'a, F: Float, H: RankKey, W: CandidateBuffer<H>, I: IndexStorage<F>, S: Simd>(
    simd: S,
    boxes: &[BBox<F>],
    losses: &[H],
    matches: &[i32],
    config: &TensorflowConfig,
    memory: Memory<'a, F, W, I>,
) -> Result<Selection<&'a [u32]>, RuleError> {
    RuleError::check("matches", matches.len(), losses.len())?;
    let rois = Rois::one_group(boxes)?;
    let kept = config.num_hard_examples.unwrap_or(usize::MAX).min(losses.len());
    let mining = MineConfig::new(kept).nms_threshold(config.iou_threshold).nan(config.nan);
    let turn = |index| match Matched::of(matches, index) {
        Matched::Ignored if config.ignored == Ignored::Excluded => Decision::Ignore,
        _ => Decision::Consider,
    };
    let hard = mine_by(simd, &rois, losses, &mining, memory, Rule { max_visited: usize::MAX, turn })?;
    Ok(hard.map(|indices| limit_negatives(indices, matches, config)))
}

/// Keeps the positives, and the hardest negatives as far as the ratio allows.
fn limit_negatives<'a>(kept: &'a mut [u32], matches: &[i32], config: &TensorflowConfig) -> &'a [u32] {
    let Some(ratio) = config.max_negatives_per_positive else { return kept };
    let positives = kept.iter().filter(|&&index| Matched::of(matches, index) == Matched::Positive).count();
    let most = quota(ratio, positives).max(config.min_negatives_per_image);
    let mut negatives = 0;
    crate::gather::retain(kept, |index| {
        let matched = Matched::of(matches, index);
        negatives += usize::from(matched == Matched::Negative);
        matched == Matched::Positive || negatives <= most
    })
}

/// Weighs the two losses of each anchor, `classification * cls_weight + localization * loc_weight`.
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
/// ohem_core::rules::tensorflow::weighted_sum(&[1.0, 2.0], 0.5, &[3.0, 4.0], 0.25, &mut losses)?;
/// assert_eq!(losses, [1.25, 2.0]);
/// # Ok::<(), ohem_core::rules::RuleError>(())
/// ```
pub fn weighted_sum<F: Float>(
    classification: &[F],
    cls_weight: F,
    localization: &[F],
    loc_weight: F,
    losses: &mut [F],
) -> Result<(), RuleError> {
    RuleError::check("classification losses", classification.len(), losses.len())?;
    RuleError::check("localization losses", localization.len(), losses.len())?;
    for ((loss, &cls), &loc) in losses.iter_mut().zip(classification).zip(localization) {
        *loss = cls * cls_weight + loc * loc_weight;
    }
    Ok(())
}
