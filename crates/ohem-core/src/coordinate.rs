//! The types of corners: floats, and the integers of boxes that lie on whole pixels.

use core::fmt::Debug;

use crate::admit::{OverlapTest, SuppressionTest, WholeTest};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl Sealed for i16 {}
}

/// The type of the corners of boxes that are mined or suppressed: `f32`, `f64` or `i16`.
///
/// Boxes of `i16` select the same RoIs as the same boxes of `f64`, and no float instruction is needed to compare them: a
/// RoI takes 8 bytes, and a core without a unit for floats mines several times as fast. What computes an IoU, a loss or a
/// target as a number takes a [`Float`](crate::Float). Sealed.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Rois};
///
/// let boxes = [[0, 0, 9, 9], [0, 0, 9, 8], [50, 50, 59, 59]].map(BBox::<i16>::from);
/// let mut miner = Miner::<i16, 64, i8>::new(MineConfig::fast_rcnn().batch_size(64))?;
/// assert_eq!(miner.mine(&Rois::by_label(&boxes, &[1_u8; 3])?, &[5, 20, 10])?.indices(), [1, 2]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub trait Coordinate: bytemuck::Pod + Debug + PartialOrd + sealed::Sealed {
    /// Zero, as a constant.
    const ZERO: Self;

    /// How mining finds that two boxes overlap too much.
    #[doc(hidden)]
    type Test: SuppressionTest<Self>;
}

impl Coordinate for f32 {
    const ZERO: Self = 0.0;
    type Test = OverlapTest<Self>;
}

impl Coordinate for f64 {
    const ZERO: Self = 0.0;
    type Test = OverlapTest<Self>;
}

impl Coordinate for i16 {
    const ZERO: Self = 0;
    type Test = WholeTest;
}
