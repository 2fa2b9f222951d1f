//! What RoIs are ranked by: a loss of any type, and the total order it defines.

use core::cmp::Ordering;
use core::fmt::{self, Debug};

use crate::Float;
use crate::simd::{Lanes, Simd};

mod sealed {
    pub trait Sealed {}
}

/// What is done with a loss that is NaN, whatever its sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NanPolicy {
    /// It is an error that names the first one.
    #[default]
    Error,
    /// It is left out: neither visited nor selected.
    Skip,
    /// It ranks before everything, +infinity included, as in numpy and torch; NaNs tie.
    First,
}

/// A loss that RoIs can be ranked by: `f32`, `f64`, and for quantised training `i8`, `i16`, `i32`.
///
/// Sealed. The order is: larger first, +0 equal to -0, NaN before everything (where [`NanPolicy`] lets it
/// take part), and the lower index first where losses are equal.
pub trait Hardness: Copy + Debug + PartialOrd + sealed::Sealed {
    /// Loss and index in one integer that sorts ascending where RoIs sort hardest first.
    #[doc(hidden)]
    type Packed: Copy + Debug + Ord;
    /// A packed value to fill memory with.
    #[doc(hidden)]
    const FILLER: Self::Packed;

    /// How many bytes of a packed value count: those of the loss, and 4 of the index.
    #[doc(hidden)]
    const BYTES: u32;

    /// Byte `nth` of a packed value, from the first that counts.
    #[doc(hidden)]
    fn byte(packed: Self::Packed, nth: u32) -> u8;
    /// Packs a loss and its index.
    #[doc(hidden)]
    fn pack(self, index: u32) -> Self::Packed;
    /// Unpacks the loss (with +0 for -0, and one NaN for all) and the index.
    #[doc(hidden)]
    fn unpack(packed: Self::Packed) -> (Self, u32);
    /// Whether this compares with nothing: a NaN.
    #[doc(hidden)]
    fn is_unordered(self) -> bool;
    /// The value as an `f64`, exactly.
    #[doc(hidden)]
    fn to_f64(self) -> f64;
    /// Bit `i` where `block[i]` is larger than the cut, or either is NaN.
    #[doc(hidden)]
    fn above<S: Simd>(block: &[Self; 64], cut: Self) -> u64;
}

/// A RoI's loss and index, ordered as RoIs are: the hardest is the least.
///
/// ```
/// use ohem_core::Ranked;
///
/// assert!(Ranked::new(2.0, 7) < Ranked::new(1.0, 0)); // harder first
/// assert!(Ranked::new(1.0, 0) < Ranked::new(1.0, 1)); // then the lower index
/// assert!(Ranked::new(-0.0, 0) < Ranked::new(0.0, 1)); // zeros are equal
/// ```
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Ranked<H: Hardness>(H::Packed);

impl<H: Hardness> Ord for Ranked<H> {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<H: Hardness> PartialOrd for Ranked<H> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<H: Hardness> Eq for Ranked<H> {}

impl<H: Hardness> PartialEq for Ranked<H> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<H: Hardness> Ranked<H> {
    /// Fills memory that is lent for ranking; its value is never read.
    pub const FILLER: Self = Self(H::FILLER);

    /// Ranks the RoI `index` by its loss.
    #[inline(always)]
    pub fn new(hardness: H, index: u32) -> Self {
        Self(hardness.pack(index))
    }

    /// The RoI's index.
    #[inline(always)]
    pub fn index(self) -> u32 {
        H::unpack(self.0).1
    }

    /// The RoI's loss, with +0 for -0 and one NaN for all.
    #[inline(always)]
    pub fn hardness(self) -> H {
        H::unpack(self.0).0
    }

    /// Byte `nth` of loss and index, of those by which it is ordered.
    #[inline(always)]
    pub(crate) fn byte(self, nth: u32) -> u8 {
        H::byte(self.0, nth)
    }

    /// Whether the first bytes are the same.
    #[inline(always)]
    pub(crate) fn same_bytes(self, other: Self, first: u32) -> bool {
        (0..first).all(|nth| self.byte(nth) == other.byte(nth))
    }
}

impl<H: Hardness> Debug for Ranked<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hardness, index) = H::unpack(self.0);
        f.debug_struct("Ranked").field("hardness", &hardness).field("index", &index).finish()
    }
}

