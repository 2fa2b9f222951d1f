//! Mining, in one call and step after step.

use core::fmt;

use ohem_core::{
    All, BBox, ConfigError, Float, Key, MineConfig, MineError, MiningRule, RankKey, RoiSource, Rois, kernel,
};

use crate::VecStorage;
use crate::simd::dispatch;

/// The hard RoIs, hardest first. [`Miner::mine`] returns a selection that borrows the indices instead.
pub type Selection<I = Vec<u32>> = ohem_core::Selection<I>;

/// Mines the hardest RoIs in one call, hardest first.
///
/// Groups are (image, label); the budget is over all images. [`Miner`] does the same step after step, and for RoIs in
/// any layout. O(n) to find the hardest, and (visited x selected) overlap tests; O(n log n) to rank at worst.
///
/// Source of the rule: section 4 of the paper, `get_ohem_minibatch` of the original.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), an image or
/// label that is visited is negative or too large, or the threshold is NaN.
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
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn mine<F: Float, H: RankKey, K: Key>(
    boxes: &[BBox<F>],
    images: &[K],
    labels: &[K],
    losses: &[H],
    config: &MineConfig,
) -> Result<Selection, MineError> {
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
/// # Ok::<(), ohem_std::MineError>(())
/// ```
///
/// Without boxes, for a classifier or a segmentation ([`Rois::without_boxes`]):
///
/// ```
/// use ohem_std::{MineConfig, Miner, Rois};
///
/// let mut miner = Miner::<f32>::new(MineConfig::new(2).without_nms())?;
/// assert_eq!(miner.mine(&Rois::without_boxes(3)?, &[0.5, 2.0, 1.0])?.indices(), [1, 2]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub struct Miner<F: Float, H: RankKey = F> {
    config: MineConfig,
    storage: VecStorage<F, H>,
}

impl<F: Float, H: RankKey> Miner<F, H> {
    /// Makes a miner whose memory has not grown yet.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub fn new(config: MineConfig) -> Result<Self, ConfigError> {
        config.check(usize::MAX)?;
        Ok(Self { config, storage: VecStorage::new() })
    }

    /// Mines the hardest RoIs, hardest first. See [`mine`](crate::mine()).
    ///
    /// # Errors
    ///
    /// If there is not a loss for each RoI, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), or
    /// a label or image that is visited is invalid under [`InvalidKey::Error`](crate::InvalidKey::Error).
    pub fn mine<R: RoiSource<Coordinate = F>>(
        &mut self,
        rois: &R,
        losses: &[H],
    ) -> Result<Selection<&[u32]>, MineError> {
        self.mine_by(rois, losses, &mut All)
    }

    /// Mines the hardest RoIs that a rule lets take part. See [`MiningRule`] for an example.
    ///
    /// # Errors
    ///
    /// As [`mine`](Self::mine).
    pub fn mine_by<R: RoiSource<Coordinate = F>, M: MiningRule>(
        &mut self,
        rois: &R,
        losses: &[H],
        rule: &mut M,
    ) -> Result<Selection<&[u32]>, MineError> {
        let Self { config, storage } = self;
        dispatch!(simd => kernel::mine::mine_by(simd, rois, losses, config, rule, storage))
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
