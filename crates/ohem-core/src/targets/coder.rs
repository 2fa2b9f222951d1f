//! Boxes relative to other boxes.

use super::exp_ln::{exp, ln};
use crate::{BBox, Convention, Float};

/// The right and bottom edge of a decoded box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Decode {
    /// Decoding undoes encoding.
    #[default]
    Exact,
    /// One pixel further out under [`Convention::Pixel`].
    ///
    /// The original adds half a width to the centre and does not subtract the pixel again, so `x2` and `y2`
    /// of `decode(encode(box))` are too large by 1.
    Original,
}

/// Encodes boxes as regression targets relative to other boxes, and decodes predicted deltas into boxes.
///
/// Targets and deltas are `[dx, dy, dw, dh]`: the move of the centre, in widths and heights of the box it
/// starts from, and the logarithm of the factors by which width and height grow.
///
/// ```
/// use ohem_core::targets::BoxCoder;
/// use ohem_core::{BBox, Convention};
///
/// let coder = BoxCoder::new(Convention::Pixel);
/// let (from, to) = (BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(5.0, 0.0, 14.0, 9.0));
/// let target = coder.encode(&from, &to);
/// assert_eq!(target, [0.5, 0.0, 0.0, 0.0]); // half a width to the right
/// assert_eq!(coder.decode(&from, target), to);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BoxCoder {
    /// Whether the right and bottom edge belong to a box.
    pub convention: Convention,
    /// The right and bottom edge of a decoded box.
    pub decoding: Decode,
    /// Upper limit of `dw` and `dh` in decoding; `None` for no limit.
    pub largest_log: Option<f64>,
}

impl BoxCoder {
    /// `ln(1000 / 16)`: the [`BoxCoder::largest_log`] of torchvision.
    pub const TORCHVISION_LARGEST_LOG: f64 = 4.135_166_556_742_356;

    /// Decoding undoes encoding, without a limit.
    pub const fn new(convention: Convention) -> Self {
        Self { convention, decoding: Decode::Exact, largest_log: None }
    }

    /// The original's coder: pixel boxes, and decoding that is off by a pixel ([`Decode::Original`]).
    pub const fn fast_rcnn() -> Self {
        Self { decoding: Decode::Original, ..Self::new(Convention::Pixel) }
    }

    /// Sets whether the right and bottom edge belong to a box.
    pub const fn convention(self, convention: Convention) -> Self {
        Self { convention, ..self }
    }

    /// Chooses the right and bottom edge of a decoded box.
    pub const fn decoding(self, decoding: Decode) -> Self {
        Self { decoding, ..self }
    }

    /// Limits `dw` and `dh` in decoding, so that boxes of an untrained network stay finite.
    pub const fn largest_log(self, largest_log: f64) -> Self {
        Self { largest_log: Some(largest_log), ..self }
    }

    /// Computes the target that leads from one box to another.
    ///
    /// It is finite if both boxes have a width and height above 0. Otherwise floats decide: it is infinite
    /// from a box of width 0, and NaN from or to an inverted one.
    ///
    /// Source: `bbox_transform` of the original. It takes the difference of the two centres; this takes the
    /// difference of the left edges plus half that of the widths. The number is the same, but far from the
    /// origin it is not lost to rounding in `f32`.
    ///
    /// ```
    /// use ohem_core::targets::BoxCoder;
    /// use ohem_core::{BBox, Convention};
    ///
    /// let (from, to) = (BBox::new(0.0, 0.0, 10.0, 10.0), BBox::new(0.0, 0.0, 20.0, 10.0));
    /// let target = BoxCoder::new(Convention::Continuous).encode(&from, &to);
    /// assert_eq!(target, [0.5, 0.0, 2_f64.ln(), 0.0]);
    /// ```
    pub fn encode<F: Float>(&self, from: &BBox<F>, to: &BBox<F>) -> [F; 4] {
        let (width, height) = self.sides(from);
        let (to_width, to_height) = self.sides(to);
        let half = F::from_f64(0.5);
        let dx = ((to.x1 - from.x1) + half * (to_width - width)) / width;
        let dy = ((to.y1 - from.y1) + half * (to_height - height)) / height;
        [dx, dy, ln(to_width / width), ln(to_height / height)]
    }

    /// Computes the box to which deltas lead from another box.
    ///
    /// Deltas too large for the float type give a box with infinite corners, which overlaps nothing;
    /// [`BoxCoder::largest_log`] prevents that.
    ///
    /// Source: `bbox_transform_inv` of the original, which is [`Decode::Original`] without a limit.
    ///
    /// ```
    /// use ohem_core::targets::{BoxCoder, Decode};
    /// use ohem_core::{BBox, Convention};
    ///
    /// let (bbox, stay) = (BBox::new(2.0, 2.0, 5.0, 5.0), [0.0; 4]);
    /// let exact = BoxCoder::new(Convention::Pixel);
    /// assert_eq!(exact.decode(&bbox, stay), bbox);
    /// assert_eq!(exact.decoding(Decode::Original).decode(&bbox, stay), BBox::new(2.0, 2.0, 6.0, 6.0));
    /// ```
    pub fn decode<F: Float>(&self, from: &BBox<F>, [dx, dy, dw, dh]: [F; 4]) -> BBox<F> {
        let (width, height) = self.sides(from);
        let half = F::from_f64(0.5);
        let (x, y) = (dx * width + (from.x1 + half * width), dy * height + (from.y1 + half * height));
        let (right, bottom) = (half * (self.growth(dw) * width), half * (self.growth(dh) * height));
        let pixel = match self.decoding {
            Decode::Exact => self.convention.pad(),
            Decode::Original => F::zero(),
        };
        BBox::new(x - right, y - bottom, x + right - pixel, y + bottom - pixel)
    }

    /// Width and height of a box.
    fn sides<F: Float>(&self, bbox: &BBox<F>) -> (F, F) {
        let pad = self.convention.pad();
        (bbox.x2 - bbox.x1 + pad, bbox.y2 - bbox.y1 + pad)
    }

    /// Factor by which a width or height grows. A NaN is not above the limit, so it stays.
    fn growth<F: Float>(&self, log: F) -> F {
        match self.largest_log.map(F::from_f64) {
            Some(largest) if log > largest => exp(largest),
            _ => exp(log),
        }
    }
}
