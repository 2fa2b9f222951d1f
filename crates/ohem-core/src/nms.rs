//! Non-maximum suppression in fixed memory: mining that keeps as many as there is room for.

use core::fmt;

use crate::{BBox, ConfigError, Float, MineError, Miner, NmsConfig, RankKey, Rois, RoisError, Selection};

/// Suppresses boxes that overlap a better one, in fixed memory of its own, and keeps up to `N`.
///
/// The kept are handed over best first. There was room for all survivors exactly if every box was visited:
/// [`Selection::is_complete`].
///
/// ```
/// use ohem_core::{BBox, Nms, NmsConfig};
///
/// let mut nms = Nms::<f32, 16>::new(NmsConfig::new(0.5))?;
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// let kept = nms.nms(BBox::from_rows(&boxes), &[0.7, 0.9, 0.8])?;
/// assert_eq!(kept.indices(), [1, 2]);
/// assert!(kept.is_complete());
///
/// let kept = nms.batched_nms(BBox::from_rows(&boxes), &[0, 1, 0], &[0.7, 0.9, 0.8])?;
/// assert_eq!(kept.indices(), [1, 2, 0]); // other groups do not suppress each other
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Nms<F: Float, const N: usize, H: RankKey = F, const WINDOW: usize = 120>(Miner<F, N, H, WINDOW>);

impl<F: Float, const N: usize, H: RankKey, const WINDOW: usize> Nms<F, N, H, WINDOW> {
    /// Makes a suppressor; its memory is the value itself.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub fn new(config: NmsConfig) -> Result<Self, ConfigError> {
        Miner::new(config.keeping(N)).map(Self)
    }

    /// Suppresses boxes that overlap a better one.
    ///
    /// O(n) to find the best, and (visited x kept) overlap tests.
    ///
    /// # Errors
    ///
    /// If there are not as many scores as boxes, or a score is NaN under
    /// [`NanPolicy::Error`](crate::NanPolicy::Error).
    pub fn nms(&mut self, boxes: &[BBox<F>], scores: &[H]) -> Result<Selection<&[u32]>, NmsError> {
        Ok(self.0.mine(&Rois::one_group(boxes)?, scores)?)
    }

    /// Suppresses boxes that overlap a better one of the same group: a class, an image, or any key.
    ///
    /// # Errors
    ///
    /// If there are not as many groups or scores as boxes, or a score is NaN under
    /// [`NanPolicy::Error`](crate::NanPolicy::Error).
    pub fn batched_nms(
        &mut self,
        boxes: &[BBox<F>],
        groups: &[u32],
        scores: &[H],
    ) -> Result<Selection<&[u32]>, NmsError> {
        Ok(self.0.mine(&Rois::by_label(boxes, groups)?, scores)?)
    }
}

/// Why boxes could not be suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NmsError {
    /// The boxes and groups do not go together.
    Rois(RoisError),
    /// The scores do not go with the boxes, or could not be ranked; the error calls them losses of RoIs.
    Mine(MineError),
}

impl From<RoisError> for NmsError {
    fn from(error: RoisError) -> Self {
        Self::Rois(error)
    }
}

impl From<MineError> for NmsError {
    fn from(error: MineError) -> Self {
        Self::Mine(error)
    }
}

impl fmt::Display for NmsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rois(error) => error.fmt(f),
            Self::Mine(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for NmsError {}
