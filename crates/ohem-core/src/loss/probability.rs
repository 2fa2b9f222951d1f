//! Cross-entropy from probabilities, as the reference computes it.

use super::error::{check_labels, check_out, check_table};
use super::{BATCH, GradientSpec, LossError};
use crate::Float;
use crate::simd::{Lanes, Simd};

/// The least probability that is believed: the reference's, the epsilon of `f64`.
const LEAST: f64 = f64::EPSILON;

/// Writes the cross-entropy of every RoI's row of probabilities: `-ln(max(p[label], 2.220446049250313e-16))`.
///
/// `probabilities` has `classes` columns a RoI, of which only that of its label is read. O(n). NaN stays NaN.
/// Nothing is checked to be a probability: what is below the least is clamped, and above 1 the loss is
/// negative.
///
/// Source: `OHEMDataLayer.forward` of the reference. From logits, [`cross_entropy`](super::cross_entropy)
/// needs no clamp.
///
/// # Errors
///
/// If `probabilities` is no such table, a label is not below `classes`, or `losses` has not a place for every
/// RoI.
///
/// # Examples
///
/// ```
/// use ohem_core::{loss, simd::Portable};
///
/// let probabilities = [0.5, 0.5, 1.0, 0.0];
/// let mut losses = [0.0; 2];
/// loss::probability_cross_entropy(Portable, &probabilities, 2, &[0, 1], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 36.04365338911715]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn probability_cross_entropy<F: Float, S: Simd>(
    simd: S,
    probabilities: &[F],
    classes: usize,
    labels: &[u32],
    losses: &mut [F],
) -> Result<(), LossError> {
    check_table(probabilities.len(), labels.len(), classes)?;
    check_labels(labels, classes)?;
    check_out(losses.len(), labels.len())?;
    simd.run(
        #[inline(always)]
        || rows::<F, F::Lanes<S>>(probabilities, classes, labels, losses),
    );
    Ok(())
}

#[inline(always)]
fn rows<F: Float, V: Lanes<Scalar = F>>(table: &[F], classes: usize, labels: &[u32], losses: &mut [F]) {
    let mut own = table.chunks_exact(classes.max(1)).zip(labels).map(
        #[inline(always)]
        |(row, &label)| row.get(label as usize).copied().unwrap_or_else(F::nan),
    );
    let (zero, least) = (V::splat(F::zero()), V::splat(F::from_f64(LEAST)));
    for losses in losses.chunks_mut(BATCH) {
        let mut batch = [F::one(); BATCH];
        batch.iter_mut().zip(own.by_ref().take(losses.len())).for_each(|(slot, p)| *slot = p);
        for slot in V::chunks_mut(&mut batch).0 {
            let p = V::load(slot);
            // A NaN is not below the least, so it stays.
            let believed = V::select(p.le(least), least, p);
            *slot = zero.sub(F::ln_lanes(believed)).store();
        }
        losses.iter_mut().zip(batch).for_each(|(slot, loss)| *slot = loss);
    }
}

/// Writes the gradient by the logits whose softmax the probabilities are: `p` less 1 at the label, scaled.
///
/// For a forward pass that keeps probabilities, not logits. `out` has `classes` columns, and rows as
/// [`GradientSpec::layout`] says. The clamp has no part in it: a probability of 0 has the gradient that helps it.
/// O(n x classes) to clear the output, and (selected x classes) to fill it.
///
/// # Errors
///
/// If `probabilities` is no such table, a label is not below `classes`, an index names no RoI, or `out` is
/// not of the right length.
///
/// # Examples
///
/// ```
/// use ohem_core::loss;
///
/// let probabilities = [0.5, 0.5, 0.75, 0.25];
/// let mut gradient = [0.0; 2];
/// let backward = loss::GradientSpec::new(&[1]).gathered();
/// loss::probability_cross_entropy_gradient(&probabilities, 2, &[0, 0], &backward, &mut gradient)?;
/// assert_eq!(gradient, [-0.25, 0.25]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn probability_cross_entropy_gradient<F: Float>(
    probabilities: &[F],
    classes: usize,
    labels: &[u32],
    backward: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), LossError> {
    check_table(probabilities.len(), labels.len(), classes)?;
    check_labels(labels, classes)?;
    backward.labelled_rows(probabilities, classes, labels, out, |row, label, out| {
        for (slot, &p) in out.iter_mut().zip(row) {
            *slot = p * backward.scale;
        }
        if let (Some(slot), Some(&p)) = (out.get_mut(label as usize), row.get(label as usize)) {
            *slot = (p - F::one()) * backward.scale;
        }
    })
}
