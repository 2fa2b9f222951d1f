//! MONAI and nnDetection: negatives at random, but out of the hardest.

use rand_core::Rng;

use crate::mine::Memory;
use crate::random::draw;
use crate::rank::CandidateBuffer;
use crate::rules::{Matched, Matches, RuleError, whole};
use crate::simd::Simd;
use crate::{NanPolicy, RankKey, Selection};

/// How MONAI's `HardNegativeSampler` mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct PoolConfig {
    /// How many RoIs of an image to sample.
    pub batch_size: usize,
    /// Which share of them may be positive.
    pub positive_fraction: f64,
    /// How many negatives to sample at the least, however few positives there are.
    pub min_negatives: usize,
    /// How many negatives the pool holds for each that is drawn from it.
    pub pool_size: f64,
    /// What is done with a loss that is NaN.
    pub nan: NanPolicy,
}

impl PoolConfig {
    /// A third of the batch positive at the most, one negative at the least, pools of ten: MONAI's defaults.
    pub const fn new(batch_size: usize) -> Self {
        let (positive_fraction, min_negatives, pool_size) = (1.0 / 3.0, 1, 10.0);
        Self { batch_size, positive_fraction, min_negatives, pool_size, nan: NanPolicy::Error }
    }
}

/// Samples one image: positives at random, and negatives at random out of the hardest.
///
/// The first number returned says how many positives lead the selection; each part is in random order. So
/// the hardest are seen often, but not always the same ones: a middle course where labels are noisy. Memory must
/// hold all positives, and then the pool: `pool_size` times the negatives to be drawn, or all there are.
/// `losses` are MONAI's foreground probabilities, or any other hardness. O(n), and O(n log n) at worst.
///
/// Source: `HardNegativeSampler` of `monai/apps/detection/utils`, which takes torch's generator and leaves ties
/// at the pool's edge open.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the memory is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{Ranked, mine::Memory, rank::FixedBuffer, rules, simd::Portable};
/// use rand::{SeedableRng, rngs::SmallRng};
///
/// let (losses, matches) = ([0.9_f32, 0.1, 0.8, 0.7, 0.2], [0, -1, -1, -1, -1]);
/// let (mut window, mut selected) = ([Ranked::PLACEHOLDER; 8], [0; 8]);
/// let memory = Memory::without_nms(FixedBuffer(&mut window), &mut selected);
/// let mut config = rules::PoolConfig::new(2);
/// (config.positive_fraction, config.pool_size) = (0.5, 2.0);
/// let mut generator = SmallRng::seed_from_u64(1);
/// let (positives, drawn) = rules::pool(Portable, &losses, &matches, &config, &mut generator, memory)?;
/// assert_eq!((positives, drawn.indices()[0]), (1, 0));
/// assert!([2, 3].contains(&drawn.indices()[1])); // one of the two hardest negatives
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn pool<'a, H: RankKey, W: CandidateBuffer<H>, S: Simd, R: Rng + ?Sized>(
    simd: S,
    losses: &[H],
    matches: &[i32],
    config: &PoolConfig,
    generator: &mut R,
    memory: Memory<'a, f32, W>,
) -> Result<(usize, Selection<&'a [u32]>), RuleError> {
    RuleError::check("matches", matches.len(), losses.len())?;
    let Memory { mut window, selected, .. } = memory;
    let image = Matches { losses, matches, nan: config.nan };
    let all = image.hardest(simd, Matched::Positive, usize::MAX, &mut window, selected)?;
    let most = whole(config.batch_size as f64 * config.positive_fraction).min(config.batch_size);
    let positives = draw(selected.get_mut(..all).unwrap_or_default(), most, generator);

    let rest = selected.get_mut(positives..).unwrap_or_default();
    let places = config.negatives(positives).min(Matched::Negative.count(matches));
    let most = whole(places as f64 * config.pool_size);
    let pooled = image.hardest(simd, Matched::Negative, most, &mut window, rest)?;
    let negatives = draw(rest.get_mut(..pooled).unwrap_or_default(), places, generator);
    let drawn = selected.get(..positives + negatives).unwrap_or_default();
    Ok((positives, Selection::new(drawn, losses.len(), drawn.len())))
}

impl PoolConfig {
    /// How many negatives go with so many positives: the fractions' ratio, and the least at the least.
    fn negatives(&self, positives: usize) -> usize {
        let for_each = (1.0 - 1.0 / self.positive_fraction).abs();
        whole(positives.max(1) as f64 * for_each).max(self.min_negatives)
    }
}
