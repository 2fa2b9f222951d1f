//! mmdetection: positives and negatives mined apart, a quota each.

use crate::mine::Memory;
use crate::rank::CandidateBuffer;
use crate::rules::{Matched, Matches, RuleError, whole};
use crate::simd::Simd;
use crate::{NanPolicy, RankKey, Selection};

/// How mmdetection's `OHEMSampler` mines.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MmdetConfig {
    /// How many RoIs of an image to sample.
    pub num: usize,
    /// Which share of them may be positive.
    pub pos_fraction: f64,
    /// How many negatives there may be for each positive (for one, if there is none); no limit if `None`.
    pub neg_pos_ub: Option<f64>,
    /// What is done with a loss that is NaN.
    pub nan: NanPolicy,
}

impl MmdetConfig {
    /// The usual setting: 512 RoIs, a quarter of them positive at the most.
    pub const fn new() -> Self {
        Self { num: 512, pos_fraction: 0.25, neg_pos_ub: None, nan: NanPolicy::Error }
    }
}

impl Default for MmdetConfig {
    fn default() -> Self {
        Self::new()
    }
}

/// Mines one image as mmdetection's `OHEMSampler` does: its hardest positives, then its hardest negatives.
///
/// The first number returned says how many positives lead the selection; each part is hardest first. Memory
/// must hold `num`, or all RoIs. `matches` are as in [`rules`](crate::rules#matches). Duplicate the cost of mining,
/// for two passes over the losses: O(n), and O(n log n) at worst.
///
/// Source: `OHEMSampler` and `BaseSampler` of `mmdet/models/task_modules/samplers`. It differs in the order
/// (ascending there), and in ties.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`], or the memory is too small.
///
/// # Examples
///
/// ```
/// use ohem_core::{Ranked, mine::Memory, rank::FixedBuffer, rules, simd::Portable};
///
/// let (losses, matches) = ([1.0_f32, 3.0, 9.0, 2.0, 4.0], [0, -1, -2, 1, -1]);
/// let (mut window, mut selected) = ([Ranked::PLACEHOLDER; 8], [0; 8]);
/// let memory = Memory::without_nms(FixedBuffer(&mut window), &mut selected);
/// let mut config = rules::MmdetConfig::new();
/// (config.num, config.pos_fraction) = (3, 0.5);
/// let (positives, hard) = rules::mmdet(Portable, &losses, &matches, &config, memory)?;
/// assert_eq!((positives, hard.indices()), (1, [3, 4, 1].as_slice()));
/// # Ok::<(), rules::RuleError>(())
/// ```
pub fn mmdet<'a, H: RankKey, W: CandidateBuffer<H>, S: Simd>(
    simd: S,
    losses: &[H],
    matches: &[i32],
    config: &MmdetConfig,
    memory: Memory<'a, f32, W>,
) -> Result<(usize, Selection<&'a [u32]>), RuleError> {
    RuleError::check("matches", matches.len(), losses.len())?;
    let Memory { mut window, selected, .. } = memory;
    let image = Matches { losses, matches, nan: config.nan };
    let most = whole(config.num as f64 * config.pos_fraction).min(config.num);
    let positives = image.hardest(simd, Matched::Positive, most, &mut window, selected)?;
    let limit = |ratio| whole(ratio * positives.max(1) as f64);
    let most = config.neg_pos_ub.map_or(usize::MAX, limit).min(config.num - positives);
    let rest = selected.get_mut(positives..).unwrap_or_default();
    let negatives = image.hardest(simd, Matched::Negative, most, &mut window, rest)?;
    let hard = selected.get(..positives + negatives).unwrap_or_default();
    Ok((positives, Selection::new(hard, losses.len(), hard.len())))
}
