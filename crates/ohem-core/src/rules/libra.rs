//! Libra R-CNN: negatives evenly from bins of their overlap with ground truth.

use rand_core::Rng;

use crate::error::{ConfigError, LengthMismatch, MineError, NanLoss};
use crate::rank::top_k;
use crate::rules::sampler::{Pool, Quotas, draw};
use crate::rules::{match_of, whole};
use crate::storage::{Lent, Storage};
use crate::{Float, Match, NanPolicy, RankKey, Selection};

/// Which RoIs of a pool are taken, if it holds more than are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Pick {
    /// Any, at random, as in mmdetection.
    #[default]
    Random,
    /// The hardest, by loss; the generator is not asked. mmdetection does not have this.
    Hardest,
}

/// How mmdetection's `IoUBalancedNegSampler` samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct LibraConfig {
    /// Number of RoIs to sample of an image.
    pub num: usize,
    /// Largest share of positives among them.
    pub pos_fraction: f64,
    /// Largest number of negatives for each positive (for one, if there is none); `None` for no limit.
    pub neg_pos_ub: Option<f64>,
    /// Overlap below which a negative is not balanced; if 0, those of overlap 0; if negative, none.
    pub floor_thr: f64,
    /// Share of the negatives that are sampled below the floor.
    pub floor_fraction: f64,
    /// Number of bins between the floor and the highest overlap of the image; 1 for no balance.
    pub num_bins: usize,
    /// Which RoIs of a bin are taken.
    pub pick: Pick,
    /// How a NaN loss is handled, if the hardest are picked.
    pub nan: NanPolicy,
}

