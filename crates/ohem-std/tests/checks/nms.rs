//! `nms`: the original's `cpu_nms` and `py_cpu_nms` on boxes with scores.

use ohem_testkit::adapters::Path;
use serde::Deserialize;

use super::Case;
use super::answers::{OrSame, resolved};
use super::mining::{mined, survivors};
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, same};
use crate::support::rule::{Rule, config};
use crate::support::table::Table;

#[derive(Deserialize)]
pub(crate) struct Nms {
    id: String,
    n: Option<usize>,
    thresh: f64,
    dets: Vec<[Number; 5]>,
    keep_ge: Option<OrSame<Vec<usize>>>,
    keep_gt: Option<OrSame<Vec<usize>>>,
}

impl Case for Nms {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let boxes: Vec<[F; 4]> =
            self.dets.iter().map(|&[x1, y1, x2, y2, _]| [x1, y1, x2, y2].map(Number::narrow)).collect();
        let scores: Vec<F> = self.dets.iter().map(|det| det[4].narrow()).collect();
        let table = Table::one_group(&boxes, &scores);
        equal("n", table.len(), self.n.unwrap_or(table.len()))?;
        for (name, kept) in resolved([("keep_ge", &self.keep_ge), ("keep_gt", &self.keep_gt)])? {
            let rule = if name == "keep_ge" { Rule::AtOrAbove } else { Rule::Above };
            let config = config(rule, self.thresh, table.len());
            let found = mined::<F, P>(&table, config).and_then(|_| survivors::<F, P>(&table, config));
            found.and_then(|found| same("kept", &found, kept)).map_err(|what| format!("{name}: {what}"))?;
        }
        Ok(())
    }
}
