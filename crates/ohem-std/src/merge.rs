//! Batches that come in parts, image by image or worker by worker, in `Vec`s. See [`ohem_core::merge`].

use core::fmt;

use ohem_core::merge::{self, TopBatch};
use ohem_core::{InputError, RankKey, Ranked};

use crate::Selection;

pub use ohem_core::merge::ranked;

/// Merges two parts, each hardest first, into the hardest `len` RoIs of both.
///
/// See [`ohem_core::merge::merge`]. O(`len`).
///
/// ```
/// use ohem_std::{Ranked, merge};
///
/// let (one, other) = ([Ranked::new(0.9, 0), Ranked::new(0.2, 3)], [Ranked::new(0.5, 7)]);
/// assert_eq!(merge::merge(&one, &other, 2), [Ranked::new(0.9, 0), Ranked::new(0.5, 7)]);
/// ```
pub fn merge<H: RankKey>(one: &[Ranked<H>], other: &[Ranked<H>], len: usize) -> Vec<Ranked<H>> {
    let mut out = vec![Ranked::PLACEHOLDER; len.min(one.len().saturating_add(other.len()))];
    let merged = merge::merge(one, other, &mut out);
    out.truncate(merged);
    out
}

/// Keeps the hardest RoIs of a batch that comes image by image: the same as mining it at once.
///
/// See [`ohem_core::merge::Stream`].
///
/// ```
/// use ohem_std::{BBox, MineConfig, Miner, Rois, merge::Stream};
///
/// let mut miner = Miner::<f32>::new(MineConfig::new(2))?;
/// let mut batch = Stream::new(2);
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0)];
/// for losses in [[0.5, 2.0], [1.0, 0.1]] {
///     let hard = miner.mine(&Rois::one_group(&boxes)?, &losses)?;
///     batch.push(&hard, &losses)?;
/// }
/// let hardest: Vec<_> = batch.hardest().iter().map(|ranked| ranked.index()).collect();
/// assert_eq!(hardest, [1, 2]); // RoI 1 of the first image, RoI 0 of the second
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Stream<H: RankKey>(TopBatch<H, Vec<Ranked<H>>>);

impl<H: RankKey> Stream<H> {
    /// Starts a batch of which the hardest `len` RoIs are kept.
    pub fn new(len: usize) -> Self {
        let buffer = vec![Ranked::PLACEHOLDER; len];
        Self(TopBatch::with_buffers(buffer.clone(), buffer))
    }

    /// Number of RoIs in the images pushed so far.
    pub const fn seen(&self) -> u32 {
        self.0.seen()
    }

    /// Starts the next batch.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds the selection of the next image, or of several whole images. See [`TopBatch::push`].
    ///
    /// # Errors
    ///
    /// If the number of RoIs no longer fits a `u32`. Nothing is added then.
    pub fn push<I: AsRef<[u32]>>(&mut self, image: &Selection<I>, losses: &[H]) -> Result<(), InputError> {
        self.0.push(image, losses)
    }

    /// Adds a part that was ranked elsewhere, hardest first: the selection of another worker.
    pub fn merge(&mut self, part: &[Ranked<H>]) {
        self.0.merge(part);
    }

    /// The hardest RoIs so far, hardest first.
    pub fn hardest(&self) -> &[Ranked<H>] {
        self.0.hardest()
    }
}

impl<H: RankKey> fmt::Debug for Stream<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("seen", &self.seen()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_merged_cleared_and_shown() {
        let mut stream = Stream::new(2);
        stream.merge(&[Ranked::new(0.9_f32, 4), Ranked::new(0.1, 0)]);
        stream.merge(&[Ranked::new(0.5, 7)]);
        assert_eq!(stream.hardest(), [Ranked::new(0.9, 4), Ranked::new(0.5, 7)]);
        assert_eq!(format!("{stream:?}"), "Stream { seen: 0, .. }");
        stream.clear();
        assert_eq!((stream.hardest(), stream.seen()), (&[][..], 0));
    }
}
