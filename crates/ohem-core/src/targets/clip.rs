//! Boxes cut off at the sides of an image.

use crate::{BBox, Convention, Float};

/// Moves the corners of boxes into an image of this width and height.
///
/// Under [`Convention::Pixel`] the last pixel is at `width - 1`; under [`Convention::Continuous`] the right
/// side is at `width`. A box that lies outside becomes an edge or a corner of the image; a corner that is NaN
/// stays NaN. In an image of no width every corner goes to 0. O(n).
///
/// Source: `clip_boxes` of the reference, which is the pixel convention. It clips an `n x 4K` blob; so does
/// this, which takes that blob as `n x K` boxes.
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
        bbox.x1 = into(bbox.x1, right);
        bbox.y1 = into(bbox.y1, bottom);
        bbox.x2 = into(bbox.x2, right);
        bbox.y2 = into(bbox.y2, bottom);
    }
}

/// Moves a coordinate into `0..=last`; NaN stays.
fn into<F: Float>(at: F, last: F) -> F {
    let at = if at > last { last } else { at };
    if at < F::zero() { F::zero() } else { at }
}
