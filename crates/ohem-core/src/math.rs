//! `exp` and `ln` with the same bits on every target.
//!
//! The platform's library is never used, since its bits differ from others'. In `f32` they are polynomials of
//! + - * / alone, written over lanes ([`single`]); in `f64` they are `libm`'s, lane by lane ([`double`]).

pub(crate) mod double;
pub(crate) mod single;
