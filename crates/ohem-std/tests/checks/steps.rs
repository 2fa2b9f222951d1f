//! `bbox`: the original's `bbox_transform`, its inverse, and `clip_boxes`.

use ohem_core::Convention;
use ohem_core::targets::BoxCoder;
use ohem_testkit::adapters::{Oracle, Path, Targets as _};
use serde::Deserialize;

use super::Case;
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, holds, near};

/// Boxes, and the steps to others.
#[derive(Deserialize)]
pub(crate) struct Encoded {
    id: String,
    dtype: String,
    ex: Vec<[Number; 4]>,
    gt: Vec<[Number; 4]>,
    out: Vec<[Number; 4]>,
}

/// Boxes, and where steps lead from them: rows of `4K` values.
#[derive(Deserialize)]
pub(crate) struct Decoded {
    id: String,
    dtype: String,
    boxes: Vec<[Number; 4]>,
    deltas: Vec<Vec<Number>>,
    out: Vec<Vec<Number>>,
}

/// Boxes, cut off at the sides of an image: rows of `4K` values.
#[derive(Deserialize)]
pub(crate) struct Clipped {
    id: String,
    im_shape: [f64; 2],
    boxes: Vec<Vec<Number>>,
    out: Vec<Vec<Number>>,
}

impl Case for Encoded {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let rows = |rows: &[[Number; 4]]| rows_of::<F>(&self.dtype, rows.iter().flatten());
        let (from, to) = (rows(&self.ex), rows(&self.gt));
        let got = P::encode(&BoxCoder::fast_rcnn(), &from, &to);
        all_near("step", &got, self.out.iter().flatten(), tolerance::<F>(&self.dtype))?;
        let naive = Oracle::encode(&BoxCoder::fast_rcnn(), &from, &to);
        all_near("step, by the oracle", &got, &wide(&naive), libraries::<F>())
    }
}

impl Case for Decoded {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let from = rows_of::<F>(&self.dtype, self.boxes.iter().flatten());
        let steps = rows_of::<F>(&self.dtype, self.deltas.iter().flatten());
        let got = P::decode(&BoxCoder::fast_rcnn(), &from, &steps);
        all_near("corner", &got, self.out.iter().flatten(), tolerance::<F>(&self.dtype))?;
        let naive = Oracle::decode(&BoxCoder::fast_rcnn(), &from, &steps);
        all_near("corner, by the oracle", &got, &wide(&naive), libraries::<F>())
    }
}

impl Case for Clipped {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let boxes = rows_of::<F>("f64", self.boxes.iter().flatten());
        let [height, width] = self.im_shape.map(F::from_f64);
        let got = P::clip(&boxes, [width, height], Convention::Pixel);
        let want = rows_of::<F>("f64", self.out.iter().flatten());
        equal("boxes", &got, &want)?;
        equal("boxes, by the oracle", got, Oracle::clip(&boxes, [width, height], Convention::Pixel))
    }
}

/// Numbers as floats, four to a row; rounds numbers that the file has in f32 to f32, even for tests in f64.
fn rows_of<'a, F: Precision>(dtype: &str, numbers: impl Iterator<Item = &'a Number>) -> Vec<[F; 4]> {
    let float = |number: &Number| if dtype == "f32" { number.narrow() } else { number.to() };
    numbers.map(float).collect::<Vec<F>>().as_chunks().0.to_vec()
}

fn wide<F: Precision>(rows: &[[F; 4]]) -> Vec<Number> {
    rows.iter().flatten().map(|&value| Number(value.into())).collect()
}

/// The allowed difference: f32's for numbers that the file has in f32, even for tests in f64.
fn tolerance<F: Precision>(dtype: &str) -> f64 {
    if F::IS_DOUBLE && dtype != "f32" { 1e-12 } else { 1e-5 }
}

/// By how much two libraries' `exp` and `ln` may differ.
fn libraries<F: Precision>() -> f64 {
    if F::IS_DOUBLE { 1e-14 } else { 1e-6 }
}

/// Compares all values; those that are not finite must be the same.
fn all_near<'a, F: Precision>(
    what: &str,
    got: &[[F; 4]],
    want: impl IntoIterator<Item = &'a Number>,
    tolerance: f64,
) -> Outcome {
    let (got, want) = (got.as_flattened(), want.into_iter().map(|number| number.0).collect::<Vec<_>>());
    equal("values", got.len(), want.len())?;
    for (at, (&got, want)) in got.iter().zip(want).enumerate() {
        let (what, got) = (format!("{what} {} of {}", at % 4, at / 4), got.into());
        if want.is_finite() {
            near(&what, got, want, tolerance, 1.)?;
        } else {
            let same = got == want || (got.is_nan() && want.is_nan());
            holds(same, || format!("{what}: {got}, expected {want}"))?;
        }
    }
    Ok(())
}
