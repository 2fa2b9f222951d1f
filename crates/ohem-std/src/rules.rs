//! The mining rules of other frameworks, over `Vec`s. What each means is said in [`ohem_core::rules`].

use ohem_core::rules::{self, ssd};
use ohem_core::{BBox, Float, NanPolicy, RankKey};
use rand_core::Rng;

pub use ohem_core::rules::segmentation::Counting;
pub use ohem_core::rules::ssd::{Anchors, SsdConfig, SsdNms};
pub use ohem_core::rules::tensorflow::weighted_sum;
pub use ohem_core::rules::{Ignored, MmdetConfig, PoolConfig, RuleError, TensorflowConfig};

use crate::Selection;
use crate::memory::Owned;
use crate::simd::dispatch;

/// Mines the hardest `quota` RoIs of each image (R-FCN), hardest first over all images.
///
/// Images may have any numbers; memory is taken for as many as the highest. See
/// [`ohem_core::rules::per_image()`].
///
/// # Errors
///
/// If there are not as many images as losses, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::{NanPolicy, rules};
///
/// let (losses, images) = ([0.5_f32, 0.9, 0.3, 0.8, 0.7, 0.1], [0, 0, 0, 1, 1, 0]);
/// assert_eq!(rules::per_image(&images, &losses, 2, NanPolicy::Error)?.indices(), [1, 3, 4, 0]);
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn per_image<H: RankKey>(
    images: &[u32],
    losses: &[H],
    quota: usize,
    nan: NanPolicy,
) -> Result<Selection, RuleError> {
    // Numbered densely, so that a high number costs nothing.
    let mut known: Vec<_> = images.to_vec();
    known.sort_unstable();
    known.dedup();
    let number = |image| known.binary_search(image).unwrap_or_default();
    let dense: Vec<_> = images.iter().map(|image| u32::try_from(number(image)).unwrap_or(u32::MAX)).collect();
    let mut memory = Owned::<f32, H>::new();
    let memory = memory.lend_without_nms(known.len().saturating_mul(quota).min(losses.len()));
    let hard = dispatch!(simd => rules::per_image(simd, &dense, losses, quota, nan, &mut vec![0; known.len()], memory))?;
    Ok(hard.map(<[u32]>::to_vec))
}

/// Mines one image as TensorFlow's `HardExampleMiner` does. See [`ohem_core::rules::tensorflow()`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, rules};
///
/// let boxes: Vec<_> = (0..4_u8).map(f32::from).map(|x| BBox::new(x, 0.0, x + 0.5, 1.0)).collect();
/// let (losses, matches) = ([1.0, 4.0, 3.0, 2.0], [0, -1, -1, -1]);
/// let mut config = rules::TensorflowConfig::ssd();
/// config.max_negatives_per_positive = Some(2.0);
/// assert_eq!(rules::tensorflow(&boxes, &losses, &matches, &config)?.indices(), [1, 2, 0]);
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn tensorflow<F: Float, H: RankKey>(
    boxes: &[BBox<F>],
    losses: &[H],
    matches: &[i32],
    config: &TensorflowConfig,
) -> Result<Selection, RuleError> {
    let mut memory = Owned::new();
    let memory = memory.lend(config.num_hard_examples.unwrap_or(usize::MAX).min(losses.len()));
    Ok(dispatch!(simd => rules::tensorflow(simd, boxes, losses, matches, config, memory))?
        .map(<[u32]>::to_vec))
}

/// Mines the hard negatives of one image by a ratio (SSD). See [`ohem_core::rules::ssd::negatives`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::rules::{self, Anchors, SsdConfig};
///
/// let (losses, matches) = ([0.2_f32, 3.0, 5.0, 1.0], [0, -1, -1, -1]);
/// let anchors = Anchors { boxes: &[], losses: &losses, matches: &matches };
/// let hard = rules::ssd_negatives(&anchors, &[0.8_f32, 0.1, 0.6, 0.2], &SsdConfig::new())?;
/// assert_eq!(hard.indices(), [1, 3]); // RoI 2 overlaps ground truth too much to be a negative
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn ssd_negatives<F: Float, H: RankKey>(
    anchors: &Anchors<'_, F, H>,
    overlaps: &[F],
    config: &SsdConfig,
) -> Result<Selection, RuleError> {
    let mut memory = Owned::new();
    let memory = memory.lend(anchors.losses.len());
    Ok(dispatch!(simd => ssd::negatives(simd, anchors, overlaps, config, memory))?.map(<[u32]>::to_vec))
}

