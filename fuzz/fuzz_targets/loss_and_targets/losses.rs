//! Losses and gradients.

use arbitrary::{Arbitrary, Result, Unstructured};
use ohem_core::Float;
use ohem_core::loss::{self, GradientSpec, Regression, Weights};
use ohem_core::simd::{Scalar, Simd};
use ohem_fuzz::{Bits, everywhere, options};
use ohem_testkit::oracle::loss as oracle;
use ohem_std::simd::Work;
use ohem_testkit::generate::nasty;

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
    ProbabilityGradient,
    BoxGradient,
}

impl Function {
    fn is_of_boxes(self) -> bool {
        matches!(self, Self::Boxes | Self::BoxGradient)
    }

    fn is_gradient(self) -> bool {
        use Function::{BoxGradient, ProbabilityGradient, SigmoidGradient, SoftmaxGradient};
        matches!(self, SoftmaxGradient | SigmoidGradient | ProbabilityGradient | BoxGradient)
    }
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (function, double): (Function, _) = (o.arbitrary()?, o.arbitrary()?);
        let beta = *o.choose(&[1.0, 1.0 / 9.0, 0.5, 2.0, 0.0, -1.0, f64::NAN])?;
        let columns = if function.is_of_boxes() { 4 } else { o.int_in_range(1..=40)? };
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

    fn tables(&self) -> [Vec<F>; 4] {
        [0, 1, 2, 3].map(|nth| self.table(nth))
    }
}

impl<F: Float> Work for Compute<'_, F> {
    type Output = Bits<F>;

    fn on<S: Simd>(self, simd: S) -> Bits<F> {
        let (Head { columns, labels, .. }, values) = (&self.case.head, self.values);
        let backward = GradientSpec::new(self.selected).scale(F::from_f64(0.25));
        let mut losses = vec![F::nan(); labels.len()];
        let mut slopes = vec![F::nan(); values.len()];
        match self.case.function {
            Function::Softmax => loss::cross_entropy(simd, values, *columns, labels, &mut losses),
            Function::Sigmoid => loss::sigmoid_cross_entropy(simd, values, *columns, labels, &mut losses),
            Function::Probability => {
                loss::probability_cross_entropy(simd, values, *columns, labels, &mut losses)
            }
            Function::Boxes => self.case.regression(&self.tables()).losses(simd, &mut losses),
            Function::BoxGradient => self.case.regression(&self.tables()).gradient(&backward, &mut slopes),
            Function::ProbabilityGradient => {
                loss::probability_cross_entropy_gradient(values, *columns, labels, &backward, &mut slopes)
            }
            Function::SoftmaxGradient => {
                loss::cross_entropy_gradient(simd, values, *columns, labels, &backward, &mut slopes)
            }
            Function::SigmoidGradient => {
                loss::sigmoid_cross_entropy_gradient(simd, values, *columns, labels, &backward, &mut slopes)
            }
        }
        .unwrap();
        Bits(if self.case.function.is_gradient() { slopes } else { losses })
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
            Function::Softmax => assert_near(&got.0, &self.want::<F>(oracle::cross_entropy)),
            Function::Sigmoid => assert_near(&got.0, &self.want::<F>(oracle::sigmoid_cross_entropy)),
            Function::Probability => {
                assert_near(&got.0, &self.want::<F>(oracle::probability_cross_entropy))
            }
            Function::Boxes => assert_eq!(got, self.boxes(&compute)),
            Function::SoftmaxGradient => self.check_slopes::<F>(&got.0, oracle::cross_entropy_gradient),
            Function::SigmoidGradient => {
                self.check_slopes::<F>(&got.0, oracle::sigmoid_cross_entropy_gradient)
            }
            Function::ProbabilityGradient => assert_eq!(got, self.probability_slopes(values)),
            Function::BoxGradient => assert_plain_eq(&got, &self.box_slopes(&compute)),
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
        let tables = compute.tables();
        let four = |nth: usize, row: usize| core::array::from_fn(|column| tables[nth][4 * row + column]);
        let beta = F::from_f64(self.beta);
        let loss = |(row, &label): (usize, &u32)| match label {
            0 => F::zero(),
            _ => oracle::box_loss(four(0, row), four(1, row), four(2, row), four(3, row), beta),
        };
        Bits(self.head.labels.iter().enumerate().map(loss).collect())
    }

    /// Each of the four is scaled, and is 0 of the background and where it was not selected.
    fn box_slopes<F: Float>(&self, compute: &Compute<'_, F>) -> Bits<F> {
        let tables = compute.tables();
        let four = |nth: usize, row: usize| core::array::from_fn(|column| tables[nth][4 * row + column]);
        let (beta, scale) = (F::from_f64(self.beta), F::from_f64(0.25));
        let slopes = |(row, &label): (usize, &u32)| {
            if label == 0 || row % 3 == 1 {
                return [F::zero(); 4];
            }
            let slopes =
                oracle::box_gradient(four(0, row), four(1, row), four(2, row), four(3, row), beta);
            slopes.map(|slope| slope * scale)
        };
        Bits(self.head.labels.iter().enumerate().flat_map(slopes).collect())
    }

    /// Each probability less 1 at the label, scaled: two roundings, the same everywhere.
    fn probability_slopes<F: Float>(&self, values: &[F]) -> Bits<F> {
        let (columns, scale) = (self.head.columns, F::from_f64(0.25));
        let slope = |(at, &p): (usize, &F)| match (at / columns, at % columns) {
            (row, _) if row % 3 == 1 => F::zero(),
            (row, column) if column == self.head.labels[row] as usize => (p - F::one()) * scale,
            _ => p * scale,
        };
        Bits(values.iter().enumerate().map(slope).collect())
    }

    fn regression<'a, F: Float>(&'a self, tables: &'a [Vec<F>; 4]) -> Regression<'a, F> {
        let [predictions, targets, inside, outside] = tables;
        Regression::new(&self.head.labels, predictions, targets)
            .and_then(|boxes| boxes.weights(Weights::Each(inside), Weights::Each(outside)))
            .unwrap()
            .beta(F::from_f64(self.beta))
    }

    fn check_slopes<F: Near>(&self, got: &[F], gradient: fn(&[f64], usize) -> Vec<f64>) {
        for (nth, (row, label)) in self.head.rows::<F>().iter().enumerate() {
            let scale = if nth % 3 == 1 { 0.0 } else { 0.25 };
            let want: Vec<_> = gradient(row, *label).iter().map(|slope| scale * slope).collect();
            assert_close(&got[nth * self.head.columns..][..self.head.columns], &want, 1.0);
        }
    }
}

/// Equal, but for the sign of a zero.
fn assert_plain_eq<F: Float>(got: &Bits<F>, want: &Bits<F>) {
    let plain = |values: &[F]| Bits(values.iter().map(|&value| value + F::zero()).collect::<Vec<F>>());
    assert_eq!(plain(&got.0), plain(&want.0));
}
