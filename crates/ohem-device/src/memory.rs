//! The memory of a training.

use crate::image::ImageColumns;
use crate::learner::Learner;

/// All that a training writes to, except the miner and the stack.
///
/// ```
/// use ohem_device::TrainingMemory;
///
/// static mut MEMORY: TrainingMemory = TrainingMemory::new(); // all zeros, so it takes no flash
/// assert_eq!(size_of::<TrainingMemory>(), 42_360);
/// ```
#[derive(Debug)]
pub struct TrainingMemory {
    pub(crate) learner: Learner,
    pub(crate) image: ImageColumns,
}

impl TrainingMemory {
    /// Memory of zeros.
    #[expect(clippy::new_without_default, reason = "a default would put 42 KB on the stack")]
    pub const fn new() -> Self {
        Self { learner: Learner::new(), image: ImageColumns::new() }
    }
}
