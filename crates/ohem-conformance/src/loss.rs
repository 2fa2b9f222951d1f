//! The types of losses that RoIs are ranked by, and how each is made of a golden loss.

use bytemuck::Pod;
use half::{bf16, f16};
use ohem_core::RankKey;

use crate::bits::Bits;

/// A loss that cases are ranked by.
pub(crate) trait Loss: RankKey + Bits + Pod {
    /// The loss in this type: rounded, or quantised by a power of two and saturated.
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
            #[expect(clippy::cast_possible_truncation, reason = "rounding to nearest is what is asked for")]
            fn of(loss: f64) -> Self {
                $from(loss as f32)
            }
        }
    )*};
}

rounded!(f32 by f32::from f16 by f16::from_f32 bf16 by bf16::from_f32);

/// Multiplied exactly, cut off, and saturated; so many losses tie. A NaN becomes 0.
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
