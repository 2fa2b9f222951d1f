//! Mining a table, in either precision, and what became of each RoI.

mod by_image;

use core::time::Duration;
use std::time::Instant;

use ohem_std::rules::{self, RuleError};
use ohem_std::{BBox, Convention, Error, Float, MineConfig, MineError, NanPolicy, RankError, RankKey};
use ohem_table::Table;

use crate::args::Precision;
use crate::rule::Rule;

/// What mining has made of a table.
#[derive(Debug)]
pub(crate) struct Mined {
    /// The selected rows, hardest first.
    pub(crate) selected: Vec<u32>,
    /// How many RoIs were looked at, hardest first; nothing if the rule has no such thing.
    pub(crate) visited: Option<usize>,
    /// How many of those overlapped a harder one too much.
    pub(crate) suppressed: usize,
    /// The mean loss of all RoIs whose loss is not NaN; nothing if there is none.
    pub(crate) mean_all: Option<f64>,
    /// The mean loss of the selected; nothing if there is none.
    pub(crate) mean_selected: Option<f64>,
    /// What became of each row.
    pub(crate) fates: Vec<Fate>,
    /// How many boxes are none (not finite, or inverted), and the first of them.
    pub(crate) strays: Option<(usize, usize)>,
    /// How long mining itself took.
    pub(crate) time: Duration,
}

/// What became of a RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is in the batch.
    Selected,
    /// A harder one that the rule compares it with is, and overlaps it.
    Suppressed,
    /// The batch, or what the rule leaves of it, was full before its turn came.
    Easier,
    /// Its loss is NaN, and those are left out.
    Skipped,
}

/// Why a table could not be mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The loss of this row is NaN.
    NanLoss(usize),
    /// The library has another reason.
    Rule(RuleError),
    /// The library has another reason.
    Mine(Error),
}

impl From<RuleError> for Refusal {
    fn from(error: RuleError) -> Self {
        match error {
            RuleError::Mine(MineError::Rank(error)) => error.into(),
            other => Self::Rule(other),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Mine(MineError::Rank(error)) => error.into(),
            other => Self::Mine(other),
        }
    }
}

impl From<RankError> for Refusal {
    fn from(error: RankError) -> Self {
        match error {
            RankError::NanLoss { index } => Self::NanLoss(index as usize),
            other => Self::Mine(Error::Mine(other.into())),
        }
    }
}

impl Mined {
    /// Mines the table.
    ///
    /// # Errors
    ///
    /// If the library refuses it, as it does a loss that is NaN.
    pub(crate) fn new(table: &Table, rule: &Rule, precision: Precision) -> Result<Self, Refusal> {
        match precision {
            Precision::F32 => mine(&Columns::<f32>::of(table), rule),
            Precision::F64 => mine(&Columns::<f64>::of(table), rule),
        }
    }
}

/// What is mined of a table, in one precision.
struct Columns<'a, F> {
    table: &'a Table,
    boxes: Vec<BBox<F>>,
    losses: Vec<F>,
}

impl<'a, F: Float> Columns<'a, F> {
    fn of(table: &'a Table) -> Self {
        let boxes = table.boxes.iter().map(|corners| corners.map(F::from_f64).into()).collect();
        let losses = table.losses.iter().copied().map(F::from_f64).collect();
        Self { table, boxes, losses }
    }

    /// What becomes of RoIs of whom the rule says nothing.
    fn untouched(&self, nan: NanPolicy) -> Vec<Fate> {
        let fate =
            |loss: &F| if nan == NanPolicy::Skip && loss.is_nan() { Fate::Skipped } else { Fate::Easier };
        self.losses.iter().map(fate).collect()
    }
}

/// What a rule selects.
struct Hard {
    /// The selected rows, hardest first.
    selected: Vec<u32>,
    visited: Option<usize>,
    /// Which rows were suppressed.
    suppressed: Vec<u32>,
    time: Duration,
}

