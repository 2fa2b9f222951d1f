//! How near floats must be.

use ohem_core::{Float, RankKey};

/// How near a float type is to the oracle's result in `f64`, and the same where terms may cancel.
pub trait Near: Float {
    /// By this share of the value.
    const RELATIVE: f64;
    /// By this where terms of about 1 cancel.
    const ABSOLUTE: f64;
}

impl Near for f32 {
    const RELATIVE: f64 = 1e-5;
    const ABSOLUTE: f64 = 2e-6;
}

impl Near for f64 {
    const RELATIVE: f64 = 1e-12;
    const ABSOLUTE: f64 = 1e-14;
}

/// The values in a float type.
pub fn narrow<F: Float>(values: &[f64]) -> Vec<F> {
    values.iter().map(|&value| F::from_f64(value)).collect()
}

/// The values as they are after rounding.
pub fn rounded<F: Float>(values: &[f64]) -> Vec<f64> {
    narrow::<F>(values).into_iter().map(RankKey::to_f64).collect()
}

/// Near by the share that the type allows.
///
/// # Panics
///
/// If a value is not, or one is missing.
#[track_caller]
pub fn assert_near<F: Near>(got: &[F], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (at, (&got, &want)) in got.iter().zip(want).enumerate() {
        let near = F::from_f64(want) == got || want.is_nan() && got.is_nan();
        let off = (got.to_f64() - want).abs();
        // Each of up to 40 columns may be off by half of the smallest number.
        let subnormal = 24.0 * F::SMALLEST.to_f64();
        assert!(near || off <= F::RELATIVE * want.abs() + subnormal, "at {at}: {got:?}, expected {want:e}");
    }
}

/// Near by what the type allows where terms of about `scale` cancel.
///
/// # Panics
///
/// If a value is not.
#[track_caller]
pub fn assert_close<F: Near>(got: &[F], want: &[f64], scale: f64) {
    for (&got, &want) in got.iter().zip(want) {
        let near = (got.to_f64() - want).abs() <= F::ABSOLUTE * scale || want.is_nan() && got.is_nan();
        assert!(near, "{got:?}, expected {want:e}");
    }
}

/// Equal to the bit, except for the payload of a NaN.
///
/// # Panics
///
/// If a value is not, or one is missing.
#[track_caller]
pub fn assert_same<F: Float>(got: &[F], want: &[F]) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        let same = got == want && got.is_sign_negative() == want.is_sign_negative();
        assert!(same || got.is_nan() && want.is_nan(), "{got:?}, {want:?} in other lanes");
    }
}

/// Floats that are equal when all bits are, or both are NaN.
#[derive(Clone, Debug)]
pub struct Bits<F>(pub Vec<F>);

impl<F: Float> PartialEq for Bits<F> {
    fn eq(&self, other: &Self) -> bool {
        let bits = |value: F| Some(RankKey::to_f64(value).to_bits()).filter(|_| !value.is_nan());
        self.0.iter().map(|&value| bits(value)).eq(other.0.iter().map(|&value| bits(value)))
    }
}

/// Equal, or as near as two libraries' `exp` and `ln` are, relative to the value or to `scale`; NaN equals NaN.
pub fn is_near<F: Float>(got: F, want: F, scale: F) -> bool {
    let tolerance = F::epsilon() * F::from_f64(8.0) * want.abs().max(scale);
    got == want || (got.is_nan() && want.is_nan()) || (got - want).abs() <= tolerance
}

/// Deltas that are equal, except for the last bits of the two logarithms.
///
/// # Panics
///
/// If they are not.
#[track_caller]
pub fn assert_deltas_near<F: Float>(got: [F; 4], want: [F; 4]) {
    for value in 0..4 {
        let same = got[value] == want[value] || (got[value].is_nan() && want[value].is_nan());
        let is_log = value > 1;
        assert!(same || is_log && is_near(got[value], want[value], F::one()), "{value}: {got:?} {want:?}");
    }
}
