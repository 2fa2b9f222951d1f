//! A step as the original has it: losses from probabilities and boxes, mining by them, gradients of the hard ones.

use ohem_core::NanPolicy;
use ohem_core::kernel::{Simd, loss};
use ohem_core::loss::{BoxWeights, Classes, GradientSpec, Regression, regression_gradient};
use ohem_core::rank::top_k;

use super::input::{cases, length};
use super::memory::{Arena, MemoryError};
use super::mining::mined;
use super::table::Table;
use crate::registry::{Real, Sink};

pub(super) fn run<F: Real, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    out: &mut impl Sink,
) -> Result<(), MemoryError> {
    let mut cases = cases!("forward");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let table = Table::<F>::read(&mut cases, arena)?;
        let classes = Classes::new(length(cases.number().unwrap_or_default()));
        let [probabilities, deltas, targets, inside, outside] = [
            cases.floats::<F>(arena)?,
            cases.floats(arena)?,
            cases.floats(arena)?,
            cases.floats(arena)?,
            cases.floats(arena)?,
        ];
        let losses = arena.lend(table.labels.len())?;
        out.add(&loss::probability_cross_entropy(simd, probabilities, classes, table.labels, losses));
        out.add(&*losses);
        let four = |weights: &[F]| BoxWeights::Same(weights.first_chunk().copied().unwrap_or([F::one(); 4]));
        let regression = Regression::new(table.labels, deltas, targets)
            .and_then(|regression| regression.weights(four(inside), four(outside)));
        match &regression {
            Ok(regression) => out.add(&loss::add_regression(simd, regression, losses)),
            Err(error) => out.add(error),
        }
        out.add(&*losses);
        if let Ok(rois) = table.rois() {
            mined::<F, F, S>(simd, &rois, losses, table.configs(), &mut arena.again(), out)?;
        }
        let all = arena.indices(losses.len())?;
        let hard = top_k(losses, all, table.batch_size(), NanPolicy::First).unwrap_or_default();
        let gradient = arena.lend(deltas.len())?;
        match &regression {
            Ok(regression) => out.add(&regression_gradient(regression, &GradientSpec::new(hard), gradient)),
            Err(error) => out.add(error),
        }
        out.add(&*gradient);
    }
    Ok(())
}
