//! PISA: negatives by score-HLR, the hierarchical local rank of their scores, with a weight each.

use rand_core::Rng;

use crate::error::{ConfigError, LengthMismatch, MineError, NanLoss};
use crate::rules::match_of;
use crate::rules::sampler::{Pool, Quotas, draw, move_to_front};
use crate::storage::{Lent, Storage};
use crate::{BBox, Float, Match, NanPolicy, RankKey, Ranked, Selection};

mod hlr;

/// How mmdetection's `ScoreHLRSampler` samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct PisaConfig {
    /// Number of RoIs to sample of an image.
    pub num: usize,
    /// Largest share of positives among them.
    pub pos_fraction: f64,
    /// Largest number of negatives for each positive (for one, if there is none); `None` for no limit.
    pub neg_pos_ub: Option<f64>,
    /// Power of the map from ranks to weights.
    pub k: f64,
    /// Shift of the map from ranks to weights, from 0 to 1; at 1, all weights are equal.
    pub bias: f64,
    /// Score above which a negative is ranked; the others are sampled at random.
    pub score_thr: f64,
    /// IoU from which a negative joins the cluster of a higher score.
    pub iou_thr: f64,
    /// How a negative is handled whose score or loss is NaN.
    pub nan: NanPolicy,
}

impl PisaConfig {
    /// mmdetection's defaults, with the numbers of its PISA: 512 RoIs, at most a quarter of them positive.
    ///
    /// `k` 0.5, `bias` 0, `score_thr` 0.05, `iou_thr` 0.5.
    pub const fn new() -> Self {
        Self {
            num: 512,
            pos_fraction: 0.25,
            neg_pos_ub: None,
            k: 0.5,
            bias: 0.0,
            score_thr: 0.05,
            iou_thr: 0.5,
            nan: NanPolicy::Error,
        }
    }

    /// Sets the number of RoIs to sample of an image.
    pub const fn num(self, num: usize) -> Self {
        Self { num, ..self }
    }

    /// Sets the largest share of positives; 0 samples negatives alone.
    pub const fn pos_fraction(self, pos_fraction: f64) -> Self {
        Self { pos_fraction, ..self }
    }

    /// Limits the negatives for each positive.
    pub const fn neg_pos_ub(self, neg_pos_ub: f64) -> Self {
        Self { neg_pos_ub: Some(neg_pos_ub), ..self }
    }

    /// Sets the power of the map from ranks to weights.
    pub const fn k(self, k: f64) -> Self {
        Self { k, ..self }
    }

    /// Sets the shift of the map from ranks to weights.
    pub const fn bias(self, bias: f64) -> Self {
        Self { bias, ..self }
    }

    /// Sets the score above which a negative is ranked.
    pub const fn score_thr(self, score_thr: f64) -> Self {
        Self { score_thr, ..self }
    }

    /// Sets the IoU from which a negative joins a cluster.
    pub const fn iou_thr(self, iou_thr: f64) -> Self {
        Self { iou_thr, ..self }
    }

    /// Chooses how a negative is handled whose score or loss is NaN.
    ///
    /// Under [`NanPolicy::First`], a NaN score is the highest; a NaN loss makes the weights of all negatives NaN,
    /// as in torch.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let setting = |name, expected| Err(ConfigError::Setting { name, expected });
        if !(0.0..f64::INFINITY).contains(&self.k) {
            return setting("k", "finite, and at least 0");
        }
        if !(0.0..=1.0).contains(&self.bias) {
            return setting("bias", "from 0 to 1");
        }
        ConfigError::check_threshold("score_thr", self.score_thr)?;
        ConfigError::check_threshold("iou_thr", self.iou_thr)
    }
}

impl Default for PisaConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// One image's RoIs, and what the detector says about each.
#[derive(Clone, Copy, Debug)]
pub struct ScoredRois<'a, F> {
    /// The box predicted for the class of the highest score, decoded.
    pub boxes: &'a [BBox<F>],
    /// The highest probability of a foreground class.
    pub scores: &'a [F],
    /// The classification loss as background, which the weights preserve the sum of.
    pub losses: &'a [F],
    /// What each was matched to.
    pub matches: &'a [Match],
}

