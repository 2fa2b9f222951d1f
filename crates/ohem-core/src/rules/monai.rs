//! MONAI and nnDetection: negatives at random, but from the hardest.

use rand_core::Rng;

use crate::error::{LengthMismatch, MineError};
use crate::random::draw;
use crate::rules::{MatchedLosses, count, whole};
use crate::simd::{Portable, Simd};
use crate::storage::{Lent, Storage};
use crate::{Match, NanPolicy, Selection};

/// How MONAI's `HardNegativeSampler` mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct MonaiConfig {
    /// Number of RoIs to sample of an image.
    pub batch_size: usize,
    /// Largest share of positives among them.
    pub positive_fraction: f64,
    /// Least number of negatives to sample, however few positives there are.
    pub min_negatives: usize,
    /// Number of negatives in the pool for each that is drawn from it.
    pub pool_size: f64,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
}

impl MonaiConfig {
    /// MONAI's defaults: at most a third of the batch positive, at least one negative, pools of ten.
    pub const fn new(batch_size: usize) -> Self {
        let (positive_fraction, min_negatives, pool_size) = (1.0 / 3.0, 1, 10.0);
        Self { batch_size, positive_fraction, min_negatives, pool_size, nan: NanPolicy::Error }
    }

    /// Sets the number of RoIs to sample of an image.
    pub const fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Sets the largest share of positives.
    pub const fn positive_fraction(self, positive_fraction: f64) -> Self {
        Self { positive_fraction, ..self }
    }

    /// Sets the least number of negatives.
    pub const fn min_negatives(self, min_negatives: usize) -> Self {
        Self { min_negatives, ..self }
    }

    /// Sets the number of negatives in the pool for each that is drawn from it.
    pub const fn pool_size(self, pool_size: f64) -> Self {
        Self { pool_size, ..self }
    }

    /// Chooses how a NaN loss is handled.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }

    /// Number of negatives for a number of positives: by the ratio of the fractions, and at least the minimum.
    fn negatives(&self, positives: usize) -> usize {
        let for_each = (1.0 - 1.0 / self.positive_fraction).abs();
        whole(positives.max(1) as f64 * for_each).max(self.min_negatives)
    }
}

/// Samples one image: positives at random, and negatives at random from the hardest.
///
/// The number returned is that of the positives, which lead the selection; each part is in random order. So the
/// hardest are seen often, but not always the same ones: a middle course if labels are noisy. The storage must
/// hold all positives, and then the pool: `pool_size` times the negatives to be drawn, or all negatives. `losses`
/// are MONAI's foreground probabilities, or any other measure of hardness. O(n), and O(n log n) at worst if the
/// storage's buffer of candidates grows.
///
/// Source: `HardNegativeSampler` of `monai/apps/detection/utils`, which takes torch's generator and leaves ties
/// at the pool's edge open.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the storage is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, Match, rules};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let losses = [0.9_f32, 0.1, 0.8, 0.7, 0.2];
/// let matches = [0, -1, -1, -1, -1].map(Match::from_signed);
/// let config = rules::MonaiConfig::new(2).positive_fraction(0.5).pool_size(2.0);
/// let (mut storage, mut generator) = (ArrayStorage::<f32, 8>::new(), SmallRng::seed_from_u64(1));
/// let (positives, drawn) = rules::monai(&losses, &matches, &config, &mut generator, &mut storage)?;
/// assert_eq!((positives, drawn.indices()[0]), (1, 0));
/// assert!([2, 3].contains(&drawn.indices()[1])); // one of the two hardest negatives
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn monai<'m, T: Storage, R: Rng + ?Sized>(
    losses: &[T::Key],
    matches: &[Match],
    config: &MonaiConfig,
    generator: &mut R,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    monai_on(Portable, losses, matches, config, generator, storage)
}

/// As [`monai`](monai()), on a chosen instruction set.
pub fn monai_on<'m, T: Storage, R: Rng + ?Sized, S: Simd>(
    simd: S,
    losses: &[T::Key],
    matches: &[Match],
    config: &MonaiConfig,
    generator: &mut R,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    LengthMismatch::check("matches", losses.len(), matches.len())?;
    let Lent { mut candidates, selected, .. } = storage.lend(losses.len(), false);
    let image = MatchedLosses { losses, matches, nan: config.nan };
    let all = image.hardest(simd, Match::is_object, usize::MAX, &mut candidates, selected)?;
    let max = whole(config.batch_size as f64 * config.positive_fraction).min(config.batch_size);
    let positives = draw(selected.get_mut(..all).unwrap_or_default(), max, generator);

    let rest = selected.get_mut(positives..).unwrap_or_default();
    let to_draw = config.negatives(positives).min(count(matches, Match::is_background));
    let max = whole(to_draw as f64 * config.pool_size);
    let pooled = image.hardest(simd, Match::is_background, max, &mut candidates, rest)?;
    let negatives = draw(rest.get_mut(..pooled).unwrap_or_default(), to_draw, generator);

    let drawn = selected.get(..positives + negatives).unwrap_or_default();
    Ok((positives, Selection::new(drawn, losses.len(), drawn.len(), 0)))
}
