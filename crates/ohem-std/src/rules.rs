//! The mining rules of other frameworks, with SIMD found at run time. [`ohem_core::rules`] says what each means.
//!
//! Each takes a [`Storage`], such as [`VecStorage`](crate::VecStorage), and keeps its memory there from step to step.

use ohem_core::kernel::rules as kernel;
use ohem_core::{
    BBox, Coordinate as _, Float, Key, Match, MineError, NanPolicy, OutOfRange, Selection, Storage,
};
use rand_core::Rng;

pub use ohem_core::rules::{
    Ignored, LibraConfig, MmdetConfig, MonaiConfig, PerImage, Pick, PisaConfig, ScoredRois, TensorflowConfig,
    libra, weighted_sum,
};

use crate::simd::dispatch;

pub mod segmentation;
pub mod ssd;

/// Number of positives, RoIs selected, and their weights.
type WeightedSample<'m, F> = (usize, Selection<&'m [u32]>, Vec<F>);

/// Mines the hardest `quota` RoIs of each image (R-FCN), hardest first over all images.
///
/// Images may have any numbers: memory is taken for as many as there are. See [`ohem_core::rules::rfcn()`], which
/// wants them numbered from 0.
///
/// # Errors
///
/// If there is not an image for each loss, a loss is NaN under [`NanPolicy::Error`], or an image is negative or too
/// large.
///
/// # Examples
///
/// ```
/// use ohem_std::{NanPolicy, VecStorage, rules};
///
/// let (losses, images) = ([0.5_f32, 0.9, 0.3, 0.8, 0.7, 0.1], [0, 0, 0, 1, 1, 0]);
/// let mut storage = VecStorage::<f32>::new();
/// assert_eq!(rules::rfcn(&images, &losses, 2, NanPolicy::Error, &mut storage)?.indices(), [1, 3, 4, 0]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn rfcn<'m, T: Storage, K: Key>(
    images: &[K],
    losses: &[T::Key],
    quota: usize,
    nan: NanPolicy,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    let invalid = images.iter().enumerate().find(|(_, image)| image.to_number().is_none());
    if let Some((position, image)) = invalid {
        let (what, limit) = ("image id", u32::MAX as usize);
        return Err(OutOfRange { what, position, value: image.to_nearest(), limit }.into());
    }
    // Numbered densely, so that a high number costs nothing.
    let mut known: Vec<_> = images.iter().map(|image| image.to_number()).collect();
    known.sort_unstable();
    known.dedup();
    let number = |image: &K| known.binary_search(&image.to_number()).unwrap_or_default();
    let dense: Vec<_> = images.iter().map(|image| u32::try_from(number(image)).unwrap_or(u32::MAX)).collect();
    let selected_of = &mut vec![0; known.len()];
    dispatch!(simd => kernel::rfcn(simd, &dense, losses, quota, nan, selected_of, storage))
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
/// use ohem_std::{BBox, Match, VecStorage, rules};
///
/// let boxes: Vec<_> = (0..4_u8).map(f32::from).map(|x| BBox::new(x, 0.0, x + 0.5, 1.0)).collect();
/// let (losses, matches) = ([1.0, 4.0, 3.0, 2.0], [0, -1, -1, -1].map(Match::from_signed));
/// let config = rules::TensorflowConfig::ssd().max_negatives_per_positive(2.0);
/// let mut storage = VecStorage::<f32>::new();
/// assert_eq!(rules::tensorflow(&boxes, &losses, &matches, &config, &mut storage)?.indices(), [1, 2, 0]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn tensorflow<'m, T: Storage>(
    boxes: &[BBox<T::Coordinate>],
    losses: &[T::Key],
    matches: &[Match],
    config: &TensorflowConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    dispatch!(simd => kernel::tensorflow(simd, boxes, losses, matches, config, storage))
}

