//! The hardest of a stream, in fixed memory.

use ohem_core::kernel::rank::TopKOver;
use ohem_core::kernel::{self, Simd};
use ohem_core::rank::TopK;
use ohem_core::{MineError, NanPolicy, Ranked};

use super::{Ranking, each_type};
use crate::registry::{Loss, Operation, Sink, Source, Words};

/// The hardest `k` of a stream that comes in chunks.
#[derive(Clone, Copy, Debug)]
pub struct Stream;

/// A stream, and the length of its chunks.
#[derive(Clone, Debug)]
pub struct Input {
    ranking: Ranking,
    chunk: usize,
}

/// How many candidates there are: one more than can be kept.
const CANDIDATES: usize = 40;

impl Operation for Stream {
    const NAME: &'static str = "top_k_of_stream";

    const COVERS: &'static [&'static str] = &[
        "rank::TopK::new",
        "rank::TopK::extend",
        "rank::TopK::hardest",
        "rank::TopK::seen",
        "rank::TopK::clear",
        "kernel::rank::TopKOver::with_memory",
        "kernel::rank::extend",
    ];

    type Input = Input;

    fn generate(source: &mut Source<'_>) -> Input {
        let mut ranking = Ranking::any(source);
        ranking.k %= CANDIDATES + 2;
        Input { ranking, chunk: 1 + source.below(100) }
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

/// Takes the stream in twice, the second time after it was cleared.
fn twice<H: Loss>(
    case: &'static str,
    way: &'static str,
    input: &Input,
    new: impl FnOnce(usize, NanPolicy) -> Result<TopK<H, CANDIDATES>, MineError>,
    mut extend: impl FnMut(&mut TopK<H, CANDIDATES>, &[H]) -> Result<(), MineError>,
    out: &mut impl Sink,
) {
    let (&Ranking { k, nan, .. }, losses) = (&input.ranking, input.ranking.losses::<H>());
    out.answer(case, way);
    let mut top = match new(k, nan) {
        Ok(top) => top,
        Err(error) => return error.add_to(out),
    };
    for _ in 0..2 {
        let extended = losses.chunks(input.chunk.max(1)).try_for_each(|chunk| extend(&mut top, chunk));
        match extended {
            Ok(()) => (top.seen(), top.hardest()).add_to(out),
            Err(error) => return error.add_to(out),
        }
        top.clear();
        (top.seen(), top.hardest()).add_to(out);
    }
}

fn core<H: Loss, S: Simd>(case: &'static str, simd: S, input: &Input, out: &mut impl Sink) {
    twice::<H>(case, "TopK::extend", input, TopK::new, TopK::extend, out);
    let new = |k, nan| TopKOver::with_memory([Ranked::PLACEHOLDER; CANDIDATES], k, nan);
    let extend = |top: &mut _, chunk: &_| kernel::rank::extend(simd, top, chunk);
    twice::<H>(case, "kernel::rank::extend", input, new, extend, out);
}

#[cfg(feature = "std")]
fn std<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    twice::<H>(case, "TopK::extend", input, TopK::new, ohem_std::rank::TopK::extend, out);
}

#[cfg(feature = "std")]
fn oracle<H: Loss>(case: &'static str, input: &Input, out: &mut impl Sink) {
    let (Ranking { k, nan, .. }, losses) = (&input.ranking, input.ranking.losses::<H>());
    out.answer(case, "sorted");
    if let Err(refused) = crate::registry::naive::capacity(k + 1, CANDIDATES) {
        return refused.add_to(out);
    }
    match super::order(&losses, *nan) {
        Ok(order) => {
            let hardest: Vec<_> = order.iter().take(*k).map(|&index| super::ranked(&losses, index)).collect();
            for _ in 0..2 {
                (losses.len(), hardest.as_slice()).add_to(out);
                (0_usize, 0_usize).add_to(out);
            }
        }
        Err(refused) => refused.add_to(out),
    }
}
