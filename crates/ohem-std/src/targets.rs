//! Labels and targets, into fresh `Vec`s: what each RoI is, and which box it should become.
//!
//! [`prepare`] does for an image what the reference does before it trains: ground truth and proposals in,
//! labels and compact targets out. The other functions are its steps, and [`sample`] is the baseline that
//! mining replaces. What the results mean, exactly, is said in [`ohem_core::targets`].

use ohem_core::{BBox, Convention, Float, targets};
use rand_core::Rng;

use crate::simd::dispatch;

mod blobs;
mod prepare;

pub use blobs::{Blobs, expand, expand_rows};
pub use prepare::{Error, Prepared, prepare};

pub use ohem_core::targets::{
    AssignError, BACKGROUND, BoxCoder, ByImage, CodeError, Decode, ExpandConfig, ExpandError, IGNORED,
    LabelConfig, LabelError, Normalization, NormalizeError, OnOverlap, RegressionTargetsError, SampleConfig,
    SampleError, SplitError, UNMATCHED, clip,
};

/// Indices of RoIs: foreground, and then background.
pub type Split = targets::Split<Vec<u32>>;

/// Finds each RoI of an image its best ground-truth box: the IoUs, and the indices.
///
/// See [`ohem_core::targets::assign`]. O(RoIs x ground truth).
///
/// Source: `bbox_overlaps` and its `argmax` in the reference's imdb.
///
/// # Errors
///
/// If there is more ground truth than a `u32` can number.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{UNMATCHED, assign};
/// use ohem_std::{BBox, Convention};
///
/// let rois = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 4.0]]);
/// let (overlaps, matches) = assign(rois, ground_truth, Convention::Pixel)?;
/// assert_eq!((overlaps, matches), (vec![0.5, 0.0], vec![0, UNMATCHED]));
/// # Ok::<(), ohem_std::targets::AssignError>(())
/// ```
pub fn assign<F: Float>(
    rois: &[BBox<F>],
    ground_truth: &[BBox<F>],
    convention: Convention,
) -> Result<(Vec<F>, Vec<u32>), AssignError> {
    let (mut overlaps, mut matches) = (vec![F::zero(); rois.len()], vec![UNMATCHED; rois.len()]);
    dispatch!(simd => targets::assign(simd, rois, ground_truth, convention, &mut overlaps, &mut matches))?;
    Ok((overlaps, matches))
}

/// Finds each RoI of a batch its best ground-truth box of the same image: the IoUs, and the indices.
///
/// See [`ohem_core::targets::assign_batch`]. O(RoIs x ground truth).
///
/// Source: as [`assign`]; the reference goes image by image.
///
/// # Errors
///
/// If there are not as many images as boxes, or more ground truth than a `u32` can number.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{ByImage, assign_batch};
/// use ohem_std::{BBox, Convention};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0); 2];
/// let rois = ByImage { boxes: &boxes, images: &[0, 1] };
/// let ground_truth = ByImage { boxes: &boxes, images: &[1, 0] };
/// assert_eq!(assign_batch(rois, ground_truth, Convention::Pixel)?.1, [1, 0]);
/// # Ok::<(), ohem_std::targets::AssignError>(())
/// ```
pub fn assign_batch<F: Float>(
    rois: ByImage<'_, F>,
    ground_truth: ByImage<'_, F>,
    convention: Convention,
) -> Result<(Vec<F>, Vec<u32>), AssignError> {
    let (mut overlaps, mut matches) = (vec![F::zero(); rois.boxes.len()], vec![UNMATCHED; rois.boxes.len()]);
    dispatch!(simd => targets::assign_batch(simd, rois, ground_truth, convention, &mut overlaps, &mut matches))?;
    Ok((overlaps, matches))
}

