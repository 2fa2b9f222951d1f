//! The lane trait that every kernel is written over, and the tokens that choose its registers.
//!
//! A kernel is generic over [`Lanes`]; a [`Simd`] token names the lanes of each float type. [`Portable`]
//! is `wide`, its instruction set chosen when it is compiled; [`Scalar`] is one lane, for cores without
//! vectors. A crate that detects CPU features at run time adds its tokens.
//!
//! Only operations that give the same bits on every instruction set are here: + - * /, minimum, maximum,
//! comparisons, and exact work on the bits. No result depends on what [`Lanes::min`] or [`Lanes::max`] make
//! of a NaN, where the sets differ.

use core::fmt::Debug;
use core::ops::BitAnd;

pub mod format;
mod portable;
mod scalar;

pub use portable::Portable;
pub use scalar::Scalar;

use format::{binary32, binary64};

/// Proves by its existence that an instruction set may be used, and names its lanes.
pub trait Simd: Copy + Debug {
    /// The lanes of `f32`.
    type F32: Lanes<Scalar = f32>;
    /// The lanes of `f64`.
    type F64: Lanes<Scalar = f64>;

    /// Runs `work` with the instruction set enabled; whatever is inlined into `work` uses it.
    fn run<R>(self, work: impl FnOnce() -> R) -> R;
}

/// Refuses lanes whose number no kernel works with, when the kernel is compiled.
pub(crate) const fn check_lanes<V: Lanes>() {
    assert!(V::N.is_power_of_two() && V::N <= MOST_LANES, "`Lanes::N` must be a power of two from 1 to 32");
}

/// The largest number of lanes.
const MOST_LANES: usize = 32;

/// A vector of floats: one register, or what stands in for it.
///
/// Every method must be inlined always: a call that leaves the region where the instruction set is
/// enabled costs more than the arithmetic.
///
/// ```compile_fail
/// use ohem_core::kernel::{Lanes, Simd, loss};
///
/// #[derive(Clone, Copy, Debug)]
/// struct None; // an instruction set whose vectors have no lane
///
/// # macro_rules! none {
/// #     ($name:ident, $float:ty) => {
/// #         #[derive(Clone, Copy)]
/// #         struct $name($float);
/// #         impl Lanes for $name {
/// #             type Scalar = $float;
/// #             type Array = [$float; 1];
/// #             type Mask = bool;
/// const N: usize = 0; // with 1, this example compiles
/// #             const ROUNDER: $float = <$float as Lanes>::ROUNDER;
/// #             fn chunks(values: &[$float]) -> (&[[$float; 1]], &[$float]) { values.as_chunks() }
/// #             fn chunks_mut(values: &mut [$float]) -> (&mut [[$float; 1]], &mut [$float]) { values.as_chunks_mut() }
/// #             fn array(mut lane: impl FnMut(usize) -> $float) -> [$float; 1] { [lane(0)] }
/// #             fn splat(value: $float) -> Self { Self(value) }
/// #             fn load(&[value]: &[$float; 1]) -> Self { Self(value) }
/// #             fn store(self) -> [$float; 1] { [self.0] }
/// #             fn add(self, other: Self) -> Self { Self(self.0 + other.0) }
/// #             fn sub(self, other: Self) -> Self { Self(self.0 - other.0) }
/// #             fn mul(self, other: Self) -> Self { Self(self.0 * other.0) }
/// #             fn div(self, other: Self) -> Self { Self(self.0 / other.0) }
/// #             fn min(self, other: Self) -> Self { Self(self.0.min(other.0)) }
/// #             fn max(self, other: Self) -> Self { Self(self.0.max(other.0)) }
/// #             fn le(self, other: Self) -> bool { self.0 <= other.0 }
/// #             fn eq(self, other: Self) -> bool { self.0 == other.0 }
/// #             fn bits(mask: bool) -> u32 { mask.into() }
/// #             fn select(mask: bool, yes: Self, no: Self) -> Self { if mask { yes } else { no } }
/// #             fn power_of_two(self) -> Self { Self(Lanes::power_of_two(self.0)) }
/// #             fn split(self) -> (Self, Self) { let (m, e) = Lanes::split(self.0); (Self(m), Self(e)) }
/// #         }
/// #     };
/// # }
/// # none!(Single, f32);
/// # none!(Double, f64);
/// impl Simd for None {
///     type F32 = Single;
///     type F64 = Double;
///
///     fn run<R>(self, work: impl FnOnce() -> R) -> R {
///         work()
///     }
/// }
/// loss::binary_cross_entropy(None, &[0.0], &[1.0], &mut [0.0_f32])?;
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub trait Lanes: Copy {
    /// The float in each lane.
    type Scalar: Copy;
    /// As many floats as there are lanes.
    type Array: Copy + AsRef<[Self::Scalar]>;
    /// A truth value in each lane.
    type Mask: Copy + BitAnd<Output = Self::Mask>;

    /// How many lanes there are: a power of two, at most 32. Another number does not compile in any kernel.
    const N: usize;
    /// What rounds a small float to a whole one when it is added, for [`Lanes::power_of_two`].
    const ROUNDER: Self::Scalar;

    /// Splits into whole vectors and the rest.
    fn chunks(values: &[Self::Scalar]) -> (&[Self::Array], &[Self::Scalar]);
    /// Splits into whole vectors and the rest, to write to.
    fn chunks_mut(values: &mut [Self::Scalar]) -> (&mut [Self::Array], &mut [Self::Scalar]);
    /// Makes an array lane by lane.
    fn array(lane: impl FnMut(usize) -> Self::Scalar) -> Self::Array;

    /// The same float in every lane.
    fn splat(value: Self::Scalar) -> Self;
    /// One float a lane.
    fn load(values: &Self::Array) -> Self;
    /// The lanes as an array.
    fn store(self) -> Self::Array;

    /// Sum, lane by lane.
    fn add(self, other: Self) -> Self;
    /// Difference, lane by lane.
    fn sub(self, other: Self) -> Self;
    /// Product, lane by lane.
    fn mul(self, other: Self) -> Self;
    /// Quotient, lane by lane.
    fn div(self, other: Self) -> Self;
    /// Smaller of two that are not NaN, lane by lane.
    fn min(self, other: Self) -> Self;
    /// Larger of two that are not NaN, lane by lane. If `self` is -0 and `other` is 0, the result is 0.
    fn max(self, other: Self) -> Self;

    /// Where `self <= other`; false where either is NaN.
    fn le(self, other: Self) -> Self::Mask;
    /// Where `self == other`; false where either is NaN.
    fn eq(self, other: Self) -> Self::Mask;
    /// Bit `i` for lane `i`.
    fn bits(mask: Self::Mask) -> u32;
    /// `yes` where the mask holds, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// Two to the power of whole `n`, where a lane holds `ROUNDER + n` and the power is a normal float.
    ///
    /// Any bits where it does not.
    fn power_of_two(self) -> Self;
    /// The `m` from `sqrt(1/2)` up to `sqrt(2)`, and the whole `e`, of which a lane is `m * 2^e`.
    ///
    /// Any bits where a lane is not positive and normal.
    fn split(self) -> (Self, Self);
}
