//! Batches that come in parts: image by image, or worker by worker.
//!
//! Groups never span images, so the hardest `B` RoIs of a batch are the hardest `B` among the hardest `B` of
//! each image. A part is mined by itself, and [`merge`] keeps the hardest of two parts. Merging is exact,
//! associative and commutative. So data-parallel workers can mine their own images and combine the
//! selections as an all-reduce: each sends its [`Ranked`] selection of `B` entries, and pairs are merged in
//! any order. All workers get the selection that one worker would have made of the whole batch.

use core::marker::PhantomData;
use core::{fmt, iter, mem};

use crate::error::{ConfigError, InputError};
use crate::{RankKey, Ranked, Selection};

/// Yields the selected RoIs of a part with their losses, numbered from `first` on in the whole batch.
///
/// Hardest first, like the selection. `losses` are those of the part. The iterator ends at an index that
/// names no loss, or whose number in the batch does not fit a `u32`.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Ranked, Rois, merge};
///
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0)];
/// let losses = [0.5_f32, 2.0];
/// let mut miner = Miner::<f32, 8>::new(MineConfig::new(8))?;
/// let hard = miner.mine(&Rois::one_group(&boxes)?, &losses)?;
/// let part: Vec<_> = merge::ranked(&hard, &losses, 100).collect();
/// assert_eq!(part, [Ranked::new(2.0, 101), Ranked::new(0.5, 100)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn ranked<H: RankKey, I: AsRef<[u32]>>(
    selection: &Selection<I>,
    losses: &[H],
    first: u32,
) -> impl Iterator<Item = Ranked<H>> {
    let numbered = move |&index: &u32| {
        let loss = losses.get(index as usize)?;
        Some(Ranked::new(*loss, first.checked_add(index)?))
    };
    selection.indices().iter().map_while(numbered)
}

/// Merges two parts, each hardest first, into the hardest `out.len()` RoIs of both; returns their number.
///
/// The number is less than `out.len()` only if both parts together have fewer RoIs. Merging is exact,
/// associative and commutative if the parts have no RoI in common. O(length of `out`).
///
/// ```
/// use ohem_core::{Ranked, merge};
///
/// let (one, other) = ([Ranked::new(0.9, 0), Ranked::new(0.2, 3)], [Ranked::new(0.5, 7)]);
/// let mut hardest = [Ranked::PLACEHOLDER; 2];
/// assert_eq!(merge::merge(&one, &other, &mut hardest), 2);
/// assert_eq!(hardest, [Ranked::new(0.9, 0), Ranked::new(0.5, 7)]);
/// ```
pub fn merge<H: RankKey>(one: &[Ranked<H>], other: &[Ranked<H>], out: &mut [Ranked<H>]) -> usize {
    merge_into(one.iter().copied(), other.iter().copied(), out)
}

fn merge_into<H: RankKey>(
    one: impl Iterator<Item = Ranked<H>>,
    other: impl Iterator<Item = Ranked<H>>,
    out: &mut [Ranked<H>],
) -> usize {
    out.iter_mut().zip(merged(one, other)).map(|(slot, next)| *slot = next).count()
}

/// Yields the RoIs of two parts, each hardest first, hardest first; [`merge`] writes them to a slice.
#[doc(hidden)] // for the C interface, whose parts have another layout
pub fn merged<H: RankKey>(
    one: impl Iterator<Item = Ranked<H>>,
    other: impl Iterator<Item = Ranked<H>>,
) -> impl Iterator<Item = Ranked<H>> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    iter::from_fn(move || {
        // Ties go to `one`, though two RoIs of different indices never tie.
        match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if b < a => other.next(),
            (Some(_), _) => one.next(),
            (None, _) => other.next(),
        }
    })
}

/// Keeps the hardest `B` RoIs of a batch that comes image by image: the same as mining it at once.
///
/// RoIs are numbered through all images, in the order in which these are pushed. Memory: two selections of
/// `B`.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Rois, merge::Stream};
///
/// let mut miner = Miner::<f32, 2>::new(MineConfig::new(2))?;
/// let mut batch = Stream::<f32, 2>::new();
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0)];
/// for losses in [[0.5, 2.0], [1.0, 0.1]] {
///     let hard = miner.mine(&Rois::one_group(&boxes)?, &losses)?;
///     batch.push(&hard, &losses)?;
/// }
/// let hardest: Vec<_> = batch.hardest().iter().map(|ranked| ranked.index()).collect();
/// assert_eq!(hardest, [1, 2]); // RoI 1 of the first image, RoI 0 of the second
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Stream<H, const B: usize> = TopBatch<H, [Ranked<H>; B]>;