impl LibraConfig {
    /// mmdetection's defaults, with the numbers of its Libra R-CNN: 512 RoIs, at most a quarter of them positive.
    ///
    /// Three bins, and no floor.
    pub const fn new() -> Self {
        Self {
            num: 512,
            pos_fraction: 0.25,
            neg_pos_ub: None,
            floor_thr: -1.0,
            floor_fraction: 0.0,
            num_bins: 3,
            pick: Pick::Random,
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

    /// Sets the overlap below which a negative is not balanced.
    pub const fn floor_thr(self, floor_thr: f64) -> Self {
        Self { floor_thr, ..self }
    }

    /// Sets the share of the negatives that are sampled below the floor.
    pub const fn floor_fraction(self, floor_fraction: f64) -> Self {
        Self { floor_fraction, ..self }
    }

    /// Sets the number of bins.
    pub const fn num_bins(self, num_bins: usize) -> Self {
        Self { num_bins, ..self }
    }

    /// Chooses which RoIs of a bin are taken.
    pub const fn pick(self, pick: Pick) -> Self {
        Self { pick, ..self }
    }

    /// Chooses how a NaN loss is handled.
    pub const fn nan(self, nan: NanPolicy) -> Self {
        Self { nan, ..self }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let setting = |name, expected| Err(ConfigError::Setting { name, expected });
        if !(0.0..=1.0).contains(&self.floor_fraction) {
            return setting("floor_fraction", "from 0 to 1");
        }
        if self.num_bins == 0 {
            return setting("num_bins", "at least 1");
        }
        ConfigError::check_threshold("floor_thr", self.floor_thr)
    }
}

impl Default for LibraConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// Samples one image: positives, then negatives evenly from bins of their overlap with ground truth.
///
/// Random negatives mostly overlap nothing. Here, each of `num_bins` bins between the floor and the image's
/// highest overlap gives as many; what they lack comes from any negative above the floor, then from below the
/// floor, then from the rest. The number returned is that of the positives, which lead the selection; negatives
/// follow in the order of these steps, each step in random order or hardest first. A step draws from its RoIs in
/// ascending order, so that the same generator gives the same sample.
///
/// `overlaps` is the highest overlap of each RoI with ground truth; `losses` may be empty if picking is random.
/// The storage must hold all positives, and all negatives behind the positives sampled. O(n bins + n log n).
///
/// Source: `IoUBalancedNegSampler` of `mmdet/models/task_modules/samplers`, which extends `RandomSampler`. As
/// there, the highest overlap is that of any RoI, positive and ignored ones included, and lies in no bin itself.
/// It differs in the order (ascending there) and in torch's generator; and in that a negative `floor_thr` means
/// the same for every image: there, it becomes 0 at the first image that has negatives to spare, which is
/// `floor_thr(0.0)` here. [`Pick::Hardest`] is not of mmdetection; it picks the hardest positives, too.
///
/// # Errors
///
/// If the slices differ in length, `floor_fraction` is not from 0 to 1, there are no bins, `floor_thr` is NaN, the
/// storage is too small, or the hardest are picked and a loss is NaN under [`NanPolicy::Error`].
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, Match, rules};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let overlaps = [0.9_f32, 0.05, 0.1, 0.2, 0.4, 0.0];
/// let matches = [0, -1, -1, -1, -1, -1].map(Match::from_signed);
/// let config = rules::LibraConfig::new().num(3).pos_fraction(0.5).num_bins(2);
/// let (mut storage, mut generator) = (ArrayStorage::<f32, 8>::new(), SmallRng::seed_from_u64(1));
/// let (positives, drawn) = rules::libra(&overlaps, &[], &matches, &config, &mut generator, &mut storage)?;
/// assert_eq!((positives, drawn.len(), drawn.indices()[0]), (1, 3, 0));
///
/// let config = config.pick(rules::Pick::Hardest); // of each bin: from 0 to 0.45, and from there to 0.9
/// let losses = [0.5, 0.6, 0.1, 0.9, 0.2, 0.3];
/// let (_, hard) = rules::libra(&overlaps, &losses, &matches, &config, &mut generator, &mut storage)?;
/// assert_eq!(hard.indices(), [0, 3, 1]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn libra<'m, T: Storage<Coordinate: Float>, R: Rng + ?Sized>(
    overlaps: &[T::Coordinate],
    losses: &[T::Key],
    matches: &[Match],
    config: &LibraConfig,
    generator: &mut R,
    storage: &'m mut T,
) -> Result<(usize, Selection<&'m [u32]>), MineError> {
    LengthMismatch::check("matches", overlaps.len(), matches.len())?;
    config.check()?;
    let mut picker = Picker::new(overlaps.len(), losses, config, generator)?;
    let LibraConfig { num, pos_fraction, neg_pos_ub, .. } = *config;
    let quotas = Quotas { num, pos_fraction, neg_pos_ub };
    let Lent { selected, .. } = storage.lend(overlaps.len(), false);

    let is_such = |roi| match_of(matches, roi).is_object() && picker.takes_part(roi);
    let mut pool = Pool::list(overlaps.len(), selected, is_such)?;
    let positives = pool.take(|_| true, |rois| picker.pick(rois, quotas.positives()))?;

    let rest = selected.get_mut(positives..).unwrap_or_default();
    let is_such = |roi| match_of(matches, roi).is_background() && picker.takes_part(roi);
    let mut pool = Pool::list(overlaps.len(), rest, is_such)?;
    take_balanced(&mut pool, quotas.negatives(positives), &Bins::new(overlaps, config), &mut picker)?;
    let sampled = positives + pool.taken();

    let sampled = selected.get(..sampled).unwrap_or_default();
    Ok((positives, Selection::new(sampled, overlaps.len(), sampled.len(), 0)))
}

/// Takes negatives step by step, at most `max`. A step that finds fewer than it wants leaves them to the next.
fn take_balanced<F: Float, H: RankKey, R: Rng + ?Sized>(
    pool: &mut Pool<'_>,
    max: usize,
    bins: &Bins<'_, F>,
    picker: &mut Picker<'_, H, R>,
) -> Result<(), MineError> {
    let above = whole(max as f64 * (1.0 - bins.config.floor_fraction)).min(max);
    // One bin would leave out the RoI of the highest overlap; the original does not cut it either.
    let each = if bins.config.num_bins >= 2 { above / bins.config.num_bins } else { 0 };
    for bin in (0..bins.config.num_bins).take_while(|_| each > 0) {
        pool.take(|roi| bins.holds(bin, roi), |rois| picker.pick(rois, each))?;
    }
    let missing = above.saturating_sub(pool.taken());
    pool.take(|roi| bins.is_above_floor(roi), |rois| picker.pick(rois, missing))?;
    let missing = max.saturating_sub(pool.taken());
    pool.take(|roi| bins.is_below_floor(roi), |rois| picker.pick(rois, missing))?;
    let missing = max.saturating_sub(pool.taken());
    pool.take(|_| true, |rois| picker.pick(rois, missing))?;
    Ok(())
}

