//! Ranking alone: lazily, the hardest few, of a stream, the n-th hardest; and the gate.

use ohem_core::gate::Gate;
use ohem_core::kernel::Simd;
use ohem_core::kernel::rank::{FixedBuffer, HardestFirst, extend};
use ohem_core::rank::{TopK, select_nth, top_k};
use ohem_core::{MineError, NanPolicy, Ranked};

use super::input::cases;
use super::memory::{Arena, MemoryError};
use super::table::Table;
use crate::registry::{Loss, Sink};

/// Number of losses taken lazily: more than the buffer holds.
const LAZILY: usize = 100;

pub(super) fn run<H: Loss, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("mining");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let k = Table::<f32>::read(&mut cases, arena)?.batch_size();
        let losses = cases.losses::<H>(arena)?;
        let indices = arena.indices(losses.len())?;
        for nan in [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First] {
            lazily(simd, losses, nan, out);
            let seen = stream(simd, losses, k.min(32), nan, out);
            out.add(&seen);
            out.add(&top_k(losses, indices, k, nan));
        }
        let numbered = losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index));
        out.add(&select_nth(numbered, k));
        let mut gate = Gate::<H, 32>::new(0.25);
        losses.iter().for_each(|&loss| out.add(&gate.observe(loss)));
    }
    Ok(())
}

/// The hardest in a buffer that must be filled again for all of them.
fn lazily<H: Loss, S: Simd>(simd: S, losses: &[H], nan: NanPolicy, out: &mut impl Sink) {
    let buffer = &mut [Ranked::PLACEHOLDER; 64];
    match HardestFirst::new(simd, losses, nan, FixedBuffer(buffer), 64) {
        Ok(hardest) => hardest.take(LAZILY).for_each(|ranked| out.add(&ranked)),
        Err(error) => out.add(&error),
    }
}

/// The hardest of losses that come in parts; returns how many there were.
fn stream<H: Loss, S: Simd>(
    simd: S,
    losses: &[H],
    k: usize,
    nan: NanPolicy,
    out: &mut impl Sink,
) -> Result<u32, MineError> {
    let mut stream = TopK::<H, 64>::new(k, nan)?;
    losses.chunks(100).try_for_each(|part| extend(simd, &mut stream, part))?;
    out.add(stream.hardest());
    Ok(stream.seen())
}
