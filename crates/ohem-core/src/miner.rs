//! Mining step after step, over storage that the miner owns.

use core::fmt;

use crate::config::LeastIou;
use crate::error::{ConfigError, MineError};
use crate::mine::{All, Mining, MiningRule, visit};
use crate::simd::{Portable, Simd};
use crate::storage::{ArrayStorage, Storage};
use crate::{Coordinate, MineConfig, RankKey, RoiSource, Selection};

/// Mines up to `B` hard RoIs a step, in fixed memory: no heap, whatever the input.
///
/// `size_of` is all the memory it uses; [`ArrayStorage`] says what its parameters mean.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Rois};
///
/// let mut miner = Miner::<f32, 64>::new(MineConfig::fast_rcnn().batch_size(64))?;
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 8.0)];
/// let rois = Rois::new(&boxes, &[0, 0], &[1, 1])?;
/// for losses in [[0.5, 2.0], [0.25, 0.125]] {
///     let hard = miner.mine(&rois, &losses)?;
///     assert_eq!((hard.len(), hard.suppressed()), (1, 1));
/// }
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub type Miner<C, const B: usize, H = C, const WINDOW: usize = 120> =
    MinerOver<ArrayStorage<C, B, H, WINDOW>, Portable>;

/// Mines hard RoIs step after step, over any [`Storage`] and on any instruction set. [`Miner`] is the usual one.
pub struct MinerOver<T: Storage, S> {
    config: MineConfig,
    least_iou: LeastIou,
    storage: T,
    simd: S,
}

impl<C: Coordinate, const B: usize, H: RankKey, const WINDOW: usize> Miner<C, B, H, WINDOW> {
    /// Makes a miner whose memory is the value itself.
    ///
    /// # Errors
    ///
    /// If the batch size exceeds `B`, or the threshold is NaN.
    ///
    /// # Examples
    ///
    /// In a `static`, made when the program is compiled, so that it takes no stack:
    ///
    /// ```
    /// use ohem_core::{BBox, MineConfig, Miner, Rois};
    /// use std::sync::Mutex;
    ///
    /// static MINER: Mutex<Miner<f32, 64>> = Mutex::new(match Miner::new(MineConfig::new(64)) {
    ///     Ok(miner) => miner,
    ///     Err(_) => panic!("64 RoIs fit, and the threshold is a number"),
    /// });
    ///
    /// let rois = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(0.0, 0.0, 9.0, 8.0)];
    /// let mut miner = MINER.lock()?;
    /// assert_eq!(miner.mine(&Rois::one_group(&rois)?, &[0.5, 2.0])?.indices(), [1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn new(config: MineConfig) -> Result<Self, ConfigError> {
        if let Err(error) = config.check(B) {
            return Err(error);
        }
        Ok(Self::unchecked(config))
    }

    /// Makes a miner of a configuration that was checked.
    pub(crate) const fn unchecked(config: MineConfig) -> Self {
        // Built in place: to move storage in would copy it over the stack.
        Self { config, least_iou: config.least_iou(), storage: ArrayStorage::new(), simd: Portable }
    }
}

impl<T: Storage, S: Simd> MinerOver<T, S> {
    /// Makes a miner over this storage, on a chosen instruction set.
    ///
    /// # Errors
    ///
    /// If the batch size exceeds the storage's capacity, or the threshold is NaN.
    pub fn with_storage(config: MineConfig, storage: T, simd: S) -> Result<Self, ConfigError> {
        let resolved = config.resolve();
        config.check(storage.capacity(resolved.test::<T::Coordinate>().is_some()))?;
        Ok(Self { config, least_iou: config.least_iou(), storage, simd })
    }

    /// Mines the hardest RoIs, hardest first.
    ///
    /// # Cost
    ///
    /// Usually one scan of the losses, and at most `v B` overlap tests, where `v` RoIs are visited. At worst, whatever
    /// the input, with a window of `m` candidates:
    ///
    /// - `2 (v + 1) / m + 2` scans of the `n` losses; one if `m >= n`;
    /// - `v B` overlap tests, or `v (1.5 B + 128)` with memory for a spatial index; and on targets with vector registers
    ///   up to `n (B + 16)` more. From `4 B` visits on, these find RoIs that are suppressed already while the losses are
    ///   scanned, so that they take no place in the window: boxes that are few different ones need a few scans.
    ///
    /// Every RoI is visited if nearly all suppress each other. [`MineConfig::max_visited`] is a limit on `v`. In the
    /// worst case a larger window is the only remedy: to rank `n` losses in memory for `m` takes a time of about
    /// `n² / m`, by any method (Borodin and Cook, "A time-space tradeoff for sorting on a general sequential model of
    /// computation", SIAM J. Comput. 11, 1982).
    ///
    /// Source of the rule: section 4 of the paper, `get_ohem_minibatch` of the original.
    ///
    /// # Errors
    ///
    /// If there is not a loss for each RoI, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), or
    /// a label or image that is visited is invalid under [`InvalidKey::Error`](crate::InvalidKey::Error).
    pub fn mine<R: RoiSource<Coordinate = T::Coordinate>>(
        &mut self,
        rois: &R,
        losses: &[T::Key],
    ) -> Result<Selection<&[u32]>, MineError> {
        self.mine_by(rois, losses, &mut All)
    }

    /// Mines the hardest RoIs that a rule lets take part. See [`MiningRule`] for an example.
    ///
    /// # Errors
    ///
    /// As [`mine`](Self::mine).
    pub fn mine_by<R: RoiSource<Coordinate = T::Coordinate>, M: MiningRule>(
        &mut self,
        rois: &R,
        losses: &[T::Key],
        rule: &mut M,
    ) -> Result<Selection<&[u32]>, MineError> {
        let resolved = self.config.resolved(self.least_iou);
        let with_boxes = resolved.test::<T::Coordinate>().is_some();
        let lent = self.storage.lend(self.config.batch_size.min(rois.len()), with_boxes);
        Ok(visit(self.simd, rois, losses, resolved, rule, lent)?.shared())
    }

    /// Starts to mine the hardest RoIs, in steps: see [`Mining`].
    ///
    /// # Errors
    ///
    /// If there is not a loss for each RoI.
    pub fn start<'a, R: RoiSource<Coordinate = T::Coordinate>>(
        &'a mut self,
        rois: &'a R,
        losses: &'a [T::Key],
    ) -> Result<Mining<'a, R, T, S>, MineError> {
        let resolved = self.config.resolved(self.least_iou);
        let with_boxes = resolved.test::<T::Coordinate>().is_some();
        let lent = self.storage.lend(self.config.batch_size.min(rois.len()), with_boxes);
        Mining::new(self.simd, rois, losses, resolved, lent)
    }

    /// The configuration.
    pub const fn config(&self) -> &MineConfig {
        &self.config
    }
}

impl<T: Storage, S> fmt::Debug for MinerOver<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Miner").field("config", &self.config).finish_non_exhaustive()
    }
}
