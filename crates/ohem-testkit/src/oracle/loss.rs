//! Losses and their gradients, one RoI at a time, by the book.

use num_traits::Float;

/// Half, in any float type.
fn half<F: Float>() -> F {
    F::one() / (F::one() + F::one())
}

/// Computes the softmax cross-entropy of one row of logits.
///
/// `ln_1p` of the terms of all classes but one of the largest, less the label's distance from the largest. NaN
/// if the largest is infinite.
///
/// # Panics
///
/// If the label names no logit.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::cross_entropy(&[0.0, 0.0], 1), std::f64::consts::LN_2);
/// assert_eq!(ohem_testkit::oracle::loss::cross_entropy(&[40.0, 0.0], 0), (-40_f64).exp());
/// ```
pub fn cross_entropy<F: Float>(logits: &[F], label: usize) -> F {
    let largest = logits.iter().copied().fold(F::neg_infinity(), F::max);
    if largest.is_infinite() {
        return F::nan();
    }
    let first = logits.iter().position(|&logit| logit == largest);
    let mut others = F::zero();
    for (class, &logit) in logits.iter().enumerate() {
        if Some(class) != first {
            others = others + (logit - largest).exp();
        }
    }
    others.ln_1p() - (logits[label] - largest)
}

/// Computes the gradient of [`cross_entropy`] by the logits.
///
/// # Panics
///
/// If the label names no logit.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::cross_entropy_gradient(&[0.0, 0.0], 1), [0.5, -0.5]);
/// ```
pub fn cross_entropy_gradient<F: Float>(logits: &[F], label: usize) -> Vec<F> {
    let largest = logits.iter().copied().fold(F::neg_infinity(), F::max);
    let terms: Vec<F> = logits.iter().map(|&logit| (logit - largest).exp()).collect();
    let total = terms.iter().fold(F::zero(), |sum, &term| sum + term);
    let mut gradient: Vec<F> = terms.iter().map(|&term| term / total).collect();
    gradient[label] = gradient[label] - F::one();
    gradient
}

/// Computes the original's cross-entropy of one row of probabilities, clamped at the epsilon of `f64`.
///
/// # Panics
///
/// If the label names no probability.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::probability_cross_entropy(&[0.5, 0.5], 1), std::f64::consts::LN_2);
/// assert!(ohem_testkit::oracle::loss::probability_cross_entropy(&[f32::NAN], 0).is_nan());
/// ```
pub fn probability_cross_entropy<F: Float>(probabilities: &[F], label: usize) -> F {
    let least = F::from(f64::EPSILON).expect("a power of two");
    let own = probabilities[label];
    let clamped = if own < least { least } else { own };
    -clamped.ln()
}

/// Computes the binary cross-entropy of one logit: both softplus, weighted by the target; NaN stays NaN.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::binary_cross_entropy(-1000.0, 1.0), 1000.0);
/// ```
pub fn binary_cross_entropy<F: Float>(logit: F, target: F) -> F {
    let softplus = |x: F| x.max(F::zero()) + (-x.abs()).exp().ln_1p();
    let part =
        |weight: F, x: F| if weight == F::zero() && !x.is_nan() { weight } else { weight * softplus(x) };
    part(target, -logit) + part(F::one() - target, logit)
}

/// Adds up `ln(1 + exp x)` of one row of logits, with the sign turned where the target is 1.
///
/// Label `k` has its target of 1 in column `k - 1`, label 0 nowhere.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::sigmoid_cross_entropy(&[-1000.0, -1000.0], 2), 1000.0);
/// ```
pub fn sigmoid_cross_entropy<F: Float>(logits: &[F], label: usize) -> F {
    let mut sum = F::zero();
    for (class, &logit) in (1..).zip(logits) {
        let wrong = if class == label { -logit } else { logit };
        sum = sum + wrong.max(F::zero()) + (-wrong.abs()).exp().ln_1p();
    }
    sum
}

