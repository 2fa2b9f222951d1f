//! Boxes as steps from other boxes, and back.

use core::fmt;

use super::exp_ln::{exp, ln};
use crate::{BBox, Convention, Float};

/// Where the right and the bottom of a decoded box lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decode {
    /// Decoding undoes encoding.
    #[default]
    Exact,
    /// One pixel further out under [`Convention::Pixel`]: the reference adds half a width to the centre and
    /// does not take the pixel off again, so `decode(encode(box))` has an `x2` and `y2` that are one too large.
    Reference,
}

/// Turns boxes into steps from other boxes, and steps into boxes.
///
/// A step is `[dx, dy, dw, dh]`: how far the centre moves, in widths and heights of the box it starts from,
/// and the logarithm of how much wider and higher the box becomes.
///
/// ```
/// use ohem_core::targets::BoxCoder;
/// use ohem_core::{BBox, Convention};
///
/// let coder = BoxCoder::new(Convention::Pixel);
/// let (from, to) = (BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(5.0, 0.0, 14.0, 9.0));
/// let step = coder.encode(&from, &to);
/// assert_eq!(step, [0.5, 0.0, 0.0, 0.0]); // half a width to the right
/// assert_eq!(coder.decode(&from, step), to);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BoxCoder {
    /// How wide a box is.
    pub convention: Convention,
    /// Where the right and the bottom of a decoded box lie.
    pub decode: Decode,
    /// The most that `dw` and `dh` may be when they are decoded; no limit if there is none.
    pub largest_log: Option<f64>,
}

impl BoxCoder {
    /// `ln(1000 / 16)`: a limit to [`BoxCoder::largest_log`] that torchvision uses.
    pub const TORCHVISION_LARGEST_LOG: f64 = 4.135_166_556_742_356;

    /// Decoding undoes encoding, without a limit.
    pub const fn new(convention: Convention) -> Self {
        Self { convention, decode: Decode::Exact, largest_log: None }
    }

    /// What the reference does: pixel boxes, and a decoding that is off by a pixel ([`Decode::Reference`]).
    pub const fn fast_rcnn() -> Self {
        Self { decode: Decode::Reference, ..Self::new(Convention::Pixel) }
    }

    /// Chooses where the right and the bottom of a decoded box lie.
    pub const fn decoding(self, decode: Decode) -> Self {
        Self { decode, ..self }
    }

    /// Limits `dw` and `dh` when they are decoded, so that an untrained network's boxes stay finite.
    pub const fn largest_log(self, largest_log: f64) -> Self {
        Self { largest_log: Some(largest_log), ..self }
    }

    /// Computes the step from one box to another.
    ///
    /// Finite wherever both have a width and a height above zero; the arithmetic of floats decides elsewhere:
    /// infinite from a box of no width, NaN to or from an inverted one.
    ///
    /// Source: `bbox_transform` of the reference. It takes the difference of the two centres, where this adds
    /// the difference of the left sides and half that of the widths: the same number, but far from the origin
    /// it is not lost to rounding in f32.
    ///
    /// ```
    /// use ohem_core::targets::BoxCoder;
    /// use ohem_core::{BBox, Convention};
    ///
    /// let (from, to) = (BBox::new(0.0, 0.0, 10.0, 10.0), BBox::new(0.0, 0.0, 20.0, 10.0));
    /// let step = BoxCoder::new(Convention::Continuous).encode(&from, &to);
    /// assert_eq!(step, [0.5, 0.0, 2_f64.ln(), 0.0]);
    /// ```
    pub fn encode<F: Float>(&self, from: &BBox<F>, to: &BBox<F>) -> [F; 4] {
        let (width, height) = self.sides(from);
        let (to_width, to_height) = self.sides(to);
        let half = F::from_f64(0.5);
        let dx = ((to.x1 - from.x1) + half * (to_width - width)) / width;
        let dy = ((to.y1 - from.y1) + half * (to_height - height)) / height;
        [dx, dy, ln(to_width / width), ln(to_height / height)]
    }

    /// Takes a step from a box.
    ///
    /// A step too large for the float type makes a box of infinite corners, which overlaps nothing;
    /// [`BoxCoder::largest_log`] prevents that.
    ///
    /// Source: `bbox_transform_inv` of the reference, which is [`Decode::Reference`] without a limit.
    ///
    /// ```
    /// use ohem_core::targets::{BoxCoder, Decode};
    /// use ohem_core::{BBox, Convention};
    ///
    /// let (bbox, stay) = (BBox::new(2.0, 2.0, 5.0, 5.0), [0.0; 4]);
    /// let exact = BoxCoder::new(Convention::Pixel);
    /// assert_eq!(exact.decode(&bbox, stay), bbox);
    /// assert_eq!(exact.decoding(Decode::Reference).decode(&bbox, stay), BBox::new(2.0, 2.0, 6.0, 6.0));
    /// ```
    pub fn decode<F: Float>(&self, from: &BBox<F>, [dx, dy, dw, dh]: [F; 4]) -> BBox<F> {
        let (width, height) = self.sides(from);
        let half = F::from_f64(0.5);
        let (x, y) = (dx * width + (from.x1 + half * width), dy * height + (from.y1 + half * height));
        let (right, bottom) = (half * (self.growth(dw) * width), half * (self.growth(dh) * height));
        let pixel = match self.decode {
            Decode::Exact => self.convention.pad(),
            Decode::Reference => F::zero(),
        };
        BBox::new(x - right, y - bottom, x + right - pixel, y + bottom - pixel)
    }

