//! Calls of every loss and gradient.

use core::hint::black_box;

use ohem_core::Float;
use ohem_core::loss::{self, GradientSpec, LossError, Reduction, Regression, Weights};
use ohem_core::simd::{Portable, Scalar, Simd};

use super::{opaque, opaque_mut};

/// How many RoIs there are.
const ROIS: usize = 20;
/// How many classes.
const CLASSES: usize = 5;

pub(crate) fn losses<F: Float>() -> usize {
    rows::<F, _>(Portable) + rows::<F, _>(Scalar) + boxes::<F, _>(Portable) + boxes::<F, _>(Scalar)
}

fn done(result: Result<(), LossError>) -> usize {
    usize::from(black_box(result).is_ok())
}

fn backward<F: Float>(selected: &[u32]) -> GradientSpec<'_, F> {
    let backward =
        GradientSpec::new(selected).scale(black_box(Reduction::Mean).scale(black_box(ROIS), selected.len()));
    if black_box(true) { backward.gathered() } else { backward }
}

fn rows<F: Float, S: Simd>(simd: S) -> usize {
    let (logits, labels, selected) = ([F::one(); ROIS * CLASSES], [1; ROIS], [1, 2]);
    let (logits, labels, selected) = (opaque(&logits), opaque(&labels), opaque(&selected));
    let (mut losses, mut gradient) = ([F::zero(); ROIS], [F::zero(); ROIS * CLASSES]);
    let (losses, gradient) = (opaque_mut(&mut losses), opaque_mut(&mut gradient));
    let (classes, backward) = (black_box(CLASSES), backward(selected));
    done(loss::cross_entropy(simd, logits, classes, labels, losses))
        + done(loss::probability_cross_entropy(simd, logits, classes, labels, losses))
        + done(loss::sigmoid_cross_entropy(simd, logits, classes, labels, losses))
        + done(loss::binary_cross_entropy(simd, logits, logits, gradient))
        + done(loss::cross_entropy_gradient(simd, logits, classes, labels, &backward, gradient))
        + done(loss::probability_cross_entropy_gradient(logits, classes, labels, &backward, gradient))
        + done(loss::sigmoid_cross_entropy_gradient(simd, logits, classes, labels, &backward, gradient))
        + done(loss::binary_cross_entropy_gradient(logits, logits, &backward, gradient))
}

fn boxes<F: Float, S: Simd>(simd: S) -> usize {
    let (table, labels, selected) = ([F::one(); ROIS * CLASSES * 4], [1; ROIS], [1, 2]);
    let (table, labels, selected) = (opaque(&table), opaque(&labels), opaque(&selected));
    let (mut losses, mut gradient) = ([F::zero(); ROIS], [F::zero(); ROIS * CLASSES * 4]);
    let losses = opaque_mut(&mut losses);
    let Ok(boxes) = Regression::new(labels, table, table) else { return 0 };
    let (inside, outside) = (Weights::Same(black_box([F::one(); 4])), Weights::Each(table));
    let Ok(boxes) = boxes.beta(black_box(F::one())).weights(inside, outside) else { return 0 };
    let slope = loss::smooth_l1_slope(black_box(F::one()), black_box(F::one()));
    done(boxes.losses(simd, losses))
        + done(boxes.add_to(simd, losses))
        + done(boxes.gradient(&backward(selected), opaque_mut(&mut gradient)))
        + usize::from(boxes.is_empty() || loss::smooth_l1(slope, black_box(F::one())) > slope)
        + boxes.len()
        + boxes.columns()
}
