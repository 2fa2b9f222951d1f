//! Losses of single RoIs, and their gradients.

use ohem_core::Float;
use ohem_core::loss::{
    GradientSpec, Regression, Weights, binary_cross_entropy, binary_cross_entropy_gradient, cross_entropy,
    cross_entropy_gradient, probability_cross_entropy, probability_cross_entropy_gradient,
    sigmoid_cross_entropy, sigmoid_cross_entropy_gradient, smooth_l1, smooth_l1_slope,
};
use ohem_core::simd::Simd;

use crate::bits::{Bits, Digest};
use crate::input::cases;
use crate::memory::{Arena, MemoryError};

pub(crate) fn run<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    probabilities::<F, S>(simd, arena, digest)?;
    logits::<F, S>(simd, arena, digest)?;
    binary::<F, S>(simd, arena, digest)?;
    smooth::<F, S>(simd, arena, digest)?;
    regression::<F, S>(simd, arena, digest)
}

fn probabilities<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("probabilities");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (row, labels) = (cases.floats::<F>(arena)?, cases.keys(arena)?);
        let (mut loss, gradient) = ([F::zero()], arena.lend(row.len())?);
        let (classes, backward) = (row.len(), GradientSpec::new(&[0]));
        digest.add(&probability_cross_entropy(simd, row, classes, labels, &mut loss));
        digest.add(&loss);
        digest.add(&probability_cross_entropy_gradient(row, classes, labels, &backward, gradient));
        digest.add(gradient);
    }
    Ok(())
}

/// Softmax and sigmoids of the same logits.
fn logits<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("logits");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (row, labels) = (cases.floats::<F>(arena)?, cases.keys(arena)?);
        let (mut loss, gradient) = ([F::zero()], arena.lend(row.len())?);
        let (classes, backward) = (row.len(), GradientSpec::new(&[0]).scale(F::from_f64(0.3)));
        digest.add(&cross_entropy(simd, row, classes, labels, &mut loss));
        digest.add(&loss);
        digest.add(&cross_entropy_gradient(simd, row, classes, labels, &backward, gradient));
        digest.add(gradient);
        digest.add(&sigmoid_cross_entropy(simd, row, classes, labels, &mut loss));
        digest.add(&loss);
        digest.add(&sigmoid_cross_entropy_gradient(simd, row, classes, labels, &backward, gradient));
        digest.add(gradient);
    }
    Ok(())
}

fn binary<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("binary");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (logits, targets) = (cases.floats::<F>(arena)?, cases.floats::<F>(arena)?);
        let losses = arena.lend(logits.len())?;
        digest.add(&binary_cross_entropy(simd, logits, targets, losses));
        digest.add(losses);
        let all = arena.indices(losses.len())?;
        digest.add(&binary_cross_entropy_gradient(logits, targets, &GradientSpec::new(all), losses));
        digest.add(losses);
    }
    Ok(())
}

/// Differences one by one, and four by four as boxes.
fn smooth<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("smooth");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let beta = F::from_f64(cases.number().unwrap_or_default());
        let differences = cases.floats::<F>(arena)?;
        differences.iter().for_each(|&x| digest.add(&(smooth_l1(x, beta), smooth_l1_slope(x, beta))));
        let (labels, targets) = (arena.lend(differences.len() / 4)?, arena.lend(differences.len())?);
        labels.fill(1);
        targets.fill(F::zero());
        let boxes = Regression::new(labels, differences, targets).map(|boxes| boxes.beta(beta));
        let losses = arena.lend::<F>(labels.len())?;
        digest.add(&boxes.map(|boxes| boxes.losses(simd, losses)));
        digest.add(losses);
    }
    Ok(())
}

fn regression<F: Float + Bits, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("regression");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let labels = cases.keys(arena)?;
        let (predictions, targets) = (cases.floats::<F>(arena)?, cases.floats(arena)?);
        let (inside, outside) = (Weights::Each(cases.floats(arena)?), Weights::Each(cases.floats(arena)?));
        let boxes = Regression::new(labels, predictions, targets);
        let boxes = boxes.and_then(|boxes| boxes.weights(inside, outside));
        let (mut loss, mut gradient) = ([F::one()], [F::one(); 4]);
        digest.add(&boxes.map(|boxes| boxes.add_to(simd, &mut loss)));
        digest.add(&boxes.map(|boxes| boxes.gradient(&GradientSpec::new(&[0]), &mut gradient)));
        digest.add(&(loss, gradient));
    }
    Ok(())
}
