//! Losses of boxes.

use ohem_core::kernel::{self, Simd};
use ohem_core::loss::Regression;
use ohem_core::{Float, loss};
use ohem_std::simd::Work;

use super::{Backward, FITS};
use crate::oracle;

/// What columns are weighted by.
#[derive(Clone, Copy, Debug)]
pub enum Weights<'a, F> {
    /// The same four for every box.
    Same([F; 4]),
    /// A table with a row for every box.
    Each(&'a [F]),
}

/// Losses of boxes by their deltas, on any instruction set. Each table is `n x 4` or `n x 4K`.
#[derive(Clone, Copy, Debug)]
pub struct Boxes<'a, F> {
    /// The class of each; background has no loss.
    pub labels: &'a [u32],
    /// Deltas that were predicted.
    pub predictions: &'a [F],
    /// Deltas that are wanted.
    pub targets: &'a [F],
    /// What differences are multiplied by.
    pub inside: Weights<'a, F>,
    /// What losses are multiplied by.
    pub outside: Weights<'a, F>,
    /// Where the parabola ends.
    pub beta: F,
}

impl<'a, F: Float> Boxes<'a, F> {
    /// All weights are 1, and so is beta.
    pub fn new(labels: &'a [u32], predictions: &'a [F], targets: &'a [F]) -> Self {
        let ones = Weights::Same([F::one(); 4]);
        Self { labels, predictions, targets, inside: ones, outside: ones, beta: F::one() }
    }

    fn regression(&self) -> Regression<'a, F> {
        let weights = |weights| match weights {
            Weights::Same(four) => loss::BoxWeights::Same(four),
            Weights::Each(table) => loss::BoxWeights::Each(table),
        };
        Regression::new(self.labels, self.predictions, self.targets)
            .and_then(|boxes| boxes.weights(weights(self.inside), weights(self.outside)))
            .expect(FITS)
            .beta(self.beta)
    }

    /// The four columns of a row's label.
    fn four(&self, table: Weights<'_, F>, row: usize) -> [F; 4] {
        match table {
            Weights::Same(four) => four,
            Weights::Each(table) => {
                let width = table.len() / self.labels.len();
                let from = if width > 4 { 4 * self.labels[row] as usize } else { 0 };
                core::array::from_fn(|column| table[row * width + from + column])
            }
        }
    }

    /// Prediction, target and both weights of a row.
    fn row(&self, row: usize) -> [[F; 4]; 4] {
        let (predictions, targets) = (Weights::Each(self.predictions), Weights::Each(self.targets));
        [predictions, targets, self.inside, self.outside].map(|table| self.four(table, row))
    }

    pub(super) fn naive(&self) -> Vec<F> {
        let loss = |(row, &label): (usize, &u32)| {
            if label == 0 {
                return F::zero();
            }
            let [prediction, target, inside, outside] = self.row(row);
            oracle::loss::box_loss(prediction, target, inside, outside, self.beta)
        };
        self.labels.iter().enumerate().map(loss).collect()
    }

    pub(super) fn naive_gradient(&self, backward: &Backward<'_, F>) -> Vec<F> {
        let columns = self.predictions.len() / self.labels.len().max(1);
        backward.lay_out(self.labels.len(), columns, |row| {
            let (mut slopes, label) = (vec![F::zero(); columns], self.labels[row] as usize);
            if label > 0 {
                let [prediction, target, inside, outside] = self.row(row);
                let four = oracle::loss::box_gradient(prediction, target, inside, outside, self.beta);
                slopes[if columns > 4 { 4 * label } else { 0 }..][..4].copy_from_slice(&four);
            }
            slopes
        })
    }

    pub(super) fn core_add(&self, losses: &mut [F]) {
        loss::add_regression(&self.regression(), losses).expect(FITS);
    }

    pub(super) fn core_gradient(&self, backward: &Backward<'_, F>) -> Vec<F> {
        let columns = self.predictions.len() / self.labels.len().max(1);
        let mut out = vec![F::nan(); backward.len(self.labels.len(), columns)];
        loss::regression_gradient(&self.regression(), &backward.spec(), &mut out).expect(FITS);
        out
    }

    pub(super) fn std_add(&self, losses: &mut [F]) {
        ohem_std::loss::add_regression(&self.regression(), losses).expect(FITS);
    }

    pub(super) fn std_gradient(&self, backward: &Backward<'_, F>) -> Vec<F> {
        ohem_std::loss::regression_gradient(&self.regression(), &backward.spec()).expect(FITS)
    }
}

impl<F: Float> Work for Boxes<'_, F> {
    type Output = Vec<F>;

    fn on<S: Simd>(self, simd: S) -> Vec<F> {
        let mut out = vec![F::nan(); self.labels.len()];
        kernel::loss::regression_losses(simd, &self.regression(), &mut out).expect(FITS);
        out
    }
}
