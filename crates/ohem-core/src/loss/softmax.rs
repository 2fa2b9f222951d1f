//! Softmax cross-entropy from logits, by log-sum-exp.
//!
//! With `d` for the logits less their maximum, the loss of a row is `ln(sum of exp d) - d[label]`. Where the
//! label has the maximum, `d[label]` is 0 and its term 1, so the loss is `ln_1p` of the other terms: a loss
//! of 1e-18 has as many good digits as any. Elsewhere the sum is at least 1 and nothing cancels.
//!
//! Logarithms are taken of a whole batch of rows at once, for a row has only one.

use super::error::{check_labels, check_out, check_table};
use super::row::{Cut, Row, Sums, at_label, write};
use super::{BATCH, GradientSpec, LossError};
use crate::Float;
use crate::simd::{Lanes, Simd};

/// Writes the softmax cross-entropy of every RoI's row of logits.
///
/// `logits` has `classes` columns a RoI. O(n x classes). A NaN logit makes the loss NaN, and so do a `+inf`
/// or all `-inf`; the loss of a label at `-inf` is `+inf`, and other logits at `-inf` take no part.
///
/// # Errors
///
/// If `logits` is no such table, a label is not below `classes`, or `losses` has not a place for every RoI.
///
/// # Examples
///
/// ```
/// use ohem_core::{loss, simd::Portable};
///
/// let logits = [20.0, 0.0, 0.0, 0.0];
/// let mut losses = [0.0; 2];
/// loss::cross_entropy(Portable, &logits, 2, &[0, 1], &mut losses)?;
/// assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn cross_entropy<F: Float, S: Simd>(
    simd: S,
    logits: &[F],
    classes: usize,
    labels: &[u32],
    losses: &mut [F],
) -> Result<(), LossError> {
    check_table(logits.len(), labels.len(), classes)?;
    check_labels(labels, classes)?;
    check_out(losses.len(), labels.len())?;
    simd.run(
        #[inline(always)]
        || rows::<F, F::Lanes<S>>(logits, classes, labels, losses),
    );
    Ok(())
}

#[inline(always)]
fn rows<F: Float, V: Lanes<Scalar = F>>(mut logits: &[F], classes: usize, labels: &[u32], losses: &mut [F]) {
    let cut = Cut::<V>::new(classes);
    for (labels, losses) in labels.chunks(BATCH).zip(losses.chunks_mut(BATCH)) {
        let (mut others, mut gaps) = ([F::zero(); BATCH], [F::zero(); BATCH]);
        for ((others, gap), &label) in others.iter_mut().zip(&mut gaps).zip(labels) {
            let row = cut.row(logits);
            let maximum = row.maximum();
            *gap = logits.get(label as usize).map_or(F::nan(), |&logit| logit - maximum);
            *others = sum_of_others(&row, maximum, label as usize);
            logits = logits.get(classes..).unwrap_or_default();
        }
        finish::<F, V>(&mut others, &gaps, labels.len());
        losses.iter_mut().zip(others).for_each(|(slot, loss)| *slot = loss);
    }
}

/// Adds up the terms of all labels but one.
#[inline(always)]
fn sum_of_others<F: Float, V: Lanes<Scalar = F>>(row: &Row<'_, V>, maximum: F, label: usize) -> F {
    let (mut sums, maximum) = (Sums::new(), V::splat(maximum));
    row.each(
        #[inline(always)]
        |column, logits| {
            let terms = F::exp_lanes(logits.sub(maximum));
            sums.add(column, V::select(at_label::<F, V>(label, column), V::splat(F::zero()), terms));
        },
    );
    sums.total()
}

/// Makes losses of the first sums of other terms, and of how far below the maximum each label is.
#[inline(always)]
fn finish<F: Float, V: Lanes<Scalar = F>>(others: &mut [F; BATCH], gaps: &[F; BATCH], count: usize) {
    let (zero, one) = (V::splat(F::zero()), V::splat(F::one()));
    let others = others.get_mut(..count.next_multiple_of(V::N)).unwrap_or_default();
    for (slot, gap) in V::chunks_mut(others).0.iter_mut().zip(V::chunks(gaps).0) {
        let (others, gap) = (V::load(slot), V::load(gap));
        let beyond_one = V::select(gap.eq(zero), others, others.add(F::exp_lanes(gap)).sub(one));
        *slot = F::ln_1p_lanes(beyond_one).sub(gap).store();
    }
}

/// Writes the gradient of [`cross_entropy`] by the logits: softmax less 1 at the label, times the scale.
///
/// `out` has `classes` columns, and rows as [`GradientSpec::layout`] says. At the label it is minus the sum of
/// the others, so it has as many good digits as they. A row whose loss is NaN has a gradient of NaN.
/// O(n x classes) to clear the output, and (selected x classes) to fill it.
///
/// # Errors
///
/// If `logits` is no such table, a label is not below `classes`, an index names no RoI, or `out` is not of
/// the right length.
///
/// # Examples
///
/// ```
/// use ohem_core::{loss, simd::Portable};
///
/// let logits = [0.0, 0.0, 0.0, 3.0];
/// let mut gradient = [f32::NAN; 4];
/// let backward = loss::GradientSpec::new(&[0]).scale(0.5);
/// loss::cross_entropy_gradient(Portable, &logits, 2, &[1, 1], &backward, &mut gradient)?;
/// assert_eq!(gradient, [0.25, -0.25, 0.0, 0.0]); // RoI 1 was not selected
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn cross_entropy_gradient<F: Float, S: Simd>(
    simd: S,
    logits: &[F],
    classes: usize,
    labels: &[u32],
    backward: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), LossError> {
    check_table(logits.len(), labels.len(), classes)?;
    check_labels(labels, classes)?;
    simd.run(
        #[inline(always)]
        || {
            backward.labelled_rows(
                logits,
                classes,
                labels,
                out,
                #[inline(always)]
                |logits, label, out| {
                    gradient::<F, F::Lanes<S>>(logits, label as usize, backward.scale, out);
                },
            )
        },
    )
}

#[inline(always)]
fn gradient<F: Float, V: Lanes<Scalar = F>>(logits: &[F], label: usize, scale: F, out: &mut [F]) {
    let row = Cut::<V>::new(out.len()).row(logits);
    let (mut sums, maximum) = (Sums::new(), V::splat(row.maximum()));
    row.each(
        #[inline(always)]
        |column, logits| {
            let terms = F::exp_lanes(logits.sub(maximum));
            sums.add(column, V::select(at_label::<F, V>(label, column), V::splat(F::zero()), terms));
            write(terms, column, out);
        },
    );
    let others = sums.total();
    let own = out.get(label).copied().unwrap_or_else(F::zero);
    let factor = scale / (others + own);
    for slot in &mut *out {
        *slot = *slot * factor;
    }
    if let Some(slot) = out.get_mut(label) {
        *slot = -(others * factor);
    }
}
