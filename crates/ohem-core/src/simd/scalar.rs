//! One lane: for cores without vector registers, and for the remainder at the end of a slice.

use super::{Lanes, Simd, binary32, binary64};

/// Plain scalar code, on every target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scalar;

impl Simd for Scalar {
    type F32 = f32;
    type F64 = f64;

    #[inline(always)]
    fn run<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }
}

macro_rules! one_lane {
    ($float:ty, $format:ident) => {
        impl Lanes for $float {
            type Scalar = $float;
            type Array = [$float; 1];
            type Mask = bool;

            const N: usize = 1;
            const ROUNDER: $float = $format::ROUNDER;

            #[inline(always)]
            fn chunks(values: &[$float]) -> (&[[$float; 1]], &[$float]) {
                values.as_chunks()
            }
            #[inline(always)]
            fn chunks_mut(values: &mut [$float]) -> (&mut [[$float; 1]], &mut [$float]) {
                values.as_chunks_mut()
            }
            #[inline(always)]
            fn array(mut lane: impl FnMut(usize) -> $float) -> [$float; 1] {
                [lane(0)]
            }
            #[inline(always)]
            fn splat(value: $float) -> Self {
                value
            }
            #[inline(always)]
            fn load(&[value]: &[$float; 1]) -> Self {
                value
            }
            #[inline(always)]
            fn store(self) -> [$float; 1] {
                [self]
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self + other
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                self - other
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                self * other
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                self / other
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                if self < other { self } else { other }
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                if self > other { self } else { other }
            }
            #[inline(always)]
            fn le(self, other: Self) -> bool {
                self <= other
            }
            #[inline(always)]
            fn eq(self, other: Self) -> bool {
                self == other
            }
            #[inline(always)]
            fn bits(mask: bool) -> u32 {
                u32::from(mask)
            }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
            #[inline(always)]
            fn power_of_two(self) -> Self {
                <$float>::from_bits(self.to_bits() << $format::FRACTION)
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                let shifted = self.to_bits().wrapping_add($format::ONE - $format::SQRT_HALF);
                let fraction = shifted & $format::FRACTION_MASK;
                let exponent = <$float>::from_bits((shifted >> $format::FRACTION) | $format::WHOLE.to_bits());
                let mantissa = <$float>::from_bits(fraction + $format::SQRT_HALF);
                (mantissa, exponent - ($format::WHOLE + $format::BIAS))
            }
        }
    };
}

one_lane!(f32, binary32);
one_lane!(f64, binary64);
