//! Losses that are floats.

use super::{RankKey, mask_greater_one_by_one, sealed};
use crate::Float;
use crate::simd::{Lanes, Simd, check_lanes};

/// The scan kernel: the losses of a block that do not lie at or below the cut, NaNs among them.
#[inline(always)]
fn lanes_above<F: Float, S: Simd>(block: &[F; 64], cut: F) -> u64 {
    const { check_lanes::<F::Lanes<S>>() };
    if F::Lanes::<S>::N == 1 {
        return mask_greater_one_by_one(block, cut);
    }
    let cut = F::Lanes::<S>::splat(cut);
    let (chunks, _) = F::Lanes::<S>::chunks(block);
    let (mut below, mut at) = (0, 0);
    for chunk in chunks {
        let loss = F::Lanes::<S>::load(chunk);
        below |= u64::from(F::Lanes::<S>::bits(loss.le(cut))) << at;
        at += F::Lanes::<S>::N;
    }
    !below
}

/// The bits of a float, turned so that they sort as unsigned integers; the largest for a NaN.
macro_rules! float_hardness {
    ($float:ident, $bits:ident, $packed:ident, $zero:expr, $above:path) => {
        impl sealed::Sealed for $float {}

        impl RankKey for $float {
            type Packed = $packed;
            const PLACEHOLDER: $packed = $packed::MAX;
            const BYTES: u32 = $bits::BITS / 8 + 4;

            #[allow(clippy::cast_possible_truncation, reason = "takes one byte")]
            #[inline(always)]
            fn byte(packed: $packed, nth: u32) -> u8 {
                packed.checked_shr(8 * (Self::BYTES - 1).saturating_sub(nth)).unwrap_or(0) as u8
            }

            #[inline(always)]
            fn bits_between(least: $packed, most: $packed) -> u32 {
                $packed::BITS - most.wrapping_sub(least).leading_zeros()
            }
            #[allow(clippy::cast_possible_truncation, reason = "the caller asks for few bits")]
            #[inline(always)]
            fn steps(least: $packed, packed: $packed, shift: u32) -> usize {
                packed.wrapping_sub(least).checked_shr(shift).unwrap_or(0) as usize
            }

            #[inline(always)]
            fn pack(self, index: u32) -> $packed {
                let bits = (self + $zero).to_bits(); // -0 + 0 is +0
                let negative = (bits.cast_signed() >> ($bits::BITS - 1)).cast_unsigned();
                let ascending = bits ^ (negative | 1 << ($bits::BITS - 1));
                let ascending = if self.is_nan() { $bits::MAX } else { ascending };
                $packed::from(!ascending) << 32 | $packed::from(index)
            }
            #[allow(clippy::cast_possible_truncation, reason = "takes the packed fields apart")]
            #[inline(always)]
            fn unpack(packed: $packed) -> (Self, u32) {
                let ascending = !((packed >> 32) as $bits);
                let positive = (ascending.cast_signed() >> ($bits::BITS - 1)).cast_unsigned();
                let bits = ascending ^ (!positive | 1 << ($bits::BITS - 1));
                ($float::from_bits(bits), packed as u32)
            }
            #[inline(always)]
            fn is_nan_key(self) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn mask_greater<S: Simd>(block: &[Self; 64], cut: Self) -> u64 {
                $above(block, cut)
            }
        }
    };
}

float_hardness!(f32, u32, u64, 0.0, lanes_above::<Self, S>);
float_hardness!(f64, u64, u128, 0.0, lanes_above::<Self, S>);

#[cfg(feature = "half")]
pub(super) use float_hardness;
