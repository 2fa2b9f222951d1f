//! Pixels that are hard enough, and at least a number of the hardest, as fresh flags.

use ohem_core::kernel::rules::segmentation as kernel;
use ohem_core::rules::segmentation;
use ohem_core::{Float, LengthMismatch, RankKey};

pub use ohem_core::rules::segmentation::Counting;

/// Length of a table of counts by two bytes of a loss.
const COUNTS: usize = 1 << 16;

/// Keeps pixels harder than a threshold, or the hardest `min_kept` if those are fewer.
///
/// See [`ohem_core::rules::segmentation::by_loss`].
///
/// # Errors
///
/// If there is not a flag for each loss.
///
/// # Examples
///
/// ```
/// let kept = ohem_std::rules::segmentation::by_loss(&[0.2, 0.9, 0.4, 0.4], &[true; 4], 0.5, 2)?;
/// assert_eq!(kept, [false, true, true, false]);
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn by_loss<H: RankKey>(
    losses: &[H],
    is_valid: &[bool],
    threshold: H,
    min_kept: usize,
) -> Result<Vec<bool>, LengthMismatch> {
    let (mut counts, mut kept) = (vec![0; COUNTS], vec![false; losses.len()]);
    kernel::by_loss(losses, Some(is_valid), threshold, min_kept, &mut counts, &mut kept)?;
    Ok(kept)
}

/// Keeps pixels whose probability of the true class is below a threshold, or the lowest `min_kept`.
///
/// See [`ohem_core::rules::segmentation::by_probability`].
///
/// # Errors
///
/// If there is not a flag for each probability.
///
/// # Examples
///
/// ```
/// use ohem_std::rules::segmentation::{Counting, by_probability};
///
/// let kept = by_probability(&[0.9_f32, 0.8, 0.2], &[true; 3], 0.7, 2, Counting::Exact)?;
/// assert_eq!(kept, [false, true, true]);
/// # Ok::<(), ohem_std::LengthMismatch>(())
/// ```
pub fn by_probability<F: Float>(
    probabilities: &[F],
    is_valid: &[bool],
    threshold: F,
    min_kept: usize,
    counting: Counting,
) -> Result<Vec<bool>, LengthMismatch> {
    let mut kept = vec![false; probabilities.len()];
    segmentation::by_probability(probabilities, is_valid, threshold, min_kept, counting, &mut kept)?;
    Ok(kept)
}
