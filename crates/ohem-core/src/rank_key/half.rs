//! Losses that are floats of 16 bits.

use half::{bf16, f16};

use super::float::float_hardness;
use super::{RankKey, mask_greater_one_by_one, sealed};
use crate::simd::Simd;

float_hardness!(f16, u16, u64, f16::ZERO, mask_greater_one_by_one);
float_hardness!(bf16, u16, u64, bf16::ZERO, mask_greater_one_by_one);