/// Computes the step from each box to its partner.
///
/// Source: `bbox_transform` of the reference; see [`BoxCoder::encode`].
///
/// # Errors
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{BoxCoder, encode};
/// use ohem_std::BBox;
///
/// let from = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0]]);
/// let to = BBox::from_rows(&[[5.0, 0.0, 14.0, 9.0]]);
/// assert_eq!(encode(&BoxCoder::fast_rcnn(), from, to)?, [[0.5, 0.0, 0.0, 0.0]]);
/// # Ok::<(), ohem_std::targets::CodeError>(())
/// ```
pub fn encode<F: Float>(
    coder: &BoxCoder,
    from: &[BBox<F>],
    to: &[BBox<F>],
) -> Result<Vec<[F; 4]>, CodeError> {
    let mut steps = vec![[F::zero(); 4]; from.len()];
    coder.encode_all(from, to, &mut steps)?;
    Ok(steps)
}

/// Takes steps from each box, one for each class: `n x K` boxes.
///
/// Source: `bbox_transform_inv` of the reference; see [`BoxCoder::decode`].
///
/// # Errors
///
/// If there is not the same number of steps for each box.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{BoxCoder, decode};
/// use ohem_std::{BBox, Convention};
///
/// let from = BBox::from_rows(&[[0.0, 0.0, 2.0, 2.0]]);
/// let steps = [[0.0; 4], [0.5, 0.0, 0.0, 0.0]];
/// let boxes = decode(&BoxCoder::new(Convention::Continuous), from, &steps)?;
/// assert_eq!(boxes[1], BBox::new(1.0, 0.0, 3.0, 2.0));
/// # Ok::<(), ohem_std::targets::CodeError>(())
/// ```
pub fn decode<F: Float>(
    coder: &BoxCoder,
    from: &[BBox<F>],
    steps: &[[F; 4]],
) -> Result<Vec<BBox<F>>, CodeError> {
    let mut out = vec![[F::zero(); 4].into(); steps.len()];
    coder.decode_all(from, steps, &mut out)?;
    Ok(out)
}

/// Lists the RoIs that are foreground and those that are background, each in ascending order.
///
/// Source: `keep_inds` of the reference's `_all_rois`; see [`ohem_core::targets::split`]. O(n).
///
/// # Errors
///
/// If a threshold is NaN, or there are more RoIs than a `u32` can number.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{LabelConfig, split};
///
/// let split = split(&[0.2, 0.7, 0.5], &LabelConfig::new())?;
/// assert_eq!(split.indices(), [1, 2, 0]);
/// # Ok::<(), ohem_std::targets::SplitError>(())
/// ```
pub fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> Result<Split, SplitError> {
    let mut memory = vec![0; listed_at_most(overlaps, config)];
    Ok(targets::split(overlaps, config, &mut memory)?.map(<[u32]>::to_vec))
}

/// Draws foreground and background RoIs of an image at random, without replacement.
///
/// Source: `_sample_rois` of the reference; see [`ohem_core::targets::sample`]. O(n).
///
/// # Errors
///
/// As [`split`], or if the foreground fraction is not in `0..=1`.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{SampleConfig, sample};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let config = SampleConfig::new(4).foreground_fraction(0.5);
/// let drawn = sample(&[0.1, 0.9, 0.8, 0.2, 0.7], &config, &mut SmallRng::seed_from_u64(1))?;
/// assert_eq!((drawn.foreground().len(), drawn.background().len()), (2, 2));
/// # Ok::<(), ohem_std::targets::SampleError>(())
/// ```
pub fn sample<F: Float, R: Rng + ?Sized>(
    overlaps: &[F],
    config: &SampleConfig,
    generator: &mut R,
) -> Result<Split, SampleError> {
    let mut memory = vec![0; listed_at_most(overlaps, &config.labels)];
    Ok(targets::sample(overlaps, config, generator, &mut memory)?.map(<[u32]>::to_vec))
}

/// How many indices are listed at the most.
fn listed_at_most<F>(overlaps: &[F], config: &LabelConfig) -> usize {
    match config.on_overlap {
        OnOverlap::Foreground => overlaps.len(),
        _ => overlaps.len().saturating_mul(2),
    }
}
