//! Random choices that depend on nothing but the generator's numbers: the same on every target.

use core::mem;

use rand_core::Rng;

/// Moves up to `places` of the items, drawn at random, to their front; returns how many.
///
/// Every choice, in every order, is equally likely, up to the quality of the generator.
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

#[cfg(test)]
mod tests {
    use super::*;
    use core::convert::Infallible;

    /// Gives these numbers, one after the other, and then the last one for ever.
    struct Numbers(&'static [u32]);

    impl rand_core::TryRng for Numbers {
        type Error = Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            let (&first, rest) = self.0.split_first().unwrap();
            self.0 = if rest.is_empty() { self.0 } else { rest };
            Ok(first)
        }

        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            unimplemented!("nobody asks for 64 bits")
        }

        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
            unimplemented!("nobody asks for bytes")
        }
    }

    #[test]
    fn a_number_that_would_make_some_likelier_is_not_taken() {
        // 2^32 is 3 times 1,431,655,765 and 1: one number is too many, and that is 0.
        for (numbers, want) in
            [(&[0, 1 << 31][..], 1), (&[0, 0, u32::MAX], 2), (&[1, u32::MAX], 0), (&[0], 0)]
        {
            assert_eq!(below(3, &mut Numbers(numbers)), want, "{numbers:?}");
        }
        assert_eq!(below(4, &mut Numbers(&[0, u32::MAX])), 0, "no number of 4 is uneven");
    }
}
