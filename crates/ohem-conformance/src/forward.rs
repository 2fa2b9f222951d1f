//! A step as the original has it: losses from probabilities and boxes, mining by them, gradients of the hard ones.

use ohem_core::Float;
use ohem_core::NanPolicy;
use ohem_core::loss::{GradientSpec, Regression, Weights, probability_cross_entropy};
use ohem_core::rank::top_k;
use ohem_core::simd::Simd;

use crate::bits::Digest;
use crate::input::{cases, length};
use crate::loss::Loss;
use crate::memory::{Arena, MemoryError};
use crate::mining::mined;
use crate::table::Table;

pub(crate) fn run<F: Float + Loss, S: Simd>(
    simd: S,
    arena: &mut Arena<'_>,
    digest: &mut Digest,
) -> Result<(), MemoryError> {
    let mut cases = cases!("forward");
    while !cases.is_empty() {
        let arena = &mut arena.again();
        let table = Table::<F>::read(&mut cases, arena)?;
        let classes = length(cases.number().unwrap_or_default());
        let [probabilities, predictions, targets, inside, outside] = [
            cases.floats::<F>(arena)?,
            cases.floats(arena)?,
            cases.floats(arena)?,
            cases.floats(arena)?,
            cases.floats(arena)?,
        ];
        let losses = arena.lend(table.labels.len())?;
        digest.add(&probability_cross_entropy(simd, probabilities, classes, table.labels, losses));
        digest.add(losses);
        let four = |weights: &[F]| Weights::Same(weights.first_chunk().copied().unwrap_or([F::one(); 4]));
        let boxes = Regression::new(table.labels, predictions, targets)
            .and_then(|boxes| boxes.weights(four(inside), four(outside)));
        digest.add(&boxes.map(|boxes| boxes.add_to(simd, losses)));
        digest.add(losses);
        if let Ok(rois) = table.rois() {
            mined(simd, &rois, losses, table.configs(), &mut arena.again(), digest)?;
        }
        let all = arena.indices(losses.len())?;
        let hard = top_k(losses, all, table.batch_size(), NanPolicy::First).unwrap_or_default();
        let gradient = arena.lend(predictions.len())?;
        digest.add(&boxes.map(|boxes| boxes.gradient(&GradientSpec::new(hard), gradient)));
        digest.add(gradient);
    }
    Ok(())
}