/// A [`Stream`] over any memory, whose length is the number of RoIs that it keeps.
#[derive(Clone)]
pub struct TopBatch<H: RankKey, M> {
    hardest: M,
    scratch: M,
    len: usize,
    seen: u32,
    losses: PhantomData<H>,
}

impl<H: RankKey, const B: usize> TopBatch<H, [Ranked<H>; B]> {
    /// Starts a batch in memory within the value.
    pub const fn new() -> Self {
        Self::with_buffers([Ranked::PLACEHOLDER; B], [Ranked::PLACEHOLDER; B])
    }
}

impl<H: RankKey, M> TopBatch<H, M> {
    /// Starts a batch in two buffers, which must have the same length: otherwise RoIs are lost.
    pub const fn with_buffers(hardest: M, scratch: M) -> Self {
        Self { hardest, scratch, len: 0, seen: 0, losses: PhantomData }
    }

    /// Number of RoIs in the images pushed so far.
    pub const fn seen(&self) -> u32 {
        self.seen
    }

    /// Starts the next batch.
    pub fn clear(&mut self) {
        (self.len, self.seen) = (0, 0);
    }
}

impl<H: RankKey, M: AsRef<[Ranked<H>]> + AsMut<[Ranked<H>]>> TopBatch<H, M> {
    /// Adds the selection of the next image, or of several whole images.
    ///
    /// `losses` are those of the image. The image must have been mined with a batch size of at least `B`;
    /// with a smaller one, only the RoIs that it selected count.
    ///
    /// # Errors
    ///
    /// If the number of RoIs no longer fits a `u32`. Nothing is added then.
    pub fn push<I: AsRef<[u32]>>(&mut self, image: &Selection<I>, losses: &[H]) -> Result<(), InputError> {
        let new = u32::try_from(image.total()).ok();
        let Some(seen) = new.and_then(|new| self.seen.checked_add(new)) else {
            let needed = (self.seen as usize).saturating_add(image.total());
            return Err(ConfigError::Capacity { what: "RoIs", needed, capacity: u32::MAX as usize }.into());
        };
        self.merge_part(ranked(image, losses, self.seen));
        self.seen = seen;
        Ok(())
    }

    /// Adds a part that was ranked elsewhere, hardest first: the selection of another worker.
    pub fn merge(&mut self, part: &[Ranked<H>]) {
        self.merge_part(part.iter().copied());
    }

    fn merge_part(&mut self, part: impl Iterator<Item = Ranked<H>>) {
        let hardest = self.hardest.as_ref().iter().copied().take(self.len);
        self.len = merge_into(hardest, part, self.scratch.as_mut());
        // The result is in the scratch memory, so the two change roles.
        mem::swap(&mut self.hardest, &mut self.scratch);
    }

    /// The hardest so far, hardest first.
    pub fn hardest(&self) -> &[Ranked<H>] {
        self.hardest.as_ref().get(..self.len).unwrap_or_default()
    }
}

impl<H: RankKey, const B: usize> Default for TopBatch<H, [Ranked<H>; B]> {
    fn default() -> Self {
        Self::new()
    }
}

impl<H: RankKey, M> fmt::Debug for TopBatch<H, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopBatch").field("seen", &self.seen).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_no_more_rois_than_a_u32_can_number() {
        let mut batch = Stream::<f32, 2>::new();
        let most = u32::MAX as usize;
        batch.push(&Selection::new([0_u32], most, 1, 0), &[0.5]).unwrap();
        let refused = batch.push(&Selection::new([0_u32], 1, 1, 0), &[0.7]);
        let capacity = ConfigError::Capacity { what: "RoIs", needed: most.saturating_add(1), capacity: most };
        assert_eq!(refused, Err(capacity.into()));
        assert_eq!((batch.seen(), batch.hardest()), (u32::MAX, &[Ranked::new(0.5, 0)][..]));
        batch.clear();
        assert_eq!((batch.seen(), batch.hardest()), (0, &[][..]));
    }
}
