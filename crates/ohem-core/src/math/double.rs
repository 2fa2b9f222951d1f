//! `exp` and `ln` in double precision: those of `libm`, which are Rust all the way down, lane by lane.
//!
//! Not those of `num-traits`: they become the platform's wherever another crate turns its feature `std` on.

use crate::simd::Lanes;

/// `e` to the power of each lane.
#[inline(always)]
pub(crate) fn exp<V: Lanes<Scalar = f64>>(x: V) -> V {
    each(x, libm::exp)
}

/// Natural logarithm of each lane.
#[inline(always)]
pub(crate) fn ln<V: Lanes<Scalar = f64>>(x: V) -> V {
    each(x, libm::log)
}

/// Natural logarithm of 1 plus each lane, accurate for small ones.
#[inline(always)]
pub(crate) fn ln_1p<V: Lanes<Scalar = f64>>(x: V) -> V {
    each(x, libm::log1p)
}

#[inline(always)]
fn each<V: Lanes<Scalar = f64>>(x: V, function: impl Fn(f64) -> f64) -> V {
    let lanes = x.store();
    V::load(&V::array(
        #[inline(always)]
        |lane| lanes.as_ref().get(lane).copied().map_or(f64::NAN, &function),
    ))
}
