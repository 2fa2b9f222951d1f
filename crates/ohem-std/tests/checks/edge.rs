//! `ohem_edge`: NaN, infinities, empty input, invalid boxes, and IoUs that equal the threshold.
//!
//! If the original is normative, ohem gives the same answer. In other cases ohem gives the answer that it
//! documents: this may still equal the original's, or this file lists it, or, for a case that this file does
//! not know, it is the oracle's.

use ohem_core::{MineConfig, NanPolicy};
use ohem_testkit::adapters::{Mine as _, Oracle, Path, nms::by_pairs};
use serde::Deserialize;

use super::Case;
use super::answers::{Answer, Answers};
use super::mining::{answered, grouped_nms, nms_alone};
use crate::support::number::Precision;
use crate::support::outcome::{Outcome, equal};
use crate::support::rule::{Rule, config};
use crate::support::table::{Table, Written};

#[derive(Deserialize)]
pub(crate) struct Edge {
    id: String,
    batch_size: usize,
    nms_thresh: f64,
    #[serde(flatten)]
    rois: Written,
    original: Answers,
    normative: String,
}

/// Cases that are not normative, but in which ohem does as the original.
const AS_THE_ORIGINAL: [&str; 7] = [
    "nan_loss",       // NaN hardest, as numpy has it: `NanPolicy::First`
    "nan_vs_inf",     // harder than +inf, too
    "nan_suppresses", // and it suppresses like any other
    "iou_eq_03",      // 0.3 is equal to the threshold in either precision
    "negative_area",  // an invalid box is kept, and suppresses nothing
    "label_minus1",   // a label like any other
    "big_image_id",   // its ids had been rounded before they were written
];

/// A case in which the answer of ohem differs from the original under some rules.
struct Departure {
    name: &'static str,
    rules: &'static [Rule],
    kept: &'static [usize],
    hard: &'static [usize],
}

/// Where, and why, ohem departs from what the original happens to do.
const DEPARTURES: [Departure; 6] = [
    // An empty input is an empty selection; the original raises an IndexError.
    Departure { name: "empty", rules: &Rule::ALL, kept: &[], hard: &[] },
    // Two NaNs tie, and ties go to the lowest index.
    Departure { name: "nan_two", rules: &Rule::ALL, kept: &[0, 2, 3, 1], hard: &[0, 2, 3] },
    // The threshold is rounded to the boxes' type, so an IoU of 7/10 equals 0.7 and `>=` suppresses. The
    // original compares an f32 IoU with the f64 0.7.
    Departure { name: "iou_eq_07", rules: &[Rule::AtOrAbove], kept: &[0], hard: &[0] },
    Departure { name: "iou_eq_09", rules: &[Rule::AtOrAbove], kept: &[0], hard: &[0] },
    // A box with x2 < x1 is invalid: never suppressed. The original divides 0 by 0.
    Departure { name: "zero_area_pair", rules: &Rule::ALL, kept: &[0, 1], hard: &[0, 1] },
    // Harder in f64, and a tie in f32 that the lowest index wins: the survivor is the same in both.
    Departure { name: "f32_tie_f64_diff", rules: &[Rule::AtOrAbove, Rule::Above], kept: &[0], hard: &[0] },
];

impl Case for Edge {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        let table = self.rois.table::<F>();
        for rule in Rule::ALL {
            let config = config(rule, self.nms_thresh, self.batch_size);
            let told = |what| format!("{}: {what}", rule.name());
            answered::<F, P>(&table, config, &self.answer(rule)?).map_err(told)?;
            for nan in [NanPolicy::Error, NanPolicy::Skip] {
                as_the_oracle::<F, P>(&table, config.nan(nan)).map_err(told)?;
            }
        }
        Ok(())
    }
}

impl Edge {
    /// What ohem answers; empty where nothing but the oracle can tell.
    fn answer(&self, rule: Rule) -> Result<Answer, String> {
        let is_called = |name: &str| self.id.ends_with(&format!("edge-{name}"));
        let departs = |departure: &&Departure| is_called(departure.name) && departure.rules.contains(&rule);
        if self.is_normative() {
            return self.original(rule);
        }
        if let Some(ours) = DEPARTURES.iter().find(departs) {
            let kept = (rule != Rule::WithoutNms).then(|| ours.kept.to_vec());
            return Ok(Answer { kept, hard: Some(ours.hard.to_vec()) });
        }
        let known = DEPARTURES.iter().map(|departure| departure.name).chain(AS_THE_ORIGINAL).any(is_called);
        if known { self.original(rule) } else { Ok(Answer::default()) }
    }

    fn is_normative(&self) -> bool {
        self.normative.starts_with("exact")
    }

    fn original(&self, rule: Rule) -> Result<Answer, String> {
        let answers = self.original.by_rule()?;
        let answer = answers.into_iter().find(|(other, _)| *other == rule);
        Ok(answer.map(|(_, answer)| answer.clone()).unwrap_or_default())
    }
}

/// Mines and suppresses, and expects whatever the oracle does, an error included.
fn as_the_oracle<F: Precision, P: Path>(table: &Table<F>, config: MineConfig) -> Outcome {
    let what = format!("{:?}", config.nan);
    equal(&what, P::mine(table.batch(), &config), Oracle::mine(table.batch(), &config))?;
    let (Some(nms), nan) = (config.nms, config.nan) else { return Ok(()) };
    let pairs: Vec<_> = table.images.iter().copied().zip(table.labels.iter().copied()).collect();
    let by_pairs = by_pairs(&table.boxes, &table.losses, &pairs, &nms, nan);
    equal(&what, grouped_nms::<F, P>(table, &nms, nan), by_pairs)?;
    equal(&what, nms_alone::<F, P>(table, &nms, nan), nms_alone::<F, Oracle>(table, &nms, nan))
}
