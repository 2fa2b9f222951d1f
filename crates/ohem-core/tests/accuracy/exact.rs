//! Losses and gradients in wide numbers, each by another formula than core's where there is one.
//!
//! What may cancel is returned with the number in whose last place the error is counted.

use crate::wide::Wide;

/// A value, and the number of whose last place the error is a multiple.
pub(crate) type Exact = (Wide, Wide);

/// An error relative to the value itself.
fn of_itself(value: Wide) -> Exact {
    (value, value)
}

/// `ln(1 + exp y)`.
fn softplus(y: f64) -> Wide {
    let tail = Wide::new(-y.abs()).exp().ln_1p();
    if y > 0.0 { Wide::new(y) + tail } else { tail }
}

/// `1 / (1 + exp(-y))`.
fn sigmoid(y: f64) -> Wide {
    let decay = Wide::new(-y.abs()).exp();
    (if y < 0.0 { decay } else { Wide::one() }) / (Wide::one() + decay)
}

pub(crate) fn binary(x: f64, target: f64) -> Exact {
    let target = Wide::new(target);
    of_itself(target * softplus(-x) + (Wide::one() - target) * softplus(x))
}

pub(crate) fn binary_gradient(x: f64, target: f64) -> Exact {
    let target = Wide::new(target);
    let (one, two) = if x > 0.0 { (Wide::one() - target, sigmoid(-x)) } else { (sigmoid(x), target) };
    (one - two, one.max(two))
}

/// How far a logit is on the wrong side.
fn away(logits: &[f64], label: usize) -> impl Iterator<Item = f64> {
    logits.iter().zip(1..).map(move |(&logit, class)| if class == label { -logit } else { logit })
}

pub(crate) fn sigmoid_loss(logits: &[f64], label: usize) -> Exact {
    of_itself(away(logits, label).fold(Wide::ZERO, |sum, y| sum + softplus(y)))
}

pub(crate) fn sigmoid_gradient(logits: &[f64], label: usize) -> Vec<Exact> {
    let signed = |(y, class)| if class == label { -sigmoid(y) } else { sigmoid(y) };
    away(logits, label).zip(1..).map(signed).map(of_itself).collect()
}

/// `exp` of each logit less the largest, and the position of that.
fn terms(logits: &[f64]) -> (Vec<Wide>, usize) {
    let first = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).expect("a logit");
    let below = |&logit: &f64| (Wide::new(logit) - Wide::new(logits[first])).exp();
    (logits.iter().map(below).collect(), first)
}

/// The sum of all terms but one.
fn others(terms: &[Wide], but: usize) -> Wide {
    terms.iter().enumerate().filter(|&(nth, _)| nth != but).fold(Wide::ZERO, |sum, (_, &term)| sum + term)
}

pub(crate) fn softmax(logits: &[f64], label: usize) -> Exact {
    let (terms, first) = terms(logits);
    of_itself(others(&terms, first).ln_1p() + (Wide::new(logits[first]) - Wide::new(logits[label])))
}

pub(crate) fn softmax_gradient(logits: &[f64], label: usize) -> Vec<Exact> {
    let (terms, _) = terms(logits);
    let total = others(&terms, usize::MAX);
    let value = |nth| if nth == label { -others(&terms, nth) } else { terms[nth] };
    (0..logits.len()).map(|nth| of_itself(value(nth) / total)).collect()
}

pub(crate) fn probability(p: f64) -> Exact {
    of_itself(-Wide::new(p.max(f64::EPSILON)).ln())
}

pub(crate) fn probability_gradient(p: f64) -> Exact {
    of_itself(Wide::new(p) - Wide::one())
}

/// Smooth-L1 of a difference, and its slope.
fn smooth_of(x: Wide, beta: f64) -> [Wide; 2] {
    let (size, beta) = (x.abs(), Wide::new(beta));
    let half = Wide::new(0.5);
    if (size - beta).is_negative() {
        [half * size.square() / beta, x / beta]
    } else {
        let slope = if x.is_zero() { Wide::ZERO } else { x / size };
        [size - half * beta, slope]
    }
}

pub(crate) fn smooth(x: f64, beta: f64) -> [Exact; 2] {
    smooth_of(Wide::new(x), beta).map(of_itself)
}

/// The loss of a box of four columns, and the gradient by each.
pub(crate) fn regression(
    [deltas, targets, inside, outside]: &[[f64; 4]; 4],
    beta: f64,
) -> (Exact, [Exact; 4]) {
    let columns = [0, 1, 2, 3].map(|nth| {
        let (inside, outside) = (Wide::new(inside[nth]), Wide::new(outside[nth]));
        let [loss, slope] = smooth_of(inside * (Wide::new(deltas[nth]) - Wide::new(targets[nth])), beta);
        [outside * loss, outside * inside * slope]
    });
    let loss = columns.iter().fold(Wide::ZERO, |sum, &[loss, _]| sum + loss);
    (of_itself(loss), columns.map(|[_, slope]| of_itself(slope)))
}
