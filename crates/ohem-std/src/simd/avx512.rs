//! The lanes of AVX-512, for programs that were not compiled for it.
//!
//! The subsets F, VL, BW and DQ, which every processor with AVX-512 has since 2017, and AVX2 with BMI beside them. The
//! `unsafe` here rests on the same fact as that of the AVX2 lanes: a value of [`Avx512`] is only made where all of them
//! were detected, and no code that names its lanes is reached but with such a value at hand.

use core::arch::x86_64::*;

use ohem_core::kernel::format::{binary32, binary64};
use ohem_core::kernel::{Lanes, Simd};

/// Proves that this machine has AVX-512.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx512(());

impl Avx512 {
    /// The proof, if the machine has AVX-512.
    #[inline]
    pub(crate) fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Self(()))
    }
}

impl Simd for Avx512 {
    type F32 = F32x16;
    type F64 = F64x8;

    #[inline(always)]
    fn run<R>(self, work: impl FnOnce() -> R) -> R {
        #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,bmi1,bmi2,lzcnt,popcnt")]
        fn enabled<R>(work: impl FnOnce() -> R) -> R {
            work()
        }
        // SAFETY: a token exists only where all of these were detected.
        unsafe { enabled(work) }
    }
}

/// Calls an intrinsic.
macro_rules! avx512 {
    ($intrinsic:ident $(::<{ $constant:expr }>)? ($($argument:expr),*)) => {
        // SAFETY: lanes are only reached with a token at hand, which exists only where AVX-512 was detected. A pointer
        // is that of an array of as many floats as the register has.
        unsafe { $intrinsic $(::<{ $constant }>)? ($($argument),*) }
    };
}

macro_rules! avx512_lanes {
    (
        $(#[$doc:meta])* $vector:ident($register:ident), $mask:ident, $float:ty, $lanes:literal, $format:ident,
        $load:ident, $store:ident, $to_bits:ident, $from_bits:ident,
        $set1:ident, $add:ident, $sub:ident, $mul:ident, $div:ident, $min:ident, $max:ident, $cmp:ident, $blend:ident,
        $set1_bits:ident, $add_bits:ident, $shift_left:ident, $shift_right:ident $(,)?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $vector($register);

        impl $vector {
            #[inline(always)]
            fn to_bits(self) -> __m512i {
                avx512!($to_bits(self.0))
            }

            #[inline(always)]
            fn from_bits(bits: __m512i) -> Self {
                Self(avx512!($from_bits(bits)))
            }
        }

        impl Lanes for $vector {
            type Scalar = $float;
            type Array = [$float; $lanes];
            type Mask = $mask;

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
                Self(avx512!($set1(value)))
            }
            #[inline(always)]
            fn load(values: &[$float; $lanes]) -> Self {
                Self(avx512!($load(values.as_ptr())))
            }
            #[inline(always)]
            fn store(self) -> [$float; $lanes] {
                let mut array = [0.0; $lanes];
                avx512!($store(array.as_mut_ptr(), self.0));
                array
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(avx512!($add(self.0, other.0)))
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(avx512!($sub(self.0, other.0)))
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(avx512!($mul(self.0, other.0)))
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Self(avx512!($div(self.0, other.0)))
            }
            #[inline(always)]
            fn min(self, other: Self) -> Self {
                Self(avx512!($min(self.0, other.0)))
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                Self(avx512!($max(self.0, other.0)))
            }
            #[inline(always)]
            fn le(self, other: Self) -> $mask {
                avx512!($cmp::<{ _CMP_LE_OQ }>(self.0, other.0))
            }
            #[inline(always)]
            fn eq(self, other: Self) -> $mask {
                avx512!($cmp::<{ _CMP_EQ_OQ }>(self.0, other.0))
            }
            #[inline(always)]
            fn bits(mask: $mask) -> u32 {
                mask.into()
            }
            #[inline(always)]
            fn select(mask: $mask, yes: Self, no: Self) -> Self {
                Self(avx512!($blend(mask, no.0, yes.0)))
            }
            #[inline(always)]
            fn power_of_two(self) -> Self {
                Self::from_bits(avx512!($shift_left::<{ $format::FRACTION }>(self.to_bits())))
            }
            #[inline(always)]
            fn split(self) -> (Self, Self) {
                let shift = avx512!($set1_bits(($format::ONE - $format::SQRT_HALF).cast_signed()));
                let shifted = avx512!($add_bits(self.to_bits(), shift));
                let fraction_mask = avx512!($set1_bits($format::FRACTION_MASK.cast_signed()));
                let fraction = avx512!(_mm512_and_si512(shifted, fraction_mask));
                let sqrt_half = avx512!($set1_bits($format::SQRT_HALF.cast_signed()));
                let mantissa = avx512!($add_bits(fraction, sqrt_half));
                let exponent = avx512!($shift_right::<{ $format::FRACTION }>(shifted));
                let whole = avx512!($set1_bits($format::WHOLE.to_bits().cast_signed()));
                let exponent = Self::from_bits(avx512!(_mm512_or_si512(exponent, whole)));
                (Self::from_bits(mantissa), exponent.sub(Self::splat($format::WHOLE + $format::BIAS)))
            }
        }
    };
}

avx512_lanes!(
    /// Sixteen `f32`.
    F32x16(__m512), u16, f32, 16, binary32,
    _mm512_loadu_ps, _mm512_storeu_ps, _mm512_castps_si512, _mm512_castsi512_ps,
    _mm512_set1_ps, _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps, _mm512_min_ps, _mm512_max_ps,
    _mm512_cmp_ps_mask, _mm512_mask_blend_ps,
    _mm512_set1_epi32, _mm512_add_epi32, _mm512_slli_epi32, _mm512_srli_epi32,
);
avx512_lanes!(
    /// Eight `f64`.
    F64x8(__m512d), u8, f64, 8, binary64,
    _mm512_loadu_pd, _mm512_storeu_pd, _mm512_castpd_si512, _mm512_castsi512_pd,
    _mm512_set1_pd, _mm512_add_pd, _mm512_sub_pd, _mm512_mul_pd, _mm512_div_pd, _mm512_min_pd, _mm512_max_pd,
    _mm512_cmp_pd_mask, _mm512_mask_blend_pd,
    _mm512_set1_epi64, _mm512_add_epi64, _mm512_slli_epi64, _mm512_srli_epi64,
);
