//! Mining a table, in either precision, and what became of each RoI.

use core::time::Duration;
use std::time::Instant;

use ohem_std::{BBox, Convention, Error, Float, MineConfig, NanPolicy, RankError};

use crate::args::Precision;
use crate::table::Table;

/// What mining has made of a table.
#[derive(Debug)]
pub(crate) struct Mined {
    /// The selected rows, hardest first.
    pub(crate) selected: Vec<u32>,
    /// How many RoIs were looked at, hardest first.
    pub(crate) visited: usize,
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
    /// A harder one of its image and label is, and overlaps it.
    Suppressed,
    /// The batch was full before its turn came.
    Easier,
    /// Its loss is NaN, and those are left out.
    Skipped,
}

impl Mined {
    /// Mines the table.
    ///
    /// # Errors
    ///
    /// If the library refuses it, as it does a loss that is NaN.
    pub(crate) fn new(table: &Table, config: &MineConfig, precision: Precision) -> Result<Self, Error> {
        match precision {
            Precision::F32 => mine::<f32>(table, config),
            Precision::F64 => mine::<f64>(table, config),
        }
    }
}

fn mine<F: Float>(table: &Table, config: &MineConfig) -> Result<Mined, Error> {
    let boxes: Vec<BBox<F>> = table.boxes.iter().map(|corners| corners.map(F::from_f64).into()).collect();
    let losses: Vec<F> = table.losses.iter().copied().map(F::from_f64).collect();
    let started = Instant::now();
    let selection = ohem_std::mine(&boxes, &table.images.codes, &table.labels.codes, &losses, config)?;
    let time = started.elapsed();
    let statistics = selection.statistics(&losses);
    Ok(Mined {
        mean_all: losses.iter().any(|loss| !loss.is_nan()).then_some(statistics.mean_all),
        mean_selected: (!selection.is_empty()).then_some(statistics.mean_selected),
        selected: selection.indices().to_vec(),
        visited: selection.visited(),
        suppressed: selection.suppressed(),
        fates: fates(&losses, selection.visited(), selection.indices(), config.nan)
            .map_err(|error| Error::Mine(error.into()))?,
        strays: strays(&boxes, config.convention),
        time,
    })
}

/// What became of each RoI: the `visited` that rank first are selected or suppressed.
fn fates<F: Float>(
    losses: &[F],
    visited: usize,
    selected: &[u32],
    nan: NanPolicy,
) -> Result<Vec<Fate>, RankError> {
    let unvisited =
        |loss: &F| if nan == NanPolicy::Skip && loss.is_nan() { Fate::Skipped } else { Fate::Easier };
    let mut fates: Vec<Fate> = losses.iter().map(unvisited).collect();
    for index in ohem_std::top_k(losses, visited, nan)? {
        fates[index as usize] = Fate::Suppressed;
    }
    for &index in selected {
        fates[index as usize] = Fate::Selected;
    }
    Ok(fates)
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
    use Fate::{Easier, Selected, Skipped, Suppressed};

    #[test]
    fn visited_and_not_selected_is_suppressed() {
        let losses = [1.0, 5.0, 3.0, 1.0, 1.0, f64::NAN, 4.0];
        let became = fates(&losses, 5, &[1, 3], NanPolicy::Skip).unwrap();
        assert_eq!(became, [Suppressed, Selected, Suppressed, Selected, Easier, Skipped, Suppressed]);
        let became = fates(&losses, 2, &[5], NanPolicy::First).unwrap();
        assert_eq!(became, [Easier, Suppressed, Easier, Easier, Easier, Selected, Easier]);
    }

    #[test]
    fn losses_are_compared_as_they_were_ranked() {
        let close = [1.0, 1.0 + 1e-12];
        let single = fates(&close.map(f32::from_f64), 1, &[], NanPolicy::Error);
        assert_eq!(single, Ok(vec![Suppressed, Easier]));
        assert_eq!(fates(&close, 1, &[], NanPolicy::Error), Ok(vec![Easier, Suppressed]));
    }

    #[test]
    fn strays_are_counted_from_the_first() {
        let boxes = [[0.0, 0.0, 1.0, 1.0], [2.0, 0.0, 1.0, 1.0], [0.0, 0.0, f32::NAN, 1.0]].map(BBox::from);
        assert_eq!(strays(&boxes, Convention::Pixel), Some((2, 1)));
        assert_eq!(strays(&boxes[..1], Convention::Pixel), None);
    }
}
