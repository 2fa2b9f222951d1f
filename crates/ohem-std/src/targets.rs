//! Labels and targets, in new `Vec`s: the class of each RoI, and the box it should become.
//!
//! [`prepare`] does for an image what the original does before it trains: it takes ground truth and
//! proposals, and returns labels and regression targets. The other functions are its parts, and [`sample`]
//! is the baseline that mining replaces. See [`ohem_core::targets`] for what the results mean.

use ohem_core::{BBox, Float, InputError, LengthMismatch, Match, targets};
use rand_core::Rng;

mod assign;
mod moments;
mod per_class;
mod prepare;

pub use assign::{assign, assign_batch, assign_own};
pub use moments::TargetMoments;
pub use per_class::{PerClassTargets, expand_per_class, expand_per_class_rows};
pub use prepare::{Prepared, prepare};

pub use ohem_core::targets::{
    Assignment, BoxCoder, ByImage, Decode, ExpandConfig, LabelConfig, Normalization, OnOverlap, SampleConfig,
    clip, force_best, ignore_regions,
};

/// Indices of RoIs: foreground first, then background.
pub type ForegroundBackground = targets::ForegroundBackground<Vec<u32>>;

/// Labels each RoI: the class of its ground-truth box, background, or ignored.
///
/// See [`ohem_core::targets::label`]. O(n).
///
/// # Errors
///
/// If a threshold is NaN, the slices differ in length, a match names no class, or a class is too large for a
/// [`Match`].
///
/// # Examples
///
/// ```
/// use ohem_std::Match;
/// use ohem_std::targets::{Assignment, LabelConfig, label};
///
/// let matches = [Match::object(1), Match::BACKGROUND, Match::IGNORED];
/// let assignment = Assignment { overlaps: &[0.9, 0.0, 0.9], matches: &matches };
/// let labels = label(assignment, &[7, 3], &LabelConfig::new())?;
/// assert_eq!(labels, [Match::object(3), Match::BACKGROUND, Match::IGNORED]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn label<F: Float>(
    assignment: Assignment<'_, F>,
    classes: &[u32],
    config: &LabelConfig,
) -> Result<Vec<Match>, InputError> {
    let mut labels = vec![Match::IGNORED; assignment.overlaps.len()];
    targets::label(assignment, classes, config, &mut labels)?;
    Ok(labels)
}

/// Regression targets: for each RoI the class whose columns the target belongs to, and the target.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RegressionTargets<F> {
    /// The class; background if the RoI has no target.
    pub classes: Vec<Match>,
    /// `[dx, dy, dw, dh]`; zeros if the RoI has no target.
    pub targets: Vec<[F; 4]>,
}

/// Encodes the way from each RoI to its ground-truth box, if it overlaps the box enough.
///
/// See [`ohem_core::targets::regression_targets`]. O(n).
///
/// # Errors
///
/// If the threshold of targets is NaN, the slices differ in length, a match names no ground-truth box, or a
/// class is too large for a [`Match`].
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{Assignment, BoxCoder, LabelConfig, regression_targets};
/// use ohem_std::{BBox, Match};
///
/// let rois = [BBox::new(0.0, 0.0, 9.0, 9.0)];
/// let ground_truth = [BBox::new(1.0, 0.0, 10.0, 9.0)];
/// let assignment = Assignment { overlaps: &[0.8], matches: &[Match::object(0)] };
/// let (config, coder) = (LabelConfig::new(), BoxCoder::fast_rcnn());
/// let encoded = regression_targets(&rois, (&ground_truth, &[3]), assignment, &config, &coder)?;
/// assert_eq!((encoded.classes[0], encoded.targets[0]), (Match::object(3), [0.1, 0.0, 0.0, 0.0]));
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn regression_targets<F: Float>(
    rois: &[BBox<F>],
    (ground_truth, classes): (&[BBox<F>], &[u32]),
    assignment: Assignment<'_, F>,
    config: &LabelConfig,
    coder: &BoxCoder,
) -> Result<RegressionTargets<F>, InputError> {
    let (mut of_rois, mut encoded) = (vec![Match::BACKGROUND; rois.len()], vec![[F::zero(); 4]; rois.len()]);
    let out = targets::RegressionTargets { classes: &mut of_rois, targets: &mut encoded };
    targets::regression_targets(rois, (ground_truth, classes), assignment, config, coder, out)?;
    Ok(RegressionTargets { classes: of_rois, targets: encoded })
}

