//! Ranking alone: lazily, the hardest few, of a stream, the hardest but so many; and the gate.

use ohem_core::gate::Gate;
use ohem_core::rank::{HardestFirst, TopK, select_nth, top_k};
use ohem_core::simd::Simd;
use ohem_core::{NanPolicy, Ranked};

use crate::bits::Digest;
use crate::input::cases;
use crate::loss::Loss;
use crate::memory::{Arena, MemoryError};
use crate::table::Table;

/// How many are handed out hardest first: more than a window holds.
const LAZILY: usize = 100;

pub(crate) fn run<H: Loss, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("mining");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let k = Table::<f32>::read(&mut cases, arena)?.batch_size();
        let losses = cases.column().collect(arena, H::of)?;
        let indices = arena.indices(losses.len())?;
        for nan in [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First] {
            lazily(simd, losses, nan, digest);
            stream(simd, losses, k.min(32), nan, digest);
            digest.add(&top_k(losses, indices, k, nan));
        }
        digest.add(&select_nth(|| losses.iter().zip(0..).map(|(&loss, index)| Ranked::new(loss, index)), k));
        let mut gate = Gate::<H, 32>::new(0.25);
        losses.iter().for_each(|&loss| digest.add(&gate.observe(loss)));
    }
    Ok(())
}

/// The hardest in a window that must be filled again for all of them.
fn lazily<H: Loss, S: Simd>(simd: S, losses: &[H], nan: NanPolicy, digest: &mut Digest) {
    match HardestFirst::windowed(simd, losses, nan, &mut [Ranked::PLACEHOLDER; 64]) {
        Ok(hardest) => hardest.take(LAZILY).for_each(|ranked| digest.add(&ranked)),
        refused => digest.add(&refused.map(|_| ())),
    }
}

/// The hardest of losses that come in parts.
fn stream<H: Loss, S: Simd>(simd: S, losses: &[H], k: usize, nan: NanPolicy, digest: &mut Digest) {
    let hardest = TopK::<H, 64>::new(k, nan).and_then(|mut stream| {
        losses.chunks(100).try_for_each(|part| stream.extend_on(simd, part))?;
        digest.add(stream.hardest());
        Ok(stream.seen())
    });
    digest.add(&hardest);
}