/// Computes the gradient of [`sigmoid_cross_entropy`] by the logits.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::sigmoid_cross_entropy_gradient(&[0.0, 0.0], 2), [0.5, -0.5]);
/// ```
pub fn sigmoid_cross_entropy_gradient<F: Float>(logits: &[F], label: usize) -> Vec<F> {
    let sigmoid = |logit: F| F::one() / (F::one() + (-logit).exp());
    let target = |class: usize| if class == label { F::one() } else { F::zero() };
    logits.iter().zip(1..).map(|(&logit, class)| sigmoid(logit) - target(class)).collect()
}

/// Computes `x^2 / (2 beta)` where `|x| < beta`, `|x| - beta / 2` elsewhere.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::smooth_l1(-0.5, 1.0), 0.125);
/// assert_eq!(ohem_testkit::oracle::loss::smooth_l1(-3.0, 1.0), 2.5);
/// ```
pub fn smooth_l1<F: Float>(x: F, beta: F) -> F {
    if beta <= x.abs() { x.abs() - half::<F>() * beta } else { half::<F>() * x.abs() * (x.abs() / beta) }
}

/// Computes the loss of one RoI's box, from the four columns of its label.
///
/// The original's rule: columns whose inside weight is 0 are left out.
///
/// # Examples
///
/// ```
/// let (prediction, inside) = ([0.5, 0.0, 0.0, 9.0], [1.0, 1.0, 1.0, 0.0]);
/// assert_eq!(ohem_testkit::oracle::loss::box_loss(prediction, [0.0; 4], inside, [2.0; 4], 1.0), 0.25);
/// ```
pub fn box_loss<F: Float>(prediction: [F; 4], target: [F; 4], inside: [F; 4], outside: [F; 4], beta: F) -> F {
    let mut loss = F::zero();
    for column in 0..4 {
        if inside[column] != F::zero() {
            let x = inside[column] * (prediction[column] - target[column]);
            loss = loss + outside[column] * smooth_l1(x, beta);
        }
    }
    loss
}

/// Computes the gradient of [`box_loss`] by the prediction.
///
/// # Examples
///
/// ```
/// let (prediction, ones) = ([0.5, 0.0, 0.0, -9.0], [1.0; 4]);
/// assert_eq!(ohem_testkit::oracle::loss::box_gradient(prediction, [0.0; 4], ones, ones, 1.0), [0.5, 0.0, 0.0, -1.0]);
/// ```
pub fn box_gradient<F: Float>(
    prediction: [F; 4],
    target: [F; 4],
    inside: [F; 4],
    outside: [F; 4],
    beta: F,
) -> [F; 4] {
    core::array::from_fn(|column| {
        let x = inside[column] * (prediction[column] - target[column]);
        let weight = outside[column] * inside[column];
        match x {
            _ if inside[column] == F::zero() => F::zero(),
            _ if beta <= x.abs() && x == F::zero() => weight * F::zero(),
            _ if beta <= x.abs() => weight * x.signum(),
            _ => weight * (x / beta),
        }
    })
}

/// Computes the gradient of [`probability_cross_entropy`] by the logits behind the probabilities.
///
/// # Panics
///
/// If the label names no probability.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::probability_cross_entropy_gradient(&[0.25, 0.75], 1), [0.25, -0.25]);
/// ```
pub fn probability_cross_entropy_gradient<F: Float>(probabilities: &[F], label: usize) -> Vec<F> {
    let mut gradient = probabilities.to_vec();
    gradient[label] = gradient[label] - F::one();
    gradient
}

/// Computes the gradient of [`binary_cross_entropy`] by the logit.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::loss::binary_cross_entropy_gradient(0.0, 1.0), -0.5);
/// ```
pub fn binary_cross_entropy_gradient<F: Float>(logit: F, target: F) -> F {
    let sigmoid = |x: F| F::one() / (F::one() + (-x).exp());
    if logit > F::zero() { F::one() - target - sigmoid(-logit) } else { sigmoid(logit) - target }
}
