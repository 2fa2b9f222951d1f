//! Losses of single RoIs, and their gradients.

use ohem_core::kernel::{Simd, loss};
use ohem_core::loss::{
    BoxWeights, Classes, GradientSpec, Regression, binary_cross_entropy_gradient,
    probability_cross_entropy_gradient, regression_gradient, smooth_l1, smooth_l1_slope,
};

use super::input::cases;
use super::memory::{Arena, MemoryError};
use crate::registry::{Real, Sink};

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    probabilities::<F, S>(simd, arena, out)?;
    logits::<F, S>(simd, arena, out)?;
    binary::<F, S>(simd, arena, out)?;
    smooth::<F, S>(simd, arena, out)?;
    regression::<F, S>(simd, arena, out)
}

fn probabilities<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("probabilities");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (row, labels) = (cases.floats::<F>(arena)?, cases.keys(arena)?);
        let (mut losses, gradient) = ([F::zero()], arena.lend(row.len())?);
        let (classes, spec) = (Classes::new(row.len()), GradientSpec::new(&[0]));
        out.add(&loss::probability_cross_entropy(simd, row, classes, labels, &mut losses));
        out.add(&losses);
        out.add(&probability_cross_entropy_gradient(row, classes, labels, &spec, gradient));
        out.add(&*gradient);
    }
    Ok(())
}

/// Softmax and sigmoids of the same logits.
fn logits<F: Real, S: Simd>(simd: S, arena: &mut Arena<'_>, out: &mut impl Sink) -> Result<(), MemoryError> {
    let mut cases = cases!("logits");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (row, labels) = (cases.floats::<F>(arena)?, cases.keys(arena)?);
        let (mut losses, gradient) = ([F::zero()], arena.lend(row.len())?);
        let (classes, spec) = (Classes::new(row.len()), GradientSpec::new(&[0]).scale(F::from_f64(0.3)));
        out.add(&loss::cross_entropy(simd, row, classes, labels, &mut losses));
        out.add(&losses);
        out.add(&loss::cross_entropy_gradient(simd, row, classes, labels, &spec, gradient));
        out.add(&*gradient);
        out.add(&loss::sigmoid_cross_entropy(simd, row, classes, labels, &mut losses));
        out.add(&losses);
        out.add(&loss::sigmoid_cross_entropy_gradient(simd, row, classes, labels, &spec, gradient));
        out.add(&*gradient);
    }
    Ok(())
}

fn binary<F: Real, S: Simd>(simd: S, arena: &mut Arena<'_>, out: &mut impl Sink) -> Result<(), MemoryError> {
    let mut cases = cases!("binary");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let (logits, targets) = (cases.floats::<F>(arena)?, cases.floats::<F>(arena)?);
        let losses = arena.lend(logits.len())?;
        out.add(&loss::binary_cross_entropy(simd, logits, targets, losses));
        out.add(&*losses);
        let all = arena.indices(losses.len())?;
        out.add(&binary_cross_entropy_gradient(logits, targets, &GradientSpec::new(all), losses));
        out.add(&*losses);
    }
    Ok(())
}

/// Differences one by one, and four by four as boxes.
fn smooth<F: Real, S: Simd>(simd: S, arena: &mut Arena<'_>, out: &mut impl Sink) -> Result<(), MemoryError> {
    let mut cases = cases!("smooth");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let beta = F::from_f64(cases.number().unwrap_or_default());
        let differences = cases.floats::<F>(arena)?;
        differences.iter().for_each(|&x| out.add(&(smooth_l1(x, beta), smooth_l1_slope(x, beta))));
        let (labels, targets) = (arena.lend::<u32>(differences.len() / 4)?, arena.lend(differences.len())?);
        labels.fill(1);
        targets.fill(F::zero());
        let losses = arena.lend::<F>(labels.len())?;
        match Regression::new(labels, differences, targets) {
            Ok(regression) => out.add(&loss::regression_losses(simd, &regression.beta(beta), losses)),
            Err(error) => out.add(&error),
        }
        out.add(&*losses);
    }
    Ok(())
}

fn regression<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("regression");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let labels = cases.keys(arena)?;
        let (deltas, targets) = (cases.floats::<F>(arena)?, cases.floats(arena)?);
        let inside = BoxWeights::Each(cases.floats(arena)?);
        let outside = BoxWeights::Each(cases.floats(arena)?);
        let regression = Regression::new(labels, deltas, targets);
        let (mut losses, mut gradient) = ([F::one()], [F::one(); 4]);
        match regression.and_then(|regression| regression.weights(inside, outside)) {
            Ok(regression) => {
                out.add(&loss::add_regression(simd, &regression, &mut losses));
                out.add(&regression_gradient(&regression, &GradientSpec::new(&[0]), &mut gradient));
            }
            Err(error) => out.add(&error),
        }
        out.add(&(losses, gradient));
    }
    Ok(())
}