fn mine<F: Float>(columns: &Columns<'_, F>, rule: &Rule) -> Result<Mined, Refusal> {
    let Hard { selected, visited, suppressed, time } = match rule {
        Rule::Batch(config) => batch(columns, config)?,
        Rule::Rfcn { quota, nan } => rfcn(columns, *quota, *nan)?,
        _ => by_image::mine(columns, rule)?,
    };
    let mut fates = columns.untouched(rule.nan());
    suppressed.iter().for_each(|&index| fates[index as usize] = Fate::Suppressed);
    selected.iter().for_each(|&index| fates[index as usize] = Fate::Selected);
    Ok(Mined {
        visited,
        suppressed: suppressed.len(),
        mean_all: mean(columns.losses.iter().copied().filter(|loss| !loss.is_nan())),
        mean_selected: mean(selected.iter().map(|&index| columns.losses[index as usize])),
        fates,
        strays: strays(&columns.boxes, rule.convention()),
        selected,
        time,
    })
}

fn batch<F: Float>(columns: &Columns<'_, F>, config: &MineConfig) -> Result<Hard, Refusal> {
    let Columns { table, boxes, losses } = columns;
    let started = Instant::now();
    let selection = ohem_std::mine(boxes, &table.images.codes, &table.labels.codes, losses, config)?;
    let (time, visited) = (started.elapsed(), selection.visited());
    let selected = selection.into_indices();
    let looked_at = ohem_std::top_k(losses, visited, config.nan)?;
    Ok(Hard { suppressed: without(looked_at, &selected), visited: Some(visited), selected, time })
}

fn rfcn<F: Float>(columns: &Columns<'_, F>, quota: usize, nan: NanPolicy) -> Result<Hard, Refusal> {
    let started = Instant::now();
    let selection = rules::per_image(&columns.table.images.codes, &columns.losses, quota, nan)?;
    let (time, visited) = (started.elapsed(), Some(selection.visited()));
    Ok(Hard { selected: selection.into_indices(), visited, suppressed: Vec::new(), time })
}

/// The rows that are not among the others.
fn without(mut rows: Vec<u32>, others: &[u32]) -> Vec<u32> {
    let mut others = others.to_vec();
    others.sort_unstable();
    rows.retain(|row| others.binary_search(row).is_err());
    rows
}

/// The mean of some losses; nothing if there are none.
fn mean<F: Float>(losses: impl Iterator<Item = F>) -> Option<f64> {
    let (sum, count) =
        losses.fold((0.0, 0.0), |(sum, count), loss| (sum + RankKey::to_f64(loss), count + 1.0));
    (count > 0.0).then_some(sum / count)
}

/// How many boxes are none, and the first.
fn strays<F: Float>(boxes: &[BBox<F>], convention: Convention) -> Option<(usize, usize)> {
    let mut strays =
        boxes.iter().enumerate().filter(|(_, bbox)| !bbox.is_box(convention)).map(|(index, _)| index);
    strays.next().map(|first| (1 + strays.count(), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_left_in_their_order() {
        assert_eq!(without(vec![5, 1, 4, 0, 2], &[4, 5, 3]), [1, 0, 2]);
        assert!(without(Vec::new(), &[1]).is_empty());
    }

    #[test]
    fn a_mean_is_of_something() {
        assert_eq!((mean([1.0_f32, 2.0].into_iter()), mean([0.0_f64; 0].into_iter())), (Some(1.5), None));
    }

    #[test]
    fn a_nan_is_a_row_whatever_found_it() {
        let error = RankError::NanLoss { index: 3 };
        assert_eq!(Refusal::from(RuleError::Mine(error.into())), Refusal::NanLoss(3));
        assert_eq!(Refusal::from(Error::Mine(error.into())), Refusal::NanLoss(3));
    }

    #[test]
    fn strays_are_counted_from_the_first() {
        let boxes = [[0.0, 0.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0], [0.0, 0.0, f32::NAN, 1.0]].map(BBox::from);
        assert_eq!(strays(&boxes, Convention::Pixel), Some((2, 1)));
        assert_eq!(strays(&boxes[..1], Convention::Pixel), None);
    }
}
