//! The key that RoIs are ranked by: a loss of any type, and the total order it defines.

use core::cmp::Ordering;
use core::fmt::{self, Debug};

use crate::simd::Simd;

mod float;
#[cfg(feature = "half")]
mod half;
mod integer;

mod sealed {
    pub trait Sealed {}
}

/// How a NaN loss is handled, whatever its sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NanPolicy {
    /// It is an error that names the first one.
    #[default]
    Error,
    /// It is left out: neither visited nor selected.
    Skip,
    /// It ranks before everything, +infinity included, as in numpy and torch; NaNs tie.
    First,
}

/// The type of a loss or score that can be ranked: `f32`, `f64`, and for quantised training `i8`, `i16`, `i32`.
///
/// With the feature `half`, also `f16` and `bf16` of the crate [half](https://docs.rs/half). Sealed. The order
/// is: larger first, +0 equal to -0, NaN before everything (where [`NanPolicy`] lets it take part), and the
/// lower index first where losses are equal.
///
/// ```
/// # #[cfg(feature = "half")]
/// # {
/// use half::f16;
/// use ohem_core::{NanPolicy, rank};
///
/// let losses = [0.25, 1.5, -0.0, 1.5].map(f16::from_f32_const);
/// let mut indices = [0, 1, 2, 3];
/// assert_eq!(rank::top_k(&losses, &mut indices, 3, NanPolicy::Error), Ok(&[1, 3, 0][..]));
/// # }
/// ```
pub trait RankKey: Copy + Debug + Default + PartialOrd + Send + Sync + sealed::Sealed + 'static {
    /// Loss and index in one integer that sorts ascending where RoIs sort hardest first.
    #[doc(hidden)]
    type Packed: Copy + Debug + Ord + Send + Sync + 'static;
    /// A packed value that fills memory before it is written to.
    #[doc(hidden)]
    const PLACEHOLDER: Self::Packed;

    /// Number of bytes of a packed value that order it: those of the loss, and 4 of the index.
    #[doc(hidden)]
    const BYTES: u32;

    /// Byte `nth` of a packed value, from the first that counts.
    #[doc(hidden)]
    fn byte(packed: Self::Packed, nth: u32) -> u8;
    /// Number of bits of the difference of two packed values.
    #[doc(hidden)]
    fn bits_between(least: Self::Packed, most: Self::Packed) -> u32;
    /// The difference to a lesser packed value, shifted to the right.
    #[doc(hidden)]
    fn steps(least: Self::Packed, packed: Self::Packed, shift: u32) -> usize;
    /// Packs a loss and its index.
    #[doc(hidden)]
    fn pack(self, index: u32) -> Self::Packed;
    /// Unpacks the loss (with +0 for -0, and one NaN for all) and the index.
    #[doc(hidden)]
    fn unpack(packed: Self::Packed) -> (Self, u32);
    /// Whether it is NaN. (Named apart from `num_traits::Float::is_nan`, which floats have, too.)
    #[doc(hidden)]
    fn is_nan_key(self) -> bool;
    /// The value as an `f64`, exactly.
    #[doc(hidden)]
    fn to_f64(self) -> f64;
    /// Sets bit `i` where `block[i]` is greater than the cut, or either is NaN.
    #[doc(hidden)]
    fn mask_greater<S: Simd>(block: &[Self; 64], cut: Self) -> u64;
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
pub struct Ranked<H: RankKey>(H::Packed);

impl<H: RankKey> Ord for Ranked<H> {
    #[inline(always)]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<H: RankKey> PartialOrd for Ranked<H> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<H: RankKey> Eq for Ranked<H> {}

impl<H: RankKey> PartialEq for Ranked<H> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<H: RankKey> Ranked<H> {
    /// Fills memory that is lent for ranking; its value is never read before it is overwritten.
    pub const PLACEHOLDER: Self = Self(H::PLACEHOLDER);

