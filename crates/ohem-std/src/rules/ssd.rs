//! SSD's rules. [`ohem_core::rules::ssd`] says what each means.

use ohem_core::kernel::rules::ssd as kernel;
use ohem_core::{Float, MineError, Selection, Storage};

pub use ohem_core::rules::ssd::{Anchors, SsdConfig, SsdNms};

use crate::simd::dispatch;

/// Mines the hard negatives of one image by a ratio. See [`ohem_core::rules::ssd::negatives`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error).
///
/// # Examples
///
/// ```
/// use ohem_std::rules::ssd::{self, Anchors, SsdConfig};
/// use ohem_std::{Match, VecStorage};
///
/// let (losses, matches) = ([0.2_f32, 3.0, 5.0, 1.0], [0, -1, -1, -1].map(Match::from_signed));
/// let anchors = Anchors { boxes: &[], losses: &losses, matches: &matches };
/// let (overlaps, mut storage) = ([0.8, 0.1, 0.6, 0.2], VecStorage::<f32>::new());
/// let hard = ssd::negatives(&anchors, &overlaps, &SsdConfig::new(), &mut storage)?;
/// assert_eq!(hard.indices(), [1, 3]); // RoI 2 overlaps ground truth too much to be a negative
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn negatives<'m, T: Storage<Coordinate: Float>>(
    anchors: &Anchors<'_, T::Coordinate, T::Key>,
    overlaps: &[T::Coordinate],
    config: &SsdConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    dispatch!(simd => kernel::negatives(simd, anchors, overlaps, config, storage))
}

/// Mines the hardest anchors of one image. See [`ohem_core::rules::ssd::hard_examples`].
///
/// # Errors
///
/// If the slices differ in length, or a loss is NaN under [`NanPolicy::Error`](crate::NanPolicy::Error).
///
/// # Examples
///
/// ```
/// use ohem_std::rules::ssd::{self, Anchors, SsdConfig};
/// use ohem_std::{Match, VecStorage};
///
/// let (losses, matches) = ([1.0_f32, 3.0, 9.0, 2.0], [0, -1, -2, -1].map(Match::from_signed));
/// let anchors = Anchors { boxes: &[], losses: &losses, matches: &matches };
/// let mut storage = VecStorage::<f32>::new();
/// assert_eq!(ssd::hard_examples(&anchors, &SsdConfig::new(), &mut storage)?.indices(), [1, 3, 0]);
/// # Ok::<(), ohem_std::MineError>(())
/// ```
pub fn hard_examples<'m, T: Storage<Coordinate: Float>>(
    anchors: &Anchors<'_, T::Coordinate, T::Key>,
    config: &SsdConfig,
    storage: &'m mut T,
) -> Result<Selection<&'m [u32]>, MineError> {
    dispatch!(simd => kernel::hard_examples(simd, anchors, config, storage))
}
