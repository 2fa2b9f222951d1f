//! Non-maximum suppression, in one call and step after step.

use core::fmt;

use ohem_core::{
    BBox, ConfigError, Float, Key, MineConfig, MineError, NanPolicy, NmsConfig, RankKey, RoiSource, Rois,
    Selection, kernel,
};

use crate::VecStorage;
use crate::simd::dispatch;

/// Suppresses boxes that overlap a better one; returns the rest, best first.
///
/// [`Nms`] does the same step after step, and takes a policy for NaN. O(n log n) to rank, and at worst
/// `n (1.5 kept + 128)` overlap tests.
///
/// # Errors
///
/// If the slices differ in length, a score is NaN, or the threshold is.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, NmsConfig};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// let kept = ohem_std::nms(BBox::from_rows(&boxes), &[0.7, 0.9, 0.8], &NmsConfig::new(0.5))?;
/// assert_eq!(kept, [1, 2]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn nms<F: Float, H: RankKey>(
    boxes: &[BBox<F>],
    scores: &[H],
    config: &NmsConfig,
) -> Result<Vec<u32>, MineError> {
    Ok(Nms::new(*config)?.nms(boxes, scores)?.indices().to_vec())
}

/// Suppresses boxes that overlap a better one of the same group; returns the rest, best first.
///
/// A group is a class, an image, or any other key. Groups are compared, not shifted apart, so no coordinate
/// is too large and no box can spoil another group. O(n log n) to rank, and at worst `n (1.5 kept + 128)` overlap
/// tests.
///
/// # Errors
///
/// If the slices differ in length, a score is NaN, or the threshold is.
///
/// # Examples
///
/// ```
/// use ohem_std::{BBox, NmsConfig};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [0.0, 0.0, 2.0, 1.9]];
/// let (scores, classes) = ([0.7, 0.9, 0.8], [0, 1, 0]);
/// let kept = ohem_std::batched_nms(BBox::from_rows(&boxes), &scores, &classes, &NmsConfig::new(0.5))?;
/// assert_eq!(kept, [1, 2]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn batched_nms<F: Float, H: RankKey, K: Key>(
    boxes: &[BBox<F>],
    scores: &[H],
    groups: &[K],
    config: &NmsConfig,
) -> Result<Vec<u32>, MineError> {
    Ok(Nms::new(*config)?.batched_nms(boxes, scores, groups)?.indices().to_vec())
}

/// Suppresses boxes step after step, in memory that grows once.
///
/// ```
/// use ohem_std::{BBox, Nms, NmsConfig};
///
/// let mut nms = Nms::new(NmsConfig::new(0.5))?;
/// let boxes = [[0.0_f32, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// for (scores, kept) in [([0.7_f32, 0.9, 0.8], [1, 2]), ([0.9, 0.7, 0.8], [0, 2])] {
///     assert_eq!(nms.nms(BBox::from_rows(&boxes), &scores)?.indices(), kept);
/// }
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub struct Nms<F: Float, H: RankKey = F> {
    config: MineConfig,
    storage: VecStorage<F, H>,
}

impl<F: Float, H: RankKey> Nms<F, H> {
    /// Makes a suppressor whose memory has not grown yet. A score that is NaN is an error.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub fn new(config: NmsConfig) -> Result<Self, ConfigError> {
        Self::with_nan(config, NanPolicy::Error)
    }

    /// Makes a suppressor, and chooses how a NaN score is handled.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub fn with_nan(config: NmsConfig, nan: NanPolicy) -> Result<Self, ConfigError> {
        config.check()?;
        // Suppression is mining with room for all.
        Ok(Self { config: MineConfig::new(0).nms(config).nan(nan), storage: VecStorage::new() })
    }

    /// Suppresses boxes that overlap a better one; selects the rest, best first. See [`nms`](crate::nms()).
    ///
    /// # Errors
    ///
    /// If there is not a score for each box, or a score is NaN under [`NanPolicy::Error`].
    pub fn nms(&mut self, boxes: &[BBox<F>], scores: &[H]) -> Result<Selection<&[u32]>, MineError> {
        self.keep(&Rois::one_group(boxes)?, scores)
    }

    /// Suppresses boxes that overlap a better one of the same group. See [`batched_nms`](crate::batched_nms()).
    ///
    /// # Errors
    ///
    /// If there is not a score and a group for each box, or a score is NaN under [`NanPolicy::Error`].
    pub fn batched_nms<K: Key>(
        &mut self,
        boxes: &[BBox<F>],
        scores: &[H],
        groups: &[K],
    ) -> Result<Selection<&[u32]>, MineError> {
        self.keep(&Rois::by_label(boxes, groups)?, scores)
    }

    fn keep<R: RoiSource<Coordinate = F>>(
        &mut self,
        rois: &R,
        scores: &[H],
    ) -> Result<Selection<&[u32]>, MineError> {
        let (config, storage) = (self.config.batch_size(rois.len()), &mut self.storage);
        dispatch!(simd => kernel::mine::mine(simd, rois, scores, &config, storage))
    }
}

impl<F: Float, H: RankKey> fmt::Debug for Nms<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nms").field("config", &self.config.nms).finish_non_exhaustive()
    }
}
