//! `ohem_real`: tables of real RoIs, full of equal losses and of IoUs that equal the threshold.
//!
//! Expectations are facts that hold for any order of equal losses; if a selection depends on that order, the
//! file has the selections seen in a few orders.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use ohem_core::{Float, MineConfig};
use ohem_testkit::adapters::{Mine as _, Oracle, Path};
use serde::Deserialize;

use super::answers::{OrSame, resolved};
use super::mining::{mined, survivors};
use super::tables::Cells;
use super::{Case, read};
use crate::support::number::Precision;
use crate::support::outcome::{Outcome, equal, holds, near, same, same_set};
use crate::support::rule::{Rule, config};
use crate::support::table::{Table, Written};

/// The number of RoIs with each label.
type Counts = BTreeMap<String, usize>;

#[derive(Deserialize)]
struct Line {
    id: String,
    csv: String,
    csv_sha256: String,
    image_ids: Vec<u32>,
    num_rois: usize,
    loss: String,
    batch_size: usize,
    nms_thresh: f64,
    loss_sum_ref_f64: f64,
    loss_max_ref_f64: f64,
    all_label_counts: Counts,
    nms_gt: Option<OrSame<Facts>>,
    nms_ge_cpu_original: Option<OrSame<Facts>>,
    nms_ge_exact_f64: Option<OrSame<Facts>>,
    no_nms: Option<OrSame<Facts>>,
}

/// Known facts about a selection; each may be missing.
#[derive(Deserialize)]
struct Facts {
    kept_sorted: Option<Vec<usize>>,
    hard: Option<Vec<usize>>,
    min_rel_gap_in_order: Option<f64>,
    hard_loss_sum_ref_f64: Option<f64>,
    hard_tie_independent: bool,
    hard_label_counts: Option<Counts>,
    hard_always: Option<Vec<usize>>,
    hard_seen: Option<Vec<usize>>,
    hard_loss_list_len: Option<usize>,
}

/// A case and its RoIs.
pub(crate) struct Real {
    line: Line,
    rois: Written,
}

/// Reads all cases, and of the tables in a folder what they need.
pub(crate) fn cases(text: &str, folder: &FilePath) -> Result<Vec<Real>, String> {
    let mut tables = BTreeMap::new();
    let mut cases = Vec::new();
    for line in read::<Line>(text)? {
        if !tables.contains_key(&line.csv) {
            tables.insert(line.csv.clone(), Cells::read(&folder.join(&line.csv), &line.csv_sha256)?);
        }
        let rois = tables[&line.csv].rois(&line.image_ids, &line.loss)?;
        cases.push(Real { line, rois });
    }
    Ok(cases)
}

impl Case for Real {
    fn id(&self) -> &str {
        &self.line.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        self.inputs()?;
        let (line, table) = (&self.line, self.rois.table::<F>());
        let rules = resolved([
            ("nms_gt", &line.nms_gt),
            ("nms_ge_cpu_original", &line.nms_ge_cpu_original),
            ("nms_ge_exact_f64", &line.nms_ge_exact_f64),
            ("no_nms", &line.no_nms),
        ])?;
        for (name, facts) in rules {
            if let Some(config) = self.config::<F>(name) {
                self.facts::<F, P>(&table, config, facts).map_err(|what| format!("{name}: {what}"))?;
            }
        }
        Ok(())
    }
}

impl Real {
    /// The rule called `name`, if this float type can have it.
    ///
    /// The original's `>=` compares an f32 IoU with the f64 threshold. An f32 reaches it exactly if it
    /// reaches the least f32 that does.
    fn config<F: Precision>(&self, name: &str) -> Option<MineConfig> {
        let (threshold, batch_size) = (self.line.nms_thresh, self.line.batch_size);
        let nearest = F::from_f64(threshold);
        match name {
            "nms_gt" => Some(config(Rule::Above, threshold, batch_size)),
            "nms_ge_exact_f64" if F::IS_DOUBLE => Some(config(Rule::AtOrAbove, threshold, batch_size)),
            "nms_ge_cpu_original" if !F::IS_DOUBLE => {
                let is_below = nearest.into() < threshold;
                let least = if is_below { Float::next_up(nearest) } else { nearest };
                Some(config(Rule::AtOrAbove, least.into(), batch_size))
            }
            "no_nms" => Some(config(Rule::WithoutNms, threshold, batch_size)),
            _ => None,
        }
    }

