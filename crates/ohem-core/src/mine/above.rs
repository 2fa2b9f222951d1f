//! Mining where the least IoU that suppresses is known already.

use super::{All, visit};
use crate::config::LeastIou;
use crate::error::{ConfigError, MineError};
use crate::simd::Simd;
use crate::storage::Storage;
use crate::{MineConfig, RoiSource, Selection};

/// As [`mine`](crate::mine()), with this least IoU in place of the one that the configuration's threshold gives, which is
/// not read, nor whether it is NaN.
///
/// A miner of C has its threshold in the float type of its boxes, so that small cores compute no `f64`.
///
/// # Errors
///
/// As [`mine`](crate::mine()).
pub fn mine_above<'m, R: RoiSource, T: Storage<Coordinate = R::Coordinate>, S: Simd>(
    simd: S,
    rois: &R,
    losses: &[T::Key],
    config: &MineConfig,
    least_iou: LeastIou,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    let resolved = config.resolved(least_iou);
    let with_boxes = resolved.test::<R::Coordinate>().is_some();
    ConfigError::check_capacity("selected RoIs", config.batch_size, storage.capacity(with_boxes))?;
    let lent = storage.lend(config.batch_size.min(rois.len()), with_boxes);
    Ok(visit(simd, rois, losses, resolved, &mut All, lent)?.shared())
}
