//! Whether there is a spatial index of the admitted boxes. That is known when a program is compiled, so firmware
//! that lends no memory for one carries none of its code.

use super::OverlapTest;
use super::lookahead::{Found, SearchedChain};
use super::spatial_hash::{BlockBuffer, SpatialHash, SpatialHashStorage};
use crate::coordinate::Coordinate;
use crate::simd::Simd;
use crate::{BBox, Float, Group, RankKey, Ranked, RoiSource};

mod sealed {
    pub trait Sealed {}
}

/// Memory for a spatial index of the admitted boxes: a [`SpatialHashStorage`], or `()` for none. Sealed.
pub trait IndexStorage<C: Coordinate>: sealed::Sealed {
    /// The index.
    #[doc(hidden)]
    type Index: SpatialIndex<C>;

    /// The same memory, lent for one step.
    #[doc(hidden)]
    type Lent<'a>: IndexStorage<C>
    where
        Self: 'a;

    /// Lends the memory for one step.
    #[doc(hidden)]
    fn lend(&mut self) -> Self::Lent<'_>;

    /// An index in this memory; `None` if it would not pay off.
    #[doc(hidden)]
    fn index(self, test: C::Test) -> Option<Self::Index>;
}

/// A spatial index of admitted boxes.
pub trait SpatialIndex<C: Coordinate> {
    /// Whether an index pays off for a number of admitted boxes, of which there may be `capacity`.
    fn pays_off(admitted: usize, capacity: usize, test: &C::Test) -> bool;

    /// Forgets what the memory held before, and prepares for boxes like these.
    fn clear(&mut self, sample: impl Iterator<Item = BBox<C>>);

    /// Inserts a box; says whether it found room.
    fn insert(&mut self, index: u32, bbox: &BBox<C>, group: Group) -> bool;

    /// Whether an inserted box of the group overlaps this one by the threshold or more.
    ///
    /// `None` if the index cannot tell.
    fn overlap<S: Simd, R: RoiSource<Coordinate = C>>(
        &self,
        bbox: &BBox<C>,
        group: Group,
        test: &C::Test,
        rois: &R,
    ) -> Option<bool>;

    /// Looks up the next RoIs, 64 at most.
    fn look_up_batch<S: Simd, H: RankKey, R: RoiSource<Coordinate = C>>(
        &self,
        next: &[Ranked<H>],
        rois: &R,
    ) -> Found;

    /// Whether no box was inserted since into a chain that was searched, or into none.
    fn is_as_searched(&self, chain: SearchedChain) -> bool;
}

impl<B> sealed::Sealed for SpatialHashStorage<'_, B> {}

impl<'a, F: Float, B: BlockBuffer<F>> IndexStorage<F> for SpatialHashStorage<'a, B> {
    type Index = SpatialHash<'a, F, B>;
    type Lent<'b>
        = SpatialHashStorage<'b, &'b mut B>
    where
        Self: 'b;

    fn lend(&mut self) -> SpatialHashStorage<'_, &mut B> {
        SpatialHashStorage { heads: self.heads, blocks: &mut self.blocks, seed: self.seed }
    }

    fn index(self, test: OverlapTest<F>) -> Option<SpatialHash<'a, F, B>> {
        SpatialHash::new(self, test)
    }
}

impl sealed::Sealed for () {}

impl<C: Coordinate> IndexStorage<C> for () {
    type Index = Never;
    type Lent<'b> = ();

    fn lend(&mut self) {}

    fn index(self, _: C::Test) -> Option<Never> {
        None
    }
}

/// An index that never exists.
#[derive(Debug)]
pub enum Never {}

impl<C: Coordinate> SpatialIndex<C> for Never {
    fn pays_off(_: usize, _: usize, _: &C::Test) -> bool {
        false
    }

    fn clear(&mut self, _: impl Iterator<Item = BBox<C>>) {
        match *self {}
    }

    fn insert(&mut self, _: u32, _: &BBox<C>, _: Group) -> bool {
        match *self {}
    }

    fn look_up_batch<S: Simd, H: RankKey, R: RoiSource<Coordinate = C>>(
        &self,
        _: &[Ranked<H>],
        _: &R,
    ) -> Found {
        match *self {}
    }

    fn is_as_searched(&self, _: SearchedChain) -> bool {
        match *self {}
    }

    fn overlap<S: Simd, R: RoiSource<Coordinate = C>>(
        &self,
        _: &BBox<C>,
        _: Group,
        _: &C::Test,
        _: &R,
    ) -> Option<bool> {
        match *self {}
    }
}
