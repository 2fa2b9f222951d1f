//! Labels and targets, into fresh `Vec`s: what each RoI is, and which box it should become.
//!
//! [`prepare`] does for an image what the reference does before it trains: ground truth and proposals in,
//! labels and compact targets out. The other functions are its steps, and [`sample`] is the baseline that
//! mining replaces. What the results mean, exactly, is said in [`ohem_core::targets`].

use core::fmt;

use ohem_core::{BBox, Convention, Float, targets};
use rand_core::Rng;

use crate::simd;

pub use ohem_core::targets::{
    AssignError, BACKGROUND, Both, BoxCoder, ByImage, CodeError, CompactError, Decode, ExpandConfig,
    ExpandError, IGNORED, LabelConfig, LabelError, Normalization, NormalizeError, SampleConfig, SampleError,
    SplitError, UNMATCHED, clip,
};

/// Indices of RoIs: foreground, and then background.
pub type Split = targets::Split<Vec<u32>>;

/// The RoIs of an image, ready to train on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Prepared<F> {
    /// The RoIs: the ground truth, and then the proposals.
    pub rois: Vec<BBox<F>>,
    /// The IoU of each with its ground-truth box.
    pub overlaps: Vec<F>,
    /// The index of that box, or [`UNMATCHED`].
    pub matches: Vec<u32>,
    /// The class of each that is foreground, or [`BACKGROUND`], or [`IGNORED`].
    pub labels: Vec<u32>,
    /// The class of each that has a target, or [`BACKGROUND`].
    pub target_classes: Vec<u32>,
    /// The step from each to its box, or zeros.
    pub steps: Vec<[F; 4]>,
}

/// Assigns, labels and encodes the RoIs of an image: its ground truth, and then the proposals.
///
/// A ground-truth box is matched with itself, a proposal with the box that it overlaps most. See
/// [`ohem_core::targets`] for the steps, which work in memory that is lent. O(proposals x ground truth).
///
/// Source: the reference's roidb: `create_roidb_from_box_list` and `_compute_targets`, and the labels of
/// `_all_rois`. It lists the RoIs that are not ignored; [`split`] does.
///
/// # Errors
///
/// If there are not as many classes as ground-truth boxes, or a threshold is NaN.
///
/// # Examples
///
/// ```
/// use ohem_std::BBox;
/// use ohem_std::targets::{BoxCoder, LabelConfig, prepare};
///
/// let ground_truth = BBox::from_rows(&[[0.0, 0.0, 9.0, 9.0]]);
/// let proposals = BBox::from_rows(&[[1.0, 0.0, 10.0, 9.0], [50.0, 50.0, 59.0, 59.0]]);
/// let coder = BoxCoder::fast_rcnn();
/// let prepared = prepare((ground_truth, &[3]), proposals, &LabelConfig::new(), &coder)?;
/// assert_eq!(prepared.labels, [3, 3, 0]);
/// assert_eq!(prepared.steps, [[0.0; 4], [-0.1, 0.0, 0.0, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_std::targets::Error>(())
/// ```
pub fn prepare<F: Float>(
    (ground_truth, classes): (&[BBox<F>], &[u32]),
    proposals: &[BBox<F>],
    config: &LabelConfig,
    coder: &BoxCoder,
) -> Result<Prepared<F>, Error> {
    let rois = [ground_truth, proposals].concat();
    let (mut overlaps, mut matches) = (vec![F::zero(); rois.len()], vec![UNMATCHED; rois.len()]);
    let (own_overlaps, other_overlaps) = overlaps.split_at_mut(ground_truth.len());
    let (own, others) = matches.split_at_mut(ground_truth.len());
    let convention = coder.convention;
    targets::assign_own(ground_truth, convention, own_overlaps, own)?;
    targets::assign(simd::best(), proposals, ground_truth, convention, other_overlaps, others)?;

    let assignment = targets::Assignment { overlaps: &overlaps, matches: &matches };
    let (mut target_classes, mut steps) = (vec![BACKGROUND; rois.len()], vec![[F::zero(); 4]; rois.len()]);
    let out = targets::Compact { classes: &mut target_classes, steps: &mut steps };
    targets::compact(&rois, (ground_truth, classes), assignment, config, coder, out)?;
    let mut labels = vec![IGNORED; rois.len()];
    targets::label(assignment, classes, config, &mut labels)?;
    Ok(Prepared { rois, overlaps, matches, labels, target_classes, steps })
}

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
    targets::assign(simd::best(), rois, ground_truth, convention, &mut overlaps, &mut matches)?;
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
    targets::assign_batch(simd::best(), rois, ground_truth, convention, &mut overlaps, &mut matches)?;
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
    match config.both {
        Both::Foreground => overlaps.len(),
        _ => overlaps.len().saturating_mul(2),
    }
}

