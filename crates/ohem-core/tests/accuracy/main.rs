//! How far losses and gradients are from the exact value, over the whole domain: never more than their docs say.
//!
//! `cargo test -p ohem-core --test accuracy -- --nocapture` prints the largest errors found;
//! `OHEM_ACCURACY=1000000` before it sets how many inputs of each are tried.

mod exact;
mod inputs;
mod wide;

use exact::Exact;
use inputs::Inputs;
use ohem_core::Float;
use ohem_core::loss::{self, BoxWeights, Classes, GradientSpec, Regression};
use wide::Wide;

/// How many inputs of each kind are tried.
fn inputs() -> usize {
    std::env::var("OHEM_ACCURACY").map_or(20_000, |count| count.parse().expect("a number of inputs"))
}

/// How far a float is from a value, in units of the last place of a number.
fn ulps<F: Float>(got: F, (exact, of): Exact) -> f64 {
    let least = F::min_positive_value().to_f64();
    let exponent = |value: f64| Wide::new(value).exponent;
    let fraction = F::FRACTION.cast_signed();
    let unit = of.exponent.max(exponent(least)) - fraction;
    let largest = F::max_value().to_f64();
    let got = got.to_f64();
    if got.is_infinite() {
        // Right from where rounding to nearest leaves the range.
        let beyond = Wide::new(largest) + Wide::new(2.0_f64.powi(exponent(largest) - 1 - fraction));
        let is_beyond = !(exact.abs() - beyond).is_negative() && exact.is_negative() == (got < 0.0);
        return if is_beyond { 0.0 } else { f64::INFINITY };
    }
    assert!(!got.is_nan(), "{exact:?}");
    let mut off = (Wide::new(got) - exact).abs();
    off.exponent -= unit;
    off.to_f64()
}

/// The largest error of an operation, and where it is.
struct Worst {
    bound: f64,
    ulps: f64,
    at: String,
}

impl Worst {
    fn below(bound: f64) -> Self {
        Self { bound, ulps: 0.0, at: String::new() }
    }

    fn add<F: Float>(&mut self, got: F, exact: Exact, at: impl FnOnce() -> String) {
        let ulps = ulps(got, exact);
        if ulps > self.ulps {
            (self.ulps, self.at) = (ulps, at());
        }
    }

    #[track_caller]
    fn tell<F>(self, name: &str) {
        let Self { bound, ulps, at } = self;
        println!("| `{name}`, {} | {bound} | {ulps:.2} | {at:.50} |", core::any::type_name::<F>());
        assert!(ulps <= bound, "{name}: {ulps} ulp at {at}");
    }
}

fn floats<F: Float>(values: &[f64]) -> Vec<F> {
    values.iter().map(|&value| F::from_f64(value)).collect()
}

fn binary<F: Float>() {
    let (mut values, mut gradients) = (Worst::below(4.0), Worst::below(4.5));
    let mut source = Inputs::<F>::new(1);
    for _ in 0..inputs().div_ceil(64) {
        let logits = [(); 64].map(|()| source.logit());
        let targets = logits.map(|logit| source.target(logit));
        let (x, t) = (floats::<F>(&logits), floats::<F>(&targets));
        let (mut losses, mut gradient) = ([F::zero(); 64], [F::zero(); 64]);
        loss::binary_cross_entropy(&x, &t, &mut losses).unwrap();
        let every: Vec<u32> = (0..64).collect();
        loss::binary_cross_entropy_gradient(&x, &t, &GradientSpec::new(&every), &mut gradient).unwrap();
        for nth in 0..64 {
            let (x, t) = (logits[nth], targets[nth]);
            values.add(losses[nth], exact::binary(x, t), || format!("{x:e}, {t:e}"));
            gradients.add(gradient[nth], exact::binary_gradient(x, t), || format!("{x:e}, {t:e}"));
        }
    }
    values.tell::<F>("binary_cross_entropy");
    gradients.tell::<F>("binary_cross_entropy_gradient");
}

fn sigmoid<F: Float>() {
    let (mut values, mut rows, mut gradients) = (Worst::below(4.0), Worst::below(11.0), Worst::below(4.0));
    let mut source = Inputs::<F>::new(2);
    for nth in 0..inputs() {
        // Each logit alone, over the whole domain; now and then a row.
        let spread = [2.0, 24.0, 120.0][source.below(3)];
        let logits = if nth % 16 == 0 { source.row(spread) } else { vec![source.logit()] };
        let label = source.below(logits.len() + 1);
        let (x, mut losses, mut gradient) =
            (floats::<F>(&logits), [F::zero()], vec![F::zero(); logits.len()]);
        let classes = Classes::new(logits.len());
        let labels = [u32::try_from(label).unwrap()];
        loss::sigmoid_cross_entropy(&x, classes, &labels, &mut losses).unwrap();
        loss::sigmoid_cross_entropy_gradient(&x, classes, &labels, &GradientSpec::new(&[0]), &mut gradient)
            .unwrap();
        let at = || format!("{logits:?}, {label}");
        let worst = if logits.len() == 1 { &mut values } else { &mut rows };
        worst.add(losses[0], exact::sigmoid_loss(&logits, label), at);
        for (got, exact) in gradient.into_iter().zip(exact::sigmoid_gradient(&logits, label)) {
            gradients.add(got, exact, at);
        }
    }
    values.tell::<F>("sigmoid_cross_entropy, one class");
    rows.tell::<F>("sigmoid_cross_entropy, up to 24 classes");
    gradients.tell::<F>("sigmoid_cross_entropy_gradient");
}

