//! Losses of rows of scores with a label each: softmax, probabilities, and independent sigmoids.

use ohem_core::kernel::{self, Simd};
use ohem_core::loss::{self, Classes, GradientSpec};
use ohem_core::{InputError, InvalidKey};

use super::{COLUMNS, ROWS, Spec, Table, VALUES, logit, table, values};
use crate::registry::mine::spoil;
use crate::registry::{Agreement, Column, MAX, Operation, Real, Sink, Source, Words};

/// A table of scores, labels, and how they name its columns.
#[derive(Clone, Debug)]
pub struct Input {
    values: Table<f64>,
    labels: Column<i64>,
    classes: Classes,
    spec: Spec,
    /// Whether the losses are one too many.
    long: bool,
}

impl Input {
    /// Rows of scores and labels, of which some name no class.
    fn any(source: &mut Source<'_>, mut next: impl FnMut(&mut Source<'_>) -> f64, gradient: bool) -> Self {
        let (rows, columns, fault) = (source.below(ROWS + 1), 1 + source.below(COLUMNS), source.below(32));
        let background = source.choose(0, [columns - 1, columns, columns / 2, 255]);
        let classes = Classes::new(columns).background(u32::try_from(background).unwrap_or_default());
        let invalid = source.choose(InvalidKey::Error, [InvalidKey::Ignore]);
        let mut values = values(source, rows * columns, &mut next);
        let is_odd = source.once_in(4);
        let mut labels = source.column(rows, |source| label(source, columns, background, is_odd));
        match fault {
            28 if values.pop().is_none() => _ = values.push(0.0),
            29 => spoil(&mut labels),
            _ => {}
        }
        let of_spec = [30, 31].into_iter().position(|nth| nth == fault).map(|nth| nth == 1);
        let spec = Spec::any(source, rows, of_spec.filter(|_| gradient));
        let long = fault == 31 && !gradient;
        Self { values, labels, classes: classes.invalid_labels(invalid), spec, long }
    }

    /// Has losses written.
    fn losses<F: Real>(
        &self,
        compute: impl FnOnce(&[F], Classes, &[i64], &mut [F]) -> Result<(), InputError>,
        out: &mut impl Sink,
    ) {
        let mut memory = [F::one(); MAX + 1];
        let losses = memory.get_mut(..self.labels.len() + usize::from(self.long)).unwrap_or_default();
        (compute(&table(&self.values), self.classes, &self.labels, losses), &*losses).add_to(out);
    }

    /// Has a gradient written.
    fn gradient<F: Real>(
        &self,
        compute: impl FnOnce(&[F], Classes, &[i64], &GradientSpec<'_, F>, &mut [F]) -> Result<(), InputError>,
        out: &mut impl Sink,
    ) {
        let mut memory = [F::one(); VALUES + 1];
        let len = self.spec.rows(self.labels.len()) * self.classes.count + usize::from(self.spec.long);
        let gradient = memory.get_mut(..len).unwrap_or_default();
        let (spec, values) = (self.spec.of(), table(&self.values));
        (compute(&values, self.classes, &self.labels, &spec, gradient), &*gradient).add_to(out);
    }
}

/// A label: usually of a class, background or ignored; now and then of no class.
fn label(source: &mut Source<'_>, columns: usize, background: usize, is_odd: bool) -> i64 {
    match source.below(16) {
        13 => 0xFFFF_FFFE,
        14 => 0xFFFF_FFFF,
        15 => background as i64,
        12 if is_odd => source.choose(-1, [columns as i64, columns as i64 + 1, 1 << 32, 255]),
        _ => source.below(columns) as i64,
    }
}

/// A probability, and now and then an invalid one.
fn probability(source: &mut Source<'_>) -> f64 {
    match source.below(32) {
        30 => source.choose(0.0, [1.0, 1e-30, 1e-17, -0.5, 1.5]),
        31 if source.once_in(4) => f64::NAN,
        _ => source.unit(),
    }
}