/// Samples one image: positives at random, then the negatives of the highest score-HLR, each with a weight.
///
/// Negatives that score above `score_thr` form clusters: the highest score takes in all that overlap its box by
/// `iou_thr` or more, then the highest of the rest does, and so on (NMS). The heads of all clusters rank first, by
/// score, then the second of each cluster, and so on. If fewer negatives are ranked than wanted, others follow at
/// random. The number returned is that of the positives, which lead the selection.
///
/// `ranks` has an element for each RoI: it takes the place of a ranked negative within its cluster, from 0, and
/// `u32::MAX` for all other RoIs. `weights` takes one for each RoI selected, in the order of the selection; further
/// ones are left alone. A positive has 1. The negative at place `i` of the ranking, from 0, has
/// `(bias + (1 - bias) (m - i) / m) ^ k`, where `m` is the number of negatives ranked, or of those selected if that is
/// greater; one at random has what the last one ranked has. Then the weights of negatives are scaled, so that
/// their weighted losses have the sum of their losses.
///
/// The storage must hold all positives, and all negatives behind the positives sampled. O(n log n) to sort, and
/// (ranked x clusters) overlap tests.
///
/// Source: `ScoreHLRSampler` of `mmdet/models/task_modules/samplers`, and mmcv's `nms_match`. It differs in torch's
/// generator; in ties, which are open there (and more: it adds place and score in `f32`, which rounds the score); in
/// that weights are computed in `f64` and rounded; and in that they are not scaled if the weighted losses sum to 0
/// (there, they become NaN).
///
/// # Errors
///
/// If slices differ in length, `k` is negative or infinite, `bias` is not from 0 to 1, a threshold is NaN, the score
/// or loss of a negative is NaN under [`NanPolicy::Error`], or the storage or `weights` are too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, BBox, Match, rules};
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
/// let (mut storage, mut generator) = (ArrayStorage::<f32, 4>::new(), SmallRng::seed_from_u64(1));
/// let (mut ranks, mut weights) = ([0; 4], [0.0; 4]);
/// let (positives, hard) =
///     rules::pisa(&rois, &config, &mut generator, &mut ranks, &mut weights, &mut storage)?;
/// // RoI 1 scores more than RoI 2, but is the second of RoI 0's cluster.
/// assert_eq!((positives, hard.indices(), ranks), (1, [3, 0, 2].as_slice(), [0, 1, 0, u32::MAX]));
/// assert_eq!(weights[..3], [1.0, 1.25, 0.9375]); // 1 and 1/4 + 3/4 * 2/3, times 5 / 4
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn pisa<'m, T: Storage<Coordinate: Float>, R: Rng + ?Sized>(
    rois: &ScoredRois<'_, T::Coordinate>,
    config: &PisaConfig,
    generator: &mut R,
    ranks: &mut [u32],
    weights: &mut [T::Coordinate],
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    rois.check(config)?;
    let len = rois.matches.len();
    LengthMismatch::check("ranks", len, ranks.len())?;
    let PisaConfig { num, pos_fraction, neg_pos_ub, .. } = *config;
    let quotas = Quotas { num, pos_fraction, neg_pos_ub };
    let Lent { selected, .. } = storage.lend(len, false);

    let listed = Pool::list(len, selected, |roi| match_of(rois.matches, roi).is_object())?;
    let positives = draw(listed.into_rois(), quotas.positives(), generator);

    let rest = selected.get_mut(positives..).unwrap_or_default();
    let negatives = Pool::list(len, rest, |roi| rois.is_negative(roi, config))?.into_rois();
    let max = quotas.negatives(positives).min(negatives.len());
    ConfigError::check_capacity("weights", positives + max, weights.len())?;
    let ranked = move_to_front(negatives, |roi| rois.is_ranked(roi, config));
    let (candidates, others) = negatives.split_at_mut_checked(ranked).unwrap_or_default();
    rois.rank(candidates, config, ranks);
    rois.move_best_to_front(candidates, max, ranks);
    // Others are drawn only if all candidates are selected, which they then follow.
    draw(others, max.saturating_sub(ranked), generator);

    let (of_positives, weights) = weights.split_at_mut_checked(positives).unwrap_or_default();
    of_positives.fill(<T::Coordinate as num_traits::One>::one());
    let negatives = negatives.get(..max).unwrap_or_default();
    rois.weigh(negatives, ranked, config, weights);
    let sampled = selected.get(..positives + max).unwrap_or_default();
    Ok((positives, Selection::new(sampled, len, sampled.len(), 0)))
}

impl<F: Float> ScoredRois<'_, F> {
    /// Checks lengths and settings, and negatives for NaN if that is an error.
    fn check(&self, config: &PisaConfig) -> Result<(), MineError> {
        let len = self.matches.len();
        LengthMismatch::check("boxes", len, self.boxes.len())?;
        LengthMismatch::check("scores", len, self.scores.len())?;
        LengthMismatch::check("losses", len, self.losses.len())?;
        config.check()?;
        let is_nan = |roi: &u32| match_of(self.matches, *roi).is_background() && self.has_nan(*roi);
        match (0..=u32::MAX).take(len).find(is_nan) {
            Some(index) if config.nan == NanPolicy::Error => Err(NanLoss { index }.into()),
            _ => Ok(()),
        }
    }

    /// The score of a RoI, as a key that sorts higher scores first.
    fn key(&self, roi: u32) -> Ranked<F> {
        Ranked::new(self.scores.get(roi as usize).copied().unwrap_or(F::ZERO), roi)
    }

    fn loss(&self, roi: u32) -> f64 {
        self.losses.get(roi as usize).map_or(0.0, |&loss| RankKey::to_f64(loss))
    }

    fn has_nan(&self, roi: u32) -> bool {
        self.key(roi).key().is_nan_key() || self.loss(roi).is_nan()
    }

    /// Whether a RoI can be sampled as a negative.
    fn is_negative(&self, roi: u32, config: &PisaConfig) -> bool {
        let skipped = config.nan == NanPolicy::Skip && self.has_nan(roi);
        match_of(self.matches, roi).is_background() && !skipped
    }

    /// Whether a negative scores high enough to be ranked.
    fn is_ranked(&self, roi: u32, config: &PisaConfig) -> bool {
        let score = self.key(roi).key();
        score.is_nan_key() || score > F::from_f64(config.score_thr)
    }
}

#[cfg(test)]
mod tests;
