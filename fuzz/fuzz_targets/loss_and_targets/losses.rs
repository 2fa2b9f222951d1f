//! Losses and gradients.

use arbitrary::{Arbitrary, Result, Unstructured};
use core::fmt::Debug;

use ohem_core::Float;
use ohem_core::kernel::{Scalar, Simd};
use ohem_fuzz::options;
use ohem_testkit::adapters::loss::{Backward, Boxes, Gradient, Rows, Weights};
use ohem_testkit::adapters::tiers::{everywhere, on_each_tier};
use ohem_testkit::adapters::{Core, Losses as _, Oracle, Std, Work, loss};
use ohem_testkit::compare::{Bits, Near, assert_close, assert_near, narrow, rounded};
use ohem_testkit::generate::{Head, nasty};

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
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let options = options(u)?;
        let o = &mut Unstructured::new(&options);
        let (function, double): (Function, _) = (o.arbitrary()?, o.arbitrary()?);
        let beta = *o.choose(&[1.0, 1.0 / 9.0, 0.5, 2.0, 0.0, 1e-30, f64::INFINITY])?;
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

/// Work whose floats are compared by their bits.
#[derive(Clone, Copy)]
struct ByBits<W>(W);

impl<F: Float, W: Work<Output = Vec<F>>> Work for ByBits<W> {
    type Output = Bits<F>;

    fn on<S: Simd>(self, simd: S) -> Bits<F> {
        Bits(self.0.on(simd))
    }
}

impl Case {
    pub(crate) fn check(&self) {
        if self.double { self.check_in::<f64>() } else { self.check_in::<f32>() }
    }

    fn check_in<F: Near>(&self) {
        match self.function {
            Function::Softmax => self.check_rows::<F>(loss::Function::Softmax),
            Function::Sigmoid => self.check_rows::<F>(loss::Function::Sigmoid),
            Function::Probability => self.check_rows::<F>(loss::Function::Probability),
            Function::SoftmaxGradient => self.check_gradient::<F>(loss::Function::Softmax),
            Function::SigmoidGradient => self.check_gradient::<F>(loss::Function::Sigmoid),
            Function::ProbabilityGradient => self.check_probability_gradient::<F>(),
            Function::Boxes | Function::BoxGradient => self.check_boxes::<F>(),
        }
    }

    fn rows<'a, F>(&'a self, function: loss::Function, values: &'a [F]) -> Rows<'a, F> {
        Rows { function, values, columns: self.head.columns, labels: &self.head.labels }
    }

    fn check_rows<F: Near>(&self, function: loss::Function) {
        let (values, wide) = (narrow::<F>(&self.head.values), rounded::<F>(&self.head.values));
        let rows = self.rows(function, &values);
        let got = same_everywhere(rows, || Std::rows(&rows));
        assert_near(&got, &Oracle::rows(&self.rows(function, &wide)));
    }

    fn check_gradient<F: Near>(&self, function: loss::Function) {
        let (values, wide) = (narrow::<F>(&self.head.values), rounded::<F>(&self.head.values));
        let (selected, rows) = (&self.selected(), self.rows(function, &values));
        let gradient = Gradient { rows, backward: quarter(selected) };
        let got = same_everywhere(gradient, || Std::gradient(&gradient));
        let rows = self.rows(function, &wide);
        assert_close(&got, &Oracle::gradient(&Gradient { rows, backward: quarter(selected) }), 1.0);
    }

    /// Two roundings, the same everywhere.
    fn check_probability_gradient<F: Float>(&self) {
        let (values, selected) = (narrow::<F>(&self.head.values), &self.selected());
        let rows = self.rows(loss::Function::Probability, &values);
        let gradient = Gradient { rows, backward: quarter(selected) };
        let got = same_everywhere(gradient, || Std::gradient(&gradient));
        assert_eq!(Bits(got), Bits(Oracle::gradient(&gradient)));
    }

    /// The arithmetic of boxes is the oracle's, so the results are equal.
    fn check_boxes<F: Float>(&self) {
        let values = narrow::<F>(&self.head.values);
        // Predictions, targets and both weights are the same numbers, from other places on.
        let table = |nth: usize| values.iter().copied().cycle().skip(nth * 7).take(values.len()).collect();
        let tables: [Vec<F>; 4] = [0, 1, 2, 3].map(table);
        let [predictions, targets, inside, outside] = &tables;
        let (inside, outside) = (Weights::Each(inside), Weights::Each(outside));
        let (labels, beta) = (&self.head.labels, F::from_f64(self.beta));
        let boxes = Boxes { inside, outside, beta, ..Boxes::new(labels, predictions, targets) };
        if self.function == Function::Boxes {
            let got = same_everywhere(boxes, || Std::boxes(&boxes));
            return assert_eq!(Bits(got), Bits(Oracle::boxes(&boxes)));
        }
        let selected = &self.selected();
        let got = Core::box_gradient(&boxes, &quarter(selected));
        assert_eq!(Bits(Std::box_gradient(&boxes, &quarter(selected))), Bits(got.clone()));
        assert_plain_eq(&got, &Oracle::box_gradient(&boxes, &quarter(selected)));
    }

    fn selected(&self) -> Vec<u32> {
        (0..).zip(&self.head.labels).map(|(row, _)| row).filter(|row| row % 3 != 1).collect()
    }
}

/// Returns the results with one lane; every tier must give the same, through core and through std.
fn same_everywhere<F: Float, W: Work<Output = Vec<F>> + Copy>(work: W, std: impl Fn() -> Vec<F>) -> Vec<F> {
    let got = Bits(work.on(Scalar));
    everywhere(ByBits(work), &got);
    on_each_tier(|| assert_eq!(Bits(std()), got, "through std"));
    got.0
}

/// A quarter of the gradient, in a row for every RoI.
fn quarter<F: Float>(selected: &[u32]) -> Backward<'_, F> {
    Backward { selected, scale: F::from_f64(0.25), gathered: false }
}

/// Checks equality, except for the sign of a zero.
fn assert_plain_eq<F: Float + Debug>(got: &[F], want: &[F]) {
    let plain = |values: &[F]| Bits(values.iter().map(|&value| value + F::zero()).collect::<Vec<F>>());
    assert_eq!(plain(got), plain(want));
}