/// Mines one image as mmdetection's `OHEMSampler` does; the number is that of the positives, which lead the selection.
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
/// use ohem_std::{Match, VecStorage, rules};
///
/// let losses = [1.0_f32, 3.0, 9.0, 2.0, 4.0];
/// let matches = [0, -1, -2, 1, -1].map(Match::from_signed);
/// let config = rules::MmdetConfig::new().num(3).pos_fraction(0.5);
/// let mut storage = VecStorage::<f32>::new();
/// let (positives, hard) = rules::mmdet(&losses, &matches, &config, &mut storage)?;
/// assert_eq!((positives, hard.indices()), (1, [3, 4, 1].as_slice()));
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn mmdet<'m, T: Storage>(
    losses: &[T::Key],
    matches: &[Match],
    config: &MmdetConfig,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    dispatch!(simd => kernel::mmdet(simd, losses, matches, config, storage))
}

/// Samples one image as MONAI's `HardNegativeSampler` does: negatives at random, but from the hardest.
///
/// The number is that of the positives, which lead the selection. See [`ohem_core::rules::monai()`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::{Match, VecStorage, rules};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let losses = [0.9_f32, 0.1, 0.8, 0.7, 0.2];
/// let matches = [0, -1, -1, -1, -1].map(Match::from_signed);
/// let config = rules::MonaiConfig::new(2).positive_fraction(0.5).pool_size(2.0);
/// let (mut storage, mut generator) = (VecStorage::<f32>::new(), SmallRng::seed_from_u64(1));
/// let (positives, drawn) = rules::monai(&losses, &matches, &config, &mut generator, &mut storage)?;
/// assert_eq!((positives, drawn.indices()[0]), (1, 0));
/// assert!([2, 3].contains(&drawn.indices()[1])); // one of the two hardest negatives
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn monai<'m, T: Storage, R: Rng + ?Sized>(
    losses: &[T::Key],
    matches: &[Match],
    config: &MonaiConfig,
    generator: &mut R,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    dispatch!(simd => kernel::monai(simd, losses, matches, config, generator, storage))
}

/// Samples one image as mmdetection's `ScoreHLRSampler` does (PISA): negatives by score-HLR, with weights.
///
/// The number is that of the positives, which lead the selection; the weights are those of the RoIs selected, in the
/// order of the selection. See [`ohem_core::rules::pisa()`].
///
/// # Errors
///
/// If slices differ in length, a setting makes no sense, or the score or loss of a negative is NaN under
/// [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, Match, VecStorage, rules};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let rows = [[0.0_f32, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0], [9.0; 4]];
/// let rois = rules::ScoredRois {
///     boxes: BBox::from_rows(&rows),
///     scores: &[0.9, 0.8, 0.5, 0.7],
///     losses: &[1.0, 2.0, 4.0, 0.5],
///     matches: &[-1, -1, -1, 0].map(Match::from_signed),
/// };
/// let config = rules::PisaConfig::new().num(3).pos_fraction(0.4).k(1.0).bias(0.25);
/// let (mut storage, mut generator) = (VecStorage::<f32>::new(), SmallRng::seed_from_u64(1));
/// let (positives, hard, weights) = rules::pisa(&rois, &config, &mut generator, &mut storage)?;
/// assert_eq!((positives, hard.indices()), (1, [3, 0, 2].as_slice()));
/// assert_eq!(weights, [1.0, 1.25, 0.9375]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn pisa<'m, T: Storage<Coordinate: Float>, R: Rng + ?Sized>(
    rois: &ScoredRois<'_, T::Coordinate>,
    config: &PisaConfig,
    generator: &mut R,
    storage: &'m mut T,
) -> Result<WeightedSample<'m, T::Coordinate>, MineError> {
    let mut ranks = vec![0; rois.matches.len()];
    let mut weights = vec![T::Coordinate::ZERO; config.num.min(rois.matches.len())];
    let sampled = ohem_core::rules::pisa(rois, config, generator, &mut ranks, &mut weights, storage)?;
    let (positives, hard) = sampled;
    weights.truncate(hard.len());
    Ok((positives, hard, weights))
}
