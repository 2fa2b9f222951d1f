//! The lanes of AVX2, for programs that were not compiled for it.
//!
//! `wide` chooses its registers when it is compiled, so a tier that is found at run time is written on the
//! intrinsics. This is all the `unsafe` there is outside the C ABI. It rests on one fact: a value of [`Avx2`]
//! is only made where AVX2 was detected, this module is private, and so no code that names its lanes is
//! reached but with such a value at hand.

use core::arch::x86_64::*;
use core::ops::BitAnd;

use bytemuck::must_cast;
use ohem_core::kernel::format::{binary32, binary64};
use ohem_core::kernel::{Lanes, Simd};

/// Proves that this machine has AVX2, and the instructions on bits that processors have gained with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, if the machine has them.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Self(()))
    }
}

impl Simd for Avx2 {
    type F32 = F32x8;
    type F64 = F64x4;

    #[inline(always)]
    fn run<R>(self, work: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn enabled<R>(work: impl FnOnce() -> R) -> R {
            work()
        }
        // SAFETY: a token exists only where all of these were detected.
        unsafe { enabled(work) }
    }
}

/// Calls an intrinsic.
macro_rules! avx2 {
    ($intrinsic:ident $(::<{ $constant:expr }>)? ($($argument:expr),*)) => {
        // SAFETY: lanes are only reached with a token at hand, which exists only where AVX2 was detected.
        unsafe { $intrinsic $(::<{ $constant }>)? ($($argument),*) }
    };
}

macro_rules! avx2_lanes {
    (
        $(#[$doc:meta])* $vector:ident($register:ident), $bits:ident, $float:ty, $lanes:literal, $signed:ty, $format:ident,
        $set1:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $min:ident, $max:ident, $cmp:ident,
        $and:ident, $movemask:ident, $blendv:ident,
        $set1_bits:ident, $add_bits:ident, $shift_left:ident, $shift_right:ident $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $vector($register);

        impl $vector {
            #[inline(always)]
            fn to_bits(self) -> __m256i {
                must_cast(self.0)
            }

            #[inline(always)]
            fn from_bits(bits: __m256i) -> Self {
                Self(must_cast(bits))
            }
        }

        /// All bits of a lane, or none.
        #[derive(Clone, Copy)]
        pub(crate) struct $bits($register);

        impl BitAnd for $bits {
            type Output = Self;

            #[inline(always)]
            fn bitand(self, other: Self) -> Self {
                Self(avx2!($and(self.0, other.0)))
            }
        }

        impl Lanes for $vector {
            type Scalar = $float;
            type Array = [$float; $lanes];
            type Mask = $bits;

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
                Self(avx2!($set1(value)))
            }
            #[inline(always)]
            fn load(values: &[$float; $lanes]) -> Self {
                Self(must_cast(*values))
            }
            #[inline(always)]
            fn store(self) -> [$float; $lanes] {
                must_cast(self.0)
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(avx2!($add(self.0, other.0)))
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(avx2!($sub(self.0, other.0)))
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(avx2!($mul(self.0, other.0)))
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Self(avx2!($div(self.0, other.0)))
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(avx2!($min(self.0, other.0)))
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self(avx2!($max(self.0, other.0)))
            }
            #[inline(always)]
            fn le(self, other: Self) -> $bits {
                $bits(avx2!($cmp::<{ _CMP_LE_OQ }>(self.0, other.0)))
            }
            #[inline(always)]
            fn eq(self, other: Self) -> $bits {
                $bits(avx2!($cmp::<{ _CMP_EQ_OQ }>(self.0, other.0)))
            }
            #[inline(always)]
            fn bits(mask: $bits) -> u32 {
                avx2!($movemask(mask.0)).cast_unsigned()
            }
            #[inline(always)]
            fn select(mask: $bits, yes: Self, no: Self) -> Self {
                Self(avx2!($blendv(no.0, yes.0, mask.0)))
            }
            #[inline(always)]
            fn power_of_two(self) -> Self {
                Self::from_bits(avx2!($shift_left::<{ $format::FRACTION.cast_signed() }>(self.to_bits())))
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                let bits = |bits: $signed| avx2!($set1_bits(bits));
                let shift = bits(($format::ONE - $format::SQRT_HALF).cast_signed());
                let shifted = avx2!($add_bits(self.to_bits(), shift));
                let fraction = avx2!(_mm256_and_si256(shifted, bits($format::FRACTION_MASK.cast_signed())));
                let mantissa = avx2!($add_bits(fraction, bits($format::SQRT_HALF.cast_signed())));
                let exponent = avx2!($shift_right::<{ $format::FRACTION.cast_signed() }>(shifted));
                let whole = bits($format::WHOLE.to_bits().cast_signed());
                let exponent = Self::from_bits(avx2!(_mm256_or_si256(exponent, whole)));
                (Self::from_bits(mantissa), exponent.sub(Self::splat($format::WHOLE + $format::BIAS)))
            }
        }
    };
}

avx2_lanes!(
    /// Eight `f32`.
    F32x8(__m256), Mask32x8, f32, 8, i32, binary32,
    _mm256_set1_ps, _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps, _mm256_min_ps, _mm256_max_ps,
    _mm256_cmp_ps, _mm256_and_ps, _mm256_movemask_ps, _mm256_blendv_ps,
    _mm256_set1_epi32, _mm256_add_epi32, _mm256_slli_epi32, _mm256_srli_epi32,
);
avx2_lanes!(
    /// Four `f64`.
    F64x4(__m256d), Mask64x4, f64, 4, i64, binary64,
    _mm256_set1_pd, _mm256_add_pd, _mm256_sub_pd, _mm256_mul_pd, _mm256_div_pd, _mm256_min_pd, _mm256_max_pd,
    _mm256_cmp_pd, _mm256_and_pd, _mm256_movemask_pd, _mm256_blendv_pd,
    _mm256_set1_epi64x, _mm256_add_epi64, _mm256_slli_epi64, _mm256_srli_epi64,
);
