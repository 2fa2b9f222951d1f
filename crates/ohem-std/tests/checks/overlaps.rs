//! `bbox`: the original's `bbox_overlaps`.

use ohem_core::{BBox, Convention, Float};
use ohem_testkit::adapters::{Iou as _, Oracle, Path};
use serde::Deserialize;

use super::Case;
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, near, same};

#[derive(Deserialize)]
pub(crate) struct Overlaps {
    id: String,
    dtype: Option<String>,
    boxes: Vec<[Number; 4]>,
    query: Vec<[Number; 4]>,
    out: Vec<Vec<Number>>,
}

impl Case for Overlaps {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let corners =
            |rows: &[[Number; 4]]| rows.iter().map(|row| row.map(Number::to)).collect::<Vec<[F; 4]>>();
        let (boxes, query) = (corners(&self.boxes), corners(&self.query));
        let got = P::iou(&boxes, &query, Convention::Pixel);
        same("IoU, by the oracle", &got, &Oracle::iou(&boxes, &query, Convention::Pixel))?;
        let want = self.expected(&boxes, &query);
        equal("pairs", got.len(), want.len())?;
        let double = F::IS_DOUBLE && self.dtype.as_deref() != Some("f32");
        for (pair, (got, want)) in got.iter().zip(want).enumerate() {
            let pair = format!("IoU of {} and {}", pair / query.len(), pair % query.len());
            let (tolerance, scale) = if double { (1e-12, 0.) } else { (1e-5, 1.) };
            near(&pair, (*got).into(), want, tolerance, scale)?;
        }
        Ok(())
    }
}

impl Overlaps {
    /// The original's IoU, but 0 for invalid boxes: the original does not check corners.
    fn expected<F: Float>(&self, boxes: &[[F; 4]], query: &[[F; 4]]) -> Vec<f64> {
        let is_box = |&corners: &[F; 4]| BBox::from(corners).is_box(Convention::Pixel);
        let rows = self.out.iter().zip(boxes);
        let pairs = rows.flat_map(|(row, a)| row.iter().zip(query).map(move |(out, b)| (out, a, b)));
        pairs.map(|(out, a, b)| if is_box(a) && is_box(b) { out.0 } else { 0. }).collect()
    }
}
