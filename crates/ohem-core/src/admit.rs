//! Admission by non-maximum suppression: the RoIs admitted so far, and whether a new one overlaps any of its
//! group.
//!
//! Admitted boxes are stored in tiles of columns, and a new one is compared with all of them in SIMD. That is quadratic,
//! and yet the fastest way where few are selected. For hundreds, memory can be lent for a spatial hash
//! ([`SpatialHashStorage`]): admitted boxes are inserted there by size and position as well, and a new one is
//! compared with those that can overlap it. There, RoIs are looked up many at once ([`Lookahead`]).

mod block;
mod folded_test;
mod lookahead;
mod overlap_bounds;
mod overlap_test;
mod spatial_hash;
mod spatial_index;
mod suppression_test;
mod tiles;
mod whole_test;

pub use block::SpatialHashBlock;
use lookahead::{AHEAD, MIN_AHEAD};
pub(crate) use lookahead::{Known, Lookahead};
pub(crate) use overlap_test::OverlapTest;
pub use spatial_hash::{BlockBuffer, SpatialHashStorage};
pub use spatial_index::IndexStorage;
pub(crate) use spatial_index::SpatialIndex;
pub(crate) use suppression_test::SuppressionTest;
pub use tiles::COLUMNS;
pub(crate) use whole_test::WholeTest;

use crate::coordinate::Coordinate;
use crate::simd::Simd;
use crate::{BBox, Group, RankKey, Ranked, RoiSource};

/// RoIs admitted so far, over lent memory.
pub(crate) struct Admitted<'a, C: Coordinate, I> {
    /// The RoIs, in the order of their admission.
    indices: &'a mut [u32],
    len: usize,
    boxes: <C::Test as SuppressionTest<C>>::Admitted<'a>,
    /// Number of them that are in the index, too: the first ones.
    indexed: usize,
    index: Option<I>,
    /// How boxes are compared; `None` if nothing is suppressed.
    test: Option<C::Test>,
}

impl<'a, C: Coordinate, I: SpatialIndex<C>> Admitted<'a, C, I> {
    /// Starts with no RoI admitted. One suppresses another by the test, or never if it is `None`.
    ///
    /// `memory` is for [`COLUMNS`] of each RoI; it may be empty if there is no test.
    pub(crate) fn new(
        memory: &'a mut [C],
        index: impl IndexStorage<C, Index = I>,
        indices: &'a mut [u32],
        test: Option<C::Test>,
    ) -> Self {
        let index = test.and_then(|test| index.index(test));
        Self { indices, len: 0, boxes: C::Test::admitted(memory), indexed: 0, index, test }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The admitted RoIs, hardest first.
    pub(crate) fn indices(&self) -> &[u32] {
        self.indices.get(..self.len).unwrap_or_default()
    }

    /// The admitted RoIs, hardest first, as long as the memory was lent.
    pub(crate) fn into_indices(self) -> &'a mut [u32] {
        self.indices.get_mut(..self.len).unwrap_or_default()
    }

    /// Admits a RoI unless an admitted one of its group overlaps it; says whether it did.
    #[inline(always)]
    pub(crate) fn admit<S: Simd, R: RoiSource<Coordinate = C>>(
        &mut self,
        roi: u32,
        group: Group,
        rois: &R,
        known: Known,
    ) -> bool {
        if matches!(known, Known::Suppressed) {
            return false;
        }
        let Some(test) = self.test else { return self.push(roi) };
        let Some(bbox) = rois.bbox(roi) else { return false };
        let group = (!test.overlaps_nothing(&bbox)).then_some(group);
        if group.is_some_and(|group| self.shared().overlaps::<S, R>(&bbox, group, &test, rois, known)) {
            return false;
        }
        C::Test::write::<S>(&mut self.boxes, self.len, group, &bbox);
        let pushed = self.push(roi);
        match &mut self.index {
            // All but this one are in the index.
            Some(index) if pushed && self.indexed > 0 && self.indexed + 1 == self.len => {
                let found_room = group.is_none_or(|group| index.insert(roi, &bbox, group));
                self.indexed += usize::from(found_room);
            }
            Some(_) if I::pays_off(self.len, self.indices.len(), &test) => {
                self.update_index(rois, &test);
            }
            _ => {}
        }
        pushed
    }

