//! R-FCN: the hardest so many of each image.

use crate::mine::{Decision, Memory, Rule, mine_by};
use crate::rank::CandidateBuffer;
use crate::rules::RuleError;
use crate::simd::Simd;
use crate::{MineConfig, NanPolicy, RankKey, Rois, Selection};

/// Mines the hardest `quota` RoIs of each image, without NMS; hardest first over all images.
///
/// `images` numbers the image of each RoI from 0; `counts` has a place for each image, and holds how many
/// were selected of each in the end. O(n), and O(n log n) at worst.
///
/// Source: R-FCN's `BoxAnnotatorOHEM`, whose dense labels and weights are [`gather::dense`] and
/// [`Selection::weights`] of the selection. It differs in ties (its sort leaves them open), and in taking
/// NaNs by a policy.
///
/// [`gather::dense`]: crate::gather::dense
///
/// # Errors
///
/// If there are not as many images as losses, an image has no place in `counts`, a loss is NaN under
/// [`NanPolicy::Error`], or the memory is too small for all quotas.
///
/// # Examples
///
/// ```
/// use ohem_core::{NanPolicy, Ranked, gather, mine::Memory, rank::FixedBuffer, rules, simd::Portable};
///
/// let (losses, images) = ([0.5_f32, 0.9, 0.3, 0.8, 0.7, 0.1], [0, 0, 0, 1, 1, 0]);
/// let (mut window, mut selected, mut counts) = ([Ranked::PLACEHOLDER; 8], [0; 4], [0; 2]);
/// let memory = Memory::without_nms(FixedBuffer(&mut window), &mut selected);
/// let hard = rules::per_image(Portable, &images, &losses, 2, NanPolicy::Error, &mut counts, memory)?;
/// assert_eq!(hard.indices(), [1, 3, 4, 0]);
///
/// let mut labels = [0; 6];
/// gather::dense(hard.indices(), &[1, 2, 0, 3, 0, 0], 1, -1, &mut labels)?;
/// assert_eq!(labels, [1, 2, -1, 3, 0, -1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn per_image<'a, H: RankKey, W: CandidateBuffer<H>, S: Simd>(
    simd: S,
    images: &[u32],
    losses: &[H],
    quota: usize,
    nan: NanPolicy,
    counts: &mut [usize],
    memory: Memory<'a, f32, W>,
) -> Result<Selection<&'a [u32]>, RuleError> {
    RuleError::check("images", images.len(), losses.len())?;
    counts.fill(0);
    let places = counts.len();
    for (index, &image) in images.iter().enumerate() {
        let count = counts.get_mut(image as usize);
        let count = count.ok_or(RuleError::Image { index, image, images: places })?;
        *count = quota.min(*count + 1);
    }
    let config = MineConfig::new(counts.iter().sum()).without_nms().nan(nan);
    counts.fill(0);
    let turn = |index: u32| match images.get(index as usize).and_then(|&image| counts.get_mut(image as usize))
    {
        Some(count) if *count < quota => {
            *count += 1;
            Decision::Consider
        }
        _ => Decision::Reject,
    };
    let rule = Rule { max_visited: usize::MAX, turn };
    let hard = mine_by(simd, &Rois::boxless(losses.len()), losses, &config, memory, rule)?;
    Ok(hard.map(|indices| &*indices))
}
