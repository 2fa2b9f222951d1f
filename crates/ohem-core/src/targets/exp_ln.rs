//! The exponential and the logarithm of boxes.
//!
//! They are `libm`'s, never the platform's, so they have the same bits on every target. Their error is below
//! one unit in the last place.

use bytemuck::try_cast;

use crate::Float;

/// `e` to the power of `x`.
pub(super) fn exp<F: Float>(x: F) -> F {
    apply(x, libm::expf, libm::exp)
}

/// The natural logarithm of `x`; NaN below zero.
pub(super) fn ln<F: Float>(x: F) -> F {
    apply(x, libm::logf, libm::log)
}

/// Applies the function for the type that `F` is. The compiler drops the other one.
fn apply<F: Float>(x: F, single: impl Fn(f32) -> f32, double: impl Fn(f64) -> f64) -> F {
    let result = match (try_cast::<F, f32>(x), try_cast::<F, f64>(x)) {
        (Ok(x), _) => try_cast(single(x)),
        (_, Ok(x)) => try_cast(double(x)),
        _ => Ok(x), // there is no other float type
    };
    result.unwrap_or(x)
}
