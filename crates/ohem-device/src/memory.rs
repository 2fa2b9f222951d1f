//! All that is written to.

use crate::image::Image;
use crate::learner::Learner;

/// All that a training writes to, but for the miner and the stack: its size is the memory bill.
///
/// ```
/// use ohem_device::Memory;
///
/// static mut MEMORY: Memory = Memory::new(); // all zeros: it takes no flash
/// assert_eq!(size_of::<Memory>(), 40_312);
/// ```
#[derive(Debug)]
pub struct Memory {
    pub(crate) learner: Learner,
    pub(crate) image: Image,
}

impl Memory {
    /// Zeros.
    #[expect(clippy::new_without_default, reason = "a default of so many bytes would go over the stack")]
    pub const fn new() -> Self {
        Self { learner: Learner::new(), image: Image::new() }
    }
}
