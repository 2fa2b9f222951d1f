//! Many steps or images at once, over all cores (feature `rayon`).
//!
//! Each is mined by itself, with the memory of the thread that happens to take it, so results do not depend on
//! how many threads there are.

use core::fmt;

use ohem_core::{BBox, ConfigError, Float, MineConfig, MineError, NmsConfig, RankKey, RoiSource};
use rayon::prelude::*;

use crate::simd::Tier;
use crate::{Miner, Selection};

/// RoIs to be mined together, and their losses.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a, R, H> {
    /// The RoIs.
    pub rois: R,
    /// The loss of each.
    pub losses: &'a [H],
}

/// Mines the hardest RoIs of each step, with a batch for each. See [`mine`](crate::mine()).
///
/// # Errors
///
/// As [`mine`](crate::mine()), naming the first step that could not be mined.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, MineConfig, Rois, parallel};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 50.0, 59.0, 59.0)];
/// let rois = Rois::new(&boxes, &[0, 0], &[1, 1])?;
/// let steps = [[0.5, 2.0], [0.25, 0.125]];
/// let steps = steps.each_ref().map(|losses| parallel::Step { rois, losses });
/// let hard = parallel::mine(&steps, &MineConfig::new(1))?;
/// assert_eq!(hard.iter().map(|hard| hard.indices()[0]).collect::<Vec<_>>(), [1, 0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mine<R: RoiSource<Coordinate: Float> + Sync, H: RankKey>(
    steps: &[Step<'_, R, H>],
    config: &MineConfig,
) -> Result<Vec<Selection>, StepError<MineError>> {
    let tier = Tier::current();
    let mined = steps.par_iter().map_init(
        || Miner::new(*config),
        |miner: &mut Result<Miner<R::Coordinate, H>, ConfigError>, step| {
            let miner = miner.as_mut().map_err(|error| *error)?;
            tier.scope(|| Ok(miner.mine(&step.rois, step.losses)?.map(<[u32]>::to_vec)))
        },
    );
    first_error(mined.collect())
}

/// Suppresses the boxes of each image that overlap a better one. See [`nms`](crate::nms).
///
/// # Errors
///
/// As [`nms`](crate::nms), naming the first image whose boxes could not be suppressed.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, NmsConfig, parallel};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// let boxes = BBox::from_rows(&boxes);
/// let images = [(boxes, &[0.7, 0.9, 0.8][..]), (&boxes[1..], &[0.1, 0.2])];
/// assert_eq!(parallel::nms(&images, &NmsConfig::new(0.5))?, [[1, 2], [1, 0]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn nms<F: Float, H: RankKey>(
    images: &[(&[BBox<F>], &[H])],
    config: &NmsConfig,
) -> Result<Vec<Vec<u32>>, StepError<MineError>> {
    let tier = Tier::current();
    let kept = images.par_iter().map(|(boxes, scores)| tier.scope(|| crate::nms(boxes, scores, config)));
    first_error(kept.collect())
}

/// All results, or the first error.
fn first_error<T, E>(results: Vec<Result<T, E>>) -> Result<Vec<T>, StepError<E>> {
    let numbered = results.into_iter().enumerate();
    numbered.map(|(step, result)| result.map_err(|error| StepError { step, error })).collect()
}

/// Which step could not be done, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepError<E> {
    /// The step, or image: the first.
    pub step: usize,
    /// Why it failed.
    pub error: E,
}

impl<E: fmt::Display> fmt::Display for StepError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}: {}", self.step, self.error)
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for StepError<E> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LengthMismatch, Rois};

    #[test]
    fn the_first_step_that_fails_is_named() {
        let boxes = [BBox::new(0.0_f32, 0.0, 9.0, 9.0); 2];
        let rois = Rois::one_group(&boxes).unwrap();
        let losses: [&[f32]; 4] = [&[1.0, 2.0], &[1.0], &[f32::NAN, 0.0], &[0.0, 0.0]];
        let steps = losses.map(|losses| Step { rois, losses });
        let refused = mine(&steps, &MineConfig::new(1)).unwrap_err();
        let length = LengthMismatch { what: "losses", expected: 2, actual: 1 };
        assert_eq!(refused, StepError { step: 1, error: length.into() });
        assert_eq!(refused.to_string(), format!("step 1: {}", refused.error));
        assert_eq!(mine(&steps[..0], &MineConfig::new(1)).unwrap().len(), 0);
    }

    #[test]
    fn every_step_is_mined_as_if_alone() {
        let boxes: Vec<_> =
            (0..200_u8).map(|i| f32::from(i) * 2.0).map(|x| BBox::new(x, 0.0, x + 20.0, 9.0)).collect();
        let rois = Rois::one_group(&boxes).unwrap();
        let losses: Vec<Vec<f32>> = (0..50_u8)
            .map(|step| (0..200_u8).map(|i| f32::from(i.wrapping_mul(97 + 2 * step))).collect())
            .collect();
        let steps: Vec<_> = losses.iter().map(|losses| Step { rois, losses }).collect();
        let config = MineConfig::new(30).nms(NmsConfig::new(0.5));
        let mined = mine(&steps, &config).unwrap();
        assert_eq!(mined.len(), steps.len());
        for (hard, losses) in mined.iter().zip(&losses) {
            assert_eq!(hard.indices(), Miner::new(config).unwrap().mine(&rois, losses).unwrap().indices());
        }
    }
}
