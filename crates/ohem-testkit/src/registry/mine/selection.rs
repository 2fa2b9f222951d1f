//! Operations on a selection.

use ohem_core::kernel::Simd;
use ohem_core::{MineError, Miner, Rois, Selection};

#[cfg(feature = "std")]
use super::naive;
use super::{CAPACITY, Step, WINDOW, owned};
#[cfg(feature = "std")]
use crate::registry::naive::Hard;
use crate::registry::table::floats;
use crate::registry::{Column, Loss, MAX, Operation, Real, Sink, Source, Words};

/// A selection and all that it says: statistics, gathered rows, masks and weights.
#[derive(Clone, Copy, Debug)]
pub struct Selected;

/// A step, a table of its RoIs, and the lengths of outputs.
#[derive(Clone, Debug)]
pub struct Input {
    step: Step,
    /// Values of the table, cut to size.
    values: Column<f64>,
    width: usize,
    /// Added to the lengths of the table, of the rows gathered, and of masks.
    excess: [usize; 3],
}

impl Operation for Selected {
    const NAME: &'static str = "selection";

    const COVERS: &'static [&'static str] = &[
        "Selection::gather",
        "Selection::ignored",
        "Selection::indices",
        "Selection::into_indices",
        "Selection::is_complete",
        "Selection::is_partial",
        "Selection::is_empty",
        "Selection::len",
        "Selection::map",
        "Selection::mask",
        "Selection::statistics",
        "Selection::suppressed",
        "Selection::total",
        "Selection::visited",
        "Selection::weights",
        "MineConfig::new",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let mut step = Step::any(source);
        step.config = step.config.batch_size(step.config.batch_size.min(CAPACITY));
        if source.once_in(4) {
            step.config = ohem_core::MineConfig::new(step.config.batch_size).nan(step.config.nan);
        }
        let values = source.column(MAX, |source| source.unit());
        let fault = source.below(24);
        Input {
            step,
            values,
            width: source.below(4),
            excess: [20, 21, 22].map(|nth| usize::from(nth == fault)),
        }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        core::<f32, f32>("f32", input, out);
        core::<f64, f64>("f64", input, out);
        core::<f32, i16>("f32 by i16", input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        std::<f32, f32>("f32", input, out);
        std::<f64, f64>("f64", input, out);
        std::<f32, i16>("f32 by i16", input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        oracle::<f32, f32>("f32", input, out);
        oracle::<f64, f64>("f64", input, out);
        oracle::<f32, i16>("f32 by i16", input, out);
    }
}

fn core<F: Real, H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let Step { table, config, .. } = &input.step;
    let (boxes, losses) = (table.boxes::<F>(), table.losses::<H>());
    let mined = || -> Result<Selection<Column<u32>>, MineError> {
        let mut miner = Miner::<F, CAPACITY, H, WINDOW>::new(*config)?;
        Ok(owned(miner.mine(&Rois::new(&boxes, &table.images, &table.labels)?, &losses)?))
    };
    out.answer(case, "Miner");
    match mined() {
        Ok(hard) => all::<F, H>(hard, input, &losses, out),
        Err(error) => out.add(&error),
    }
}

#[cfg(feature = "std")]
fn std<F: Real, H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let Step { table, config, .. } = &input.step;
    let (boxes, losses) = (table.boxes::<F>(), table.losses::<H>());
    out.answer(case, "mine");
    match ohem_std::mine(&boxes, &table.images, &table.labels, &losses, config) {
        Ok(hard) => all::<F, H>(hard, input, &losses, out),
        Err(error) => out.add(&error),
    }
}

impl Input {
    /// The table of a width for each RoI, and the number of values that are gathered of some RoIs.
    fn table<F: Real>(&self, selected: usize) -> (Column<F>, usize) {
        let mut values = floats::<F>(&self.values);
        // A wide table of many RoIs does not fit the column; then a row has no values.
        let len = self.step.table.len() * self.width();
        values.truncate(len + self.excess[0]);
        (values, selected * self.width() + self.excess[1])
    }

    fn width(&self) -> usize {
        if self.step.table.len() * self.width < MAX { self.width } else { 0 }
    }
}

/// All that a selection says.
fn all<F: Real, H: Loss>(
    hard: Selection<impl AsRef<[u32]>>,
    input: &Input,
    losses: &[H],
    out: &mut impl Sink,
) {
    hard.add_to(out);
    hard.statistics(losses).add_to(out);
    let (table, gathered) = input.table::<F>(hard.len());
    let mut rows = [F::one(); MAX];
    let rows = rows.get_mut(..gathered).unwrap_or_default();
    (hard.gather(&table, input.width(), rows), &*rows).add_to(out);
    let len = (hard.total() + input.excess[2]).min(MAX);
    let (mut mask, mut weights) = ([true; MAX], [F::one(); MAX]);
    let (mask, weights) =
        (mask.get_mut(..len).unwrap_or_default(), weights.get_mut(..len).unwrap_or_default());
    (hard.mask(mask), &*mask).add_to(out);
    (hard.weights(F::from_f64(0.25), F::zero(), weights), &*weights).add_to(out);
    hard.map(|indices| indices).into_indices().as_ref().add_to(out);
}

#[cfg(feature = "std")]
fn oracle<F: Real, H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    out.answer(case, "by hand");
    let hard = match naive::by_groups::<F, H>(&input.step, CAPACITY) {
        Ok(hard) => hard,
        Err(refused) => return refused.add_to(out),
    };
    hard.add_to(out);
    statistics(&hard, &input.step.table.losses::<H>(), out);

    let (table, gathered) = input.table::<F>(hard.indices.len());
    let width = input.width();
    let rows = naive::gathered(&hard.indices, &table, width, gathered);
    (rows.as_ref().map(|_| ()).map_err(|refused| *refused), rows.unwrap_or(vec![F::one(); gathered]))
        .add_to(out);
    let len = (hard.total + input.excess[2]).min(MAX);
    let lengths = crate::registry::naive::length(hard.total, len);
    let mask = crate::oracle::mask(&hard.indices, len);
    let weight = |&selected: &bool| if selected { F::from_f64(0.25) } else { F::zero() };
    let weights = mask.iter().map(weight).collect();
    (lengths, if lengths.is_ok() { mask } else { vec![true; len] }).add_to(out);
    (lengths, if lengths.is_ok() { weights } else { vec![F::one(); len] }).add_to(out);
    hard.indices.add_to(out);
}

/// The statistics, added up one by one.
#[cfg(feature = "std")]
fn statistics<H: Loss>(hard: &Hard, losses: &[H], out: &mut impl Sink) {
    let Hard { indices, total, visited, ignored, .. } = hard;
    [*total, *visited, visited - indices.len(), *ignored, indices.len()].add_to(out);
    let mean = |losses: Vec<f64>| losses.iter().fold(0.0, |sum, loss| sum + loss) / losses.len() as f64;
    let is_number = |loss: &f64| !loss.is_nan();
    let selected = indices.iter().map(|&i| losses[i].to_f64()).collect();
    let all = losses.iter().map(|loss| loss.to_f64()).filter(is_number).collect();
    (indices.last().map(|&i| losses[i]), mean(selected), mean(all)).add_to(out);
}
