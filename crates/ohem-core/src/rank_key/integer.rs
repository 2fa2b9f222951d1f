//! Losses that are integers.

use super::{RankKey, mask_greater_one_by_one, sealed};
use crate::simd::Simd;

/// Quantised losses: the sign bit turned makes them sort as unsigned integers.
macro_rules! integer_hardness {
    ($int:ident, $bits:ident) => {
        impl sealed::Sealed for $int {}

        impl RankKey for $int {
            type Packed = u64;
            const PLACEHOLDER: u64 = u64::MAX;
            const BYTES: u32 = $bits::BITS / 8 + 4;

            #[allow(clippy::cast_possible_truncation, reason = "takes one byte")]
            #[inline(always)]
            fn byte(packed: u64, nth: u32) -> u8 {
                packed.checked_shr(8 * (Self::BYTES - 1).saturating_sub(nth)).unwrap_or(0) as u8
            }

            #[inline(always)]
            fn bits_between(least: u64, most: u64) -> u32 {
                u64::BITS - most.wrapping_sub(least).leading_zeros()
            }
            #[allow(clippy::cast_possible_truncation, reason = "the caller asks for few bits")]
            #[inline(always)]
            fn steps(least: u64, packed: u64, shift: u32) -> usize {
                packed.wrapping_sub(least).checked_shr(shift).unwrap_or(0) as usize
            }

            #[inline(always)]
            fn pack(self, index: u32) -> u64 {
                let descending = self.cast_unsigned() ^ ($bits::MAX >> 1);
                u64::from(descending) << 32 | u64::from(index)
            }
            #[allow(clippy::cast_possible_truncation, reason = "takes the packed fields apart")]
            #[inline(always)]
            fn unpack(packed: u64) -> (Self, u32) {
                let descending = (packed >> 32) as $bits;
                ((descending ^ ($bits::MAX >> 1)).cast_signed(), packed as u32)
            }
            #[inline(always)]
            fn is_nan_key(self) -> bool {
                false
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn mask_greater<S: Simd>(block: &[Self; 64], cut: Self) -> u64 {
                mask_greater_one_by_one(block, cut)
            }
        }
    };
}

integer_hardness!(i8, u8);
integer_hardness!(i16, u16);
integer_hardness!(i32, u32);
