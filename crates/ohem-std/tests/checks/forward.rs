//! `ohem_forward`: the original's layer, from probabilities and boxes by way of the losses to the minibatch.

use std::collections::BTreeMap;

use ohem_core::Float;
use ohem_testkit::adapters::loss::{Boxes, Weights};
use ohem_testkit::adapters::{Oracle, Path};
use serde::Deserialize;

use super::Case;
use super::answers::Answer;
use super::blobs::Digest;
use super::losses::losses_near;
use super::mining::{answered, mined};
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, near, same};
use crate::support::rule::{Rule, config};
use crate::support::table::{Table, Written};

#[derive(Deserialize)]
pub(crate) struct Forward {
    id: String,
    n: usize,
    num_classes: usize,
    batch_size: usize,
    nms_thresh: f64,
    bbox_reg: bool,
    inside_weights: [Number; 4],
    outside_weights: [Number; 4],
    rois: Vec<[Number; 5]>,
    labels: Vec<i32>,
    cls_prob: Vec<Vec<Number>>,
    bbox_pred_at_label: Vec<[Number; 4]>,
    bbox_target_at_label: Vec<[Number; 4]>,
    expected: Expected,
    blobs_nms: BTreeMap<String, Digest>,
}

#[derive(Deserialize)]
struct Expected {
    loss_original: Vec<Number>,
    loss_ref_f64: Vec<Number>,
    cls_loss_ref_f64: Vec<Number>,
    loc_loss_ref_f64: Vec<Number>,
    nms: Answer,
    no_nms: Answer,
}

impl Case for Forward {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let losses = self.losses::<F, P>()?;
        self.losses::<F, Oracle>().map_err(|what| format!("by the oracle: {what}"))?;
        let written = Written { rois: self.rois.clone(), labels: self.labels.clone(), loss: Vec::new() };
        let table = Table { losses, ..written.table() };
        equal("n", table.len(), self.n)?;
        for (rule, answer) in [
            (Rule::AtOrAbove, &self.expected.nms),
            (Rule::Above, &self.expected.nms),
            (Rule::WithoutNms, &self.expected.no_nms),
        ] {
            let config = config(rule, self.nms_thresh, self.batch_size);
            answered::<F, P>(&table, config, answer).map_err(|what| format!("{}: {what}", rule.name()))?;
        }
        let config = config(Rule::AtOrAbove, self.nms_thresh, self.batch_size);
        self.blobs::<P>(&mined::<F, P>(&table, config)?.selected)
    }
}

impl Forward {
    /// Computes the losses, and checks them and each of their terms.
    fn losses<F: Precision, P: Path>(&self) -> Result<Vec<F>, String> {
        let Expected { loss_original, loss_ref_f64, cls_loss_ref_f64, loc_loss_ref_f64, .. } = &self.expected;
        let labels: Vec<u32> = self.labels.iter().map(|label| label.cast_unsigned()).collect();
        let probabilities: Vec<F> = self.cls_prob.iter().flatten().map(|p| p.narrow()).collect();
        let mut losses = P::probability(&probabilities, self.num_classes, &labels);
        losses_near(&losses, cls_loss_ref_f64).map_err(|what| format!("classes: {what}"))?;
        if self.bbox_reg {
            let (predictions, targets) = (self.predictions::<F>(), flat(&self.bbox_target_at_label));
            let boxes = Boxes {
                labels: &labels,
                predictions: &predictions,
                targets: &targets,
                inside: Weights::Same(self.inside_weights.map(Number::narrow)),
                outside: Weights::Same(self.outside_weights.map(Number::narrow)),
                beta: F::one(),
            };
            losses_near(&P::boxes(&boxes), loc_loss_ref_f64).map_err(|what| format!("boxes: {what}"))?;
            P::add_boxes(&boxes, &mut losses);
        }
        losses_near(&losses, loss_ref_f64)?;
        for (&loss, original) in losses.iter().zip(loss_original) {
            let tolerance = if F::IS_DOUBLE { 1e-6 } else { 1e-5 };
            near("the original's loss", loss.into(), original.0, tolerance, 0.)?;
        }
        Ok(losses)
    }

    /// Predictions in the columns of each RoI's label; the others are never read.
    fn predictions<F: Float>(&self) -> Vec<F> {
        let mut table = vec![F::nan(); self.n * 4 * self.num_classes];
        let rows = table.chunks_mut(4 * self.num_classes).zip(&self.labels);
        for ((row, label), four) in rows.zip(&self.bbox_pred_at_label) {
            let from = 4 * label.cast_unsigned() as usize;
            row[from..from + 4].copy_from_slice(&four.map(Number::narrow));
        }
        table
    }

    /// Gathers each blob that is listed, and checks it.
    fn blobs<P: Path>(&self, selected: &[usize]) -> Outcome {
        for (name, digest) in &self.blobs_nms {
            let (values, width) = match name.as_str() {
                "rois_hard" => (self.rois.iter().flatten().map(|value| value.to()).collect(), 5),
                "labels_hard" => (self.labels.iter().map(|&label| f32::from_f64(label.into())).collect(), 1),
                "bbox_targets_hard" => self.at_label(|row| self.bbox_target_at_label[row]),
                "bbox_inside_weights_hard" => self.at_label(|_| self.inside_weights),
                "bbox_outside_weights_hard" => self.at_label(|_| self.outside_weights),
                _ => return Err(format!("{name}: a blob of no known kind")),
            };
            let shape = [selected.len(), width];
            let shape = if name == "labels_hard" { &shape[..1] } else { &shape };
            let checked = digest.check(shape, &P::gather(selected, &values, width));
            checked.map_err(|what| format!("{name}: {what}"))?;
        }
        same("blobs of boxes", &[self.blobs_nms.contains_key("bbox_targets_hard")], &[self.bbox_reg])
    }

    /// Puts four values into the columns of each RoI's label; background has none.
    fn at_label(&self, four: impl Fn(usize) -> [Number; 4]) -> (Vec<f32>, usize) {
        let width = 4 * self.num_classes;
        let mut table = vec![0.; self.n * width];
        for ((row, &label), columns) in (0..).zip(&self.labels).zip(table.chunks_mut(width)) {
            if label > 0 {
                let from = 4 * label.cast_unsigned() as usize;
                columns[from..from + 4].copy_from_slice(&four(row).map(Number::to));
            }
        }
        (table, width)
    }
}

fn flat<F: Float>(rows: &[[Number; 4]]) -> Vec<F> {
    rows.iter().flatten().map(|number| number.narrow()).collect()
}
