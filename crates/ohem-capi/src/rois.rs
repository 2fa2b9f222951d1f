//! Boxes and RoIs in C's layout, and what was selected of them.

use ohem_core::Float;

use crate::lend::{one, slice};
use crate::status::{Refusal, Status};

/// A box by its corners; any values are legal, and what is not a box has IoU 0 with everything.
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

/// Regions of interest: boxes, and the group of each; only RoIs of a group suppress each other.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Rois<F> {
    /// Their boxes.
    pub boxes: *const BBox<F>,
    /// Which image each is of; `NULL` if all are of one.
    pub images: *const u32,
    /// The class of each; `NULL` if all are of one.
    pub labels: *const u32,
    /// How many RoIs there are.
    pub length: usize,
}

/// The RoIs that were selected, hardest first.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// Their indices, in the miner's memory: they last until it is used again.
    pub indices: *const u32,
    /// How many were selected.
    pub count: usize,
    /// How many RoIs there were.
    pub total: usize,
    /// How many were looked at: those but `count` of them overlapped a harder one.
    ///
    /// If it is less than `total`, a larger batch might have selected more.
    pub visited: usize,
}

impl From<ohem_core::Selection<&[u32]>> for Selection {
    fn from(selection: ohem_core::Selection<&[u32]>) -> Self {
        Self {
            count: selection.len(),
            total: selection.total(),
            visited: selection.visited(),
            indices: selection.into_indices().as_ptr(),
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

/// Views RoIs.
///
/// # Safety
///
/// As [`slice`], for `rois` and the arrays that it names.
pub(crate) unsafe fn rois<'a, F: Float>(rois: *const Rois<F>) -> Result<ohem_core::Rois<'a, F>, Refusal> {
    // SAFETY: as promised by the caller.
    unsafe {
        let rois = one(rois, Status::PointerRois)?;
        let boxes = boxes(rois.boxes, rois.length)?;
        let images = || slice(rois.images, rois.length, Status::PointerImages);
        let labels = || slice(rois.labels, rois.length, Status::PointerLabels);
        Ok(match (rois.images.is_null(), rois.labels.is_null()) {
            (true, true) => ohem_core::Rois::one_group(boxes)?,
            (true, false) => ohem_core::Rois::by_label(boxes, labels()?)?,
            (false, true) => ohem_core::Rois::by_label(boxes, images()?)?,
            (false, false) => ohem_core::Rois::new(boxes, images()?, labels()?)?,
        })
    }
}
