//! The binary cross-entropy of logits and targets, element by element.

use ohem_core::kernel::{self, Simd};
use ohem_core::loss::{binary_cross_entropy, binary_cross_entropy_gradient};

use super::{Spec, logit};
use crate::registry::mine::spoil;
use crate::registry::table::floats;
use crate::registry::{Agreement, Column, MAX, Operation, Real, Sink, Source, Words};

/// Logits, and targets from 0 to 1.
#[derive(Clone, Debug)]
pub struct Input {
    logits: Column<f64>,
    targets: Column<f64>,
    spec: Spec,
    /// Whether the losses are one too many.
    long: bool,
}

impl Input {
    fn any(source: &mut Source<'_>) -> Self {
        let (rows, fault) = (source.rows(), source.below(32));
        let logits = source.column(rows, logit);
        let mut targets = source.column(rows, |source| if source.once_in(2) { source.unit() } else { 1.0 });
        if fault == 28 {
            spoil(&mut targets);
        }
        let of_spec = [29, 30].into_iter().position(|nth| nth == fault).map(|nth| nth == 1);
        Self { logits, targets, spec: Spec::any(source, rows, of_spec), long: fault == 31 }
    }
}

/// Losses of single logits.
#[derive(Clone, Copy, Debug)]
pub struct Binary;

impl Operation for Binary {
    const NAME: &'static str = "binary_cross_entropy";

    const COVERS: &'static [&'static str] =
        &["loss::binary_cross_entropy", "kernel::loss::binary_cross_entropy"];

    const ORACLE: Agreement = Agreement::Relative { ulps: 8.0 };

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        Input::any(source)
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        losses::<f32, S>("f32", simd, input, out);
        losses::<f64, S>("f64", simd, input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if !input.long {
            std_losses::<f32>("f32", input, out);
            std_losses::<f64>("f64", input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::losses::<f32>("f32", input, out);
        naive::losses::<f64>("f64", input, out);
    }
}

fn losses<F: Real, S: Simd>(case: &'static str, simd: S, input: &Input, out: &mut impl Sink) {
    let (logits, targets) = (floats::<F>(&input.logits), floats::<F>(&input.targets));
    let len = logits.len() + usize::from(input.long);
    let mut memory = [F::one(); MAX + 1];
    let slots = memory.get_mut(..len).unwrap_or_default();
    out.answer(case, "binary_cross_entropy");
    (binary_cross_entropy(&logits, &targets, slots), &*slots).add_to(out);
    let mut memory = [F::one(); MAX + 1];
    let slots = memory.get_mut(..len).unwrap_or_default();
    out.answer(case, "kernel::loss::binary_cross_entropy");
    (kernel::loss::binary_cross_entropy(simd, &logits, &targets, slots), &*slots).add_to(out);
}

#[cfg(feature = "std")]
fn std_losses<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (logits, targets) = (floats::<F>(&input.logits), floats::<F>(&input.targets));
    let losses = ohem_std::loss::binary_cross_entropy(&logits, &targets);
    let checked = losses.as_ref().map(|_| ()).map_err(|error| *error);
    out.answer(case, "binary_cross_entropy");
    (checked, losses.unwrap_or(vec![F::one(); logits.len()])).add_to(out);
}

/// Their gradient.
#[derive(Clone, Copy, Debug)]
pub struct BinaryGradient;

impl Operation for BinaryGradient {
    const NAME: &'static str = "binary_cross_entropy_gradient";

    const COVERS: &'static [&'static str] = &[
        "loss::binary_cross_entropy_gradient",
        "loss::GradientSpec::new",
        "loss::GradientSpec::scale",
        "loss::GradientSpec::layout",
    ];

    const ORACLE: Agreement = Agreement::Absolute { ulps: 8.0 };

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        Input::any(source)
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        gradient::<f32>("f32", input, out);
        gradient::<f64>("f64", input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        if !input.spec.long {
            std_gradient::<f32>("f32", input, out);
            std_gradient::<f64>("f64", input, out);
        }
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        naive::gradient::<f32>("f32", input, out);
        naive::gradient::<f64>("f64", input, out);
    }
}

fn gradient<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (logits, targets) = (floats::<F>(&input.logits), floats::<F>(&input.targets));
    let mut memory = [F::one(); MAX + 1];
    let len = input.spec.rows(logits.len()) + usize::from(input.spec.long);
    let slots = memory.get_mut(..len).unwrap_or_default();
    out.answer(case, "binary_cross_entropy_gradient");
    (binary_cross_entropy_gradient(&logits, &targets, &input.spec.of(), slots), &*slots).add_to(out);
}

#[cfg(feature = "std")]
fn std_gradient<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (logits, targets) = (floats::<F>(&input.logits), floats::<F>(&input.targets));
    let gradient = ohem_std::loss::binary_cross_entropy_gradient(&logits, &targets, &input.spec.of());
    let checked = gradient.as_ref().map(|_| ()).map_err(|error| *error);
    out.answer(case, "binary_cross_entropy_gradient");
    (checked, gradient.unwrap_or(vec![F::one(); input.spec.rows(logits.len())])).add_to(out);
}

#[cfg(feature = "std")]
mod naive {
    use super::super::naive::rounded;
    use super::*;
    use crate::oracle::loss;
    use crate::registry::naive::length;

    pub(super) fn losses<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
        let (logits, targets) = (rounded::<F>(&input.logits), rounded::<F>(&input.targets));
        let len = logits.len() + usize::from(input.long);
        let checked = length(logits.len(), targets.len()).and_then(|()| length(logits.len(), len));
        let one = |(&x, &target): (&f64, &f64)| F::from_f64(loss::binary_cross_entropy(x, target));
        let losses = || logits.iter().zip(&targets).map(one).collect();
        out.answer(case, "by the book");
        (checked, checked.map_or(vec![F::one(); len], |()| losses())).add_to(out);
    }

    pub(super) fn gradient<F: Real>(case: &'static str, input: &Input, out: &mut impl Sink) {
        let (logits, targets) = (rounded::<F>(&input.logits), rounded::<F>(&input.targets));
        let scale = rounded::<F>(&[input.spec.scale])[0];
        let one = |at: usize| loss::binary_cross_entropy_gradient(logits[at], targets[at]) * scale;
        let checked = length(logits.len(), targets.len());
        out.answer(case, "by the book");
        input.spec.add(logits.len(), 1, checked, |at| vec![F::from_f64(one(at))], out);
    }
}
