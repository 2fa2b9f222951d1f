//! Numbers that name an image, a label or an object, in whatever type a table has them.

use core::fmt::{self, Debug};

mod sealed {
    pub trait Sealed {}
}

/// What a RoI was matched to: an object, the background, or nothing that counts.
///
/// An object is given by a number, which the context explains: the index of a ground-truth box, or a class.
/// Labelling, losses, gradients, mining and its rules all read this one type, so that what one of them writes
/// feeds the next without a conversion.
///
/// An **ignored** RoI takes no part in ranking or suppression, and its loss and gradient are 0.
///
/// In memory it is a `u32`: [`Match::from_numbers`] views a slice of numbers as matches, without a copy.
///
/// ```
/// use ohem_core::Match;
///
/// let matches = [Match::object(3), Match::BACKGROUND, Match::IGNORED];
/// assert_eq!(matches.map(Match::number), [Some(3), None, None]);
/// assert_eq!(Match::from_numbers(&[3, u32::MAX - 1, u32::MAX]), matches);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bytemuck::Pod, bytemuck::Zeroable)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct Match(u32);

impl Match {
    /// No object: `u32::MAX - 1` in memory.
    pub const BACKGROUND: Self = Self(u32::MAX - 1);

    /// Neither an object nor background: `u32::MAX` in memory.
    pub const IGNORED: Self = Self(u32::MAX);

    /// Number of objects that a match can name.
    pub(crate) const OBJECTS: u32 = Self::BACKGROUND.0;

    /// The object of this number, which must be below `u32::MAX - 1`: these two have another meaning.
    pub const fn object(number: u32) -> Self {
        Self(number)
    }

    /// Reads a match as TensorFlow, Caffe and torchvision's `Matcher` write it.
    ///
    /// A number of at least 0 is the index of an object, -1 is background, and anything less is ignored.
    ///
    /// ```
    /// use ohem_core::Match;
    ///
    /// let matches = [4, -1, -2].map(Match::from_signed);
    /// assert_eq!(matches, [Match::object(4), Match::BACKGROUND, Match::IGNORED]);
    /// ```
    pub const fn from_signed(index: i32) -> Self {
        match index {
            0.. => Self(index.cast_unsigned()),
            -1 => Self::BACKGROUND,
            _ => Self::IGNORED,
        }
    }

    /// Views numbers as matches.
    pub fn from_numbers(numbers: &[u32]) -> &[Self] {
        bytemuck::must_cast_slice(numbers)
    }

    /// Views numbers as matches, to write to.
    pub fn from_numbers_mut(numbers: &mut [u32]) -> &mut [Self] {
        bytemuck::must_cast_slice_mut(numbers)
    }

    /// The number of the object, if it is one.
    #[inline(always)]
    pub const fn number(self) -> Option<u32> {
        if self.0 < Self::BACKGROUND.0 { Some(self.0) } else { None }
    }

    /// Whether it is an object.
    #[inline(always)]
    pub const fn is_object(self) -> bool {
        self.0 < Self::BACKGROUND.0
    }

    /// Whether it is background.
    #[inline(always)]
    pub const fn is_background(self) -> bool {
        self.0 == Self::BACKGROUND.0
    }

    /// Whether it is ignored.
    #[inline(always)]
    pub const fn is_ignored(self) -> bool {
        self.0 == Self::IGNORED.0
    }
}

impl Default for Match {
    fn default() -> Self {
        Self::BACKGROUND
    }
}

impl Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => f.debug_tuple("Object").field(&number).finish(),
            None if self.is_background() => f.write_str("Background"),
            None => f.write_str("Ignored"),
        }
    }
}

/// How a key is handled that is negative, not whole, or too large for a `u32`. It is never wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum InvalidKey {
    /// It is an error that names the first one met.
    #[default]
    Error,
    /// Its RoI is ignored, as [`Match::IGNORED`] is.
    Ignore,
}

/// A number that names an image or a label: an integer, a whole float, or a [`Match`]. Sealed.
///
/// Keys are converted when they are read, a few hundred of 100,000, so that a column of `i64` costs no more
/// than one of `u32`. [`InvalidKey`] says how a negative or too large key is handled. `u32::MAX` is
/// [`Match::IGNORED`] in every type that can hold it.
pub trait Key: Copy + Debug + sealed::Sealed {
    /// The key as a `u32`; `None` if it is negative, not whole, or too large.
    #[doc(hidden)]
    fn to_number(self) -> Option<u32>;

    /// The key as the nearest `i64`, to be named in an error.
    #[doc(hidden)]
    fn to_nearest(self) -> i64;
}

