//! Random choices that depend on nothing but the generator's numbers: the same on every target.

use core::mem;

use rand_core::Rng;

/// Moves up to `places` of the items, drawn at random, to their front; returns how many.
///
/// Every choice of so many, in every order, is equally likely, up to the quality of the generator.
pub(crate) fn draw<R: Rng + ?Sized>(items: &mut [u32], places: usize, generator: &mut R) -> usize {
    let drawn = places.min(items.len());
    for at in 0..drawn {
        // The first of those not yet drawn changes places with any of them.
        let Some((first, others)) = items.get_mut(at..).and_then(<[u32]>::split_first_mut) else { break };
        let bound = u32::try_from(others.len()).unwrap_or(u32::MAX).saturating_add(1);
        let chosen = (below(bound, generator) as usize).checked_sub(1);
        if let Some(chosen) = chosen.and_then(|chosen| others.get_mut(chosen)) {
            mem::swap(first, chosen);
        }
    }
    drawn
}

/// A number below `bound`, each as likely as the others (Lemire 2019).
///
/// Whoever never gives a number that may be taken would hang this: the 64th is taken as it is. The bias of
/// that is less than 2^-64.
fn below<R: Rng + ?Sized>(bound: u32, generator: &mut R) -> u32 {
    let uneven = bound.wrapping_neg().checked_rem(bound).unwrap_or(0);
    let mut product = 0;
    for _ in 0..64 {
        product = u64::from(generator.next_u32()) * u64::from(bound);
        if product & u64::from(u32::MAX) >= u64::from(uneven) {
            break;
        }
    }
    u32::try_from(product >> 32).unwrap_or(0)
}