/// Expanded targets: for each RoI a row of `4K` values, four for each class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Blobs<F> {
    /// The targets, in the columns of the RoI's class.
    pub targets: Vec<F>,
    /// The inside weights, in the same columns.
    pub inside_weights: Vec<F>,
    /// 1 where the inside weight is above 0.
    pub outside_weights: Vec<F>,
}

impl<F: Float> Blobs<F> {
    fn zeros(rows: usize, config: &ExpandConfig) -> Self {
        let zeros = vec![F::zero(); rows.saturating_mul(config.classes).saturating_mul(4)];
        Self { targets: zeros.clone(), inside_weights: zeros.clone(), outside_weights: zeros }
    }

    fn lend(&mut self) -> targets::Blobs<'_, F> {
        targets::Blobs {
            targets: &mut self.targets,
            inside_weights: &mut self.inside_weights,
            outside_weights: &mut self.outside_weights,
        }
    }
}

/// Spreads compact targets over `n x 4K` columns, with their weights.
///
/// Source: `_get_bbox_regression_labels` of the reference; see [`ohem_core::targets::expand`]. O(4nK).
///
/// # Errors
///
/// If there are not as many classes as steps, or a class is not below [`ExpandConfig::classes`].
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{ExpandConfig, expand};
///
/// let blobs = expand(&[1, 0], &[[0.1, 0.2, 0.3, 0.4], [0.0; 4]], &ExpandConfig::new(2))?;
/// assert_eq!(blobs.targets[..8], [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// assert_eq!(blobs.inside_weights.iter().sum::<f64>(), 4.0);
/// # Ok::<(), ohem_std::targets::ExpandError>(())
/// ```
pub fn expand<F: Float>(
    classes: &[u32],
    steps: &[[F; 4]],
    config: &ExpandConfig,
) -> Result<Blobs<F>, ExpandError> {
    let mut blobs = Blobs::zeros(classes.len(), config);
    targets::expand(classes, steps, config, blobs.lend())?;
    Ok(blobs)
}

/// Spreads the compact targets of some RoIs over `4K` columns, with their weights.
///
/// Source: `get_ohem_minibatch` of the reference, which gathers rows of expanded blobs; here only these rows
/// are ever made. See [`ohem_core::targets::expand_rows`]. O(n + 4K x indices).
///
/// # Errors
///
/// As [`expand`], and if an index names no RoI.
///
/// # Examples
///
/// ```
/// use ohem_std::targets::{ExpandConfig, expand_rows};
///
/// let (classes, steps) = ([0, 0, 1], [[0.0; 4], [0.0; 4], [0.1, 0.2, 0.3, 0.4]]);
/// let blobs = expand_rows(&[2], &classes, &steps, &ExpandConfig::new(2))?;
/// assert_eq!(blobs.targets, [0.0, 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.4]);
/// # Ok::<(), ohem_std::targets::ExpandError>(())
/// ```
pub fn expand_rows<F: Float>(
    indices: &[u32],
    classes: &[u32],
    steps: &[[F; 4]],
    config: &ExpandConfig,
) -> Result<Blobs<F>, ExpandError> {
    let mut blobs = Blobs::zeros(indices.len(), config);
    targets::expand_rows(indices, classes, steps, config, blobs.lend())?;
    Ok(blobs)
}

/// Why RoIs could not be prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// They could not be assigned.
    Assign(AssignError),
    /// They could not be labelled.
    Label(LabelError),
    /// Their targets could not be computed.
    Compact(CompactError),
}

impl From<AssignError> for Error {
    fn from(error: AssignError) -> Self {
        Self::Assign(error)
    }
}

impl From<LabelError> for Error {
    fn from(error: LabelError) -> Self {
        Self::Label(error)
    }
}

impl From<CompactError> for Error {
    fn from(error: CompactError) -> Self {
        Self::Compact(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assign(error) => error.fmt(f),
            Self::Label(error) => error.fmt(f),
            Self::Compact(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}
