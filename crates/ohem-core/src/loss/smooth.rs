//! The smooth-L1 loss itself: of one difference, and of a few RoIs' at a time.

use crate::Float;
use crate::simd::{Lanes, Scalar};

/// Computes `x^2 / (2 beta)` where `|x| < beta`, `|x| - beta / 2` elsewhere: `0.5 * |x| * |x| / beta`.
///
/// A `beta` of 0 is the L1 loss, of 1 the reference's, of 1/9 py-faster-rcnn's sigma of 3. NaN stays NaN.
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

/// Computes the slope of [`smooth_l1`]: `x / beta` where `|x| < beta`, the sign of `x` elsewhere, 0 at 0.
///
/// ```
/// use ohem_core::loss::smooth_l1_slope;
///
/// assert_eq!([0.5, -2.0].map(|x| smooth_l1_slope(x, 1.0)), [0.5, -1.0]);
/// assert_eq!(smooth_l1_slope(0.0, 0.0), 0.0);
/// ```
#[inline]
pub fn smooth_l1_slope<F: Float>(x: F, beta: F) -> F {
    if x.abs() < beta {
        x / beta
    } else if x == F::zero() {
        F::zero()
    } else {
        x.signum()
    }
}

#[inline(always)]
fn smooth<F: Float, V: Lanes<Scalar = F>>(x: V, beta: F) -> V {
    let (half, width) = (V::splat(F::from_f64(0.5)), V::splat(beta));
    let size = x.max(V::splat(F::zero()).sub(x));
    let inner = half.mul(size).mul(size).div(width);
    V::select(width.le(size), size.sub(half.mul(width)), inner)
}

/// How many RoIs are computed at a time.
pub(super) const TILE: usize = 8;

/// Differences and weights of a few RoIs, side by side.
pub(super) struct Tile<F> {
    differences: [[F; 4]; TILE],
    outside: [[F; 4]; TILE],
}

impl<F: Float> Tile<F> {
    /// Without RoIs, all losses 0.
    #[inline(always)]
    pub(super) fn new() -> Self {
        Self { differences: [[F::zero(); 4]; TILE], outside: [[F::zero(); 4]; TILE] }
    }

    /// Puts a RoI in its place; a column without a difference has no weight either.
    #[inline(always)]
    pub(super) fn put(&mut self, place: usize, differences: [Option<F>; 4], outside: [F; 4]) {
        let slots = self.differences.get_mut(place).into_iter().zip(self.outside.get_mut(place));
        for (differences_of, outside_of) in slots {
            for (((x, weight), difference), outside) in
                differences_of.iter_mut().zip(outside_of).zip(differences).zip(outside)
            {
                if let Some(difference) = difference {
                    (*x, *weight) = (difference, outside);
                }
            }
        }
    }

    /// The loss of each RoI.
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