/// Computes the regression target that leads from each box to its partner.
///
/// See [`ohem_core::targets::encode`] and [`BoxCoder::encode`]. O(n).
///
/// # Errors
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use ohem_std::BBox;
/// use ohem_std::targets::{BoxCoder, encode};
///
/// let from = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0]]);
/// let to = BBox::from_rows(&[[5.0, 0.0, 14.0, 9.0]]);
/// assert_eq!(encode(&BoxCoder::fast_rcnn(), from, to)?, [[0.5, 0.0, 0.0, 0.0]]);
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn encode<F: Float>(
    coder: &BoxCoder,
    from: &[BBox<F>],
    to: &[BBox<F>],
) -> Result<Vec<[F; 4]>, LengthMismatch> {
    let mut encoded = vec![[F::zero(); 4]; from.len()];
    targets::encode(coder, from, to, &mut encoded)?;
    Ok(encoded)
}

/// Computes the boxes to which predicted deltas lead: `n x K` boxes, one for each class of each box.
///
/// See [`ohem_core::targets::decode`] and [`BoxCoder::decode`]. O(n x K).
///
/// # Errors
///
/// If the deltas do not divide evenly among the boxes.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{BoxCoder, decode};
/// use ohem_std::{BBox, Convention};
///
/// let from = BBox::from_rows(&[[0.0, 0.0, 2.0, 2.0]]);
/// let deltas = [[0.0; 4], [0.5, 0.0, 0.0, 0.0]];
/// let boxes = decode(&BoxCoder::new(Convention::Continuous), from, &deltas)?;
/// assert_eq!(boxes[1], BBox::new(1.0, 0.0, 3.0, 2.0));
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn decode<F: Float>(
    coder: &BoxCoder,
    from: &[BBox<F>],
    deltas: &[[F; 4]],
) -> Result<Vec<BBox<F>>, LengthMismatch> {
    let mut boxes = vec![[F::zero(); 4].into(); deltas.len()];
    targets::decode(coder, from, deltas, &mut boxes)?;
    Ok(boxes)
}

/// Lists the foreground RoIs and the background RoIs, each in ascending order.
///
/// See [`ohem_core::targets::split`]. O(n).
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
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn split<F: Float>(overlaps: &[F], config: &LabelConfig) -> Result<ForegroundBackground, InputError> {
    let mut memory = vec![0; max_listed(overlaps, config)];
    Ok(targets::split(overlaps, config, &mut memory)?.map(<[u32]>::to_vec))
}

/// Draws foreground and background RoIs of an image at random, without replacement.
///
/// See [`ohem_core::targets::sample`]. O(n).
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
/// # Ok::<(), ohem_std::InputError>(())
/// ```
pub fn sample<F: Float, R: Rng + ?Sized>(
    overlaps: &[F],
    config: &SampleConfig,
    generator: &mut R,
) -> Result<ForegroundBackground, InputError> {
    let mut memory = vec![0; max_listed(overlaps, &config.labels)];
    Ok(targets::sample(overlaps, config, generator, &mut memory)?.map(<[u32]>::to_vec))
}

/// Largest number of indices that a split can list.
fn max_listed<F>(overlaps: &[F], config: &LabelConfig) -> usize {
    match config.on_overlap {
        OnOverlap::Foreground => overlaps.len(),
        OnOverlap::Duplicate => overlaps.len().saturating_mul(2),
    }
}