/// Rows of up to 24 logits, all of them within `spread` of the largest.
fn softmax<F: Float>(spread: f64) {
    let (mut values, mut gradients) =
        (Worst::below(6.0 + 5.0 + spread), Worst::below(6.0 + 10.0 + 2.0 * spread));
    let mut source = Inputs::<F>::new(3);
    for _ in 0..inputs() / 8 {
        let logits = source.row(spread);
        let label = source.below(logits.len());
        let (x, mut losses, mut gradient) =
            (floats::<F>(&logits), [F::zero()], vec![F::zero(); logits.len()]);
        let classes = Classes::new(logits.len());
        let labels = [u32::try_from(label).unwrap()];
        loss::cross_entropy(&x, classes, &labels, &mut losses).unwrap();
        loss::cross_entropy_gradient(&x, classes, &labels, &GradientSpec::new(&[0]), &mut gradient).unwrap();
        let at = || format!("{logits:?}, {label}");
        values.add(losses[0], exact::softmax(&logits, label), at);
        for (got, exact) in gradient.into_iter().zip(exact::softmax_gradient(&logits, label)) {
            gradients.add(got, exact, at);
        }
    }
    values.tell::<F>(&format!("cross_entropy, d = {spread}"));
    gradients.tell::<F>(&format!("cross_entropy_gradient, d = {spread}"));
}

fn probability<F: Float>() {
    let (mut values, mut gradients) = (Worst::below(1.0), Worst::below(0.5));
    let mut source = Inputs::<F>::new(4);
    for _ in 0..inputs() {
        let p = source.probability();
        let (x, mut losses, mut gradient) = ([F::from_f64(p)], [F::zero()], [F::zero()]);
        loss::probability_cross_entropy(&x, Classes::new(1), &[0], &mut losses).unwrap();
        let spec = GradientSpec::new(&[0]);
        loss::probability_cross_entropy_gradient(&x, Classes::new(1), &[0], &spec, &mut gradient).unwrap();
        values.add(losses[0], exact::probability(p), || format!("{p:e}"));
        gradients.add(gradient[0], exact::probability_gradient(p), || format!("{p:e}"));
    }
    values.tell::<F>("probability_cross_entropy");
    gradients.tell::<F>("probability_cross_entropy_gradient");
}

fn smooth<F: Float>() {
    let (mut values, mut slopes) = (Worst::below(1.5), Worst::below(0.5));
    let mut source = Inputs::<F>::new(5);
    for _ in 0..inputs() {
        let (x, beta) = source.difference_and_beta();
        let (of, to) = (F::from_f64(x), F::from_f64(beta));
        let [value, slope] = exact::smooth(x, beta);
        values.add(loss::smooth_l1(of, to), value, || format!("{x:e}, {beta:e}"));
        slopes.add(loss::smooth_l1_slope(of, to), slope, || format!("{x:e}, {beta:e}"));
    }
    values.tell::<F>("smooth_l1");
    slopes.tell::<F>("smooth_l1_slope");
}

fn regression<F: Float>() {
    let (mut values, mut gradients) = (Worst::below(10.0), Worst::below(6.0));
    let mut source = Inputs::<F>::new(6);
    for _ in 0..inputs() / 2 {
        let (tables, beta) = source.boxes();
        let four = tables.map(|four| four.map(F::from_f64));
        let [deltas, targets, inside, outside] = &four;
        let (mut losses, mut gradient) = ([F::zero()], [F::zero(); 4]);
        let regression = Regression::new(&[1], deltas, targets).unwrap().beta(F::from_f64(beta));
        let regression = regression.weights(BoxWeights::Each(inside), BoxWeights::Each(outside)).unwrap();
        loss::regression_losses(&regression, &mut losses).unwrap();
        loss::regression_gradient(&regression, &GradientSpec::new(&[0]), &mut gradient).unwrap();
        let (value, slopes) = exact::regression(&tables, beta);
        let at = || format!("{tables:?}, {beta:e}");
        values.add(losses[0], value, at);
        gradient.into_iter().zip(slopes).for_each(|(got, exact)| gradients.add(got, exact, at));
    }
    values.tell::<F>("regression_losses");
    gradients.tell::<F>("regression_gradient");
}

macro_rules! both {
    ($($name:ident: $check:ident($($argument:expr),*);)*) => {$(
        #[test]
        fn $name() {
            $check::<f32>($($argument),*);
            $check::<f64>($($argument),*);
        }
    )*};
}

both! {
    binary_cross_entropy: binary();
    sigmoid_cross_entropy: sigmoid();
    softmax_cross_entropy_of_like_logits: softmax(2.0);
    softmax_cross_entropy: softmax(24.0);
    softmax_cross_entropy_of_distant_logits: softmax(120.0);
    probability_cross_entropy: probability();
    smooth_l1: smooth();
    regression_losses: regression();
}

/// Inputs whose loss or gradient was wrong in an earlier version, with the exact value to three digits.
#[test]
fn what_cancelled_or_overflowed_once_does_not() {
    let near = |got: f32, want: f32| assert!((got / want - 1.0).abs() < 2e-3, "{got:e}, expected {want:e}");
    let mut loss = [0.0_f32];
    loss::binary_cross_entropy(&[33.580_303], &[0.999_999_94], &mut loss).unwrap();
    near(loss[0], 2.00e-6);
    let gradient = |x, target, scale| {
        let mut gradient = [0.0_f32];
        let spec = GradientSpec::new(&[0]).scale(scale);
        loss::binary_cross_entropy_gradient(&[x], &[target], &spec, &mut gradient).unwrap();
        gradient[0]
    };
    near(gradient(22.885_807, 1.0, 1.0 / 64.0), -1.797e-12);
    near(gradient(17.0, 0.999_999_94, 1.0 / 3.0), 6.07e-9);
    near(loss::smooth_l1(3.7e32, 7.4e32), 9.25e31);
}