/// The scan kernel: the losses of a block that do not lie at or below the cut, NaNs among them.
#[inline(always)]
fn floats_above<F: Float, S: Simd>(block: &[F; 64], cut: F) -> u64 {
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
    ($float:ident, $bits:ident, $signed:ident, $packed:ident) => {
        impl sealed::Sealed for $float {}

        impl Hardness for $float {
            type Packed = $packed;
            const FILLER: $packed = $packed::MAX;
            const BYTES: u32 = $bits::BITS / 8 + 4;

            #[allow(clippy::cast_possible_truncation, reason = "takes one byte")]
            #[inline(always)]
            fn byte(packed: $packed, nth: u32) -> u8 {
                packed.checked_shr(8 * (Self::BYTES - 1).saturating_sub(nth)).unwrap_or(0) as u8
            }

            #[inline(always)]
            fn pack(self, index: u32) -> $packed {
                let bits = (self + 0.0).to_bits(); // -0 + 0 is +0
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
            fn is_unordered(self) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn above<S: Simd>(block: &[Self; 64], cut: Self) -> u64 {
                floats_above::<Self, S>(block, cut)
            }
        }
    };
}

float_hardness!(f32, u32, i32, u64);
float_hardness!(f64, u64, i64, u128);

/// Quantised losses: the sign bit turned makes them sort as unsigned integers.
macro_rules! integer_hardness {
    ($int:ident, $bits:ident) => {
        impl sealed::Sealed for $int {}

        impl Hardness for $int {
            type Packed = u64;
            const FILLER: u64 = u64::MAX;
            const BYTES: u32 = $bits::BITS / 8 + 4;

            #[allow(clippy::cast_possible_truncation, reason = "takes one byte")]
            #[inline(always)]
            fn byte(packed: u64, nth: u32) -> u8 {
                packed.checked_shr(8 * (Self::BYTES - 1).saturating_sub(nth)).unwrap_or(0) as u8
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
            fn is_unordered(self) -> bool {
                false
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn above<S: Simd>(block: &[Self; 64], cut: Self) -> u64 {
                let mut bits = 0;
                for (at, &loss) in block.iter().enumerate() {
                    bits |= u64::from(loss > cut) << at;
                }
                bits
            }
        }
    };
}

integer_hardness!(i8, u8);
integer_hardness!(i16, u16);
integer_hardness!(i32, u32);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{Portable, Scalar};

    #[test]
    fn packing_sorts_hardest_first_and_gives_the_loss_back() {
        let losses = [f32::INFINITY, f32::MAX, 1.0, f32::from_bits(1), 0.0, -1e-45, -1.0, f32::NEG_INFINITY];
        for (i, pair) in losses.windows(2).enumerate() {
            assert!(Ranked::new(pair[0], 9) < Ranked::new(pair[1], 0), "{i}");
        }
        for loss in losses {
            assert_eq!((Ranked::new(loss, 5).hardness(), Ranked::new(loss, 5).index()), (loss, 5));
        }
        for loss in [i8::MIN, -1, 0, 1, i8::MAX] {
            assert_eq!((Ranked::new(loss, 5).hardness(), Ranked::new(loss, 5).index()), (loss, 5));
        }
        assert!(Ranked::new(i32::MIN, 0) > Ranked::new(i32::MAX, u32::MAX));
    }

    #[test]
    fn every_nan_is_the_same_and_hardest() {
        assert_eq!(Ranked::new(f64::NAN, 3), Ranked::new(-f64::NAN, 3));
        assert!(Ranked::new(-f32::NAN, 3) < Ranked::new(f32::INFINITY, 0));
        assert!(Ranked::new(f32::NAN, 3).hardness().is_nan());
    }

    #[test]
    fn the_scan_finds_what_is_above_the_cut_on_every_tier() {
        let mut block = [0.5; 64];
        (block[0], block[9], block[63], block[17]) = (0.75, f32::NAN, f32::INFINITY, f32::NEG_INFINITY);
        let want = 1 | 1 << 9 | 1 << 63;
        assert_eq!(f32::above::<Portable>(&block, 0.5), want);
        assert_eq!(f32::above::<Scalar>(&block, 0.5), want);
        let block = block.map(f64::from);
        assert_eq!(f64::above::<Portable>(&block, 0.5), want);
        assert_eq!(f64::above::<Scalar>(&block, 0.5), want);
    }
}
