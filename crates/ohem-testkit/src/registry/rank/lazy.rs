//! RoIs one by one, hardest first, and the order they come in.

use ohem_core::kernel::Simd;
use ohem_core::kernel::rank::{CandidateBuffer, FixedBuffer, HardestFirst};
use ohem_core::rank::hardest_first;
use ohem_core::{MineError, Ranked};

use super::{Ranking, each_type};
use crate::registry::{Column, Loss, MAX, Operation, Sink, Source, Words};

/// The hardest first, as many as are asked for, in a buffer of any length.
#[derive(Clone, Copy, Debug)]
pub struct Lazily;

/// Losses, and the memory to rank them in.
#[derive(Clone, Debug)]
pub struct Input {
    ranking: Ranking,
    window: usize,
    target: usize,
}

impl Operation for Lazily {
    const NAME: &'static str = "hardest_first";

    const COVERS: &'static [&'static str] = &[
        "rank::hardest_first",
        "kernel::rank::HardestFirst::new",
        "kernel::rank::CandidateBuffer::lend",
        "Ranked::new",
        "Ranked::index",
        "Ranked::key",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let ranking = Ranking::any(source);
        let window = if source.once_in(16) { source.below(3) } else { 2 + source.below(MAX - 1) };
        Input { ranking, window, target: source.below(MAX) }
    }

    fn core<S: Simd>(simd: S, input: &Input, out: &mut impl Sink) {
        each_type!(core [S] simd, input, out);
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

/// A buffer that lends as much as it is asked for.
struct Asked<'a, H: Loss>(&'a mut [Ranked<H>]);

impl<H: Loss> CandidateBuffer<H> for Asked<'_, H> {
    fn lend(&mut self, target: usize) -> &mut [Ranked<H>] {
        let len = target.min(self.0.len());
        self.0.get_mut(..len).unwrap_or_default()
    }
}

/// Adds the first of them, each with its loss, and how many come before it among the others of those.
fn first<H: Loss>(
    hardest: Result<impl Iterator<Item = Ranked<H>>, MineError>,
    input: &Input,
    out: &mut impl Sink,
) {
    let hardest = match hardest {
        Ok(hardest) => hardest,
        Err(error) => return error.add_to(out),
    };
    let mut first = Column::new();
    for ranked in hardest.take(input.ranking.k) {
        let _ = first.push(Ranked::new(ranked.key(), ranked.index()));
    }
    first.as_slice().add_to(out);
    let few = first.get(..first.len().min(20)).unwrap_or_default();
    few.iter().for_each(|ranked| few.iter().filter(|other| *other < ranked).count().add_to(out));
}

fn core<H: Loss, S: Simd>(case: &'static str, simd: S, input: &Input, out: &mut impl Sink) {
    let (losses, nan) = (input.ranking.losses::<H>(), input.ranking.nan);
    let mut candidates = [Ranked::PLACEHOLDER; MAX];
    let window = candidates.get_mut(..input.window).unwrap_or_default();
    out.answer(case, "hardest_first");
    first(hardest_first(&losses, nan, window), input, out);
    out.answer(case, "HardestFirst");
    first(HardestFirst::new(simd, &losses, nan, FixedBuffer(window), input.target), input, out);
    if input.window >= 2 {
        out.answer(case, "HardestFirst, in a buffer of one's own");
        first(HardestFirst::new(simd, &losses, nan, Asked(window), input.target), input, out);
    }
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let losses = input.ranking.losses::<H>();
    let mut candidates = vec![Ranked::PLACEHOLDER; input.window];
    out.answer(case, "hardest_first");
    first(ohem_std::rank::hardest_first(&losses, input.ranking.nan, &mut candidates), input, out);
}

#[cfg(feature = "std")]
fn oracle<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let losses = input.ranking.losses::<H>();
    out.answer(case, "sorted");
    let needed = crate::registry::naive::capacity(losses.len().min(2), input.window);
    match needed.and_then(|()| super::order(&losses, input.ranking.nan)) {
        Ok(order) => {
            let hardest: Vec<_> = order
                .iter()
                .take(input.ranking.k.min(MAX))
                .map(|&index| super::ranked(&losses, index))
                .collect();
            hardest.add_to(out);
            (0..hardest.len().min(20)).for_each(|place| place.add_to(out));
        }
        Err(refused) => refused.add_to(out),
    }
}
