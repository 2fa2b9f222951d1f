//! The gate for one sample at a time.

use ohem_core::RankKey;
use ohem_core::gate::Gate;

/// Which of these losses pass a gate of core's, one after the other, and how many it remembers after each.
pub fn observed<H: RankKey, const WINDOW: usize>(share: f32, losses: &[H]) -> Vec<(bool, usize)> {
    let mut gate = Gate::<H, WINDOW>::new(share);
    losses.iter().map(|&loss| (gate.observe(loss), gate.len())).collect()
}
