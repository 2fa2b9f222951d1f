//! Admission by non-maximum suppression: the RoIs taken so far, and whether a new one overlaps any of its
//! group.
//!
//! Boxes taken stand in columns, and a new one is held against all of them in SIMD. That is quadratic, and yet
//! the fastest way for hundreds of boxes. For thousands there is a [`SpatialHashStorage`]: where memory was lent for it,
//! boxes taken are filed by size and position as well, and a new one is held against those in its reach.

mod columns;
mod overlap_bounds;
mod overlap_test;
mod spatial_hash;
mod spatial_index;

pub use columns::COLUMNS;
use columns::Columns;
pub use overlap_test::OverlapTest;
pub use spatial_hash::{BLOCK_FLOATS, BLOCK_LINKS, SpatialHashStorage};
pub use spatial_index::IndexStorage;
use spatial_index::SpatialIndex;

use crate::simd::Simd;
use crate::{BBox, Convention, Float, Group, Rois};

/// RoIs admitted so far, over lent memory: at the most as many as there is room for.
pub(crate) struct Admitted<'a, F, I> {
    /// The RoIs, in the order of their admission.
    indices: &'a mut [u32],
    len: usize,
    columns: Columns<'a, F>,
    /// The first so many are in the index, too.
    indexed: usize,
    index: Option<I>,
    rule: Option<OverlapTest<F>>,
}

impl<'a, F: Float, I: SpatialIndex<F>> Admitted<'a, F, I> {
    /// Nothing admitted yet; RoIs of `threshold` IoU or more will suppress, none if there is no threshold.
    ///
    /// `floats` is cut into [`COLUMNS`] columns; it may be empty if there is no threshold.
    pub(crate) fn new(
        floats: &'a mut [F],
        memory: impl IndexStorage<F, Index = I>,
        indices: &'a mut [u32],
        threshold: Option<F>,
        convention: Convention,
    ) -> Self {
        let rule = threshold.map(|threshold| OverlapTest::new(threshold, convention));
        let index = rule.and_then(|rule| memory.index(rule));
        Self { indices, len: 0, columns: Columns::cut(floats), indexed: 0, index, rule }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The admitted RoIs, hardest first, as long as the memory was lent.
    pub(crate) fn into_indices(self) -> &'a mut [u32] {
        self.indices.get_mut(..self.len).unwrap_or_default()
    }

    /// Admits a RoI unless one of its group overlaps it.
    #[inline(always)]
    pub(crate) fn admit<S: Simd>(&mut self, index: u32, rois: &Rois<'_, F>) {
        let Some(rule) = self.rule else { return self.push(index) };
        let Some(bbox) = rois.boxes().get(index as usize) else { return };
        let group = rois.group(index);
        if !bbox.is_box(rule.convention) {
            self.columns.write(self.len, None, bbox);
        } else if self.overlaps::<S>(bbox, group, &rule, rois) {
            return;
        } else {
            self.columns.write(self.len, Some(group), bbox);
        }
        self.push(index);
        if self.index.is_some() && self.len >= spatial_hash::MIN_BOXES_FOR_INDEX {
            self.file(rois, rule.convention);
        }
    }

    #[inline(always)]
    fn push(&mut self, index: u32) {
        if let Some(slot) = self.indices.get_mut(self.len) {
            *slot = index;
            self.len += 1;
        }
    }

    /// Whether an admitted box of the group overlaps this one by the threshold or more.
    #[inline(always)]
    fn overlaps<S: Simd>(
        &self,
        bbox: &BBox<F>,
        group: Group,
        rule: &OverlapTest<F>,
        rois: &Rois<'_, F>,
    ) -> bool {
        let in_index = match &self.index {
            Some(index) if self.indexed > 0 => index.overlap::<S>(bbox, group, rule, rois),
            _ => None,
        };
        let from = match in_index {
            Some(true) => return true,
            Some(false) if self.indexed == self.len => return false,
            Some(false) => self.indexed,
            None => 0,
        };
        let same_group = |at| self.indices.get(at).is_some_and(|&index| rois.group(index) == group);
        self.columns.overlap::<S>((from, self.len), bbox, group, rule, same_group)
    }

    /// Brings the index up to date, as far as its memory goes.
    #[inline(never)]
    fn file(&mut self, rois: &Rois<'_, F>, convention: Convention) {
        let Some(index) = &mut self.index else { return };
        if self.indexed == 0 {
            index.clear();
        }
        let new = self.indices.get(self.indexed..self.len).unwrap_or_default();
        for &roi in new {
            let bbox = rois.boxes().get(roi as usize);
            let bbox = bbox.filter(|bbox| bbox.is_box(convention));
            if !bbox.is_none_or(|bbox| index.insert(roi, bbox, rois.group(roi))) {
                break;
            }
            self.indexed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::simd::Portable;
    use std::vec;
    use std::vec::Vec;

    /// An index that always gives the same answer, and has room for so many boxes.
    struct Always {
        answer: Option<bool>,
        filed: usize,
        room: usize,
    }

    impl SpatialIndex<f32> for Always {
        fn clear(&mut self) {
            self.filed = 0;
        }

        fn insert(&mut self, _: u32, _: &BBox<f32>, _: Group) -> bool {
            self.filed += usize::from(self.filed < self.room);
            self.filed < self.room
        }

        fn overlap<S: Simd>(
            &self,
            _: &BBox<f32>,
            _: Group,
            _: &OverlapTest<f32>,
            _: &Rois<'_, f32>,
        ) -> Option<bool> {
            self.answer
        }
    }

    /// Admits boxes of which each is so many places to the right; returns how many were, and how many are filed.
    fn admit(
        places: impl IntoIterator<Item = u16>,
        answer: Option<bool>,
        room: usize,
    ) -> (usize, usize, usize) {
        let left = places.into_iter().map(|place| f32::from(place) * 10.0);
        let boxes: Vec<_> = left.map(|x1| BBox::new(x1, 0.0, x1 + 9.0, 9.0)).collect();
        let rois = Rois::one_group(&boxes).unwrap();
        let (mut floats, mut indices) = (vec![0.0; boxes.len() * COLUMNS], vec![0; boxes.len()]);
        let rule = OverlapTest::new(0.5, Convention::Continuous);
        let mut admitted = Admitted {
            indices: &mut indices,
            len: 0,
            columns: Columns::cut(&mut floats),
            indexed: 0,
            index: Some(Always { answer, filed: 7, room }),
            rule: Some(rule),
        };
        for roi in (0..).take(boxes.len()) {
            admitted.admit::<Portable>(roi, &rois);
        }
        (admitted.len, admitted.indexed, admitted.index.unwrap().filed)
    }

    #[test]
    fn boxes_are_filed_once_there_are_many() {
        assert_eq!(admit(0..255, None, 1000), (255, 0, 7));
        assert_eq!(admit(0..256, None, 1000), (256, 256, 256));
        assert_eq!(admit(0..300, None, 1000), (300, 300, 300));
    }

    #[test]
    fn the_index_is_believed_about_what_is_filed_and_the_rest_is_scanned() {
        assert_eq!(admit(0..300, Some(true), 1000).0, 256, "none is admitted after that");
        assert_eq!(admit((0..256).chain([255; 4]), Some(false), 1000).0, 260, "all are");
        // 99 are filed; a vector that has the first that is not begins with the 97th.
        assert_eq!(admit((0..256).chain([50, 98, 99, 200, 255]), Some(false), 100), (257, 99, 100));
        assert_eq!(admit((0..256).chain([50, 200, 300]), None, 100).0, 257, "where it cannot tell, all are");
    }
}
