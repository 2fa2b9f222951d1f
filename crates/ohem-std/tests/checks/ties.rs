//! `ties`: facts that hold under any tie rule, and facts that hold under ohem's, the lowest index first.

use ohem_core::{Float, NanPolicy};
use ohem_testkit::adapters::Path;
use serde::Deserialize;

use super::Case;
use super::answers::Answer;
use super::mining::{mined, survivors};
use crate::support::number::{Number, Precision};
use crate::support::outcome::{Outcome, equal, holds, same, same_set};
use crate::support::rule::{Rule, config};
use crate::support::table::{Table, Written};

#[derive(Deserialize)]
pub(crate) struct Ties {
    id: String,
    batch_size: usize,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Kind {
    SmallEnumerated(Box<Enumerated>),
    DuplicatesEqualLoss(Duplicates),
    SelectOnly(SelectOnly),
}

impl Case for Ties {
    fn id(&self) -> &str {
        &self.id
    }

    fn check<F: Precision, P: Path>(&self) -> Outcome {
        match &self.kind {
            Kind::SmallEnumerated(case) => case.check::<F, P>(self.batch_size),
            Kind::DuplicatesEqualLoss(case) => case.check::<F, P>(self.batch_size),
            Kind::SelectOnly(case) => case.check::<F, P>(self.batch_size),
        }
    }
}

/// The rules under which the expectations hold: no IoU is near a threshold, unless that is 0 or 1.
fn rules(threshold: f64) -> &'static [Rule] {
    if threshold > 0. && threshold < 1. { &[Rule::AtOrAbove, Rule::Above] } else { &[Rule::AtOrAbove] }
}

/// A few RoIs, with every tie order tried.
#[derive(Deserialize)]
struct Enumerated {
    #[serde(flatten)]
    rois: Written,
    nms_thresh: f64,
    with_nms: WithNms,
    without_nms: WithoutNms,
}

#[derive(Deserialize)]
struct WithNms {
    kept_always: Vec<usize>,
    kept_possible: Vec<usize>,
    num_kept_possible: Vec<usize>,
    possible_kept_sets: Option<Vec<Vec<usize>>>,
    hard_always: Vec<usize>,
    hard_possible: Vec<usize>,
    num_hard_possible: Vec<usize>,
    possible_hard_loss_lists: Option<Vec<Vec<Number>>>,
    possible_hard_sets: Option<Vec<Vec<usize>>>,
    ties_lowest_index_first: Answer,
}

#[derive(Deserialize)]
struct WithoutNms {
    must: Vec<usize>,
    tied_at_cut: Vec<usize>,
    num_from_tied: usize,
    loss_list: Vec<Number>,
}

impl Enumerated {
    fn check<F: Precision, P: Path>(&self, batch_size: usize) -> Outcome {
        let table = self.rois.table::<F>();
        for &rule in rules(self.nms_thresh) {
            let config = config(rule, self.nms_thresh, batch_size);
            let hard = mined::<F, P>(&table, config)?.selected;
            let kept = table.by_group(&survivors::<F, P>(&table, config)?);
            self.with_nms.check(&table, &kept, &hard).map_err(|what| format!("{}: {what}", rule.name()))?;
        }
        let hard = mined::<F, P>(&table, config(Rule::WithoutNms, 0., batch_size))?.selected;
        self.without_nms.check(&table, &hard)
    }
}

impl WithNms {
    fn check<F: Float>(&self, table: &Table<F>, kept: &[usize], hard: &[usize]) -> Outcome {
        between("kept", kept, &self.kept_always, &self.kept_possible)?;
        between("hard", hard, &self.hard_always, &self.hard_possible)?;
        one_of("how many are kept", &kept.len(), Some(&self.num_kept_possible))?;
        one_of("how many are hard", &hard.len(), Some(&self.num_hard_possible))?;
        one_of("kept", &sorted(kept), self.possible_kept_sets.as_ref())?;
        one_of("hard", &sorted(hard), self.possible_hard_sets.as_ref())?;
        let lists: Option<Vec<Vec<F>>> = self
            .possible_hard_loss_lists
            .as_ref()
            .map(|lists| lists.iter().map(|list| list.iter().map(|loss| loss.to()).collect()).collect());
        one_of("losses", &table.rows(hard).losses, lists.as_ref())?;
        let Answer { kept: lowest_kept, hard: lowest_hard } = &self.ties_lowest_index_first;
        same("kept, lowest index first", kept, lowest_kept.as_deref().unwrap_or(kept))?;
        same("hard, lowest index first", hard, lowest_hard.as_deref().unwrap_or(hard))
    }
}

