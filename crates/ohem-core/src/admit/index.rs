//! Whether there is an index of the boxes admitted: known when a program is compiled, so that firmware without the
//! memory for one carries none of its code.

use super::Rule;
use super::grid::{Grid, Index};
use crate::simd::Simd;
use crate::{BBox, Float, Group, Rois};

mod sealed {
    pub trait Sealed {}
}

/// Memory for an index of the boxes admitted: a [`Grid`], or `()` for none. Sealed.
pub trait IndexMemory<F: Float>: sealed::Sealed {
    /// The index.
    #[doc(hidden)]
    type Index: Filed<F>;

    /// An index in this memory, if it would be of use.
    #[doc(hidden)]
    fn index(self, rule: Rule<F>) -> Option<Self::Index>;
}

/// An index of boxes admitted.
pub trait Filed<F: Float> {
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
        rule: &Rule<F>,
        rois: &Rois<'_, F>,
    ) -> Option<bool>;
}

impl<F> sealed::Sealed for Grid<'_, F> {}

impl<'a, F: Float> IndexMemory<F> for Grid<'a, F> {
    type Index = Index<'a, F>;

    fn index(self, rule: Rule<F>) -> Option<Index<'a, F>> {
        Index::new(self, rule)
    }
}

impl sealed::Sealed for () {}

impl<F: Float> IndexMemory<F> for () {
    type Index = Never;

    fn index(self, _: Rule<F>) -> Option<Never> {
        None
    }
}

/// An index that there never is.
#[derive(Debug)]
pub enum Never {}

impl<F: Float> Filed<F> for Never {
    fn clear(&mut self) {
        match *self {}
    }

    fn insert(&mut self, _: u32, _: &BBox<F>, _: Group) -> bool {
        match *self {}
    }

    fn overlap<S: Simd>(&self, _: &BBox<F>, _: Group, _: &Rule<F>, _: &Rois<'_, F>) -> Option<bool> {
        match *self {}
    }
}
