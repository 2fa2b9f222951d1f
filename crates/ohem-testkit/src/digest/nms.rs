//! NMS of boxes with scores.

use ohem_core::kernel::Simd;
use ohem_core::kernel::mine::mine;
use ohem_core::{Convention, MineConfig, NmsConfig, Rois, Suppress};

use super::input::cases;
use super::memory::{Arena, MemoryError};
use super::table::Buffers;
use crate::registry::{Real, Sink};

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("nms");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let nms = NmsConfig::new(cases.number().unwrap_or_default());
        let (boxes, scores) = (cases.boxes::<F>(arena)?, cases.floats::<F>(arena)?);
        let mut buffers = Buffers::<F, F>::new(scores.len(), arena)?;
        for suppress in [Suppress::Above, Suppress::AtOrAbove] {
            for convention in [Convention::Pixel, Convention::Continuous] {
                let config = MineConfig::new(scores.len()).nms(nms.suppress(suppress).convention(convention));
                match Rois::one_group(boxes) {
                    Ok(rois) => out.add(&mine(simd, &rois, scores, &config, &mut buffers.lend())),
                    Err(error) => out.add(&error),
                }
            }
        }
    }
    Ok(())
}
