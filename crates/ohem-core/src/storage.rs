//! The buffers that mining needs, declared once, and their owners: a value itself, or slices that are lent.
//!
//! Owners elsewhere implement [`Storage`] as well: `ohem-std` brings vectors that grow.

use core::fmt;

use crate::admit::{COLUMNS, IndexStorage};
use crate::rank::{CandidateBuffer, FixedBuffer};
use crate::{Coordinate, RankKey, Ranked};

/// An owner of the memory that mining works in. Nothing in that memory need be cleared between steps.
pub trait Storage {
    /// The type of the boxes' corners.
    type Coordinate: Coordinate;
    /// The type of losses.
    type Key: RankKey;
    /// The buffer of candidates.
    type Candidates<'a>: CandidateBuffer<Self::Key>
    where
        Self: 'a;
    /// The memory of a spatial index, or `()`.
    type Index<'a>: IndexStorage<Self::Coordinate>
    where
        Self: 'a;

    /// Largest number of RoIs that can be selected, with their boxes or without.
    fn capacity(&self, with_boxes: bool) -> usize;

    /// Lends buffers for the selection of `batch_size` RoIs, which is at most the capacity.
    fn lend(
        &mut self,
        batch_size: usize,
        with_boxes: bool,
    ) -> Lent<'_, Self::Coordinate, Self::Candidates<'_>, Self::Index<'_>>;
}

/// Buffers lent for one step of mining.
#[derive(Debug)]
pub struct Lent<'a, C, Q, I> {
    /// Candidates of one pass over the losses: best about twice as many as will be visited.
    pub candidates: Q,
    /// Group and corners of the RoIs selected, [`COLUMNS`] coordinates each; may be empty without suppression.
    pub columns: &'a mut [C],
    /// Memory for a spatial index of them, worth it for batches of thousands; `()` for none.
    pub index: I,
    /// The RoIs selected.
    pub selected: &'a mut [u32],
}

/// Number of RoIs that fit both buffers.
fn capacity(columns: usize, selected: usize, with_boxes: bool) -> usize {
    if with_boxes { selected.min(columns / COLUMNS) } else { selected }
}

/// Storage for `B` selected RoIs and `WINDOW` candidates in the value itself, which may live in a `static`.
///
/// It takes 5 coordinates `C` and an index for each of `B`, and a [`Ranked`] for each of `WINDOW`. A window of `2 * B` makes
/// one pass over the losses usual; a smaller one costs time, not exactness. `H` is the type of losses.
///
/// ```
/// use ohem_core::{ArrayStorage, Match, rules};
///
/// let mut storage = ArrayStorage::<f32, 8>::new();
/// let matches = [0, -1, -2, 1, -1].map(Match::from_signed);
/// let config = rules::MmdetConfig::new().num(3).pos_fraction(0.5);
/// let (positives, hard) = rules::mmdet(&[1.0, 3.0, 9.0, 2.0, 4.0], &matches, &config, &mut storage)?;
/// assert_eq!((positives, hard.indices()), (1, [3, 4, 1].as_slice()));
/// # Ok::<(), ohem_core::MineError>(())
/// ```
pub struct ArrayStorage<C, const B: usize, H: RankKey = C, const WINDOW: usize = 120> {
    candidates: [Ranked<H>; WINDOW],
    columns: [[C; B]; COLUMNS],
    selected: [u32; B],
}

impl<C: Coordinate, const B: usize, H: RankKey, const WINDOW: usize> ArrayStorage<C, B, H, WINDOW> {
    /// Makes storage; `size_of` is all the memory it uses.
    ///
    /// A window of fewer than 2 candidates does not compile.
    pub const fn new() -> Self {
        const { assert!(WINDOW >= 2, "ranking needs a window of at least 2") }
        Self { candidates: [Ranked::PLACEHOLDER; WINDOW], columns: [[C::ZERO; B]; COLUMNS], selected: [0; B] }
    }
}

impl<C: Coordinate, const B: usize, H: RankKey, const WINDOW: usize> Default
    for ArrayStorage<C, B, H, WINDOW>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Coordinate, const B: usize, H: RankKey, const WINDOW: usize> Storage
    for ArrayStorage<C, B, H, WINDOW>
{
    type Coordinate = C;
    type Key = H;
    type Candidates<'a>
        = FixedBuffer<'a, H>
    where
        Self: 'a;
    type Index<'a>
        = ()
    where
        Self: 'a;

    fn capacity(&self, _: bool) -> usize {
        B
    }

    #[inline(always)]
    fn lend(&mut self, _: usize, _: bool) -> Lent<'_, C, FixedBuffer<'_, H>, ()> {
        let Self { candidates, columns, selected } = self;
        Lent { candidates: FixedBuffer(candidates), columns: columns.as_flattened_mut(), index: (), selected }
    }
}

