//! The vectors of `wide`, where the target has vector registers; scalar code elsewhere.

use bytemuck::must_cast;

use super::{Lanes, Simd, binary32, binary64};

/// The instruction set that the crate was compiled for: SSE2, AVX, NEON, wasm simd128, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Portable;

impl Simd for Portable {
    type F32 = lanes::F32;
    type F64 = lanes::F64;

    #[inline(always)]
    fn run<R>(self, work: impl FnOnce() -> R) -> R {
        work()
    }
}

/// Without vector registers `wide` would juggle arrays; one lane at a time is smaller and faster. Of NEON it uses that of
/// AArch64; and the compiler says `neon` of a Cortex-M55, which has none.
#[cfg(not(any(
    target_feature = "sse2",
    all(target_arch = "aarch64", target_feature = "neon"),
    target_feature = "simd128"
)))]
mod lanes {
    pub(super) type F32 = f32;
    pub(super) type F64 = f64;
}

#[cfg(any(
    target_feature = "sse2",
    all(target_arch = "aarch64", target_feature = "neon"),
    target_feature = "simd128"
))]
mod lanes {
    pub(super) type F32 = wide::f32x8;
    pub(super) type F64 = wide::f64x4;
}

macro_rules! wide_lanes {
    ($vector:ty, $float:ty, $lanes:literal, $bits:ty, $format:ident) => {
        impl Lanes for $vector {
            type Scalar = $float;
            type Array = [$float; $lanes];
            type Mask = $vector;

            const N: usize = $lanes;
            const ROUNDER: $float = $format::ROUNDER;

            #[inline(always)]
            fn chunks(values: &[$float]) -> (&[[$float; $lanes]], &[$float]) {
                values.as_chunks()
            }
            #[inline(always)]
            fn chunks_mut(values: &mut [$float]) -> (&mut [[$float; $lanes]], &mut [$float]) {
                values.as_chunks_mut()
            }
            #[inline(always)]
            fn array(mut lane: impl FnMut(usize) -> $float) -> [$float; $lanes] {
                let mut array = [0.0; $lanes];
                for (i, slot) in array.iter_mut().enumerate() {
                    *slot = lane(i);
                }
                array
            }
            #[inline(always)]
            fn splat(value: $float) -> Self {
                <$vector>::splat(value)
            }
            #[inline(always)]
            fn load(values: &[$float; $lanes]) -> Self {
                <$vector>::new(*values)
            }
            #[inline(always)]
            fn store(self) -> [$float; $lanes] {
                self.to_array()
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
                self.fast_min(other)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // -0 equals 0. Of equal values, `fast_max` returns the first on wasm, and the second on x86.
                if cfg!(target_feature = "simd128") { other.fast_max(self) } else { self.fast_max(other) }
            }
            #[inline(always)]
            fn le(self, other: Self) -> Self {
                self.simd_le(other)
            }
            #[inline(always)]
            fn eq(self, other: Self) -> Self {
                self.simd_eq(other)
            }
            #[inline(always)]
            fn bits(mask: Self) -> u32 {
                mask.to_bitmask()
            }
            #[inline(always)]
            fn select(mask: Self, yes: Self, no: Self) -> Self {
                mask.select(yes, no)
            }
            #[inline(always)]
            fn power_of_two(self) -> Self {
                must_cast::<$bits, Self>(must_cast::<Self, $bits>(self) << $format::FRACTION)
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                let bits = |bits| <$bits>::splat(bits);
                let shifted = must_cast::<Self, $bits>(self) + bits($format::ONE - $format::SQRT_HALF);
                let fraction = shifted & bits($format::FRACTION_MASK);
                let exponent = (shifted >> $format::FRACTION) | bits($format::WHOLE.to_bits());
                let mantissa = must_cast::<$bits, Self>(fraction + bits($format::SQRT_HALF));
                let exponent = must_cast::<$bits, Self>(exponent);
                (mantissa, exponent - <$vector>::splat($format::WHOLE + $format::BIAS))
            }
        }
    };
}

wide_lanes!(wide::f32x8, f32, 8, wide::u32x8, binary32);
wide_lanes!(wide::f64x4, f64, 4, wide::u64x4, binary64);
