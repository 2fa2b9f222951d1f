//! The least image that mines: what the feature `mine` adds to it is what mining takes.

#![no_std]
#![no_main]

use cortex_m_rt::entry;
#[cfg(feature = "mine")]
use ohem_core::{BBox, MineConfig, Miner, Rois};
use ohem_firmware::exit;

/// The number of RoIs.
#[cfg(feature = "mine")]
const ROIS: usize = 300;

/// Mines as firmware would, in local memory.
#[cfg(feature = "mine")]
fn mine() -> Option<usize> {
    use core::hint::black_box;

    let boxes = [BBox::new(0.0_f32, 0.0, 9.0, 9.0); ROIS];
    let (images, labels, losses) = ([0; ROIS], [1; ROIS], [1.0; ROIS]);
    let rois = Rois::new(black_box(&boxes), black_box(&images), black_box(&labels)).ok()?;
    let mut miner = Miner::<f32, 64>::new(MineConfig::fast_rcnn().batch_size(64)).ok()?;
    black_box(&mut miner).mine(&rois, black_box(&losses)).ok().map(|hard| hard.len())
}

#[entry]
fn main() -> ! {
    #[cfg(feature = "mine")]
    exit(mine() == Some(1));
    #[cfg(not(feature = "mine"))]
    exit(true)
}