/// Picks RoIs of a pool.
struct Picker<'a, H, R: ?Sized> {
    losses: &'a [H],
    pick: Pick,
    nan: NanPolicy,
    generator: &'a mut R,
}

impl<'a, H: RankKey, R: Rng + ?Sized> Picker<'a, H, R> {
    /// Checks the losses, if there are any or some are needed.
    fn new(
        len: usize,
        losses: &'a [H],
        config: &LibraConfig,
        generator: &'a mut R,
    ) -> Result<Self, MineError> {
        let LibraConfig { pick, nan, .. } = *config;
        if pick == Pick::Hardest || !losses.is_empty() {
            LengthMismatch::check("losses", len, losses.len())?;
        }
        if pick == Pick::Hardest
            && nan == NanPolicy::Error
            && let Some((index, _)) = (0..=u32::MAX).zip(losses).find(|(_, loss)| loss.is_nan_key())
        {
            return Err(NanLoss { index }.into());
        }
        Ok(Self { losses, pick, nan, generator })
    }

    /// Whether a RoI is not skipped for its loss.
    fn takes_part(&self, roi: u32) -> bool {
        let skips = self.pick == Pick::Hardest && self.nan == NanPolicy::Skip;
        !skips || self.losses.get(roi as usize).is_some_and(|loss| !loss.is_nan_key())
    }

    /// Moves at most `max` of the RoIs to the front; returns their number.
    fn pick(&mut self, rois: &mut [u32], max: usize) -> Result<usize, MineError> {
        match self.pick {
            Pick::Random => Ok(draw(rois, max, self.generator)),
            Pick::Hardest => top_k(self.losses, rois, max, NanPolicy::First).map(<[u32]>::len),
        }
    }
}

/// Bins of equal width between the floor and the highest overlap of an image.
struct Bins<'a, F> {
    overlaps: &'a [F],
    config: &'a LibraConfig,
    from: f64,
    width: f64,
}

impl<'a, F: Float> Bins<'a, F> {
    fn new(overlaps: &'a [F], config: &'a LibraConfig) -> Self {
        let highest = overlaps.iter().fold(F::ZERO, |highest, &overlap| highest.max(overlap));
        let from = config.floor_thr.max(0.0);
        let width = (RankKey::to_f64(highest) - from) / config.num_bins as f64;
        Self { overlaps, config, from, width }
    }

    /// The overlap of a RoI; NaN, which is neither above nor below the floor, if it does not exist.
    fn overlap(&self, roi: u32) -> F {
        self.overlaps.get(roi as usize).copied().unwrap_or(F::nan())
    }

    /// The lower edge of a bin, rounded once, to the type of the overlaps.
    fn edge(&self, bin: usize) -> F {
        F::from_f64(self.from + bin as f64 * self.width)
    }

    fn holds(&self, bin: usize, roi: u32) -> bool {
        let overlap = self.overlap(roi);
        self.edge(bin) <= overlap && overlap < self.edge(bin + 1) && self.is_above_floor(roi)
    }

    fn is_above_floor(&self, roi: u32) -> bool {
        let (overlap, floor) = (self.overlap(roi), F::from_f64(self.config.floor_thr));
        if self.config.floor_thr > 0.0 { overlap >= floor } else { overlap > floor }
    }

    fn is_below_floor(&self, roi: u32) -> bool {
        self.overlap(roi) >= F::ZERO && !self.is_above_floor(roi)
    }
}

#[cfg(test)]
mod tests;
