//! Mining by the golden minibatches, ties and edge cases, with losses of any type.

use ohem_core::merge::Stream;
use ohem_core::mine::mine;
use ohem_core::simd::Simd;
use ohem_core::{Float, MineConfig, NanPolicy, Rois};

use crate::bits::Digest;
use crate::input::cases;
use crate::loss::Loss;
use crate::memory::{Arena, MemoryError};
use crate::table::{Room, Table};

pub(crate) fn run<F: Float, H: Loss, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("mining");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let table = Table::<F>::read(&mut cases, arena)?;
        let losses = cases.column().collect(arena, H::of)?;
        match table.rois() {
            Ok(rois) => mined(simd, &rois, losses, table.configs(), arena, digest)?,
            refused => digest.add(&refused.map(|_| ())),
        }
    }
    Ok(())
}

/// How many survivors are looked at, at the most: small machines compute `f64` in software.
const SURVIVORS: usize = 512;

/// Mines in each way, the minibatch and as many as survive; then merges what was selected.
pub(crate) fn mined<F: Float, H: Loss, S: Simd>(
    simd: S,
    rois: &Rois<'_, F>,
    losses: &[H],
    configs: [MineConfig; 3],
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let [minibatch, survivors] = [configs[0].batch_size, SURVIVORS].map(|most| most.min(losses.len()));
    let mut room = Room::<F, H>::new(minibatch.max(survivors), arena)?;
    let mut step = Stream::<H, 64>::new();
    for config in configs {
        for nan in [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First] {
            let hard = mine(simd, rois, losses, &config.nan(nan).batch_size(minibatch), room.lend());
            digest.add(&hard);
            if let Ok(hard) = hard {
                digest.add(&hard.statistics(losses));
                digest.add(&step.push(&hard, losses));
            }
        }
        let config = config.nan(NanPolicy::First).batch_size(survivors);
        digest.add(&mine(simd, rois, losses, &config, room.lend()));
    }
    digest.add(step.hardest());
    Ok(())
}
