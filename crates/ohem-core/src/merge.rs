//! Steps that come in parts: image by image, or worker by worker.
//!
//! Groups never span images, so the hardest `B` of a batch are the hardest `B` among the hardest `B` of its
//! images. A part is mined by itself, and [`merge`] keeps the hardest of two parts. It is exact, associative
//! and commutative: data-parallel workers mine their own images and combine their selections as an all-reduce
//! (send [`Ranked`] selections of `B` entries, merge pairwise in any order), and all end up with the
//! selection that one worker would have made of the whole batch.

use core::marker::PhantomData;
use core::{fmt, mem};

use crate::{RankKey, Ranked, Selection};

/// Ranks what was selected of a part, numbering its RoIs from `first` in the whole.
///
/// Hardest first, like the selection. `losses` are those that were mined. Indices that would not fit a `u32`,
/// or that name no loss, end it.
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

/// Merges two parts, each hardest first, into the hardest that there is room for; returns how many those are.
///
/// Exact, associative and commutative, where the parts have no RoI in common. O(length of `out`).
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
    let (mut one, mut other) = (one.peekable(), other.peekable());
    let mut merged = 0;
    for place in out {
        let next = match (one.peek(), other.peek()) {
            (Some(a), Some(b)) if b < a => other.next(),
            (Some(_), _) => one.next(),
            (None, _) => other.next(),
        };
        let Some(next) = next else { break };
        *place = next;
        merged += 1;
    }
    merged
}

/// Keeps the running hardest `B` of a step that is fed image by image: the same as all at once.
///
/// RoIs are numbered through all images, in the order in which they are fed. Memory is that of two selections.
///
/// ```
/// use ohem_core::{BBox, MineConfig, Miner, Rois, merge::Stream};
///
/// let mut miner = Miner::<f32, 2>::new(MineConfig::new(2))?;
/// let mut step = Stream::<f32, 2>::new();
/// let boxes = [BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0)];
/// for losses in [[0.5, 2.0], [1.0, 0.1]] {
///     let hard = miner.mine(&Rois::one_group(&boxes)?, &losses)?;
///     step.push(&hard, &losses)?;
/// }
/// let hardest: Vec<_> = step.hardest().iter().map(|ranked| ranked.index()).collect();
/// assert_eq!(hardest, [1, 2]); // RoI 1 of the first image, RoI 0 of the second
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Stream<H, const B: usize> = TopBatch<H, [Ranked<H>; B]>;

/// A [`Stream`] over any memory, of as many RoIs as that has places.
#[derive(Clone)]
pub struct TopBatch<H: RankKey, M> {
    hardest: M,
    scratch: M,
    len: usize,
    seen: u32,
    losses: PhantomData<H>,
}

impl<H: RankKey, const B: usize> TopBatch<H, [Ranked<H>; B]> {
    /// Starts a step in fixed memory.
    pub const fn new() -> Self {
        Self::with_buffers([Ranked::PLACEHOLDER; B], [Ranked::PLACEHOLDER; B])
    }
}

impl<H: RankKey, M> TopBatch<H, M> {
    /// Starts a step in two memories, which should have as many places each.
    pub const fn with_buffers(hardest: M, scratch: M) -> Self {
        Self { hardest, scratch, len: 0, seen: 0, losses: PhantomData }
    }

    /// How many RoIs were fed.
    pub const fn seen(&self) -> u32 {
        self.seen
    }

    /// Starts the next step.
    pub fn clear(&mut self) {
        (self.len, self.seen) = (0, 0);
    }
}

impl<H: RankKey, M: AsRef<[Ranked<H>]> + AsMut<[Ranked<H>]>> TopBatch<H, M> {
    /// Takes in what was selected of the next image, or of several whole ones.
    ///
    /// The image must have been mined for as many RoIs as there are places, or a selection of fewer is all that counts of it.
    ///
    /// # Errors
    ///
    /// If a `u32` can no longer number the RoIs. Then nothing is taken in.
    pub fn push<I: AsRef<[u32]>>(&mut self, image: &Selection<I>, losses: &[H]) -> Result<(), StreamError> {
        let error = StreamError { seen: self.seen, new: image.total() };
        let new = u32::try_from(image.total()).map_err(|_| error)?;
        let seen = self.seen.checked_add(new).ok_or(error)?;
        self.merge_part(ranked(image, losses, self.seen));
        self.seen = seen;
        Ok(())
    }

    /// Takes in a part that was ranked elsewhere, hardest first: the selection of another worker.
    pub fn merge(&mut self, part: &[Ranked<H>]) {
        self.merge_part(part.iter().copied());
    }

    fn merge_part(&mut self, part: impl Iterator<Item = Ranked<H>>) {
        let hardest = self.hardest.as_ref().iter().copied().take(self.len);
        self.len = merge_into(hardest, part, self.scratch.as_mut());
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

/// A `u32` can no longer number the RoIs of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamError {
    /// How many were fed before.
    pub seen: u32,
    /// How many more there are.
    pub new: usize,
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} RoIs after {}, more than a u32 can number", self.new, self.seen)
    }
}

impl core::error::Error for StreamError {}
