//! The two float types of boxes and losses.

use crate::admit::OverlapTest;
use crate::config::LeastIou;
use crate::coordinate::Coordinate;
use crate::key::Key;
use crate::math::{double, single};
use crate::rank_key::RankKey;
use crate::simd::format::{binary32, binary64};
use crate::simd::{Lanes, Simd};

/// The float type of boxes, overlaps and losses: `f32` or `f64`.
///
/// Sealed: the exact meaning of every result rests on IEEE 754 arithmetic.
pub trait Float: num_traits::Float + RankKey + Key + Coordinate<Test = OverlapTest<Self>> {
    /// The vector of this float under an instruction set.
    type Lanes<S: Simd>: Lanes<Scalar = Self>;

    /// The smallest float above zero.
    const SMALLEST: Self;

    /// The float nearest to `value`.
    fn from_f64(value: f64) -> Self;
    /// The least float above this one; itself if there is none.
    fn next_up(self) -> Self;
    /// Exactly the low 24 bits of `value`, which every float type holds.
    fn from_u24(value: u32) -> Self;
    /// The least IoU that suppresses, in this type.
    #[doc(hidden)]
    fn least_iou(least: LeastIou) -> Self;
    /// Least side and area of which sums, products and quotients keep their relative precision.
    #[doc(hidden)]
    const MIN_AREA: Self;
    /// Largest coordinate, side and area of which sums and small multiples do not overflow.
    #[doc(hidden)]
    const MAX_AREA: Self;
    /// Number of stored bits of the fraction.
    #[doc(hidden)]
    const FRACTION: u32;
    /// The bits; those of positive floats sort as the floats do.
    #[doc(hidden)]
    fn to_u64(self) -> u64;
    /// The float that has these bits.
    #[doc(hidden)]
    fn from_u64(bits: u64) -> Self;
    /// The number of the cell of width 1 that holds this coordinate: monotone, and never saturated.
    ///
    /// Where floats are whole numbers apart, each float is a cell, and their numbers follow each other.
    #[doc(hidden)]
    fn to_cell(self) -> i64;
    /// `e` to the power of each lane, none of them positive; the same bits on every target.
    #[doc(hidden)]
    fn exp_lanes<V: Lanes<Scalar = Self>>(exponents: V) -> V;
    /// Natural logarithm of each lane, all of them positive and normal; the same bits on every target.
    #[doc(hidden)]
    fn ln_lanes<V: Lanes<Scalar = Self>>(values: V) -> V;
    /// Natural logarithm of 1 plus each lane, none of them negative; the same bits on every target.
    #[doc(hidden)]
    fn ln_1p_lanes<V: Lanes<Scalar = Self>>(values: V) -> V;
}

macro_rules! float {
    ($float:ident, $bits:ident, $int:ident, $lanes:ident, $math:ident, $format:ident) => {
        impl Float for $float {
            type Lanes<S: Simd> = S::$lanes;

            const SMALLEST: Self = $float::from_bits(1);

            #[allow(clippy::cast_possible_truncation, reason = "it rounds to nearest, as intended")]
            #[inline]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline]
            fn next_up(self) -> Self {
                $float::next_up(self)
            }
            #[inline]
            fn from_u24(value: u32) -> Self {
                (value & 0xFF_FFFF) as $float
            }
            #[inline(always)]
            fn least_iou(least: LeastIou) -> Self {
                least.$math
            }
            // Far enough from the least normal float that a part of the area is normal, too.
            const MIN_AREA: Self =
                $float::from_bits(($format::ONE / 8) >> $format::FRACTION << $format::FRACTION);
            const MAX_AREA: Self = $float::MAX / 64.0;

            const FRACTION: u32 = $format::FRACTION;

            #[inline(always)]
            fn to_u64(self) -> u64 {
                u64::from(self.to_bits())
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "takes back what `to_u64` gave")]
            fn from_u64(bits: u64) -> Self {
                $float::from_bits(bits as $bits)
            }
            #[inline(always)]
            #[allow(clippy::cast_possible_truncation, reason = "where it does not fit, it is not used")]
            fn to_cell(self) -> i64 {
                let (size, first_whole) = (self.abs(), $format::WHOLE);
                let near = self as $int; // towards zero: the two cells beside it are one
                let beyond = size.to_bits().wrapping_sub(first_whole.to_bits()).cast_signed();
                let far = beyond.wrapping_add(1 << $format::FRACTION);
                let far = if self < 0.0 { -far } else { far };
                (if size < first_whole { near } else { far }).into()
            }
            #[inline(always)]
            fn exp_lanes<V: Lanes<Scalar = Self>>(exponents: V) -> V {
                $math::exp(exponents)
            }
            #[inline(always)]
            fn ln_lanes<V: Lanes<Scalar = Self>>(values: V) -> V {
                $math::ln(values)
            }
            #[inline(always)]
            fn ln_1p_lanes<V: Lanes<Scalar = Self>>(values: V) -> V {
                $math::ln_1p(values)
            }
        }
    };
}

float!(f32, u32, i32, F32, single, binary32);
float!(f64, u64, i64, F64, double, binary64);
