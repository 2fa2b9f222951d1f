//! `ohem_minibatch`: the original's `get_ohem_minibatch`.

use ohem_testkit::adapters::Path;
use serde::Deserialize;

use super::Case;
use super::answers::Answers;
use super::blobs::Blobs;
use super::mining::{answered, mined};
use crate::support::number::Precision;
use crate::support::outcome::{Outcome, equal};
use crate::support::rule::{Rule, config};
use crate::support::table::Written;

#[derive(Deserialize)]
pub(crate) struct Minibatch {
    id: String,
    n: Option<usize>,
    batch_size: usize,
    nms_thresh: f64,
    #[serde(flatten)]
    rois: Written,
    expected: Answers,
    #[serde(flatten)]
    blobs: Blobs,
}

impl Case for Minibatch {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let table = self.rois.table::<F>();
        equal("n", table.len(), self.n.unwrap_or(table.len()))?;
        for (rule, answer) in self.expected.by_rule()? {
            let config = config(rule, self.nms_thresh, self.batch_size);
            answered::<F, P>(&table, config, answer).map_err(|what| format!("{}: {what}", rule.name()))?;
        }
        let selected =
            mined::<F, P>(&table, config(Rule::AtOrAbove, self.nms_thresh, self.batch_size))?.selected;
        self.blobs.check::<P>(&self.rois, &selected)
    }
}
