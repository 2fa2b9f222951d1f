//! Segmentation: pixels harder than a threshold, and at least a number of the hardest.

use crate::error::LengthMismatch;
use crate::rank::{select_nth, select_nth_in};
use crate::{Float, RankKey, Ranked};

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer; returns how many.
///
/// Sets the flag of each of them in `kept`. `is_valid` says which pixels take part: those whose label is not
/// ignored. If fewer than `min_kept` pass the threshold, exactly `min_kept` are kept, or all that take part if
/// those are fewer; ties go to the lower index. A NaN takes no part. The slices may hold an image or a batch.
/// O(n), in 2 KB of memory.
///
/// The threshold rules of mmsegmentation, HRNet and PaddleSeg are meant to do this, with the loss in place of
/// the probability; [`by_probability`] can also do exactly what they do.
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
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn by_loss<H: RankKey>(
    losses: &[H],
    is_valid: &[bool],
    threshold: H,
    min_kept: usize,
    kept: &mut [bool],
) -> Result<usize, LengthMismatch> {
    lent::by_loss(losses, Some(is_valid), threshold, min_kept, &mut [0; 256], kept)
}

/// The rules in lent memory.
pub(crate) mod lent {
    use super::keep_harder;
    use crate::RankKey;
    use crate::error::LengthMismatch;

    /// As [`by_loss`](super::by_loss), in lent memory: `counts` has a length of 256, or of 65,536 to read the losses half as often.
    ///
    /// Without `is_valid`, all pixels take part. A pass that nearly all pixels survive reads the losses twice, which the
    /// compiler turns into vector code; otherwise, radix selection reads them 4 to 8 times for `f32`.
    ///
    /// # Errors
    ///
    /// If the slices differ in length, or there are fewer than 256 counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::kernel::rules::segmentation;
    ///
    /// let (losses, mut counts, mut kept) = ([0.2, 0.9, 0.4, 0.4], [0; 256], [false; 4]);
    /// let count = segmentation::by_loss(&losses, None, 0.5, 2, &mut counts, &mut kept)?;
    /// assert_eq!((count, kept), (2, [false, true, true, false]));
    /// # Ok::<(), ohem_core::LengthMismatch>(())
    /// ```
    pub fn by_loss<H: RankKey>(
        losses: &[H],
        is_valid: Option<&[bool]>,
        threshold: H,
        min_kept: usize,
        counts: &mut [u32],
        kept: &mut [bool],
    ) -> Result<usize, LengthMismatch> {
        LengthMismatch::check("flags", losses.len(), is_valid.map_or(losses.len(), <[bool]>::len))?;
        LengthMismatch::check("flags to write", losses.len(), kept.len())?;
        LengthMismatch::check("counts", counts.len().max(256), counts.len())?;
        Ok(match is_valid {
            Some(is_valid) => keep_harder(
                losses.iter().copied().zip(is_valid.iter().copied()),
                threshold,
                min_kept,
                counts,
                kept,
            ),
            None => keep_harder(losses.iter().map(|&loss| (loss, true)), threshold, min_kept, counts, kept),
        })
    }
}

/// Keeps pixels harder than a threshold, or the hardest `min_kept`; returns how many.
#[inline(always)]
fn keep_harder<H: RankKey>(
    pixels: impl Iterator<Item = (H, bool)> + Clone,
    threshold: H,
    min_kept: usize,
    counts: &mut [u32],
    kept: &mut [bool],
) -> usize {
    // A comparison with NaN is false, so a NaN does not pass.
    let passing = pixels.clone().filter(|&(loss, is_valid)| is_valid & (loss > threshold)).count();
    if passing >= min_kept {
        for (flag, (loss, is_valid)) in kept.iter_mut().zip(pixels) {
            *flag = is_valid & (loss > threshold);
        }
        return passing;
    }
    // All that pass are among the hardest `min_kept`.
    let ranked = pixels.zip(0..=u32::MAX).filter(|&((loss, is_valid), _)| is_valid && !loss.is_nan_key());
    let ranked = ranked.map(|((loss, _), index)| Ranked::new(loss, index));
    let last = if counts.len() < 1 << 16 {
        select_nth_in::<H, 1>(ranked.clone(), min_kept - 1, counts)
    } else {
        select_nth_in::<H, 2>(ranked.clone(), min_kept - 1, counts)
    };
    match last {
        Some(last) => keep(ranked, |pixel| pixel <= last, kept),
        None => keep(ranked, |_| true, kept),
    }
}

