//! Steps that come in parts, image by image or worker by worker, over `Vec`s.

use ohem_core::merge::TopBatch;
use ohem_core::{RankKey, Ranked};

pub use ohem_core::merge::{StreamError, merge, ranked};

/// Keeps the running hardest of a step that is fed image by image: the same as all at once.
///
/// See [`ohem_core::merge`]; [`stream`] makes one.
pub type Stream<H> = TopBatch<H, Vec<Ranked<H>>>;

/// Starts a step of which the hardest `batch_size` are kept.
///
/// ```
/// use ohem_std::{BBox, MineConfig, Miner, Rois, merge};
///
/// let mut miner = Miner::<f32>::new(MineConfig::new(2))?;
/// let mut step = merge::stream(2);
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0)];
/// for losses in [[0.5, 2.0], [1.0, 0.1]] {
///     let hard = miner.mine(&Rois::one_group(&boxes)?, &losses)?;
///     step.push(&hard, &losses)?;
/// }
/// let hardest: Vec<_> = step.hardest().iter().map(|ranked| ranked.index()).collect();
/// assert_eq!(hardest, [1, 2]); // RoI 1 of the first image, RoI 0 of the second
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn stream<H: RankKey>(batch_size: usize) -> Stream<H> {
    let places = vec![Ranked::PLACEHOLDER; batch_size];
    TopBatch::with_buffers(places.clone(), places)
}
