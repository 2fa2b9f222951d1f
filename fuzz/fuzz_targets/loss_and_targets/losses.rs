//! Losses and gradients.

use arbitrary::{Arbitrary, Result, Unstructured};
use ohem_core::Float;
use ohem_core::loss::{self, Backward, Regression, Weights};
use ohem_core::simd::{Scalar, Simd};
use ohem_fuzz::{Bits, everywhere, options};
use ohem_reference::loss as reference;
use ohem_std::simd::Work;
use ohem_testkit::nasty;

use crate::compare::{Head, Near, assert_close, assert_near, narrow};

#[derive(Debug)]
pub(crate) struct Case {
    function: Function,
    double: bool,
    head: Head,
    beta: f64,
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Function {
    Softmax,
    Sigmoid,
    Probability,
    SoftmaxGradient,
    SigmoidGradient,
    Boxes,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (function, double) = (o.arbitrary()?, o.arbitrary()?);
        let beta = *o.choose(&[1.0, 1.0 / 9.0, 0.5, 2.0, 0.0, -1.0, f64::NAN])?;
        let columns = if function == Function::Boxes { 4 } else { o.int_in_range(1..=40)? };
        let mut values = nasty::numbers(u, 400)?;
        if matches!(function, Function::SoftmaxGradient | Function::SigmoidGradient) {
            // The slope at infinity is nobody's business.
            values
                .iter_mut()
                .filter(|value| value.is_nan() || value.abs() > 1e30)
                .for_each(|value| *value = 0.5);
        }
        values.truncate(values.len() / columns * columns);
        let label = |_| Ok(u32::from(o.arbitrary::<u8>()?) % u32::try_from(columns).unwrap());
        let labels = (0..values.len() / columns).map(label).collect::<Result<_>>()?;
        Ok(Self { function, double, head: Head { values, columns, labels }, beta })
    }
}

/// A loss for each row, or a gradient for each value.
#[derive(Clone, Copy)]
struct Compute<'a, F> {
    case: &'a Case,
    values: &'a [F],
    selected: &'a [u32],
}

impl<F: Float> Compute<'_, F> {
    /// The boxes of predictions, targets and both weights: the same numbers, from other places on.
    fn table(&self, nth: usize) -> Vec<F> {
        let n = self.values.len();
        (0..n).map(|at| self.values[(at + nth * 7) % n]).collect()
    }
}

impl<F: Float> Work for Compute<'_, F> {
    type Output = Bits<F>;

    fn on<S: Simd>(self, simd: S) -> Bits<F> {
        let (Head { columns, labels, .. }, values) = (&self.case.head, self.values);
        let backward = Backward::new(self.selected).scale(F::from_f64(0.25));
        let mut losses = vec![F::nan(); labels.len()];
        let mut slopes = vec![F::nan(); values.len()];
        match self.case.function {
            Function::Softmax => loss::cross_entropy(simd, values, *columns, labels, &mut losses),
            Function::Sigmoid => loss::sigmoid_cross_entropy(simd, values, *columns, labels, &mut losses),
            Function::Probability => {
                loss::probability_cross_entropy(simd, values, *columns, labels, &mut losses)
            }
            Function::Boxes => {
                let tables = [0, 1, 2, 3].map(|nth| self.table(nth));
                Regression::new(labels, &tables[0], &tables[1])
                    .and_then(|boxes| boxes.weights(Weights::Each(&tables[2]), Weights::Each(&tables[3])))
                    .and_then(|boxes| boxes.beta(F::from_f64(self.case.beta)).losses(simd, &mut losses))
            }
            Function::SoftmaxGradient => {
                loss::cross_entropy_gradient(simd, values, *columns, labels, &backward, &mut slopes)
            }
            Function::SigmoidGradient => {
                loss::sigmoid_cross_entropy_gradient(simd, values, *columns, labels, &backward, &mut slopes)
            }
        }
        .unwrap();
        let of_rows = matches!(self.case.function, Function::SoftmaxGradient | Function::SigmoidGradient);
        Bits(if of_rows { slopes } else { losses })
    }
}

impl Case {
    pub(crate) fn check(&self) {
        if self.double { self.check_in::<f64>() } else { self.check_in::<f32>() }
    }

    fn check_in<F: Near>(&self) {
        let (values, selected) = (&narrow::<F>(&self.head.values), &self.selected());
        let compute = Compute { case: self, values, selected };
        let got = compute.on(Scalar);
        match self.function {
            Function::Softmax => assert_near(&got.0, &self.want::<F>(reference::cross_entropy)),
            Function::Sigmoid => assert_near(&got.0, &self.want::<F>(reference::sigmoid_cross_entropy)),
            Function::Probability => {
                assert_near(&got.0, &self.want::<F>(reference::probability_cross_entropy))
            }
            Function::Boxes => assert_eq!(got, self.boxes(&compute)),
            Function::SoftmaxGradient => self.check_slopes::<F>(&got.0, reference::cross_entropy_gradient),
            Function::SigmoidGradient => {
                self.check_slopes::<F>(&got.0, reference::sigmoid_cross_entropy_gradient)
            }
        }
        everywhere(compute, &got);
    }

    fn selected(&self) -> Vec<u32> {
        (0..).zip(&self.head.labels).map(|(row, _)| row).filter(|row| row % 3 != 1).collect()
    }

    fn want<F: Float>(&self, loss: fn(&[f64], usize) -> f64) -> Vec<f64> {
        self.head.rows::<F>().iter().map(|(row, label)| loss(row, *label)).collect()
    }

    /// The arithmetic of boxes is the reference's, so the results are equal.
    fn boxes<F: Float>(&self, compute: &Compute<'_, F>) -> Bits<F> {
        let tables = [0, 1, 2, 3].map(|nth| compute.table(nth));
        let four = |nth: usize, row: usize| core::array::from_fn(|column| tables[nth][4 * row + column]);
        let beta = F::from_f64(self.beta);
        let loss = |(row, &label): (usize, &u32)| match label {
            0 => F::zero(),
            _ => reference::box_loss(four(0, row), four(1, row), four(2, row), four(3, row), beta),
        };
        Bits(self.head.labels.iter().enumerate().map(loss).collect())
    }

    fn check_slopes<F: Near>(&self, got: &[F], gradient: fn(&[f64], usize) -> Vec<f64>) {
        for (nth, (row, label)) in self.head.rows::<F>().iter().enumerate() {
            let scale = if nth % 3 == 1 { 0.0 } else { 0.25 };
            let want: Vec<_> = gradient(row, *label).iter().map(|slope| scale * slope).collect();
            assert_close(&got[nth * self.head.columns..][..self.head.columns], &want, 1.0);
        }
    }
}
