//! Boxes, RoIs and selections in C's layout.

use ohem_core::{Float, Group, Match, Membership, RoiSource};

use crate::lend::{slice, slice_mut};
use crate::status::{Refusal, Status, check_countable};

/// Label of a RoI that is background, whatever number the classes give to the background.
pub const OHEM_BACKGROUND: u32 = u32::MAX - 1;

/// Label of a RoI that is neither an object nor background.
///
/// It takes no part in ranking or suppression, and its loss and gradient are 0.
pub const OHEM_IGNORED: u32 = u32::MAX;

/// A box by its corners. Any values are legal; an invalid box has IoU 0 with everything.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BBox<F> {
    /// Left.
    pub x1: F,
    /// Top.
    pub y1: F,
    /// Right, not less than left.
    pub x2: F,
    /// Bottom, not less than top.
    pub y2: F,
}

/// Regions of interest. RoIs suppress each other only within a group: an image and a label.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Rois<F> {
    /// Their boxes; may be `NULL` if the miner suppresses nothing (`with_nms` is 0), which then reads none.
    pub boxes: *const BBox<F>,
    /// The image of each; `NULL` if all have the same.
    pub images: *const u32,
    /// The class of each, or `OHEM_BACKGROUND` or `OHEM_IGNORED`; `NULL` if all have the same.
    pub labels: *const u32,
    /// Number of RoIs.
    pub length: usize,
}

/// The selected RoIs, hardest first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// Their indices, in the miner's memory: valid until you use the miner again.
    pub indices: *const u32,
    /// Number of selected RoIs.
    pub count: usize,
    /// Number of RoIs.
    pub total: usize,
    /// Number of visited RoIs: all but `count` of them overlapped a harder one of their group.
    pub visited: usize,
    /// Number of RoIs met on the way whose label or image is `OHEM_IGNORED`.
    ///
    /// If `visited + ignored` is less than `total`, a larger batch might select more.
    pub ignored: usize,
    /// Whether `max_visited` ended the call before the batch was full, although there were RoIs left to visit.
    pub is_partial: bool,
}

impl From<ohem_core::Selection<&[u32]>> for Selection {
    fn from(selection: ohem_core::Selection<&[u32]>) -> Self {
        Self {
            count: selection.len(),
            total: selection.total(),
            visited: selection.visited(),
            ignored: selection.ignored(),
            is_partial: selection.is_partial(),
            indices: selection.into_indices().as_ptr(),
        }
    }
}

/// RoIs whose boxes, images and labels may be absent.
///
/// Core's `Rois` is another type for each of the eight cases. This is one type, so that mining is compiled once.
pub(crate) struct LentRois<'a, F> {
    length: usize,
    /// Empty if absent.
    boxes: &'a [ohem_core::BBox<F>],
    /// Empty if absent.
    images: &'a [u32],
    /// Empty if absent.
    labels: &'a [u32],
}

impl<'a, F: Float> LentRois<'a, F> {
    /// Views RoIs, whose boxes may be absent only where no box is read.
    ///
    /// # Safety
    ///
    /// As [`slice`], for the arrays that `rois` names.
    pub(crate) unsafe fn new(rois: &Rois<F>, with_boxes: bool) -> Result<Self, Refusal> {
        let keys = |keys: *const u32, bad| {
            let length = if keys.is_null() { 0 } else { rois.length };
            // SAFETY: as promised by the caller.
            unsafe { slice(keys, length, bad) }
        };
        let length = if with_boxes || !rois.boxes.is_null() { rois.length } else { 0 };
        // SAFETY: as promised by the caller.
        let boxes = unsafe { boxes(rois.boxes, length)? };
        let images = keys(rois.images, Status::PointerImages)?;
        let labels = keys(rois.labels, Status::PointerLabels)?;
        check_countable(rois.length)?;
        Ok(Self { length: rois.length, boxes, images, labels })
    }
}

impl<F: Float> RoiSource for LentRois<'_, F> {
    type Coordinate = F;

    #[inline(always)]
    fn len(&self) -> usize {
        self.length
    }

    #[inline(always)]
    fn bbox(&self, index: u32) -> Option<ohem_core::BBox<F>> {
        self.boxes.get(index as usize).copied()
    }

    #[inline(always)]
    fn membership(&self, index: u32) -> Membership {
        let key = |keys: &[u32]| keys.get(index as usize).copied().unwrap_or(0);
        let group = Group { image: key(self.images), label: key(self.labels) };
        let is_ignored = |key: u32| Match::object(key).is_ignored();
        // Without a branch between the two, which costs 60 bytes of flash at opt-level 3.
        if is_ignored(group.image) | is_ignored(group.label) {
            Membership::Ignored
        } else {
            Membership::Member(group)
        }
    }
}

/// Views boxes; C's have the layout of core's.
///
/// # Safety
///
/// As [`slice`].
pub(crate) unsafe fn boxes<'a, F: Float>(
    pointer: *const BBox<F>,
    length: usize,
) -> Result<&'a [ohem_core::BBox<F>], Refusal> {
    // SAFETY: both are four floats in a row, `repr(C)`; the rest as promised by the caller.
    unsafe { slice(pointer.cast(), length, Status::PointerBoxes) }
}

/// Views boxes, to be written.
///
/// # Safety
///
/// As [`slice_mut`].
pub(crate) unsafe fn boxes_mut<'a, F: Float>(
    pointer: *mut BBox<F>,
    length: usize,
    bad: Status,
) -> Result<&'a mut [ohem_core::BBox<F>], Refusal> {
    // SAFETY: as for `boxes`.
    unsafe { slice_mut(pointer.cast(), length, bad) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn background_and_ignored_are_the_numbers_of_core() {
        let matches = [Match::BACKGROUND, Match::IGNORED];
        assert_eq!(Match::from_numbers(&[OHEM_BACKGROUND, OHEM_IGNORED]), matches);
    }
}