macro_rules! unsigned {
    ($($key:ty),+) => {$(
        impl sealed::Sealed for $key {}
        impl Key for $key {
            #[inline(always)]
            fn to_number(self) -> Option<u32> {
                Some(u32::from(self))
            }
            fn to_nearest(self) -> i64 {
                i64::from(self)
            }
        }
    )+};
}

macro_rules! signed {
    ($($key:ty),+) => {$(
        impl sealed::Sealed for $key {}
        impl Key for $key {
            #[inline(always)]
            fn to_number(self) -> Option<u32> {
                u32::try_from(self).ok()
            }
            fn to_nearest(self) -> i64 {
                i64::from(self)
            }
        }
    )+};
}

macro_rules! float {
    ($($key:ty),+) => {$(
        impl sealed::Sealed for $key {}
        impl Key for $key {
            #[inline(always)]
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "the comparison takes back what the cast changed"
            )]
            fn to_number(self) -> Option<u32> {
                let number = self as u32; // saturates; NaN becomes 0
                (number as $key == self && self <= MAX_WHOLE as $key).then_some(number)
            }
            #[allow(clippy::cast_possible_truncation, reason = "a cast that saturates is meant")]
            fn to_nearest(self) -> i64 {
                self as i64
            }
        }
    )+};
}

/// The largest key that a float can name: above it, an `f32` cannot tell `u32::MAX` from its neighbours.
const MAX_WHOLE: u32 = 1 << 31;

unsigned!(u8, u16, u32);
signed!(i8, i16, i32, i64);
float!(f32, f64);

impl sealed::Sealed for Match {}

impl Key for Match {
    #[inline(always)]
    fn to_number(self) -> Option<u32> {
        Some(self.0)
    }
    fn to_nearest(self) -> i64 {
        i64::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn a_match_is_one_of_three() {
        let told = |of: Match| (of.number(), of.is_object(), of.is_background(), of.is_ignored());
        assert_eq!(told(Match::object(0)), (Some(0), true, false, false));
        assert_eq!(told(Match::object(u32::MAX - 2)), (Some(u32::MAX - 2), true, false, false));
        assert_eq!(told(Match::BACKGROUND), (None, false, true, false));
        assert_eq!(told(Match::IGNORED), (None, false, false, true));
        assert_eq!(told(Match::default()), told(Match::BACKGROUND));
        assert_eq!(
            format!("{:?}", [Match::object(7), Match::BACKGROUND, Match::IGNORED]),
            "[Object(7), Background, Ignored]"
        );
        let mut numbers = [1, 2];
        Match::from_numbers_mut(&mut numbers)[1] = Match::IGNORED;
        assert_eq!(numbers, [1, u32::MAX]);
        assert_eq!(
            [i32::MIN, -2, -1, 0, i32::MAX].map(Match::from_signed),
            [Match::IGNORED, Match::IGNORED, Match::BACKGROUND, Match(0), Match(i32::MAX.cast_unsigned())]
        );
    }

    #[test]
    fn keys_are_converted_and_never_wrapped() {
        assert_eq!((7_u8.to_number(), 7_u16.to_number(), 7_u32.to_number()), (Some(7), Some(7), Some(7)));
        assert_eq!([i64::MIN, -1, 1 << 32].map(Key::to_number), [None; 3]);
        assert_eq!([0_i64, u32::MAX.into()].map(Key::to_number), [Some(0), Some(u32::MAX)]);
        assert_eq!([-1_i32, 5].map(Key::to_number), [None, Some(5)]);
        assert_eq!([-1.0_f32, 0.5, f32::NAN, f32::INFINITY, 4e9].map(Key::to_number), [None; 5]);
        assert_eq!([0.0_f32, -0.0, 80.0, 2_147_483_648.0].map(Key::to_number), [0, 0, 80, 1 << 31].map(Some));
        assert_eq!([1e300_f64, 3.5, 2_147_483_649.0].map(Key::to_number), [None; 3]);
        assert_eq!(Match::IGNORED.to_number(), Some(u32::MAX));
    }

    #[test]
    fn an_invalid_key_is_named_by_the_nearest_number() {
        assert_eq!((7_u8.to_nearest(), (-3_i16).to_nearest(), i64::MIN.to_nearest()), (7, -3, i64::MIN));
        assert_eq!((-2.5_f64.to_nearest(), f32::NAN.to_nearest(), 1e30_f32.to_nearest()), (-2, 0, i64::MAX));
        assert_eq!(Match::BACKGROUND.to_nearest(), 0xFFFF_FFFE);
    }
}
