//! Whether there is an index of the boxes admitted: known when a program is compiled, so that firmware without the
//! memory for one carries none of its code.

use super::OverlapTest;
use super::spatial_hash::{SpatialHash, SpatialHashStorage};
use crate::simd::Simd;
use crate::{BBox, Float, Group, Rois};

mod sealed {
    pub trait Sealed {}
}

/// Memory for an index of the boxes admitted: a [`SpatialHashStorage`], or `()` for none. Sealed.
pub trait IndexStorage<F: Float>: sealed::Sealed {
    /// The index.
    #[doc(hidden)]
    type Index: SpatialIndex<F>;

    /// An index in this memory, if it would be of use.
    #[doc(hidden)]
    fn index(self, rule: OverlapTest<F>) -> Option<Self::Index>;
}

/// An index of boxes admitted.
pub trait SpatialIndex<F: Float> {
    /// Forgets what the memory held before.
    fn clear(&mut self);

    /// Files a box. Says whether there was room.
    fn insert(&mut self, index: u32, bbox: &BBox<F>, group: Group) -> bool;

    /// Whether a box filed under the group overlaps this one by the threshold or more.
    ///
    /// Nothing if the index cannot tell.
    fn overlap<S: Simd>(
        &self,
        bbox: &BBox<F>,
        group: Group,
        rule: &OverlapTest<F>,
        rois: &Rois<'_, F>,
    ) -> Option<bool>;
}

impl<F> sealed::Sealed for SpatialHashStorage<'_, F> {}

impl<'a, F: Float> IndexStorage<F> for SpatialHashStorage<'a, F> {
    type Index = SpatialHash<'a, F>;

    fn index(self, rule: OverlapTest<F>) -> Option<SpatialHash<'a, F>> {
        SpatialHash::new(self, rule)
    }
}

impl sealed::Sealed for () {}

impl<F: Float> IndexStorage<F> for () {
    type Index = Never;

    fn index(self, _: OverlapTest<F>) -> Option<Never> {
        None
    }
}

/// An index that there never is.
#[derive(Debug)]
pub enum Never {}

impl<F: Float> SpatialIndex<F> for Never {
    fn clear(&mut self) {
        match *self {}
    }

    fn insert(&mut self, _: u32, _: &BBox<F>, _: Group) -> bool {
        match *self {}
    }

    fn overlap<S: Simd>(&self, _: &BBox<F>, _: Group, _: &OverlapTest<F>, _: &Rois<'_, F>) -> Option<bool> {
        match *self {}
    }
}
