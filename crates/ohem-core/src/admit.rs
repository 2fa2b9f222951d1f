//! Admission by non-maximum suppression: the RoIs taken so far, and whether a new one overlaps any of its
//! group.
//!
//! Boxes taken stand in columns, and a new one is held against all of them in SIMD. That is quadratic, and yet
//! the fastest way for hundreds of boxes. For thousands there is a [`Grid`]: where memory was lent for it,
//! boxes taken are filed by size and position as well, and a new one is held against those in its reach.

mod columns;
mod grid;
mod index;
mod overlap;
mod reach;

pub use columns::COLUMNS;
use columns::Columns;
pub use grid::{BLOCK_FLOATS, BLOCK_LINKS, Grid};
use index::Filed;
pub use index::IndexMemory;
pub use overlap::Rule;

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
    rule: Option<Rule<F>>,
}

impl<'a, F: Float, I: Filed<F>> Admitted<'a, F, I> {
    /// Nothing admitted yet; RoIs of `threshold` IoU or more will suppress, none if there is no threshold.
    ///
    /// `floats` is cut into [`COLUMNS`] columns; it may be empty if there is no threshold.
    pub(crate) fn new(
        floats: &'a mut [F],
        memory: impl IndexMemory<F, Index = I>,
        indices: &'a mut [u32],
        threshold: Option<F>,
        convention: Convention,
    ) -> Self {
        let rule = threshold.map(|threshold| Rule::new(threshold, convention));
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
        if self.index.is_some() && self.len >= grid::WORTHWHILE {
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
    fn overlaps<S: Simd>(&self, bbox: &BBox<F>, group: Group, rule: &Rule<F>, rois: &Rois<'_, F>) -> bool {
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