    /// The RoIs admitted so far, to compare others with.
    #[inline(always)]
    pub(crate) fn shared(&self) -> Shared<'_, C, I> {
        Shared {
            indices: self.indices.get(..self.len).unwrap_or_default(),
            boxes: C::Test::shared(&self.boxes),
            indexed: self.indexed,
            index: self.index.as_ref(),
            test: self.test,
        }
    }

    /// Looks up the next RoIs, hardest first, many at once.
    #[inline(always)]
    pub(crate) fn look_ahead<S: Simd, H: RankKey, R: RoiSource<Coordinate = C>>(
        &self,
        next: &[Ranked<H>],
        rois: &R,
        ahead: &mut Lookahead,
    ) {
        match &self.index {
            Some(index) if self.indexed > 0 && self.indexed == self.len && next.len() >= MIN_AHEAD => {
                let found = index.look_up_batch::<S, H, R>(next, rois);
                *ahead = Lookahead::new(found, self.len, next.len().min(AHEAD));
            }
            Some(_) => ahead.skip(AHEAD),
            None => ahead.skip(usize::MAX),
        }
    }

    #[inline(always)]
    fn push(&mut self, roi: u32) -> bool {
        let slot = self.indices.get_mut(self.len);
        let pushed = slot.is_some();
        if let Some(slot) = slot {
            *slot = roi;
            self.len += 1;
        }
        pushed
    }

    /// Inserts the missing boxes into the index, as far as its memory goes.
    #[inline(never)]
    fn update_index<R: RoiSource<Coordinate = C>>(&mut self, rois: &R, test: &C::Test) {
        let Some(index) = &mut self.index else { return };
        let bbox = |&roi: &u32| rois.bbox(roi).filter(|bbox| !test.overlaps_nothing(bbox));
        let admitted = self.indices.get(..self.len).unwrap_or_default();
        if self.indexed == 0 {
            index.clear(admitted.iter().filter_map(bbox));
        }
        for roi in admitted.get(self.indexed..).unwrap_or_default() {
            if let (Some(bbox), Some(group)) = (bbox(roi), rois.membership(*roi).group())
                && !index.insert(*roi, &bbox, group)
            {
                break;
            }
            self.indexed += 1;
        }
    }
}

/// The RoIs admitted so far, to read.
///
/// It is a copy: if the loop of mining lent [`Admitted`] itself to a function, its fields could not stay in registers.
pub(crate) struct Shared<'a, C: Coordinate, I> {
    indices: &'a [u32],
    boxes: <C::Test as SuppressionTest<C>>::Shared<'a>,
    indexed: usize,
    index: Option<&'a I>,
    test: Option<C::Test>,
}