/// An entry of a loss, or of a gradient: its name, its functions in core and std, and its oracle.
macro_rules! entry {
    (
        $(#[$doc:meta])* $name:ident, $case:literal, $agreement:expr, $method:ident, $numbers:ident,
        plain $plain:path, kernel [$($kernel:path)?], std $std:path, oracle $oracle:ident, covers $covers:expr
        $(, in_planes [$planes:path, $kernel_planes:path, $std_planes:path])?
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl Operation for $name {
            const NAME: &'static str = $case;
            const COVERS: &'static [&'static str] = &$covers;
            const ORACLE: Agreement = $agreement;

            type Input = Input;

            fn generate(source: &mut Source<'_>) -> Input {
                Input::any(source, $numbers, stringify!($method) == "gradient")
            }

            fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
                out.answer("f32", stringify!($plain));
                input.$method::<f32>($plain, out);
                out.answer("f64", stringify!($plain));
                input.$method::<f64>($plain, out);
                entry!(@kernel $method, simd, input, out, [$($kernel)?]);
                $(planes::$method::<f32, S>("f32", stringify!($planes), simd, input, out);
                planes::$method::<f64, S>("f64", stringify!($planes), simd, input, out);)?
            }

            #[cfg(feature = "std")]
            fn std(input: &Input, out: &mut impl Sink) {
                out.answer("f32", stringify!($std));
                naive::$method::<f32>(input, $std, out);
                out.answer("f64", stringify!($std));
                naive::$method::<f64>(input, $std, out);
                $(out.answer("f32", stringify!($std_planes));
                planes::of_std::$method::<f32>(input, out);
                out.answer("f64", stringify!($std_planes));
                planes::of_std::$method::<f64>(input, out);)?
            }

            #[cfg(feature = "std")]
            fn oracle(input: &Input, out: &mut impl Sink) {
                out.answer("f32", "by the book");
                naive::$oracle::<f32>(input, out);
                out.answer("f64", "by the book");
                naive::$oracle::<f64>(input, out);
            }
        }
    };
    (@kernel $method:ident, $simd:ident, $input:ident, $out:ident, []) => {
        let _ = $simd; // there is no kernel
    };
    (@kernel losses, $simd:ident, $input:ident, $out:ident, [$kernel:path]) => {
        $out.answer("f32", stringify!($kernel));
        $input.losses::<f32>(|table, classes, labels, losses| $kernel($simd, table, classes, labels, losses), $out);
        $out.answer("f64", stringify!($kernel));
        $input.losses::<f64>(|table, classes, labels, losses| $kernel($simd, table, classes, labels, losses), $out);
    };
    (@kernel gradient, $simd:ident, $input:ident, $out:ident, [$kernel:path]) => {
        $out.answer("f32", stringify!($kernel));
        $input.gradient::<f32>(|table, classes, labels, spec, out| $kernel($simd, table, classes, labels, spec, out), $out);
        $out.answer("f64", stringify!($kernel));
        $input.gradient::<f64>(|table, classes, labels, spec, out| $kernel($simd, table, classes, labels, spec, out), $out);
    };
}

entry! {
    /// The softmax cross-entropy of logits.
    CrossEntropy, "cross_entropy", Agreement::Relative { ulps: 128.0 }, losses, logit,
    plain loss::cross_entropy,
    kernel [kernel::loss::cross_entropy],
    std ohem_std::loss::cross_entropy,
    oracle softmax,
    covers [
        "loss::cross_entropy",
        "kernel::loss::cross_entropy",
        "loss::cross_entropy_planes",
        "kernel::loss::cross_entropy_planes",
        "loss::Classes::new",
        "loss::Classes::background",
        "loss::Classes::invalid_labels",
    ],
    in_planes [
        loss::cross_entropy_planes,
        kernel::loss::cross_entropy_planes,
        ohem_std::loss::cross_entropy_planes
    ]
}

entry! {
    /// Its gradient.
    CrossEntropyGradient, "cross_entropy_gradient", Agreement::Absolute { ulps: 128.0 }, gradient, logit,
    plain loss::cross_entropy_gradient,
    kernel [kernel::loss::cross_entropy_gradient],
    std ohem_std::loss::cross_entropy_gradient,
    oracle softmax_gradient,
    covers [
        "loss::cross_entropy_gradient",
        "kernel::loss::cross_entropy_gradient",
        "loss::cross_entropy_planes_gradient",
        "kernel::loss::cross_entropy_planes_gradient",
    ],
    in_planes [
        loss::cross_entropy_planes_gradient,
        kernel::loss::cross_entropy_planes_gradient,
        ohem_std::loss::cross_entropy_planes_gradient
    ]
}

entry! {
    /// The cross-entropy of probabilities.
    ProbabilityCrossEntropy, "probability_cross_entropy", Agreement::Relative { ulps: 8.0 }, losses, probability,
    plain loss::probability_cross_entropy,
    kernel [kernel::loss::probability_cross_entropy],
    std ohem_std::loss::probability_cross_entropy,
    oracle probabilities,
    covers ["loss::probability_cross_entropy", "kernel::loss::probability_cross_entropy"]
}

entry! {
    /// Its gradient.
    ProbabilityCrossEntropyGradient, "probability_cross_entropy_gradient", Agreement::Exact, gradient, probability,
    plain loss::probability_cross_entropy_gradient,
    kernel [],
    std ohem_std::loss::probability_cross_entropy_gradient,
    oracle probabilities_gradient,
    covers ["loss::probability_cross_entropy_gradient"]
}

entry! {
    /// The cross-entropy of independent sigmoids.
    SigmoidCrossEntropy, "sigmoid_cross_entropy", Agreement::Relative { ulps: 128.0 }, losses, logit,
    plain loss::sigmoid_cross_entropy,
    kernel [kernel::loss::sigmoid_cross_entropy],
    std ohem_std::loss::sigmoid_cross_entropy,
    oracle sigmoids,
    covers ["loss::sigmoid_cross_entropy", "kernel::loss::sigmoid_cross_entropy"]
}

entry! {
    /// Its gradient.
    SigmoidCrossEntropyGradient, "sigmoid_cross_entropy_gradient", Agreement::Absolute { ulps: 64.0 }, gradient, logit,
    plain loss::sigmoid_cross_entropy_gradient,
    kernel [kernel::loss::sigmoid_cross_entropy_gradient],
    std ohem_std::loss::sigmoid_cross_entropy_gradient,
    oracle sigmoids_gradient,
    covers ["loss::sigmoid_cross_entropy_gradient", "kernel::loss::sigmoid_cross_entropy_gradient"]
}

#[path = "rows/planes.rs"]
mod planes;

#[cfg(feature = "std")]
#[path = "rows/oracle.rs"]
mod naive;
