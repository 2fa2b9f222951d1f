//! The smooth-L1 function: of one difference, and of eight RoIs at a time.

use crate::Float;
use crate::simd::{Lanes, Scalar};

/// Computes `x^2 / (2 beta)` for `|x| < beta`, and `|x| - beta / 2` otherwise.
///
/// The square is computed as `(0.5 * |x|) * (|x| / beta)`, which overflows nowhere; the error is below 1.5 ulp.
/// A `beta` of 0 gives the L1 loss, 1 the original's, 1/9 that of py-faster-rcnn (sigma of 3). A NaN stays NaN.
/// `beta` is not checked: the same formulas hold for a negative one.
///
/// ```
/// use ohem_core::loss::smooth_l1;
///
/// assert_eq!([0.5, -2.0].map(|x| smooth_l1(x, 1.0)), [0.125, 1.5]);
/// assert_eq!(smooth_l1(-2.0, 0.0), 2.0);
/// ```
#[inline]
pub fn smooth_l1<F: Float>(x: F, beta: F) -> F {
    let loss = smooth(<F::Lanes<Scalar> as Lanes>::splat(x), beta).store();
    loss.as_ref().first().copied().unwrap_or_else(F::nan)
}

/// Computes the slope of [`smooth_l1`]: `x / beta` for `|x| < beta`, otherwise the sign of `x`, which is 0
/// at 0. The error is at most 0.5 ulp. A NaN stays NaN.
///
/// ```
/// use ohem_core::loss::smooth_l1_slope;
///
/// assert_eq!([0.5, -2.0].map(|x| smooth_l1_slope(x, 1.0)), [0.5, -1.0]);
/// assert_eq!(smooth_l1_slope(0.0, 0.0), 0.0);
/// ```
#[inline]
pub fn smooth_l1_slope<F: Float>(x: F, beta: F) -> F {
    if beta <= x.abs() { if x == F::zero() { F::zero() } else { x.signum() } } else { x / beta }
}

#[inline(always)]
fn smooth<F: Float, V: Lanes<Scalar = F>>(x: V, beta: F) -> V {
    let (half, width) = (V::splat(F::from_f64(0.5)), V::splat(beta));
    let size = x.max(V::splat(F::zero()).sub(x));
    // The quotient is at most 1 where it counts, so the product cannot overflow, and vanishes only as the loss does.
    let inner = half.mul(size).mul(size.div(width));
    V::select(width.le(size), size.sub(half.mul(width)), inner)
}

/// Number of RoIs computed at a time: 32 values, which fill whole vectors of any width.
pub(super) const TILE: usize = 8;

/// Differences and outside weights of up to [`TILE`] RoIs.
pub(super) struct RoiTile<F> {
    differences: [[F; 4]; TILE],
    outside: [[F; 4]; TILE],
}

impl<F: Float> RoiTile<F> {
    /// Without RoIs: every loss is 0.
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { differences: [[F::zero(); 4]; TILE], outside: [[F::zero(); 4]; TILE] }
    }

    /// Stores the RoI number `nth` of the tile. A column without a difference gets no weight either.
    #[inline(always)]
    pub(super) fn put(&mut self, nth: usize, differences: [Option<F>; 4], outside: [F; 4]) {
        let (Some(xs), Some(weights)) = (self.differences.get_mut(nth), self.outside.get_mut(nth)) else {
            return;
        };
        let given = differences.into_iter().zip(outside);
        for ((x, weight), (difference, outside)) in xs.iter_mut().zip(weights).zip(given) {
            if let Some(difference) = difference {
                (*x, *weight) = (difference, outside);
            }
        }
    }

    /// The loss of each RoI: its four columns, added from the first to the last.
    #[inline(always)]
    pub(super) fn sums<V: Lanes<Scalar = F>>(mut self, beta: F) -> [F; TILE] {
        let weights = V::chunks(self.outside.as_flattened()).0;
        for (slot, weights) in V::chunks_mut(self.differences.as_flattened_mut()).0.iter_mut().zip(weights) {
            *slot = V::load(weights).mul(smooth(V::load(slot), beta)).store();
        }
        let mut sums = [F::zero(); TILE];
        for (sum, [x, y, w, h]) in sums.iter_mut().zip(self.differences) {
            *sum = *sum + x + y + w + h;
        }
        sums
    }
}
