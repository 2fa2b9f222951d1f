//! Losses of logits with a target each.

use ohem_core::kernel::{self, Simd};
use ohem_core::{Float, loss};
use ohem_std::simd::Work;

use super::{Backward, FITS};
use crate::oracle;

/// Binary cross-entropy of logits, on any instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Binary<'a, F> {
    /// One for each RoI.
    pub logits: &'a [F],
    /// From 0 to 1.
    pub targets: &'a [F],
}

impl<F: Float> Work for Binary<'_, F> {
    type Output = Vec<F>;

    fn on<S: Simd>(self, simd: S) -> Vec<F> {
        let mut out = vec![F::nan(); self.logits.len()];
        kernel::loss::binary_cross_entropy(simd, self.logits, self.targets, &mut out).expect(FITS);
        out
    }
}

impl<F: Float> Binary<'_, F> {
    pub(super) fn naive(&self) -> Vec<F> {
        let pairs = self.logits.iter().zip(self.targets);
        pairs.map(|(&logit, &target)| oracle::loss::binary_cross_entropy(logit, target)).collect()
    }

    pub(super) fn naive_gradient(&self, backward: &Backward<'_, F>) -> Vec<F> {
        backward.lay_out(self.logits.len(), 1, |row| {
            vec![oracle::loss::binary_cross_entropy_gradient(self.logits[row], self.targets[row])]
        })
    }

    pub(super) fn core_gradient(&self, backward: &Backward<'_, F>) -> Vec<F> {
        let mut out = vec![F::nan(); backward.len(self.logits.len(), 1)];
        let written =
            loss::binary_cross_entropy_gradient(self.logits, self.targets, &backward.spec(), &mut out);
        written.expect(FITS);
        out
    }

    pub(super) fn std(&self) -> Vec<F> {
        ohem_std::loss::binary_cross_entropy(self.logits, self.targets).expect(FITS)
    }

    pub(super) fn std_gradient(&self, backward: &Backward<'_, F>) -> Vec<F> {
        ohem_std::loss::binary_cross_entropy_gradient(self.logits, self.targets, &backward.spec())
            .expect(FITS)
    }
}
