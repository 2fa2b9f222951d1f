//! Losses of rows with a label each.

use ohem_core::Float;
use ohem_core::kernel::{self, Simd};
use ohem_core::loss::{self, Classes};
use ohem_std::simd::Work;

use super::{Backward, FITS};
use crate::oracle;

/// What the loss of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Softmax cross-entropy of logits.
    Softmax,
    /// The sum of the binary cross-entropies of logits; background has no column.
    Sigmoid,
    /// The original's cross-entropy of probabilities.
    Probability,
}

/// Losses of the rows of a table, on any instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a, F> {
    /// Which loss.
    pub function: Function,
    /// Row by row.
    pub values: &'a [F],
    /// How many values a row has.
    pub columns: usize,
    /// The label of each row.
    pub labels: &'a [u32],
}

/// The gradient of the losses of some rows, on any instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Gradient<'a, F> {
    /// Of what.
    pub rows: Rows<'a, F>,
    /// Of which rows, and where to.
    pub backward: Backward<'a, F>,
}

impl<F: Float> Rows<'_, F> {
    fn of(&self, row: usize) -> (&[F], usize) {
        (&self.values[row * self.columns..][..self.columns], self.labels[row] as usize)
    }

    /// The oracle's background is label 0.
    fn classes(&self) -> Classes {
        Classes::new(self.columns)
    }

    pub(super) fn naive(&self) -> Vec<F> {
        let loss = match self.function {
            Function::Softmax => oracle::loss::cross_entropy,
            Function::Sigmoid => oracle::loss::sigmoid_cross_entropy,
            Function::Probability => oracle::loss::probability_cross_entropy,
        };
        let of = |row| {
            let (values, label) = self.of(row);
            loss(values, label)
        };
        (0..self.labels.len()).map(of).collect()
    }

    pub(super) fn std(&self) -> Vec<F> {
        let (&Self { function, values, labels, .. }, classes) = (self, self.classes());
        match function {
            Function::Softmax => ohem_std::loss::cross_entropy(values, classes, labels),
            Function::Sigmoid => ohem_std::loss::sigmoid_cross_entropy(values, classes, labels),
            Function::Probability => ohem_std::loss::probability_cross_entropy(values, classes, labels),
        }
        .expect(FITS)
    }
}

impl<F: Float> Work for Rows<'_, F> {
    type Output = Vec<F>;

    fn on<S: Simd>(self, simd: S) -> Vec<F> {
        let (Self { function, values, labels, .. }, classes) = (self, self.classes());
        let mut out = vec![F::nan(); labels.len()];
        match function {
            Function::Softmax => kernel::loss::cross_entropy(simd, values, classes, labels, &mut out),
            Function::Sigmoid => kernel::loss::sigmoid_cross_entropy(simd, values, classes, labels, &mut out),
            Function::Probability => {
                kernel::loss::probability_cross_entropy(simd, values, classes, labels, &mut out)
            }
        }
        .expect(FITS);
        out
    }
}

impl<F: Float> Gradient<'_, F> {
    pub(super) fn naive(&self) -> Vec<F> {
        let gradient = match self.rows.function {
            Function::Softmax => oracle::loss::cross_entropy_gradient,
            Function::Sigmoid => oracle::loss::sigmoid_cross_entropy_gradient,
            Function::Probability => oracle::loss::probability_cross_entropy_gradient,
        };
        self.backward.lay_out(self.rows.labels.len(), self.rows.columns, |row| {
            let (values, label) = self.rows.of(row);
            gradient(values, label)
        })
    }

    pub(super) fn std(&self) -> Vec<F> {
        let (Rows { function, values, labels, .. }, spec) = (self.rows, self.backward.spec());
        let classes = self.rows.classes();
        match function {
            Function::Softmax => ohem_std::loss::cross_entropy_gradient(values, classes, labels, &spec),
            Function::Sigmoid => {
                ohem_std::loss::sigmoid_cross_entropy_gradient(values, classes, labels, &spec)
            }
            Function::Probability => {
                ohem_std::loss::probability_cross_entropy_gradient(values, classes, labels, &spec)
            }
        }
        .expect(FITS)
    }
}

impl<F: Float> Work for Gradient<'_, F> {
    type Output = Vec<F>;

    fn on<S: Simd>(self, simd: S) -> Vec<F> {
        let (Rows { function, values, columns, labels }, spec) = (self.rows, &self.backward.spec());
        let (classes, mut out) =
            (self.rows.classes(), vec![F::nan(); self.backward.len(labels.len(), columns)]);
        match function {
            Function::Softmax => {
                kernel::loss::cross_entropy_gradient(simd, values, classes, labels, spec, &mut out)
            }
            Function::Sigmoid => {
                kernel::loss::sigmoid_cross_entropy_gradient(simd, values, classes, labels, spec, &mut out)
            }
            Function::Probability => {
                loss::probability_cross_entropy_gradient(values, classes, labels, spec, &mut out)
            }
        }
        .expect(FITS);
        out
    }
}