/// Mines the hardest anchors of one image (SSD). See [`ohem_core::rules::ssd::hard_examples`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::rules::{self, Anchors, SsdConfig};
///
/// let (losses, matches) = ([1.0_f32, 3.0, 9.0, 2.0], [0, -1, -2, -1]);
/// let anchors = Anchors::<f32, _> { boxes: &[], losses: &losses, matches: &matches };
/// assert_eq!(rules::ssd_hard_examples(&anchors, &SsdConfig::new())?.indices(), [1, 3, 0]);
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn ssd_hard_examples<F: Float, H: RankKey>(
    anchors: &Anchors<'_, F, H>,
    config: &SsdConfig,
) -> Result<Selection, RuleError> {
    let mut memory = Owned::new();
    let memory = memory.lend(config.sample_size.min(anchors.losses.len()));
    Ok(dispatch!(simd => ssd::hard_examples(simd, anchors, config, memory))?.map(<[u32]>::to_vec))
}

/// Mines one image as mmdetection's `OHEMSampler` does; the number says how many positives lead the selection.
///
/// See [`ohem_core::rules::mmdet()`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::rules::{self, MmdetConfig};
///
/// let (losses, matches) = ([1.0_f32, 3.0, 9.0, 2.0, 4.0], [0, -1, -2, 1, -1]);
/// let mut config = MmdetConfig::new();
/// (config.num, config.pos_fraction) = (3, 0.5);
/// let (positives, hard) = rules::mmdet(&losses, &matches, &config)?;
/// assert_eq!((positives, hard.into_indices()), (1, vec![3, 4, 1]));
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn mmdet<H: RankKey>(
    losses: &[H],
    matches: &[i32],
    config: &MmdetConfig,
) -> Result<(usize, Selection), RuleError> {
    let mut memory = Owned::<f32, H>::new();
    let memory = memory.lend_without_nms(config.num.min(losses.len()));
    let (positives, hard) = dispatch!(simd => rules::mmdet(simd, losses, matches, config, memory))?;
    Ok((positives, hard.map(<[u32]>::to_vec)))
}

/// Samples one image as MONAI's `HardNegativeSampler` does: negatives at random, but out of the hardest.
///
/// The number says how many positives lead the selection. See [`ohem_core::rules::pool()`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::rules::{self, PoolConfig};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let (losses, matches) = ([0.9_f32, 0.1, 0.8, 0.7, 0.2], [0, -1, -1, -1, -1]);
/// let mut config = PoolConfig::new(2);
/// (config.positive_fraction, config.pool_size) = (0.5, 2.0);
/// let (positives, drawn) = rules::pool(&losses, &matches, &config, &mut SmallRng::seed_from_u64(1))?;
/// assert_eq!((positives, drawn.indices()[0]), (1, 0));
/// assert!([2, 3].contains(&drawn.indices()[1])); // one of the two hardest negatives
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn pool<H: RankKey, R: Rng + ?Sized>(
    losses: &[H],
    matches: &[i32],
    config: &PoolConfig,
    generator: &mut R,
) -> Result<(usize, Selection), RuleError> {
    let mut memory = Owned::<f32, H>::new();
    let memory = memory.lend_without_nms(losses.len());
    let (positives, drawn) =
        dispatch!(simd => rules::pool(simd, losses, matches, config, generator, memory))?;
    Ok((positives, drawn.map(<[u32]>::to_vec)))
}

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer.
///
/// See [`ohem_core::rules::segmentation::by_loss`].
///
/// # Errors
///
/// If there are not as many flags as losses.
///
/// # Examples
///
/// ```
/// let kept = ohem_std::rules::pixels_by_loss(&[0.2, 0.9, 0.4, 0.4], &[true; 4], 0.5, 2)?;
/// assert_eq!(kept, [false, true, true, false]);
/// # Ok::<(), ohem_std::rules::RuleError>(())
/// ```
pub fn pixels_by_loss<H: RankKey>(
    losses: &[H],
    counts: &[bool],
    threshold: H,
    min_kept: usize,
) -> Result<Vec<bool>, RuleError> {
    let mut kept = vec![false; losses.len()];
    rules::segmentation::by_loss(losses, counts, threshold, min_kept, &mut kept)?;
    Ok(kept)
}

/// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
///
/// See [`ohem_core::rules::segmentation::by_probability`].
///
/// # Errors
///
/// If there are not as many flags as probabilities.
///
/// # Examples
///
/// ```
/// use ohem_std::rules::{self, Counting};
///
/// let kept = rules::pixels_by_probability(&[0.9_f32, 0.8, 0.2], &[true; 3], 0.7, 2, Counting::Exact)?;
/// assert_eq!(kept, [false, true, true]);
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn pixels_by_probability<F: Float>(
    probabilities: &[F],
    counts: &[bool],
    threshold: F,
    min_kept: usize,
    counting: Counting,
) -> Result<Vec<bool>, RuleError> {
    let mut kept = vec![false; probabilities.len()];
    rules::segmentation::by_probability(probabilities, counts, threshold, min_kept, counting, &mut kept)?;
    Ok(kept)
}
