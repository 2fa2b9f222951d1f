//! The smooth-L1 function, and the scale of a step.

use ohem_core::kernel::Simd;
use ohem_core::loss::{Reduction, smooth_l1, smooth_l1_slope};

use crate::registry::numbers::Numbers;
use crate::registry::table::floats;
use crate::registry::{Column, Operation, Real, Sink, Source, Words};

/// Smooth-L1 of single differences, and its slope.
#[derive(Clone, Copy, Debug)]
pub struct Smooth;

/// Differences, and where the square turns into a line.
#[derive(Clone, Debug)]
pub struct Input {
    differences: Column<f64>,
    beta: f64,
}

impl Operation for Smooth {
    const NAME: &'static str = "smooth_l1";

    const COVERS: &'static [&'static str] = &["loss::smooth_l1", "loss::smooth_l1_slope"];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, numbers) = (source.rows(), Numbers::any(source));
        let beta = source.choose(1.0, [0.0, 1.0 / 9.0, 0.5, -1.0, f64::INFINITY, f64::NAN, 1e-40]);
        Input { differences: source.column(rows, |source| numbers.next(source)), beta }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        each::<f32>("f32", "smooth_l1", [smooth_l1, smooth_l1_slope], input, out);
        each::<f64>("f64", "smooth_l1", [smooth_l1, smooth_l1_slope], input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        use ohem_std::loss::{smooth_l1, smooth_l1_slope};

        each::<f32>("f32", "smooth_l1", [smooth_l1, smooth_l1_slope], input, out);
        each::<f64>("f64", "smooth_l1", [smooth_l1, smooth_l1_slope], input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        each::<f32>("f32", "by the book", [crate::oracle::loss::smooth_l1, slope], input, out);
        each::<f64>("f64", "by the book", [crate::oracle::loss::smooth_l1, slope], input, out);
    }
}

fn each<F: Real>(
    case: &'static str,
    way: &'static str,
    functions: [fn(F, F) -> F; 2],
    input: &Input,
    out: &mut impl Sink,
) {
    let beta = F::from_f64(input.beta);
    out.answer(case, way);
    for x in floats::<F>(&input.differences) {
        // The sign of a 0 says nothing.
        functions.map(|function| function(x, beta) + F::zero()).add_to(out);
    }
}

/// The slope, as the gradient of a box without weights has it.
#[cfg(feature = "std")]
fn slope<F: Real>(x: F, beta: F) -> F {
    crate::oracle::loss::box_gradient([x; 4], [F::zero(); 4], [F::one(); 4], [F::one(); 4], beta)[0]
}

/// The scale of the gradients of a step.
#[derive(Clone, Copy, Debug)]
pub struct Reduced;

impl Operation for Reduced {
    const NAME: &'static str = "reduction";

    const COVERS: &'static [&'static str] = &["loss::Reduction::scale"];

    /// How many RoIs there are, and how many are selected.
    type Input = [usize; 2];

    fn generate(source: &mut Source<'_>) -> [usize; 2] {
        [source.below(65_536), if source.once_in(8) { 0 } else { source.below(65_536) }]
    }

    fn core<S: Simd>(_: S, &[total, selected]: &[usize; 2], out: &mut impl Sink) {
        out.answer("scale", "Reduction::scale");
        for reduction in [Reduction::Sum, Reduction::Mean, Reduction::MeanOfAll] {
            (reduction.scale::<f32>(total, selected), reduction.scale::<f64>(total, selected)).add_to(out);
        }
    }

    #[cfg(feature = "std")]
    fn std(_: &[usize; 2], _: &mut impl Sink) {} // the same type

    #[cfg(feature = "std")]
    fn oracle(&[total, selected]: &[usize; 2], out: &mut impl Sink) {
        out.answer("scale", "by hand");
        for (dividend, divisor) in [(1, 1), (1, selected), (total, selected)] {
            let scale = if selected == 0 { 0.0 } else { dividend as f64 / divisor as f64 };
            (<f32 as ohem_core::Float>::from_f64(scale), scale).add_to(out);
        }
    }
}
