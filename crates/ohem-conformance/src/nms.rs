//! NMS of boxes with scores.

use ohem_core::mine::mine;
use ohem_core::simd::Simd;
use ohem_core::{Convention, Float, NmsConfig, Rois, Suppress};

use crate::bits::{Bits, Digest};
use crate::input::cases;
use crate::memory::{Arena, MemoryError};
use crate::table::Room;

pub(crate) fn run<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("nms");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let config = NmsConfig::new(cases.number().unwrap_or_default());
        let (boxes, scores) = (cases.boxes::<F>(arena)?, cases.floats::<F>(arena)?);
        let mut room = Room::new(scores.len(), arena)?;
        for suppress in [Suppress::Above, Suppress::AtOrAbove] {
            for convention in [Convention::Pixel, Convention::Continuous] {
                let config = config.suppress(suppress).convention(convention).keeping(scores.len());
                let kept = Rois::one_group(boxes).map(|rois| mine(simd, &rois, scores, &config, room.lend()));
                digest.add(&kept);
            }
        }
    }
    Ok(())
}
