//! Boxes clipped to an image.

use crate::{BBox, Convention, Float};

/// Clips boxes to an image of this width and height.
///
/// Under [`Convention::Pixel`] the last pixel is `width - 1`; under [`Convention::Continuous`] the right
/// edge is `width`. A box outside the image becomes an edge or a corner of it. A corner that is NaN stays
/// NaN. In an image of width 0 every corner becomes 0. O(n).
///
/// Source: `clip_boxes` of the original, which has the pixel convention. It clips an `n x 4K` blob; to do the
/// same, view the blob as `n x K` boxes.
///
/// # Examples
///
/// ```
/// use ohem_core::targets::clip;
/// use ohem_core::{BBox, Convention};
///
/// let mut boxes = [BBox::new(-3.0, 2.0, 700.0, 480.0)];
/// clip(&mut boxes, 640.0, 480.0, Convention::Pixel);
/// assert_eq!(boxes, [BBox::new(0.0, 2.0, 639.0, 479.0)]);
/// ```
pub fn clip<F: Float>(boxes: &mut [BBox<F>], width: F, height: F, convention: Convention) {
    let (right, bottom) = (width - convention.pad(), height - convention.pad());
    for bbox in boxes {
        bbox.x1 = clamp(bbox.x1, right);
        bbox.y1 = clamp(bbox.y1, bottom);
        bbox.x2 = clamp(bbox.x2, right);
        bbox.y2 = clamp(bbox.y2, bottom);
    }
}

/// Moves a coordinate into `0..=last`; NaN stays. If `last` is negative, the result is 0.
fn clamp<F: Float>(coordinate: F, last: F) -> F {
    let at_most_last = if coordinate > last { last } else { coordinate };
    if at_most_last < F::zero() { F::zero() } else { at_most_last }
}
