//! The types that operations are generic over: floats of boxes, and losses that RoIs are ranked by.

use half::{bf16, f16};
use ohem_core::{Float, RankKey};

use super::Words;

/// A float type of boxes.
pub trait Real: Float + Loss {
    /// Its name in a case.
    const NAME: &'static str;

    /// Its unit in the last place of 1.
    const EPSILON: f64;
}

impl Real for f32 {
    const NAME: &'static str = "f32";
    const EPSILON: f64 = f32::EPSILON as f64;
}

impl Real for f64 {
    const NAME: &'static str = "f64";
    const EPSILON: f64 = f64::EPSILON;
}

/// A type of losses.
pub trait Loss: RankKey + Words {
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
