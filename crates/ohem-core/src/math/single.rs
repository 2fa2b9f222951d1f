//! `exp` and `ln` in single precision, for machines that have no other: a few dozen operations, where `libm`
//! would compute in `f64`, which a Cortex-M4F does in software.
//!
//! Made of + - * /, comparisons and exact work on the bits, in one order: the same bits in any lanes. Off by
//! less than this, as a test of every float shows (`cargo test --release -p ohem-core -- --ignored`):
//!
//! - [`exp`] of numbers up to 0: 0.983 ulp, subnormal results included.
//! - [`ln`] of positive normal numbers: 0.841 ulp.
//! - [`ln_1p`] of numbers from 0: 1.264 ulp.
//!
//! A NaN stays one, whatever its payload.

use crate::simd::Lanes;

/// Below this, `exp` rounds to 0: half of the smallest float is `exp(-103.97)`.
const VANISHING: f32 = -104.0;
/// How far powers of two are moved up, so that they are normal floats down to the smallest result.
const LIFT: i8 = 64;
/// `2^-LIFT`: moves them back down, with the one rounding of a subnormal result.
const LOWER: f32 = 1.0 / (1_u128 << LIFT) as f32;

/// `ln 2` in two parts; any exponent times the first, of 10 bits, is exact.
const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];

/// `(exp(r) - 1 - r) / r^2` for `|r| <= ln(2) / 2`: least largest error, 2^-28.2 of `exp(r)`.
const EXP: [f32; 5] = [0.499_999_94, 0.166_665_21, 0.041_668_39, 0.008_368_745, 0.001_381_454];

/// `(2 atanh(s) / s - 2) / s^2` in `s^2`, for `|s| <= 0.1716`: least largest error, 2^-30.2 of the logarithm.
const LN: [f32; 3] = [0.666_667_76, 0.399_774_97, 0.298_730_73];

/// `e` to the power of each lane, none of them positive.
///
/// `x = n ln 2 + r`, and `exp(x) = 2^n exp(r)`. Infinity and NaN are legal.
#[inline(always)]
pub(crate) fn exp<V: Lanes<Scalar = f32>>(x: V) -> V {
    let rounder = V::splat(V::ROUNDER + f32::from(LIFT));
    let rounded = x.mul(V::splat(core::f32::consts::LOG2_E)).add(rounder);
    let n = rounded.sub(rounder);
    let r = x.sub(n.mul(V::splat(LN_2[0]))).sub(n.mul(V::splat(LN_2[1])));
    let power = polynomial(&EXP, r).mul(r.mul(r)).add(r).add(V::splat(1.0));
    let power = power.mul(rounded.power_of_two()).mul(V::splat(LOWER));
    V::select(x.le(V::splat(VANISHING)), V::splat(0.0), power)
}

/// Natural logarithm of each lane, each positive and not subnormal, or NaN.
///
/// `x = m 2^e`, and `ln m = 2 atanh(s)` with `s = (m - 1) / (m + 1)`, its large terms added last.
#[inline(always)]
pub(crate) fn ln<V: Lanes<Scalar = f32>>(x: V) -> V {
    let (m, e) = x.split();
    let f = m.sub(V::splat(1.0));
    let s = f.div(f.add(V::splat(2.0)));
    let square = s.mul(s);
    let half = f.mul(f).mul(V::splat(0.5));
    let tail = s.mul(half.add(polynomial(&LN, square).mul(square))).add(e.mul(V::splat(LN_2[1])));
    let ln = f.sub(half.sub(tail)).add(e.mul(V::splat(LN_2[0])));
    V::select(x.le(V::splat(f32::MAX)), ln, x)
}

/// Natural logarithm of 1 plus each lane, none of them negative or infinite.
///
/// What rounding took from `1 + x` is given back, divided by the slope there.
#[inline(always)]
pub(crate) fn ln_1p<V: Lanes<Scalar = f32>>(x: V) -> V {
    let one = V::splat(1.0);
    let sum = x.add(one);
    ln(sum).add(x.sub(sum.sub(one)).div(sum))
}