    /// Checks that table and losses are those the file speaks of.
    fn inputs(&self) -> Outcome {
        let (line, losses) = (&self.line, self.rois.loss.iter().map(|loss| loss.0));
        equal("RoIs", self.rois.rois.len(), line.num_rois)?;
        equal("labels", &counted(self.rois.labels.iter().copied()), &line.all_label_counts)?;
        near("largest loss", losses.clone().fold(0., f64::max), line.loss_max_ref_f64, 1e-9, 0.)?;
        near("sum of losses", losses.sum(), line.loss_sum_ref_f64, 1e-9, 0.)
    }

    fn facts<F: Precision, P: Path>(&self, table: &Table<F>, config: MineConfig, facts: &Facts) -> Outcome {
        let hard = mined::<F, P>(table, config)?.selected;
        if let Some(kept) = &facts.kept_sorted {
            same_set("kept", &survivors::<F, P>(table, config)?, kept)?;
        }
        if let Some(expected) = &facts.hard {
            let is_ordered = facts.min_rel_gap_in_order.is_some_and(|gap| gap > 1e-6);
            if is_ordered { same("hard", &hard, expected)? } else { up_to_ties(table, &hard, expected)? }
        }
        if let Some(sum) = facts.hard_loss_sum_ref_f64 {
            near("sum of hard losses", hard.iter().map(|&roi| self.rois.loss[roi].0).sum(), sum, 1e-6, 0.)?;
        }
        if let (true, Some(counts)) = (facts.hard_tie_independent, &facts.hard_label_counts) {
            equal("labels", &counted(hard.iter().map(|&roi| self.rois.labels[roi])), counts)?;
        }
        self.seen(table, config, facts, &hard)
    }

    /// Compares a selection that depends on the order of equal losses with the selections seen in the file.
    fn seen<F: Precision>(
        &self,
        table: &Table<F>,
        config: MineConfig,
        facts: &Facts,
        hard: &[usize],
    ) -> Outcome {
        equal("how many are hard", hard.len(), facts.hard_loss_list_len.unwrap_or(hard.len()))?;
        let (Some(always), Some(seen)) = (&facts.hard_always, &facts.hard_seen) else { return Ok(()) };
        let lacks = always.iter().filter(|roi| !hard.contains(roi)).map(|&roi| (roi, false));
        let odd = hard.iter().filter(|roi| !seen.contains(roi)).map(|&roi| (roi, true));
        for (roi, selected) in lacks.chain(odd) {
            let is_tie = seen.iter().any(|&other| {
                table.losses[other] == table.losses[roi]
                    && !always.contains(&other)
                    && hard.contains(&other) != selected
            });
            let is_fine = is_tie || other_order(table, config, |hard| hard.contains(&roi) == selected);
            holds(is_fine, || format!("hard: RoI {roi} selected: {selected}, which was never seen"))?;
        }
        Ok(())
    }
}

/// Whether a fact is true of the oracle's selection in some other order of the rows.
fn other_order<F: Float>(table: &Table<F>, config: MineConfig, fact: impl Fn(&[usize]) -> bool) -> bool {
    (1..=64_u64).any(|seed| {
        let mut rows: Vec<usize> = (0..table.len()).collect();
        rows.sort_by_key(|&row| {
            (row as u64 + 1).wrapping_mul(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20
        });
        let mined = Oracle::mine(table.rows(&rows).batch(), &config);
        mined.is_ok_and(|mined| fact(&mined.selected.iter().map(|&row| rows[row]).collect::<Vec<_>>()))
    })
}

/// Compares selections whose order equal losses may change.
///
/// Where rounding to f32 makes more losses equal, their last few may differ, too.
fn up_to_ties<F: Float>(table: &Table<F>, got: &[usize], want: &[usize]) -> Outcome {
    same("losses of hard", &table.rows(got).losses, &table.rows(want).losses)?;
    let cut = want.last().map(|&roi| table.losses[roi]);
    let before_cut = |rois: &[usize]| -> Vec<usize> {
        rois.iter().copied().filter(|&roi| Some(table.losses[roi]) != cut).collect()
    };
    same_set("hard", &before_cut(got), &before_cut(want))
}

fn counted(labels: impl Iterator<Item = i32>) -> Counts {
    let mut counts = BTreeMap::new();
    labels.for_each(|label| *counts.entry(label.to_string()).or_default() += 1);
    counts
}