impl<C, const B: usize, H: RankKey, const WINDOW: usize> fmt::Debug for ArrayStorage<C, B, H, WINDOW> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrayStorage").field("capacity", &B).field("window", &WINDOW).finish_non_exhaustive()
    }
}

/// Storage in slices that the caller lends.
///
/// The capacity is the length of `selected`, or a fifth ([`COLUMNS`]) of the length of `columns` if that is
/// less; without suppression, `columns` may be empty.
///
/// ```
/// use ohem_core::kernel::{Portable, mine};
/// use ohem_core::{BBox, MineConfig, Ranked, Rois};
///
/// let rows = [[0.0, 0.0, 9.0, 9.0], [0.0, 0.0, 9.0, 8.0], [50.0, 50.0, 59.0, 59.0]];
/// let rois = Rois::one_group(BBox::from_rows(&rows))?;
/// let (mut candidates, mut columns, mut selected) = ([Ranked::PLACEHOLDER; 8], [0.0_f64; 20], [0; 4]);
/// let mut storage = mine::SliceStorage::new(&mut candidates, &mut columns, &mut selected);
///
/// let losses = [3_i16, 20, 10]; // quantised
/// let config = MineConfig::fast_rcnn().batch_size(4);
/// assert_eq!(mine::mine(Portable, &rois, &losses, &config, &mut storage)?.indices(), [1, 2]);
/// # Ok::<(), ohem_core::MineError>(())
/// ```
#[derive(Debug)]
pub struct SliceStorage<'s, C, H: RankKey, I = ()> {
    /// Candidates of one pass over the losses.
    pub candidates: &'s mut [Ranked<H>],
    /// Group and corners of the RoIs selected.
    pub columns: &'s mut [C],
    /// Memory for a spatial index of them; `()` for none.
    pub index: I,
    /// The RoIs selected.
    pub selected: &'s mut [u32],
}

impl<'s, C: Coordinate, H: RankKey> SliceStorage<'s, C, H> {
    /// Storage for batches of up to hundreds, which need no spatial index.
    pub fn new(candidates: &'s mut [Ranked<H>], columns: &'s mut [C], selected: &'s mut [u32]) -> Self {
        Self { candidates, columns, index: (), selected }
    }

    /// Storage for mining that suppresses nothing, and so keeps no boxes.
    pub fn without_boxes(candidates: &'s mut [Ranked<H>], selected: &'s mut [u32]) -> Self {
        Self::new(candidates, &mut [], selected)
    }

    /// Adds memory for a spatial index.
    #[must_use]
    pub fn with_index<I: IndexStorage<C>>(self, index: I) -> SliceStorage<'s, C, H, I> {
        let Self { candidates, columns, index: (), selected } = self;
        SliceStorage { candidates, columns, index, selected }
    }
}

impl<C: Coordinate, H: RankKey, I: IndexStorage<C>> Storage for SliceStorage<'_, C, H, I> {
    type Coordinate = C;
    type Key = H;
    type Candidates<'a>
        = FixedBuffer<'a, H>
    where
        Self: 'a;
    type Index<'a>
        = I::Lent<'a>
    where
        Self: 'a;

    fn capacity(&self, with_boxes: bool) -> usize {
        capacity(self.columns.len(), self.selected.len(), with_boxes)
    }

    #[inline(always)]
    fn lend(&mut self, _: usize, _: bool) -> Lent<'_, C, FixedBuffer<'_, H>, I::Lent<'_>> {
        let Self { candidates, columns, index, selected } = self;
        Lent { candidates: FixedBuffer(candidates), columns, index: index.lend(), selected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selected_roi_takes_an_index_and_five_columns() {
        let (mut candidates, mut columns, mut selected) = ([Ranked::PLACEHOLDER; 4], [0.0_f32; 14], [0; 3]);
        let storage = SliceStorage::<_, f32>::new(&mut candidates, &mut columns, &mut selected);
        assert_eq!((storage.capacity(true), storage.capacity(false)), (2, 3));
        let storage = SliceStorage::<f32, f32>::without_boxes(&mut candidates, &mut selected);
        assert_eq!((storage.capacity(true), storage.capacity(false)), (0, 3));
        let mut storage = ArrayStorage::<f64, 3, i8, 5>::default();
        assert_eq!((storage.capacity(true), storage.capacity(false)), (3, 3));
        let lent = storage.lend(2, true);
        assert_eq!((lent.columns.len(), lent.selected.len()), (15, 3));
    }
}