    /// Ranks the RoI `index` by its loss.
    #[inline(always)]
    pub fn new(key: H, index: u32) -> Self {
        Self(key.pack(index))
    }

    /// The RoI's index.
    #[inline(always)]
    pub fn index(self) -> u32 {
        H::unpack(self.0).1
    }

    /// The RoI's loss, with +0 for -0 and one NaN for all.
    #[inline(always)]
    pub fn key(self) -> H {
        H::unpack(self.0).0
    }

    /// Byte `nth` of loss and index, of those by which it is ordered.
    #[inline(always)]
    pub(crate) fn byte(self, nth: u32) -> u8 {
        H::byte(self.0, nth)
    }

    /// Number of bits of the difference to a RoI that ranks behind this one.
    #[inline(always)]
    pub(crate) fn bits_to(self, most: Self) -> u32 {
        H::bits_between(self.0, most.0)
    }

    /// How far it ranks behind another, in steps of a power of two.
    #[inline(always)]
    pub(crate) fn steps_from(self, least: Self, shift: u32) -> usize {
        H::steps(least.0, self.0, shift)
    }
}

impl<H: RankKey> Debug for Ranked<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, index) = H::unpack(self.0);
        f.debug_struct("Ranked").field("key", &key).field("index", &index).finish()
    }
}

/// The scan of losses that have no lanes: the same, one by one.
#[expect(clippy::neg_cmp_op_on_partial_ord, reason = "a NaN is not at or below anything")]
#[inline(always)]
fn mask_greater_one_by_one<H: RankKey>(block: &[H; 64], cut: H) -> u64 {
    // A word at a time: where it has 32 bits, shifting 64 takes many instructions.
    let (words, _) = block.as_chunks::<{ usize::BITS as usize }>();
    let (mut above, mut shift) = (0, 0);
    for word in words {
        let mut bits = 0_usize;
        for (at, &loss) in word.iter().enumerate() {
            bits |= usize::from(!(loss <= cut)) << at;
        }
        above |= (bits as u64) << shift;
        shift += usize::BITS;
    }
    above
}

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
            assert_eq!((Ranked::new(loss, 5).key(), Ranked::new(loss, 5).index()), (loss, 5));
        }
        for loss in [i8::MIN, -1, 0, 1, i8::MAX] {
            assert_eq!((Ranked::new(loss, 5).key(), Ranked::new(loss, 5).index()), (loss, 5));
        }
        assert!(Ranked::new(i32::MIN, 0) > Ranked::new(i32::MAX, u32::MAX));
    }

    #[test]
    fn every_nan_is_the_same_and_hardest() {
        assert_eq!(Ranked::new(f64::NAN, 3), Ranked::new(-f64::NAN, 3));
        assert!(Ranked::new(-f32::NAN, 3) < Ranked::new(f32::INFINITY, 0));
        assert!(Ranked::new(f32::NAN, 3).key().is_nan());
    }

    #[test]
    fn the_scan_finds_what_is_above_the_cut_on_every_tier() {
        let mut block = [0.5; 64];
        (block[0], block[9], block[63], block[17]) = (0.75, f32::NAN, f32::INFINITY, f32::NEG_INFINITY);
        let want = 1 | 1 << 9 | 1 << 63;
        assert_eq!(f32::mask_greater::<Portable>(&block, 0.5), want);
        assert_eq!(f32::mask_greater::<Scalar>(&block, 0.5), want);
        let block = block.map(f64::from);
        assert_eq!(f64::mask_greater::<Portable>(&block, 0.5), want);
        assert_eq!(f64::mask_greater::<Scalar>(&block, 0.5), want);
    }

    #[test]
    fn losses_are_equal_where_loss_and_index_are() {
        assert_eq!(Ranked::new(-0.0, 1), Ranked::new(0.0, 1));
        assert_ne!(Ranked::new(1.0, 1), Ranked::new(1.0, 2));
        assert_ne!(Ranked::new(1_i8, 1), Ranked::new(2, 1));
    }
}
