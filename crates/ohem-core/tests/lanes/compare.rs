//! How near losses must be, and tables to compute them of.

use ohem_core::Float;
use proptest::collection::vec;
use proptest::prelude::*;

/// How near a float type comes to what the reference finds in `f64`, and the same where terms may cancel.
pub(crate) trait Near: Float {
    const RELATIVE: f64;
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

pub(crate) fn narrow<F: Float>(values: &[f64]) -> Vec<F> {
    values.iter().map(|&value| F::from_f64(value)).collect()
}

/// The values as they are after rounding.
pub(crate) fn rounded<F: Float>(values: &[f64]) -> Vec<f64> {
    narrow::<F>(values).into_iter().map(ohem_core::RankKey::to_f64).collect()
}

#[track_caller]
pub(crate) fn assert_near<F: Near>(got: &[F], want: &[f64]) {
    assert_eq!(got.len(), want.len());
    for (at, (&got, &want)) in got.iter().zip(want).enumerate() {
        let near = F::from_f64(want) == got || want.is_nan() && got.is_nan();
        let off = (got.to_f64() - want).abs();
        // Each of up to 40 columns may be off by half of the smallest number.
        let subnormal = 24.0 * F::SMALLEST.to_f64();
        assert!(near || off <= F::RELATIVE * want.abs() + subnormal, "at {at}: {got:?}, expected {want:e}");
    }
}

#[track_caller]
pub(crate) fn assert_close<F: Near>(got: &[F], want: &[f64], scale: f64) {
    for (&got, &want) in got.iter().zip(want) {
        let near = (got.to_f64() - want).abs() <= F::ABSOLUTE * scale || want.is_nan() && got.is_nan();
        assert!(near, "{got:?}, expected {want:e}");
    }
}

/// Equal to the bit, but for the payload of a NaN.
#[track_caller]
pub(crate) fn assert_same<F: Float>(got: &[F], want: &[F]) {
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        let same = got == want && got.is_sign_negative() == want.is_sign_negative();
        assert!(same || got.is_nan() && want.is_nan(), "{got:?}, {want:?} in other lanes");
    }
}

/// A table with a label for each row.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) values: Vec<f64>,
    pub(crate) columns: usize,
    pub(crate) labels: Vec<u32>,
}

impl Head {
    pub(crate) fn rows<F: Float>(&self) -> Vec<(Vec<f64>, usize)> {
        let rounded = rounded::<F>(&self.values);
        let rows = rounded.chunks(self.columns).map(<[f64]>::to_vec);
        rows.zip(&self.labels).map(|(row, &label)| (row, label as usize)).collect()
    }
}

pub(crate) fn head(
    values: impl Strategy<Value = f64> + Clone + 'static,
    labels_beyond: u32,
) -> impl Strategy<Value = Head> {
    (1..40_usize, 0..20_usize).prop_flat_map(move |(columns, rows)| {
        let labels = vec(0..columns as u32 + labels_beyond, rows);
        (vec(values.clone(), rows * columns), labels).prop_map(move |(values, labels)| Head {
            values,
            columns,
            labels,
        })
    })
}
