//! Mining, in one call and step after step.

use core::fmt;

use ohem_core::{BBox, ConfigError, Float, MineConfig, MineError, RankKey, Rois};

use crate::Error;
use crate::memory::Owned;
use crate::simd::dispatch;

/// The hard RoIs, hardest first. [`Miner::mine`] gives one that borrows the indices instead.
pub type Selection<I = Vec<u32>> = ohem_core::Selection<I>;

/// Mines the hardest RoIs in one call, hardest first.
///
/// Groups are (image, label); the budget is over all images. See [`ohem_core::mine`] for how it is done. O(n)
/// to find the hardest, and (visited x selected) overlap tests.
///
/// Source of the rule: `get_ohem_minibatch` of the reference.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), or the
/// threshold is NaN.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, MineConfig};
///
/// let boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
/// let (images, labels, losses) = ([0, 0, 0], [1, 1, 0], [0.5, 2.0, 1.0]);
/// let config = MineConfig::fast_rcnn().batch_size(64);
/// let hard = ohem_std::mine(BBox::from_rows(&boxes), &images, &labels, &losses, &config)?;
/// assert_eq!(hard.into_indices(), vec![1, 2]);
/// # Ok::<(), ohem_std::Error>(())
/// ```
pub fn mine<F: Float, H: RankKey>(
    boxes: &[BBox<F>],
    images: &[u32],
    labels: &[u32],
    losses: &[H],
    config: &MineConfig,
) -> Result<Selection, Error> {
    let rois = Rois::new(boxes, images, labels)?;
    Ok(Miner::new(*config)?.mine(&rois, losses)?.map(<[u32]>::to_vec))
}

/// Mines hard RoIs step after step, in memory that grows once.
///
/// ```
/// use ohem_std::{BBox, MineConfig, Miner, Rois};
///
/// let mut miner = Miner::new(MineConfig::fast_rcnn().batch_size(64))?;
/// let boxes = [BBox::new(0.0_f32, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 8.0)];
/// let rois = Rois::new(&boxes, &[0, 0], &[1, 1])?;
/// for (losses, hardest) in [([0.5_f32, 2.0], 1), ([0.25, 0.125], 0)] {
///     assert_eq!(miner.mine(&rois, &losses)?.indices(), [hardest]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Miner<F: Float, H: RankKey = F> {
    config: MineConfig,
    memory: Owned<F, H>,
}

impl<F: Float, H: RankKey> Miner<F, H> {
    /// Makes a miner, without memory as yet.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub fn new(config: MineConfig) -> Result<Self, ConfigError> {
        config.check(usize::MAX)?;
        Ok(Self { config, memory: Owned::new() })
    }

    /// Mines the hardest RoIs, hardest first. See [`mine`](crate::mine()).
    ///
    /// # Errors
    ///
    /// If there are not as many losses as RoIs, or a loss is NaN under
    /// [`NanPolicy::Error`](crate::NanPolicy::Error).
    pub fn mine(&mut self, rois: &Rois<'_, F>, losses: &[H]) -> Result<Selection<&[u32]>, MineError> {
        // No more can be selected than there are, and that is also all the memory it takes.
        let config = self.config.batch_size(self.config.batch_size.min(rois.len()));
        let memory = self.memory.lend(config.batch_size);
        dispatch!(simd => ohem_core::mine::mine(simd, rois, losses, &config, memory))
    }

    /// The configuration.
    pub const fn config(&self) -> &MineConfig {
        &self.config
    }
}

impl<F: Float, H: RankKey> fmt::Debug for Miner<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Miner").field("config", &self.config).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_miner_shows_its_configuration() {
        let miner = Miner::<f32>::new(MineConfig::new(64)).unwrap();
        assert_eq!(format!("{miner:?}"), format!("Miner {{ config: {:?}, .. }}", miner.config()));
    }
}
