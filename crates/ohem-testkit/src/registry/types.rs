//! The types that operations are generic over: floats of boxes, and losses that RoIs are ranked by.

use half::{bf16, f16};
use ohem_core::{Float, RankKey};

use super::Words;

/// A float type of boxes.
pub trait Real: Float + Loss {
    /// The logarithm that the crate `libm` computes, the same on every machine.
    #[cfg(feature = "std")]
    #[must_use]
    fn ln_of_libm(self) -> Self;

    /// The exponential that the crate `libm` computes.
    #[cfg(feature = "std")]
    #[must_use]
    fn exp_of_libm(self) -> Self;
}

macro_rules! real {
    ($($float:ident: $ln:ident $exp:ident)*) => {$(
        impl Real for $float {
            #[cfg(feature = "std")]
            fn ln_of_libm(self) -> Self {
                libm::$ln(self)
            }

            #[cfg(feature = "std")]
            fn exp_of_libm(self) -> Self {
                libm::$exp(self)
            }
        }
    )*};
}

real!(f32: logf expf f64: log exp);

/// A type of losses.
pub trait Loss: RankKey + Words + bytemuck::Pod {
    /// A loss in this type: rounded, or quantised by a power of two and saturated.
    fn of(loss: f64) -> Self;
}

impl Loss for f64 {
    fn of(loss: f64) -> Self {
        loss
    }
}

/// Rounded to `f32` first and then, if at all, to fewer bits: in one step, some instruction sets round twice.
macro_rules! rounded {
    ($($float:ident by $from:path)*) => {$(
        impl Loss for $float {
            #[expect(clippy::cast_possible_truncation, reason = "it rounds to nearest, as intended")]
            fn of(loss: f64) -> Self {
                $from(loss as f32)
            }
        }
    )*};
}

rounded!(f32 by f32::from f16 by f16::from_f32 bf16 by bf16::from_f32);

/// Multiplied exactly, cut off, and saturated, so that many losses tie. A NaN becomes 0.
macro_rules! quantised {
    ($($integer:ident times $scale:literal)*) => {$(
        impl Loss for $integer {
            #[expect(clippy::cast_possible_truncation, reason = "a cast that saturates is meant")]
            fn of(loss: f64) -> Self {
                (loss * $scale) as Self
            }
        }
    )*};
}

quantised!(i8 times 8.0 i16 times 256.0 i32 times 65_536.0);
