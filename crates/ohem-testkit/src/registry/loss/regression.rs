//! The loss of boxes, and its gradient.

use ohem_core::kernel::{self, Simd};
use ohem_core::loss::{BoxWeights, Regression, add_regression, regression_gradient, regression_losses};
use ohem_core::{InputError, InvalidKey, LengthMismatch};

use super::{Spec, Table, VALUES, table, values};
use crate::registry::{Column, MAX, Operation, Real, Sink, Source, Words};

/// Smooth-L1 losses of boxes with weights.
#[derive(Clone, Copy, Debug)]
pub struct Boxes;

/// Tables of deltas, targets, inside and outside weights.
#[derive(Clone, Debug)]
pub struct Input {
    labels: Column<i64>,
    tables: [Table<f64>; 4],
    /// Whether weights are the same four for all.
    same: [bool; 2],
    beta: f64,
    background: u32,
    invalid: InvalidKey,
    spec: Spec,
    /// Whether the losses are one too many.
    long: bool,
}

/// The largest number of RoIs, and of classes that have columns.
const ROIS: usize = 40;
const CLASSES: usize = 4;

/// Losses, losses added to others, and the gradient.
type Cases = [&'static str; 4];

const SINGLE: Cases = ["f32 tables", "f32 losses", "f32 added", "f32 gradient"];
const DOUBLE: Cases = ["f64 tables", "f64 losses", "f64 added", "f64 gradient"];

impl Operation for Boxes {
    const NAME: &'static str = "regression";

    const COVERS: &'static [&'static str] = &[
        "loss::regression_losses",
        "loss::add_regression",
        "loss::regression_gradient",
        "kernel::loss::regression_losses",
        "kernel::loss::add_regression",
        "loss::Regression::new",
        "loss::Regression::beta",
        "loss::Regression::background",
        "loss::Regression::invalid_labels",
        "loss::Regression::weights",
        "loss::Regression::len",
        "loss::Regression::is_empty",
        "loss::Regression::columns",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rois, fault) = (source.below(ROIS + 1), source.below(64));
        let classes = source.choose(2, [1, 3, CLASSES]);
        let tables = [0, 1, 2, 3].map(|nth| {
            let of_class = if source.once_in(2) { classes } else { 1 };
            let len = (rois * 4 * of_class).saturating_sub(usize::from(fault == 60 + nth));
            values(source, len, |source| if nth < 2 { 4.0 * source.unit() - 2.0 } else { weight(source) })
        });
        let is_odd = source.once_in(4);
        let labels = source.column(rois, |source| match source.below(16) {
            13 => 0xFFFF_FFFE,
            14 => 0xFFFF_FFFF,
            15 if is_odd => source.choose(-1, [1 << 32, CLASSES as i64, 80]),
            _ => source.below(classes) as i64,
        });
        let of_spec = [57, 58].into_iter().position(|nth| nth == fault).map(|nth| nth == 1);
        Input {
            labels,
            tables,
            same: [(); 2].map(|()| source.once_in(2)),
            beta: source.choose(1.0, [0.0, 1.0 / 9.0, 1e-30, 1e30, -1.0, f64::INFINITY, f64::NAN]),
            background: source.choose(0, [1, 3, 80]),
            invalid: source.choose(InvalidKey::Error, [InvalidKey::Ignore]),
            spec: Spec::any(source, rois, of_spec),
            long: fault == 59,
        }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        core::<f32, S>(SINGLE, simd, input, out);
        core::<f64, S>(DOUBLE, simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        naive::std::<f32>(SINGLE, input, out);
        naive::std::<f64>(DOUBLE, input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::answers::<f32>(SINGLE, input, out);
        naive::answers::<f64>(DOUBLE, input, out);
    }
}

/// A weight, which leaves a column out now and then.
fn weight(source: &mut Source<'_>) -> f64 {
    source.choose(1.0, [1.0, 0.0, 0.5, 2.0, -0.0, 10.0])
}

impl Input {
    /// The tables in a float type.
    fn tables<F: Real>(&self) -> [Table<F>; 4] {
        self.tables.each_ref().map(|values| table(values))
    }

    /// Views the tables.
    fn regression<'a, F: Real>(
        &'a self,
        [deltas, targets, inside, outside]: &'a [Table<F>; 4],
    ) -> Result<Regression<'a, F, i64>, LengthMismatch> {
        let weights = |same: bool, table: &'a Table<F>| match table.first_chunk() {
            Some(four) if same => BoxWeights::Same(*four),
            _ => BoxWeights::Each(table),
        };
        let [same_inside, same_outside] = self.same;
        let regression = Regression::new(&self.labels, deltas, targets)?;
        let regression = regression.beta(F::from_f64(self.beta)).background(self.background);
        let regression = regression.invalid_labels(self.invalid);
        regression.weights(weights(same_inside, inside), weights(same_outside, outside))
    }
}

fn core<F: Real, S: Simd>(
    [of_tables, losses, added, gradient]: Cases,
    simd: S,
    input: &Input,
    out: &mut impl Sink,
) {
    let tables = input.tables::<F>();
    out.answer(of_tables, "Regression");
    let regression = match input.regression(&tables) {
        Ok(regression) => regression,
        Err(error) => return out.add(&Err::<(), _>(error)),
    };
    let shape = [regression.len(), usize::from(regression.is_empty()), regression.columns()];
    out.add(&Ok::<_, LengthMismatch>(shape));
    out.answer(losses, "regression_losses");
    written(input, |losses| regression_losses(&regression, losses), out);
    out.answer(losses, "kernel::loss::regression_losses");
    written(input, |losses| kernel::loss::regression_losses(simd, &regression, losses), out);
    out.answer(added, "add_regression");
    written(input, |losses| add_regression(&regression, losses), out);
    out.answer(added, "kernel::loss::add_regression");
    written(input, |losses| kernel::loss::add_regression(simd, &regression, losses), out);
    let mut memory = [F::one(); VALUES];
    let len = input.spec.rows(input.labels.len()) * regression.columns() + usize::from(input.spec.long);
    let slots = memory.get_mut(..len).unwrap_or_default();
    out.answer(gradient, "regression_gradient");
    (regression_gradient(&regression, &input.spec.of(), slots), &*slots).add_to(out);
}

/// Has losses written, over losses of 1.
fn written<F: Real>(
    input: &Input,
    write: impl FnOnce(&mut [F]) -> Result<(), InputError>,
    out: &mut impl Sink,
) {
    let mut memory = [F::one(); MAX + 1];
    let losses = memory.get_mut(..input.labels.len() + usize::from(input.long)).unwrap_or_default();
    (write(losses), &*losses).add_to(out);
}

#[cfg(feature = "std")]
#[path = "regression/oracle.rs"]
mod naive;
