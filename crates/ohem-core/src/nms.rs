//! Non-maximum suppression in fixed memory: mining with room for all.

use crate::error::{ConfigError, MineError};
use crate::key::Key;
use crate::miner::MinerOver;
use crate::simd::{Portable, Simd};
use crate::storage::{ArrayStorage, Storage};
use crate::{BBox, Coordinate, MineConfig, Miner, NanPolicy, NmsConfig, RankKey, Rois, Selection};

/// Suppresses boxes that overlap a better one, in fixed memory, and keeps up to `N`.
///
/// The kept boxes come best first. All survivors had room exactly if every box was visited:
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
/// let kept = nms.batched_nms(BBox::from_rows(&boxes), &[0.7, 0.9, 0.8], &[0, 1, 0])?;
/// assert_eq!(kept.indices(), [1, 2, 0]); // other groups do not suppress each other
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub type Nms<C, const N: usize, H = C, const WINDOW: usize = 120> =
    NmsOver<ArrayStorage<C, N, H, WINDOW>, Portable>;

/// Suppresses boxes over any [`Storage`] and on any instruction set. [`Nms`] is the usual one.
#[derive(Debug)]
pub struct NmsOver<T: Storage, S>(MinerOver<T, S>);

impl<C: Coordinate, const N: usize, H: RankKey, const WINDOW: usize> Nms<C, N, H, WINDOW> {
    /// Makes a suppressor whose memory is the value itself. A score that is NaN is an error.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub const fn new(config: NmsConfig) -> Result<Self, ConfigError> {
        Self::with_nan(config, NanPolicy::Error)
    }

    /// Makes a suppressor, and chooses how a NaN score is handled.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub const fn with_nan(config: NmsConfig, nan: NanPolicy) -> Result<Self, ConfigError> {
        let config = MineConfig::new(N).nms(config).nan(nan);
        if let Err(error) = config.check(N) {
            return Err(error);
        }
        // `Result::map` is not yet `const`; and to match on the miner would drop it, which is not, either.
        Ok(Self(Miner::unchecked(config)))
    }
}

impl<T: Storage, S: Simd> NmsOver<T, S> {
    /// Makes a suppressor over this storage, on a chosen instruction set.
    ///
    /// # Errors
    ///
    /// If the threshold is NaN.
    pub fn with_storage(config: NmsConfig, nan: NanPolicy, storage: T, simd: S) -> Result<Self, ConfigError> {
        let config = MineConfig::new(storage.capacity(true)).nms(config).nan(nan);
        MinerOver::with_storage(config, storage, simd).map(Self)
    }

    /// Suppresses boxes that overlap a better one.
    ///
    /// It costs what [`Miner::mine`](crate::Miner::mine) does; all boxes are visited if the storage holds all that are
    /// kept.
    ///
    /// # Errors
    ///
    /// If there is not a score for each box, or a score is NaN under
    /// [`NanPolicy::Error`](crate::NanPolicy::Error).
    pub fn nms(
        &mut self,
        boxes: &[BBox<T::Coordinate>],
        scores: &[T::Key],
    ) -> Result<Selection<&[u32]>, MineError> {
        self.0.mine(&Rois::one_group(boxes)?, scores)
    }

    /// Suppresses boxes that overlap a better one of the same group: a class, an image, or any key.
    ///
    /// A box whose group is `u32::MAX` ([`Match::IGNORED`](crate::Match::IGNORED)) takes no part.
    ///
    /// # Errors
    ///
    /// If there is not a score and a group for each box, or a score is NaN under
    /// [`NanPolicy::Error`](crate::NanPolicy::Error).
    pub fn batched_nms<K: Key>(
        &mut self,
        boxes: &[BBox<T::Coordinate>],
        scores: &[T::Key],
        groups: &[K],
    ) -> Result<Selection<&[u32]>, MineError> {
        self.0.mine(&Rois::by_label(boxes, groups)?, scores)
    }
}
