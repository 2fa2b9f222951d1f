//! mmdetection: positives and negatives mined apart, a quota each.

use crate::error::{LengthMismatch, MineError};
use crate::rules::MatchedLosses;
use crate::rules::sampler::Quotas;
use crate::simd::{Portable, Simd};
use crate::storage::{Lent, Storage};
use crate::{Match, NanPolicy, Selection};

/// How mmdetection's `OHEMSampler` mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct MmdetConfig {
    /// Number of RoIs to sample of an image.
    pub num: usize,
    /// Largest share of positives among them.
    pub pos_fraction: f64,
    /// Largest number of negatives for each positive (for one, if there is none); `None` for no limit.
    pub neg_pos_ub: Option<f64>,
    /// How a NaN loss is handled.
    pub nan: NanPolicy,
}

impl MmdetConfig {
    /// The usual setting: 512 RoIs, at most a quarter of them positive.
    pub const fn new() -> Self {
        Self { num: 512, pos_fraction: 0.25, neg_pos_ub: None, nan: NanPolicy::Error }
    }

    /// Sets the number of RoIs to sample of an image.
    pub const fn num(self, num: usize) -> Self {
        Self { num, ..self }
    }

    /// Sets the largest share of positives.
    pub const fn pos_fraction(self, pos_fraction: f64) -> Self {
        Self { pos_fraction, ..self }
    }

    /// Limits the negatives for each positive.
    pub const fn neg_pos_ub(self, neg_pos_ub: f64) -> Self {
        Self { neg_pos_ub: Some(neg_pos_ub), ..self }
    }

    /// Chooses how a NaN loss is handled.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }
}

impl Default for MmdetConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// Mines one image as mmdetection's `OHEMSampler` does: its hardest positives, then its hardest negatives.
///
/// The number returned is that of the positives, which lead the selection; each part is hardest first. The
/// storage must hold `num` RoIs, or all. Twice the cost of mining, for two passes over the losses: O(n), and
/// O(n log n) at worst if the storage's buffer of candidates grows.
///
/// Source: `OHEMSampler` and `BaseSampler` of `mmdet/models/task_modules/samplers`. It differs in the order
/// (ascending there), and in ties.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the storage is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, Match, rules};
///
/// let losses = [1.0_f32, 3.0, 9.0, 2.0, 4.0];
/// let matches = [0, -1, -2, 1, -1].map(Match::from_signed);
/// let config = rules::MmdetConfig::new().num(3).pos_fraction(0.5);
/// let mut storage = ArrayStorage::<f32, 8>::new();
/// let (positives, hard) = rules::mmdet(&losses, &matches, &config, &mut storage)?;
/// assert_eq!((positives, hard.indices()), (1, [3, 4, 1].as_slice()));
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn mmdet<'m, T: Storage>(
    losses: &[T::Key],
    matches: &[Match],
    config: &MmdetConfig,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    mmdet_on(Portable, losses, matches, config, storage)
}

/// As [`mmdet`](mmdet()), on a chosen instruction set.
pub fn mmdet_on<'m, T: Storage, S: Simd>(
    simd: S,
    losses: &[T::Key],
    matches: &[Match],
    config: &MmdetConfig,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    LengthMismatch::check("matches", losses.len(), matches.len())?;
    let Lent { mut candidates, selected, .. } = storage.lend(config.num.min(losses.len()), false);
    let image = MatchedLosses { losses, matches, nan: config.nan };
    let MmdetConfig { num, pos_fraction, neg_pos_ub, .. } = *config;
    let quotas = Quotas { num, pos_fraction, neg_pos_ub };
    let positives = image.hardest(simd, Match::is_object, quotas.positives(), &mut candidates, selected)?;

    let max = quotas.negatives(positives);
    let rest = selected.get_mut(positives..).unwrap_or_default();
    let negatives = image.hardest(simd, Match::is_background, max, &mut candidates, rest)?;

    let hard = selected.get(..positives + negatives).unwrap_or_default();
    Ok((positives, Selection::new(hard, losses.len(), hard.len(), 0)))
}