    /// Computes the step from each box to its partner.
    ///
    /// Source and differences: as [`BoxCoder::encode`].
    ///
    /// # Errors
    ///
    /// If the slices differ in length. Then nothing is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::targets::BoxCoder;
    /// use ohem_core::{BBox, Convention};
    ///
    /// let from = BBox::from_rows(&[[0.0, 0.0, 2.0, 2.0], [5.0, 5.0, 6.0, 6.0]]);
    /// let to = BBox::from_rows(&[[1.0, 0.0, 3.0, 2.0], [5.0, 5.0, 6.0, 6.0]]);
    /// let mut steps = [[f32::NAN; 4]; 2];
    /// BoxCoder::new(Convention::Continuous).encode_all(from, to, &mut steps)?;
    /// assert_eq!(steps, [[0.5, 0.0, 0.0, 0.0], [0.0; 4]]);
    /// # Ok::<(), ohem_core::targets::CodeError>(())
    /// ```
    pub fn encode_all<F: Float>(
        &self,
        from: &[BBox<F>],
        to: &[BBox<F>],
        steps: &mut [[F; 4]],
    ) -> Result<(), CodeError> {
        if to.len() != from.len() {
            return Err(CodeError::Pairs { from: from.len(), to: to.len() });
        }
        if steps.len() != from.len() {
            return Err(CodeError::Room { places: steps.len(), needed: from.len() });
        }
        for ((step, from), to) in steps.iter_mut().zip(from).zip(to) {
            *step = self.encode(from, to);
        }
        Ok(())
    }

    /// Takes steps from each box: as many from each as there are times more steps, one for each class.
    ///
    /// `steps` is an `n x 4K` blob of a network, four values at a time; `out` becomes `n x K` boxes.
    ///
    /// Source and differences: as [`BoxCoder::decode`].
    ///
    /// # Errors
    ///
    /// If there is not the same number of steps for each box, or not as many places as steps. Then nothing is
    /// written.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::targets::BoxCoder;
    /// use ohem_core::{BBox, Convention};
    ///
    /// let bbox = [BBox::new(0.0, 0.0, 2.0, 2.0)];
    /// let steps = [[0.0; 4], [0.5, 0.0, 0.0, 0.0]]; // of two classes
    /// let mut out = [BBox::default(); 2];
    /// BoxCoder::new(Convention::Continuous).decode_all(&bbox, &steps, &mut out)?;
    /// assert_eq!(out, [BBox::new(0.0, 0.0, 2.0, 2.0), BBox::new(1.0, 0.0, 3.0, 2.0)]);
    /// # Ok::<(), ohem_core::targets::CodeError>(())
    /// ```
    pub fn decode_all<F: Float>(
        &self,
        from: &[BBox<F>],
        steps: &[[F; 4]],
        out: &mut [BBox<F>],
    ) -> Result<(), CodeError> {
        let classes = match (steps.len().checked_rem(from.len()), steps.len().checked_div(from.len())) {
            (Some(0), Some(classes)) => classes,
            (None, _) if steps.is_empty() => 0,
            _ => return Err(CodeError::Steps { boxes: from.len(), steps: steps.len() }),
        };
        if out.len() != steps.len() {
            return Err(CodeError::Room { places: out.len(), needed: steps.len() });
        }
        let each = steps.chunks_exact(classes.max(1)).zip(out.chunks_exact_mut(classes.max(1)));
        for (from, (steps, out)) in from.iter().zip(each) {
            out.iter_mut().zip(steps).for_each(|(out, &step)| *out = self.decode(from, step));
        }
        Ok(())
    }

    /// Width and height of a box.
    fn sides<F: Float>(&self, bbox: &BBox<F>) -> (F, F) {
        let pad = self.convention.pad();
        (bbox.x2 - bbox.x1 + pad, bbox.y2 - bbox.y1 + pad)
    }

    /// How much wider a step makes a box.
    fn growth<F: Float>(&self, log: F) -> F {
        match self.largest_log.map(F::from_f64) {
            Some(largest) if log > largest => exp(largest),
            _ => exp(log),
        }
    }
}

/// Why boxes could not be encoded, or steps not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeError {
    /// There are not as many boxes to go to as there are to start from.
    Pairs {
        /// How many there are to start from.
        from: usize,
        /// How many there are to go to.
        to: usize,
    },
    /// There is not the same number of steps for each box.
    Steps {
        /// How many boxes there are.
        boxes: usize,
        /// How many steps there are.
        steps: usize,
    },
    /// The output is not of the right length.
    Room {
        /// How many places it has.
        places: usize,
        /// How many it must have.
        needed: usize,
    },
}

impl fmt::Display for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pairs { from, to } => write!(f, "{from} boxes to start from, but {to} to go to"),
            Self::Steps { boxes, steps } => {
                write!(f, "{steps} steps are no whole number for each of {boxes} boxes")
            }
            Self::Room { places, needed } => write!(f, "room for {places} results, {needed} are needed"),
        }
    }
}

impl core::error::Error for CodeError {}
