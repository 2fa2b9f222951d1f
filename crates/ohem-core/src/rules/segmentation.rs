//! Segmentation: pixels that are hard enough, and as many of the hardest as must be kept.

use crate::rank::select_nth;
use crate::rules::RuleError;
use crate::{Float, RankKey, Ranked};

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; returns how many.
///
/// Writes to `kept` which they are. `counts` says which pixels take part: those whose label is not to be
/// ignored. Exactly `min_kept` are kept if fewer pass the threshold, and all if there are not so many that take
/// part; ties go to the lower index. A NaN takes no part. Over a batch or an image, as the slices are. O(n), in
/// a fixed kilobyte of memory.
///
/// This is what the threshold rules of mmsegmentation, HRNet and PaddleSeg are meant to do, with the loss for
/// the probability; [`by_probability`] does as they do, too.
///
/// # Errors
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use ohem_core::rules::segmentation;
///
/// let (losses, mut kept) = ([0.2, 0.9, 0.4, 0.4], [false; 4]);
/// let count = segmentation::by_loss(&losses, &[true; 4], 0.5, 2, &mut kept)?;
/// assert_eq!((count, kept), (2, [false, true, true, false]));
/// # Ok::<(), ohem_core::rules::RuleError>(())
/// ```
pub fn by_loss<H: RankKey>(
    losses: &[H],
    counts: &[bool],
    threshold: H,
    min_kept: usize,
    kept: &mut [bool],
) -> Result<usize, RuleError> {
    RuleError::check("flags", counts.len(), losses.len())?;
    RuleError::check("places", kept.len(), losses.len())?;
    Ok(keep_hardest(|| ranked(losses, counts, |loss| loss), threshold, min_kept, kept))
}

/// How many pixels a threshold rule keeps when fewer than `min_kept` pass the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// Exactly `min_kept`, or all there are.
    #[default]
    Exact,
    /// mmsegmentation's `OHEMPixelSampler` and HRNet's `OhemCrossEntropy`: those strictly below the probability
    /// at place `min_kept` from the lowest (or the last place), if that is above the threshold. So pixels that
    /// tie there are lost: down to none of n. (`OHEMPixelSampler` counts `min_kept` for each image.)
    Mmsegmentation,
    /// PaddleSeg's `OhemCrossEntropyLoss`: the same, one place lower; and all pixels if `min_kept` is 0, or as
    /// many as there are.
    PaddleSeg,
}

/// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
///
/// As [`by_loss`] with the lowest probability for the hardest, and with the counting of the originals by choice.
/// With [`Counting::Exact`], and for a threshold of -infinity, this is the rule without a threshold.
///
/// # Errors
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use ohem_core::rules::segmentation::{self, Counting};
///
/// let (probabilities, all) = ([0.9_f32; 4], [true; 4]);
/// let mut kept = [false; 4];
/// let mut count = |counting| segmentation::by_probability(&probabilities, &all, 0.7, 2, counting, &mut kept);
/// assert_eq!(count(Counting::Exact)?, 2);
/// assert_eq!(count(Counting::Mmsegmentation)?, 0); // of two asked for
/// # Ok::<(), ohem_core::rules::RuleError>(())
/// ```
pub fn by_probability<F: Float>(
    probabilities: &[F],
    counts: &[bool],
    threshold: F,
    min_kept: usize,
    counting: Counting,
    kept: &mut [bool],
) -> Result<usize, RuleError> {
    RuleError::check("flags", counts.len(), probabilities.len())?;
    RuleError::check("places", kept.len(), probabilities.len())?;
    let lowest_first = || ranked(probabilities, counts, |probability| -probability);
    let valid = lowest_first().count();
    let place = match counting {
        Counting::Exact => return Ok(keep_hardest(lowest_first, -threshold, min_kept, kept)),
        Counting::Mmsegmentation => min_kept.min(valid.saturating_sub(1)),
        Counting::PaddleSeg if min_kept == 0 || min_kept >= valid => {
            return Ok(keep(lowest_first(), |_| true, kept));
        }
        Counting::PaddleSeg => min_kept - 1,
    };
    let at_place = select_nth(lowest_first, place).map_or(threshold, |ranked| -ranked.key());
    let threshold = if at_place > threshold { at_place } else { threshold };
    Ok(keep(lowest_first(), |pixel| -pixel.key() < threshold, kept))
}

/// The pixels that take part.
fn ranked<H: RankKey>(
    values: &[H],
    counts: &[bool],
    hardness: impl Fn(H) -> H,
) -> impl Iterator<Item = Ranked<H>> {
    let pixels = values.iter().zip(counts).zip(0..=u32::MAX);
    let taking_part = pixels.filter(|((value, counts), _)| **counts && !value.is_nan_key());
    taking_part.map(move |((&value, _), index)| Ranked::new(hardness(value), index))
}

fn keep_hardest<H: RankKey, I: Iterator<Item = Ranked<H>>>(
    pixels: impl Fn() -> I,
    threshold: H,
    min_kept: usize,
    kept: &mut [bool],
) -> usize {
    let passing = pixels().filter(|pixel| pixel.key() > threshold).count();
    if passing >= min_kept {
        return keep(pixels(), |pixel| pixel.key() > threshold, kept);
    }
    // All that pass are among the hardest `min_kept`.
    match select_nth(&pixels, min_kept - 1) {
        Some(last) => keep(pixels(), |pixel| pixel <= last, kept),
        None => keep(pixels(), |_| true, kept),
    }
}

/// Marks the pixels that pass; returns how many do.
fn keep<H: RankKey>(
    pixels: impl Iterator<Item = Ranked<H>>,
    passes: impl Fn(Ranked<H>) -> bool,
    kept: &mut [bool],
) -> usize {
    kept.fill(false);
    let mut count = 0;
    for pixel in pixels.filter(|&pixel| passes(pixel)) {
        if let Some(place) = kept.get_mut(pixel.index() as usize) {
            *place = true;
            count += 1;
        }
    }
    count
}
