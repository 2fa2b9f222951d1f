//! The gate, which sees one sample at a time.

use ohem_core::Ranked;
use ohem_core::gate::{Gate, GateOver};
use ohem_core::kernel::Simd;

use super::numbers::Numbers;
use super::rank::each_type;
use super::{Column, Loss, Operation, Sink, Source, Words};

/// A gate that decides about one sample after the other.
#[derive(Clone, Copy, Debug)]
pub struct Passed;

/// Losses, and the share of them that passes.
#[derive(Clone, Debug)]
pub struct Input {
    losses: Column<f64>,
    share: f32,
}

/// How many losses are remembered.
const WINDOW: usize = 8;

impl Operation for Passed {
    const NAME: &'static str = "gate";

    const COVERS: &'static [&'static str] = &[
        "gate::Gate::new",
        "gate::GateOver::with_memory",
        "gate::Gate::observe",
        "gate::Gate::len",
        "gate::Gate::is_empty",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let (rows, numbers) = (source.rows(), Numbers::any(source));
        let losses = source.column(rows, |source| numbers.next(source));
        Input { losses, share: source.choose(0.25, [0.0, 0.1, 0.5, 0.75, 1.0, 1.5, -1.0, f32::NAN]) }
    }

    fn core<S: Simd>(_: S, input: &Input, out: &mut impl Sink) {
        each_type!(core [] input, out);
    }

    #[cfg(feature = "std")]
    fn std(input: &Input, out: &mut impl Sink) {
        each_type!(std [] input, out);
    }

    #[cfg(feature = "std")]
    fn oracle(input: &Input, out: &mut impl Sink) {
        each_type!(oracle [] input, out);
    }
}

/// Lets the gate observe all; it says each time whether it is empty, and how much it remembers.
fn observed<H: Loss>(mut gate: Gate<H, WINDOW>, input: &Input, out: &mut impl Sink) {
    for &loss in &input.losses {
        (gate.is_empty(), gate.len(), gate.observe(H::of(loss))).add_to(out);
    }
}

fn core<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    out.answer(case, "GateOver");
    observed::<H>(GateOver::with_memory([Ranked::PLACEHOLDER; WINDOW], input.share), input, out);
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    out.answer(case, "Gate");
    observed::<H>(ohem_std::gate::Gate::new(input.share), input, out);
}

#[cfg(feature = "std")]
fn oracle<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let losses = super::table::each(&input.losses, |&loss| H::of(loss));
    out.answer(case, "each with the window before it");
    for (at, passes) in crate::oracle::gate(&losses, input.share, WINDOW).into_iter().enumerate() {
        (at == 0, at.min(WINDOW), passes).add_to(out);
    }
}