/// Number of pixels that a threshold rule keeps when fewer than `min_kept` pass the threshold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Counting {
    /// Exactly `min_kept`, or all if there are fewer.
    #[default]
    Exact,
    /// mmsegmentation's `OHEMPixelSampler` and HRNet's `OhemCrossEntropy`: the pixels strictly below the
    /// probability that has rank `min_kept` from the lowest (or the last rank), if that is above the threshold.
    /// Pixels that tie with it are lost, which can be all of them. (`OHEMPixelSampler` counts `min_kept` for each
    /// image.)
    Mmsegmentation,
    /// PaddleSeg's `OhemCrossEntropyLoss`: the same with rank `min_kept - 1`; and all pixels if `min_kept` is 0,
    /// or at least their number.
    PaddleSeg,
}

/// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
///
/// As [`by_loss`] with the lowest probability as the hardest, and with the counting of other frameworks by choice.
/// With [`Counting::Exact`] and a threshold of -infinity, the `min_kept` lowest are kept.
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
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn by_probability<F: Float>(
    probabilities: &[F],
    is_valid: &[bool],
    threshold: F,
    min_kept: usize,
    counting: Counting,
    kept: &mut [bool],
) -> Result<usize, LengthMismatch> {
    LengthMismatch::check("flags", probabilities.len(), is_valid.len())?;
    LengthMismatch::check("flags to write", probabilities.len(), kept.len())?;
    let lowest_first = ranked(probabilities, is_valid, |probability| -probability);
    let valid = lowest_first.clone().count();
    let rank = match counting {
        Counting::Exact => return Ok(keep_hardest(lowest_first, -threshold, min_kept, kept)),
        Counting::Mmsegmentation => min_kept.min(valid.saturating_sub(1)),
        Counting::PaddleSeg if min_kept == 0 || min_kept >= valid => {
            return Ok(keep(lowest_first, |_| true, kept));
        }
        Counting::PaddleSeg => min_kept - 1,
    };
    let at_rank = select_nth(lowest_first.clone(), rank).map_or(threshold, |ranked| -ranked.key());
    let threshold = if at_rank > threshold { at_rank } else { threshold };
    Ok(keep(lowest_first, |pixel| -pixel.key() < threshold, kept))
}

/// The pixels that take part.
fn ranked<H: RankKey>(
    values: &[H],
    is_valid: &[bool],
    hardness: impl Fn(H) -> H + Clone,
) -> impl Iterator<Item = Ranked<H>> + Clone {
    let pixels = values.iter().zip(is_valid).zip(0..=u32::MAX);
    let taking_part = pixels.filter(|((value, is_valid), _)| **is_valid && !value.is_nan_key());
    taking_part.map(move |((&value, _), index)| Ranked::new(hardness(value), index))
}

fn keep_hardest<H: RankKey>(
    pixels: impl Iterator<Item = Ranked<H>> + Clone,
    threshold: H,
    min_kept: usize,
    kept: &mut [bool],
) -> usize {
    let passing = pixels.clone().filter(|pixel| pixel.key() > threshold).count();
    if passing >= min_kept {
        return keep(pixels, |pixel| pixel.key() > threshold, kept);
    }
    // All that pass are among the hardest `min_kept`.
    match select_nth(pixels.clone(), min_kept - 1) {
        Some(last) => keep(pixels, |pixel| pixel <= last, kept),
        None => keep(pixels, |_| true, kept),
    }
}

/// Sets the flags of the pixels that pass; returns their number.
fn keep<H: RankKey>(
    pixels: impl Iterator<Item = Ranked<H>>,
    passes: impl Fn(Ranked<H>) -> bool,
    kept: &mut [bool],
) -> usize {
    kept.fill(false);
    let mut count = 0;
    for pixel in pixels.filter(|&pixel| passes(pixel)) {
        if let Some(flag) = kept.get_mut(pixel.index() as usize) {
            *flag = true;
            count += 1;
        }
    }
    count
}
