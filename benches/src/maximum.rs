//! The least that has to be done with losses: reading them.

use ohem_core::kernel::{Lanes, Simd};
use ohem_std::simd::{Work, run};

/// The largest loss, eight vectors at a time, on the tier that is chosen.
pub fn maximum(losses: &[f32]) -> f32 {
    run(Maximum(losses))
}

struct Maximum<'a>(&'a [f32]);

impl Work for Maximum<'_> {
    type Output = f32;

    fn on<S: Simd>(self, simd: S) -> f32 {
        simd.run(
            #[inline(always)]
            || {
                let (chunks, rest) = S::F32::chunks(self.0);
                let mut largest = [S::F32::splat(f32::MIN); 8];
                let mut eights = chunks.chunks_exact(8);
                for chunks in &mut eights {
                    for (largest, chunk) in largest.iter_mut().zip(chunks) {
                        *largest = largest.max(S::F32::load(chunk));
                    }
                }
                let lanes = largest.into_iter().map(Lanes::store).chain(eights.remainder().iter().copied());
                let largest = lanes
                    .fold(f32::MIN, |largest, lanes| lanes.as_ref().iter().copied().fold(largest, f32::max));
                rest.iter().copied().fold(largest, f32::max)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ohem_std::simd::Tier;

    #[test]
    fn the_largest_is_found_wherever_it_lies() {
        for at in 0..100 {
            let mut losses = [1.0; 100];
            losses[at] = 2.0;
            for tier in Tier::available() {
                assert_eq!(tier.scope(|| maximum(&losses)), 2.0);
            }
        }
    }
}