/// `c[0] + c[1] x + c[2] x^2 ...`, from the last to the first.
#[inline(always)]
fn polynomial<V: Lanes<Scalar = f32>, const N: usize>(coefficients: &[f32; N], x: V) -> V {
    let mut last_first = coefficients.iter().rev().map(
        #[inline(always)]
        |&coefficient| V::splat(coefficient),
    );
    let mut sum = last_first.next().unwrap_or(x);
    for coefficient in last_first {
        sum = sum.mul(x).add(coefficient);
    }
    sum
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::simd::{Portable, Simd};
    use std::println;

    type Wide = <Portable as Simd>::F32;

    /// How far a float is from a value, in units of the last place of the value.
    fn ulps(got: f32, exact: f64) -> f64 {
        if f64::from(got) == exact {
            return 0.0;
        }
        let exponent = exact.abs().log2().floor().max(-126.0);
        (f64::from(got) - exact).abs() / (exponent - 23.0).exp2()
    }

    /// The most ulps that a function is off by on every `stride`-th float of a range.
    ///
    /// Lanes must agree to the bit.
    fn worst(
        [first, last]: [f32; 2],
        stride: usize,
        exact: fn(f64) -> f64,
        wide: fn(Wide) -> Wide,
        one: fn(f32) -> f32,
    ) -> f64 {
        let mut worst = 0.0_f64;
        let mut lanes = (first.to_bits()..=last.to_bits()).step_by(stride).map(f32::from_bits).peekable();
        while let Some(&filler) = lanes.peek() {
            let x = Wide::array(|_| lanes.next().unwrap_or(filler));
            for (x, got) in x.into_iter().zip(wide(Wide::load(&x)).store()) {
                assert_eq!(got.to_bits(), one(x).to_bits(), "{x:e}");
                worst = worst.max(ulps(got, exact(x.into())));
            }
        }
        worst
    }

    /// The worst of each function: `exp`, `ln`, `ln_1p`.
    fn all(stride: usize) -> [f64; 3] {
        let exp = worst([-0.0, f32::MIN], stride, f64::exp, exp::<Wide>, exp::<f32>);
        let ln = worst([f32::MIN_POSITIVE, f32::MAX], stride, f64::ln, ln::<Wide>, ln::<f32>);
        let ln_1p = worst([0.0, f32::MAX], stride, f64::ln_1p, ln_1p::<Wide>, ln_1p::<f32>);
        [exp, ln, ln_1p]
    }

    #[test]
    fn all_are_within_their_bounds_on_many_floats() {
        let worst = all(4999);
        assert!(worst.iter().zip(BOUNDS).all(|(&worst, bound)| worst <= bound), "{worst:?} ulp");
    }

    #[test]
    #[ignore = "every float there is: five minutes"]
    fn all_are_within_their_bounds_on_every_float() {
        let worst = all(1);
        println!("exp, ln, ln_1p: {worst:.3?} ulp");
        assert!(worst.iter().zip(BOUNDS).all(|(&worst, bound)| worst <= bound), "{worst:?} ulp");
    }

    /// What the module says.
    const BOUNDS: [f64; 3] = [0.983, 0.841, 1.264];

    #[test]
    fn the_ends_of_the_line_are_exact() {
        assert_eq!([0.0, -0.0, -104.0, f32::NEG_INFINITY].map(exp::<f32>), [1.0, 1.0, 0.0, 0.0]);
        assert_eq!(exp(-103.9_f32), f32::from_bits(1));
        assert_eq!([1.0, f32::INFINITY].map(ln::<f32>), [0.0, f32::INFINITY]);
        assert_eq!(ln_1p(0.0_f32).to_bits(), 0);
        assert_eq!(ln_1p(1e-30_f32), 1e-30);
        for nan in [f32::NAN, -f32::NAN, f32::from_bits(0x7F80_0001), f32::from_bits(0xFFBF_FFFF)] {
            assert!(exp(nan).is_nan() && ln(nan).is_nan() && ln_1p(nan).is_nan());
            let nan = Wide::splat(nan);
            assert!([exp(nan), ln(nan), ln_1p(nan)].into_iter().flat_map(Wide::store).all(f32::is_nan));
        }
    }
}