impl WithoutNms {
    fn check<F: Float>(&self, table: &Table<F>, hard: &[usize]) -> Outcome {
        let lowest = sorted(&self.tied_at_cut).into_iter().take(self.num_from_tied);
        same_set("no_nms: hard", hard, &self.must.iter().copied().chain(lowest).collect::<Vec<_>>())?;
        let losses: Vec<F> = self.loss_list.iter().map(|loss| loss.to()).collect();
        same("no_nms: losses", &table.rows(hard).losses, &losses)
    }
}

/// Many RoIs, each a copy of one of fewer boxes, with its loss.
#[derive(Deserialize)]
struct Duplicates {
    assignment: Vec<usize>,
    distinct_boxes: Vec<[Number; 4]>,
    distinct_loss: Vec<Number>,
    nms_thresh: f64,
    expected: DistinctInOrder,
}

#[derive(Deserialize)]
struct DistinctInOrder {
    kept_distinct_in_order: Vec<usize>,
    hard_distinct_in_order: Vec<usize>,
}

impl Duplicates {
    fn check<F: Precision, P: Path>(&self, batch_size: usize) -> Outcome {
        let boxes: Vec<[F; 4]> = self
            .assignment
            .iter()
            .map(|&distinct| self.distinct_boxes[distinct].map(Number::narrow))
            .collect();
        let losses: Vec<F> =
            self.assignment.iter().map(|&distinct| self.distinct_loss[distinct].to()).collect();
        let table = Table::one_group(&boxes, &losses);
        for &rule in rules(self.nms_thresh) {
            let config = config(rule, self.nms_thresh, batch_size);
            let told = |what| format!("{}: {what}", rule.name());
            let hard = mined::<F, P>(&table, config).map_err(told)?.selected;
            same("hard", &hard, &self.first_copies(&self.expected.hard_distinct_in_order)).map_err(told)?;
            let kept = survivors::<F, P>(&table, config).map_err(told)?;
            same("kept", &kept, &self.first_copies(&self.expected.kept_distinct_in_order)).map_err(told)?;
        }
        Ok(())
    }

    /// The lowest index of each box's copies.
    fn first_copies(&self, distinct: &[usize]) -> Vec<usize> {
        let first = |wanted| self.assignment.iter().position(|distinct| distinct == wanted);
        distinct.iter().filter_map(first).collect()
    }
}

/// Losses without boxes.
#[derive(Deserialize)]
struct SelectOnly {
    loss: Vec<Number>,
    expected: Selected,
}

#[derive(Deserialize)]
struct Selected {
    num_selected: usize,
    kth_loss: Number,
    must: Vec<usize>,
    num_from_tied: usize,
    num_tied_at_cut: usize,
}

impl SelectOnly {
    fn check<F: Precision, P: Path>(&self, batch_size: usize) -> Outcome {
        let losses: Vec<F> = self.loss.iter().map(|loss| loss.to()).collect();
        let table = Table::one_group(&vec![[F::zero(); 4]; losses.len()], &losses);
        let hard = mined::<F, P>(&table, config(Rule::WithoutNms, 0., batch_size))?.selected;
        let top = P::top_k(&losses, batch_size, NanPolicy::Error);
        equal("top-k", top.as_ref(), Ok(&hard))?;
        equal("selected", hard.len(), self.expected.num_selected)?;
        let kth = self.expected.kth_loss.to();
        let tied: Vec<usize> = (0..losses.len()).filter(|&roi| losses[roi] == kth).collect();
        equal("tied at the cut", tied.len(), self.expected.num_tied_at_cut)?;
        let lowest = &tied[..self.expected.num_from_tied.min(tied.len())];
        same_set("selected", &hard, &[&self.expected.must, lowest].concat())
    }
}

/// Asks that a set has all of `always`, and nothing that is not `possible`.
fn between(what: &str, set: &[usize], always: &[usize], possible: &[usize]) -> Outcome {
    let lacks = always.iter().find(|roi| !set.contains(roi));
    holds(lacks.is_none(), || format!("{what}: {lacks:?} is always so, but not here"))?;
    let odd = set.iter().find(|roi| !possible.contains(roi));
    holds(odd.is_none(), || format!("{what}: {odd:?} is never so, but here"))
}

/// Asks that a value is one of those listed, if they are.
fn one_of<T: PartialEq + core::fmt::Debug>(what: &str, value: &T, listed: Option<&Vec<T>>) -> Outcome {
    holds(listed.is_none_or(|listed| listed.contains(value)), || format!("{what}: {value:?} is not possible"))
}

fn sorted(set: &[usize]) -> Vec<usize> {
    let mut set = set.to_vec();
    set.sort_unstable();
    set
}
