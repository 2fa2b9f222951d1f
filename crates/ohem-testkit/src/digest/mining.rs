//! Mining by the golden minibatches, ties and edge cases, with losses of any type.

use ohem_core::kernel::Simd;
use ohem_core::kernel::mine::mine;
use ohem_core::merge::Stream;
use ohem_core::{MineConfig, NanPolicy, RoiSource};

use super::input::cases;
use super::memory::{Arena, MemoryError};
use super::table::{Buffers, Table};
use crate::registry::{Loss, Real, Sink};

pub(super) fn run<F: Real, H: Loss, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("mining");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let table = Table::<F>::read(&mut cases, arena)?;
        let losses = cases.losses::<H>(arena)?;
        match table.rois() {
            Ok(rois) => mined::<F, H, S>(simd, &rois, losses, table.configs(), arena, out)?,
            Err(error) => out.add(&error),
        }
    }
    Ok(())
}

/// Largest number of survivors: small machines compute `f64` in software.
const SURVIVORS: usize = 512;

/// Mines in each way, the minibatch and as many as survive; then merges the selections.
pub(super) fn mined<F: Real, H: Loss, S: Simd>(
    simd: S,
    rois: &impl RoiSource<Coordinate = F>,
    losses: &[H],
    configs: [MineConfig; 3],
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let [config, ..] = configs;
    let [minibatch, survivors] = [config.batch_size, SURVIVORS].map(|most| most.min(losses.len()));
    let mut buffers = Buffers::<F, H>::new(minibatch.max(survivors), arena)?;
    let mut batch = Stream::<H, 64>::new();
    for config in configs {
        for nan in [NanPolicy::Error, NanPolicy::Skip, NanPolicy::First] {
            let config = config.nan(nan).batch_size(minibatch);
            let mut storage = buffers.lend();
            let hard = mine(simd, rois, losses, &config, &mut storage);
            out.add(&hard);
            if let Ok(hard) = hard {
                out.add(&hard.statistics(losses));
                out.add(&batch.push(&hard, losses));
            }
        }
        let config = config.nan(NanPolicy::First).batch_size(survivors);
        out.add(&mine(simd, rois, losses, &config, &mut buffers.lend()));
    }
    out.add(batch.hardest());
    Ok(())
}
