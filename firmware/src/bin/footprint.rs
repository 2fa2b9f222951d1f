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
#[cfg(all(feature = "mine", not(feature = "integers")))]
fn mine() -> Option<usize> {
    use core::hint::black_box;

    let boxes = [BBox::new(0.0_f32, 0.0, 9.0, 9.0); ROIS];
    let (images, labels, losses) = ([0; ROIS], [1; ROIS], [1.0; ROIS]);
    let rois = Rois::new(black_box(&boxes), black_box(&images), black_box(&labels)).ok()?;
    let mut miner = Miner::<f32, 64>::new(MineConfig::fast_rcnn().batch_size(64)).ok()?;
    black_box(&mut miner).mine(&rois, black_box(&losses)).ok().map(|hard| hard.len())
}

/// The same with integers only, in a `static`.
#[cfg(all(feature = "mine", feature = "integers"))]
fn mine() -> Option<usize> {
    use core::cell::RefCell;
    use core::hint::black_box;
    use cortex_m::interrupt::{self, Mutex};

    static MINER: Mutex<RefCell<Miner<i16, 64, i8>>> =
        Mutex::new(RefCell::new(match Miner::new(MineConfig::fast_rcnn().batch_size(64)) {
            Ok(miner) => miner,
            Err(_) => panic!("64 fit, and the threshold is a number"),
        }));
    let boxes = [BBox::new(0_i16, 0, 9, 9); ROIS];
    let (labels, losses) = ([1_u8; ROIS], [1_i8; ROIS]);
    let rois = Rois::by_label(black_box(&boxes), black_box(&labels)).ok()?;
    interrupt::free(|section| {
        let mut miner = MINER.borrow(section).try_borrow_mut().ok()?;
        miner.mine(&rois, black_box(&losses)).ok().map(|hard| hard.len())
    })
}

#[entry]
fn main() -> ! {
    #[cfg(feature = "mine")]
    exit(mine() == Some(1));
    #[cfg(not(feature = "mine"))]
    exit(true)
}
