//! Mining and suppression in one call, in storage that is lent.

use crate::error::MineError;
use crate::kernel::{self, Portable};
use crate::key::Key;
use crate::storage::Storage;
use crate::{BBox, MineConfig, NmsConfig, Rois, Selection};

/// Mines the hardest RoIs in one call, hardest first.
///
/// Groups are (image, label); the budget is over all images. [`Miner`](crate::Miner) does the same step after step,
/// and for RoIs in any layout. Usually one scan of the losses, and at most (visited x selected) overlap tests;
/// [`Miner::mine`](crate::Miner::mine) states the worst case.
///
/// Source of the rule: section 4 of the paper, `get_ohem_minibatch` of the original.
///
/// # Errors
///
/// If the slices differ in length, a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error), an image or
/// label that is visited is negative or too large, the threshold is NaN, or the batch size exceeds the capacity.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, BBox, MineConfig};
///
/// let boxes = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
/// let (images, labels, losses) = ([0, 0, 0], [1, 1, 0], [0.5, 2.0, 1.0]);
/// let config = MineConfig::fast_rcnn().batch_size(64);
/// let mut storage = ArrayStorage::<f32, 64>::new();
/// let hard = ohem_core::mine(BBox::from_rows(&boxes), &images, &labels, &losses, &config, &mut storage)?;
/// assert_eq!(hard.indices(), [1, 2]); // RoI 0 overlaps the harder RoI 1
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn mine<'m, T: Storage, K: Key>(
    boxes: &[BBox<T::Coordinate>],
    images: &[K],
    labels: &[K],
    losses: &[T::Key],
    config: &MineConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    kernel::mine::mine(Portable, &Rois::new(boxes, images, labels)?, losses, config, storage)
}

/// Suppresses boxes that overlap a better one; selects the rest, best first, as far as the storage goes.
///
/// [`Nms`](crate::Nms) does the same step after step, and takes a policy for NaN. It costs what
/// [`Miner::mine`](crate::Miner::mine) does; all `n` boxes are visited if the storage holds all that are kept.
///
/// # Errors
///
/// If there is not a score for each box, a score is NaN, or the threshold is.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, BBox, NmsConfig};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [5.0, 5.0, 6.0, 6.0]];
/// let mut storage = ArrayStorage::<f32, 16>::new();
/// let config = NmsConfig::new(0.5);
/// let kept = ohem_core::nms(BBox::from_rows(&boxes), &[0.7, 0.9, 0.8], &config, &mut storage)?;
/// assert_eq!(kept.indices(), [1, 2]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn nms<'m, T: Storage>(
    boxes: &[BBox<T::Coordinate>],
    scores: &[T::Key],
    config: &NmsConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    let config = MineConfig::new(storage.capacity(true).min(boxes.len())).nms(*config);
    kernel::mine::mine(Portable, &Rois::one_group(boxes)?, scores, &config, storage)
}

/// Suppresses boxes that overlap a better one of the same group; selects the rest, best first.
///
/// A group is a class, an image, or any other key. Groups are compared, not shifted apart by an offset, so no
/// coordinate is too large. See [`nms`].
///
/// # Errors
///
/// If there is not a score and a group for each box, a score is NaN, or the threshold is.
///
/// # Examples
///
/// ```
/// use ohem_core::{ArrayStorage, BBox, NmsConfig};
///
/// let boxes = [[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.5], [0.0, 0.0, 2.0, 1.9]];
/// let (scores, classes) = ([0.7, 0.9, 0.8], [0, 1, 0]);
/// let mut storage = ArrayStorage::<f32, 16>::new();
/// let config = NmsConfig::new(0.5);
/// let kept = ohem_core::batched_nms(BBox::from_rows(&boxes), &scores, &classes, &config, &mut storage)?;
/// assert_eq!(kept.indices(), [1, 2]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub fn batched_nms<'m, T: Storage, K: Key>(
    boxes: &[BBox<T::Coordinate>],
    scores: &[T::Key],
    groups: &[K],
    config: &NmsConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    let config = MineConfig::new(storage.capacity(true).min(boxes.len())).nms(*config);
    kernel::mine::mine(Portable, &Rois::by_label(boxes, groups)?, scores, &config, storage)
}