impl<C: Coordinate, I: SpatialIndex<C>> Shared<'_, C, I> {
    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether an admitted RoI of its group suppresses this one.
    ///
    /// It enters the region of the instruction set by itself.
    #[inline(never)]
    pub(crate) fn suppresses<S: Simd, R: RoiSource<Coordinate = C>>(
        &self,
        simd: S,
        roi: u32,
        rois: &R,
    ) -> bool {
        let Some((test, bbox)) = self.test.zip(rois.bbox(roi)) else { return false };
        let Some(group) = rois.membership(roi).group() else { return false };
        simd.run(
            #[inline(always)]
            || {
                !test.overlaps_nothing(&bbox)
                    && self.overlaps::<S, R>(&bbox, group, &test, rois, Known::Nothing)
            },
        )
    }

    /// Whether a box in the index overlaps this one by the threshold or more; `None` if it cannot tell.
    #[inline(always)]
    fn look_up<S: Simd, R: RoiSource<Coordinate = C>>(
        &self,
        bbox: &BBox<C>,
        group: Group,
        test: &C::Test,
        rois: &R,
    ) -> Option<bool> {
        self.index.filter(|_| self.indexed > 0)?.overlap::<S, R>(bbox, group, test, rois)
    }

    /// Whether an admitted box of the group overlaps this one by the threshold or more.
    #[inline(always)]
    fn overlaps<S: Simd, R: RoiSource<Coordinate = C>>(
        &self,
        bbox: &BBox<C>,
        group: Group,
        test: &C::Test,
        rois: &R,
        known: Known,
    ) -> bool {
        let from = match known {
            Known::Suppressed => return true,
            Known::Free { chain, .. } if self.index.is_some_and(|index| index.is_as_searched(chain)) => {
                self.indexed
            }
            Known::Free { first, .. } => first,
            Known::Nothing => match self.look_up::<S, R>(bbox, group, test, rois) {
                Some(true) => return true,
                // Boxes that found no room in the index, and all of them where it cannot tell, are scanned.
                Some(false) => self.indexed,
                None => 0,
            },
        };
        // Firmware has no index, and without this test takes fewer instructions.
        if self.index.is_some() && from == self.indices.len() {
            return false;
        }
        let same_group =
            |at| self.indices.get(at).is_some_and(|&roi| rois.membership(roi).group() == Some(group));
        test.overlap::<S>(&self.boxes, (from, self.indices.len()), bbox, group, same_group)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::lookahead::{Found, SearchedChain};
    use super::*;
    use crate::Convention;
    use crate::simd::Portable;
    use crate::{Membership, Rois};
    use std::vec;
    use std::vec::Vec;

    /// An index that always gives the same answer, and has room for a number of boxes.
    struct Always {
        answer: Option<bool>,
        inserted: usize,
        room: usize,
    }

    impl SpatialIndex<f32> for Always {
        fn pays_off(admitted: usize, _: usize, _: &OverlapTest<f32>) -> bool {
            admitted >= 128
        }

        fn clear(&mut self, _: impl Iterator<Item = BBox<f32>>) {
            self.inserted = 0;
        }

        fn insert(&mut self, _: u32, _: &BBox<f32>, _: Group) -> bool {
            self.inserted += usize::from(self.inserted < self.room);
            self.inserted < self.room
        }

        fn look_up_batch<S: Simd, H: RankKey, R: RoiSource<Coordinate = f32>>(
            &self,
            _: &[Ranked<H>],
            _: &R,
        ) -> Found {
            Found::NOTHING
        }

        fn is_as_searched(&self, _: SearchedChain) -> bool {
            false
        }

        fn overlap<S: Simd, R: RoiSource<Coordinate = f32>>(
            &self,
            _: &BBox<f32>,
            _: Group,
            _: &OverlapTest<f32>,
            _: &R,
        ) -> Option<bool> {
            self.answer
        }
    }

    /// Admits boxes of which each is a number of steps to the right; returns how many were, how many are inserted.
    fn admit(
        places: impl IntoIterator<Item = u16>,
        answer: Option<bool>,
        room: usize,
    ) -> (usize, usize, usize) {
        let left = places.into_iter().map(|place| f32::from(place) * 10.0);
        let boxes: Vec<_> = left.map(|x1| BBox::new(x1, 0.0, x1 + 9.0, 9.0)).collect();
        let rois = Rois::one_group(&boxes).unwrap();
        let (mut floats, mut indices) = (vec![0.0; 400 * COLUMNS], vec![0; 400]);
        let test = OverlapTest::at(0.7, Convention::Continuous);
        let mut admitted = Admitted {
            indices: &mut indices,
            len: 0,
            boxes: OverlapTest::admitted(&mut floats),
            indexed: 0,
            index: Some(Always { answer, inserted: 7, room }),
            test: Some(test),
        };
        for roi in (0..).take(boxes.len()) {
            let Membership::Member(group) = rois.membership(roi) else { panic!("{roi} is a member") };
            admitted.admit::<Portable, _>(roi, group, &rois, Known::Nothing);
        }
        (admitted.len, admitted.indexed, admitted.index.unwrap().inserted)
    }

    #[test]
    fn boxes_are_inserted_once_there_are_many() {
        assert_eq!(admit(0..127, None, 1000), (127, 0, 7));
        assert_eq!(admit(0..128, None, 1000), (128, 128, 128));
        assert_eq!(admit(0..300, None, 1000), (300, 300, 300));
    }

    #[test]
    fn the_index_is_trusted_with_what_is_inserted_and_the_rest_is_scanned() {
        assert_eq!(admit(0..300, Some(true), 1000).0, 128, "no box is admitted after that");
        assert_eq!(admit((0..256).chain([255; 4]), Some(false), 1000).0, 260, "all are");
        // 99 are inserted; a vector that has the first that is not begins with the 97th.
        assert_eq!(admit((0..256).chain([50, 98, 99, 200, 255]), Some(false), 100), (257, 99, 100));
        assert_eq!(admit((0..256).chain([50, 200, 300]), None, 100).0, 257, "where it cannot tell, all are");
    }
}
