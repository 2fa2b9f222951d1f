//! Mines a table in either precision, and finds the outcome of each RoI.

mod by_image;
mod hard;
mod input;
mod refusal;

use core::time::Duration;
use std::time::Instant;

use ohem_std::rules;
use ohem_std::{Float, MineConfig, Miner, NanPolicy, VecStorage};

use crate::command::args::Precision;
use crate::command::labels::{Kind, Kinds};
use crate::command::rule::RuleConfig;
use crate::table::{Numbers, RoiTable};
use hard::{Hard, Means, suppressed};
use input::{MiningInput, TakingPart};
pub(crate) use refusal::Refusal;

/// The result of mining a table.
#[derive(Debug)]
pub(crate) struct Mined {
    /// The selected rows, hardest first.
    pub(crate) selected: Vec<u32>,
    /// Number of RoIs visited, hardest first; `None` if the rule does not visit RoIs that way.
    pub(crate) visited: Option<usize>,
    /// Number of visited RoIs that were suppressed by a harder one.
    pub(crate) suppressed: usize,
    /// Mean loss of all RoIs whose loss is not NaN; `None` if there are none.
    pub(crate) mean_all: Option<f64>,
    /// Mean loss of the selected RoIs; `None` if there are none.
    pub(crate) mean_selected: Option<f64>,
    /// The outcome of each row.
    pub(crate) outcomes: Vec<RoiOutcome>,
    /// Number of boxes that are not finite or are inverted, and the first of them.
    pub(crate) invalid_boxes: Option<(usize, usize)>,
    /// Time of mining itself.
    pub(crate) time: Duration,
}

/// The outcome of a RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoiOutcome {
    /// Selected.
    Selected,
    /// Suppressed by a selected RoI.
    Suppressed,
    /// Not selected because harder RoIs filled the batch, or because of the rule's quotas.
    Easier,
    /// Left out because its loss is NaN, or it is ignored.
    Skipped,
}

impl Mined {
    /// Mines the table.
    ///
    /// # Errors
    ///
    /// If the library refuses the table, for example because a loss is NaN.
    pub(crate) fn new(
        table: &RoiTable,
        kinds: &Kinds,
        rule: &RuleConfig,
        precision: Precision,
    ) -> Result<Self, Refusal> {
        match precision {
            Precision::F32 => mine(&MiningInput::of(table, kinds, Numbers::singles), rule),
            Precision::F64 => mine(&MiningInput::of(table, kinds, Numbers::doubles), rule),
        }
    }
}

fn mine<F: Float>(input: &MiningInput<'_, F>, rule: &RuleConfig) -> Result<Mined, Refusal> {
    let Hard { selected, visited, suppressed, means, time } = match rule {
        RuleConfig::Batch { config, .. } => without_ignored(input, |rois| batch(rois, config))?,
        RuleConfig::Rfcn { quota, nan } => without_ignored(input, |rois| rfcn(rois, *quota, *nan))?,
        _ => by_image::mine(input, rule)?,
    };
    let mut outcomes = outcomes_before_mining(input, rule);
    suppressed.iter().for_each(|&index| outcomes[index as usize] = RoiOutcome::Suppressed);
    selected.iter().for_each(|&index| outcomes[index as usize] = RoiOutcome::Selected);
    Ok(Mined {
        visited,
        suppressed: suppressed.len(),
        mean_all: means.all,
        mean_selected: means.selected,
        outcomes,
        invalid_boxes: input.invalid_boxes(rule.convention()),
        selected,
        time,
    })
}

/// The outcome of each RoI if the rule neither selects nor suppresses any.
fn outcomes_before_mining<F: Float>(input: &MiningInput<'_, F>, rule: &RuleConfig) -> Vec<RoiOutcome> {
    let mut outcomes = vec![RoiOutcome::Easier; input.losses.len()];
    if !rule.is_by_matches() && input.kinds.has_ignored() {
        let labels = outcomes.iter_mut().zip(&input.table.labels.ids);
        let ignored = labels.filter(|(_, label)| input.kinds.of(**label) == Kind::Ignored);
        ignored.for_each(|(outcome, _)| *outcome = RoiOutcome::Skipped);
    }
    if rule.nan() == NanPolicy::Skip {
        let losses = outcomes.iter_mut().zip(&*input.losses);
        losses.filter(|(_, loss)| loss.is_nan()).for_each(|(outcome, _)| *outcome = RoiOutcome::Skipped);
    }
    outcomes
}

/// Mines without the ignored RoIs, and names the rows of the table.
fn without_ignored<F: Float>(
    input: &MiningInput<'_, F>,
    mine: impl FnOnce(&TakingPart<'_, F>) -> Result<Hard, Refusal>,
) -> Result<Hard, Refusal> {
    let rois = if input.kinds.has_ignored() { input.not_ignored() } else { input.all() };
    let mut hard = mine(&rois).map_err(|refusal| match refusal {
        Refusal::NanLoss(index) => Refusal::NanLoss(rois.row(index)),
        other => other,
    })?;
    for index in hard.selected.iter_mut().chain(&mut hard.suppressed) {
        *index = rois.row(*index);
    }
    Ok(hard)
}

fn batch<F: Float>(rois: &TakingPart<'_, F>, config: &MineConfig) -> Result<Hard, Refusal> {
    let losses = &*rois.losses;
    // Mining sets memory aside for a whole batch, which may be larger than any memory.
    let config = config.batch_size(config.batch_size.min(losses.len()));
    let mut miner = Miner::new(config).map_err(|error| Refusal::Mine(error.into()))?;
    let started = Instant::now();
    let selection = miner.mine(rois, losses)?;
    let (time, visited) = (started.elapsed(), selection.visited());
    let means = Means::of(&selection.statistics(losses), losses);
    let selected = selection.indices().to_vec();
    let suppressed = suppressed(losses, &selected, config.batch_size, config.nan, |_| true);
    debug_assert_eq!(suppressed.len(), visited - selected.len(), "a visited RoI is selected or suppressed");
    Ok(Hard { suppressed, visited: Some(visited), selected, means, time })
}

fn rfcn<F: Float>(rois: &TakingPart<'_, F>, quota: usize, nan: NanPolicy) -> Result<Hard, Refusal> {
    let (losses, images) = (&*rois.losses, rois.images());
    let started = Instant::now();
    let mut storage = VecStorage::<F>::new();
    let selection = rules::rfcn(&images, losses, quota, nan, &mut storage)?;
    let (time, visited) = (started.elapsed(), Some(selection.visited()));
    let means = Means::of(&selection.statistics(losses), losses);
    Ok(Hard { selected: selection.indices().to_vec(), visited, suppressed: Vec::new(), means, time })
}
