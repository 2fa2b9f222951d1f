//! The cases of each peer, and their checks.

pub(crate) mod boxes;
pub(crate) mod caffe;
pub(crate) mod monai;
pub(crate) mod onnx;
pub(crate) mod original;
pub(crate) mod rfcn;
pub(crate) mod segmentation;
pub(crate) mod tensorflow;

use ohem_core::{NanPolicy, NmsConfig};

use crate::support::number::{Number, Precision};
use crate::support::outcome::near;
use crate::support::table::Table;
use ohem_testkit::adapters::{Nms as _, Oracle, Path};

fn corners<F: Precision>(rows: &[[Number; 4]]) -> Vec<[F; 4]> {
    rows.iter().map(|row| row.map(Number::to)).collect()
}

fn floats<F: Precision>(numbers: &[Number]) -> Vec<F> {
    numbers.iter().map(|number| number.to()).collect()
}

/// Compares with a published number, to its number of digits.
fn close<F: Precision>(what: &str, got: F, want: f64, digits: f64) {
    near(what, got.into(), want, if F::IS_DOUBLE { digits } else { digits.max(1e-5) }, 1.).unwrap();
}

/// Suppresses above a threshold among some of the boxes, best first.
fn kept<F: Precision, P: Path>(
    boxes: &[[F; 4]],
    scores: &[F],
    among: &[usize],
    threshold: f64,
) -> Vec<usize> {
    let table = Table::one_group(boxes, scores).rows(among);
    let (config, nan) = (NmsConfig::new(threshold), NanPolicy::Error);
    let kept = P::nms(&table.boxes, &table.losses, &config, nan);
    assert_eq!(kept, Oracle::nms(&table.boxes, &table.losses, &config, nan), "{} {}", P::NAME, F::NAME);
    kept.unwrap().into_iter().map(|row| among[row]).collect()
}
