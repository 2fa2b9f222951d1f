//! Softmax cross-entropy from logits, by log-sum-exp.
//!
//! Let `d` be the logits less their maximum. The loss of a row is `ln(sum of exp d) - d[label]`. If the label
//! has the maximum, then `d[label]` is 0 and its term is 1, so the loss is `ln_1p` of the other terms: a loss
//! of 1e-18 has as many good digits as any other. Otherwise the sum is at least 1 and nothing cancels.
//!
//! A row has only one logarithm. So rows are done in batches: first the sums of a batch, then its logarithms,
//! a vector of them at a time.

use super::row::{Row, RowShape, Sums, at_column, write};
use super::{BATCH, Classes, GradientSpec};
use crate::error::{InputError, LengthMismatch};
use crate::simd::{Lanes, Portable, Simd};
use crate::{Float, Key};

/// Length of the table of logits, in the words of an error.
pub(super) const TABLE: &str = "values of logits (rows x classes)";

/// Writes the softmax cross-entropy of every RoI's row of logits.
///
/// `logits` is a table of `n x classes.count`. O(n x classes). A row with a NaN, a `+inf` or nothing but
/// `-inf` has a loss of NaN; a label at `-inf` has a loss of `+inf`, and other logits at `-inf` add nothing.
///
/// Each logit's distance from the maximum is rounded, which `exp` magnifies. So the error is below
/// `6 + k + d` ulp, where `d` is the largest such distance, and `k = ceil(classes / 8) + 2` is the number of
/// additions one after the other.
///
/// # Errors
///
/// If `logits` or `losses` has the wrong length, or a label names no class. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, Classes};
///
/// let logits = [20.0, 0.0, 0.0, 0.0];
/// let mut losses = [0.0; 2];
/// loss::cross_entropy(&logits, Classes::new(2), &[0, 1], &mut losses)?;
/// assert_eq!(losses, [2.061_153_620_314_381e-9, std::f64::consts::LN_2]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn cross_entropy<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    cross_entropy_on(Portable, logits, classes, labels, losses)
}

/// As [`cross_entropy`], on a chosen instruction set.
pub fn cross_entropy_on<F: Float, L: Key, S: Simd>(
    simd: S,
    logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, labels.len(), classes.count, logits.len())?;
    classes.check_columns(labels)?;
    LengthMismatch::check("losses", labels.len(), losses.len())?;
    simd.run(
        #[inline(always)]
        || rows::<F, L, F::Lanes<S>>(logits, classes, labels, losses),
    );
    Ok(())
}

#[inline(always)]
fn rows<F: Float, L: Key, V: Lanes<Scalar = F>>(
    mut logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) {
    let shape = RowShape::<V>::new(classes.count);
    for (labels, losses) in labels.chunks(BATCH).zip(losses.chunks_mut(BATCH)) {
        // Zeros stay for an ignored RoI; `finish` makes a loss of 0 of them.
        let (mut others, mut gaps) = ([F::zero(); BATCH], [F::zero(); BATCH]);
        for ((others, gap), &label) in others.iter_mut().zip(&mut gaps).zip(labels) {
            if let Some(column) = classes.column(label) {
                let row = shape.row(logits);
                let maximum = row.maximum();
                *gap = logits.get(column).map_or(F::nan(), |&logit| logit - maximum);
                *others = sum_of_others(&row, maximum, column);
            }
            logits = logits.get(classes.count..).unwrap_or_default();
        }
        finish::<F, V>(&mut others, &gaps, labels.len());
        losses.iter_mut().zip(others).for_each(|(slot, loss)| *slot = loss);
    }
}

/// Adds the terms of all columns but the label's.
#[inline(always)]
fn sum_of_others<F: Float, V: Lanes<Scalar = F>>(row: &Row<'_, V>, maximum: F, label: usize) -> F {
    let (mut sums, maximum) = (Sums::new(), V::splat(maximum));
    row.each(
        #[inline(always)]
        |column, logits| {
            let terms = F::exp_lanes(logits.sub(maximum));
            sums.add(column, V::select(at_column::<F, V>(label, column), V::splat(F::zero()), terms));
        },
    );
    sums.total()
}

/// Turns the first `count` sums into losses, given how far each label's logit is below the maximum (`gaps`).
#[inline(always)]
fn finish<F: Float, V: Lanes<Scalar = F>>(others: &mut [F; BATCH], gaps: &[F; BATCH], count: usize) {
    let (zero, one) = (V::splat(F::zero()), V::splat(F::one()));
    let others = others.get_mut(..count.next_multiple_of(V::N)).unwrap_or_default();
    for (slot, gap) in V::chunks_mut(others).0.iter_mut().zip(V::chunks(gaps).0) {
        let (others, gap) = (V::load(slot), V::load(gap));
        // The sum less 1. Without a gap the label's own term is that 1, and adding it would cost digits.
        let beyond_one = V::select(gap.eq(zero), others, others.add(F::exp_lanes(gap)).sub(one));
        *slot = F::ln_1p_lanes(beyond_one).sub(gap).store();
    }
}

/// Writes the gradient of [`cross_entropy`] by the logits: the softmax, less 1 at the label.
///
/// `out` has `classes.count` columns, its rows are those of [`GradientSpec::layout`], and its values are
/// multiplied by the scale. At the label the value is minus the sum of the others, so it has as many good
/// digits as they have: the error is below `6 + 2 k + 2 d` ulp, where `k` and `d` are those of
/// [`cross_entropy`]. A row whose loss is NaN has a gradient of NaN. O(n x classes) to clear the output, O(selected x
/// classes) to fill it.
///
/// # Errors
///
/// If `logits` or `out` has the wrong length, a label names no class, or an index names no RoI. Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, Classes, GradientSpec};
///
/// let logits = [0.0, 0.0, 0.0, 3.0];
/// let mut gradient = [f32::NAN; 4];
/// let spec = GradientSpec::new(&[0]).scale(0.5);
/// loss::cross_entropy_gradient(&logits, Classes::new(2), &[1, 1], &spec, &mut gradient)?;
/// assert_eq!(gradient, [0.25, -0.25, 0.0, 0.0]); // RoI 1 was not selected
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn cross_entropy_gradient<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    cross_entropy_gradient_on(Portable, logits, classes, labels, spec, out)
}

/// As [`cross_entropy_gradient`], on a chosen instruction set.
pub fn cross_entropy_gradient_on<F: Float, L: Key, S: Simd>(
    simd: S,
    logits: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, labels.len(), classes.count, logits.len())?;
    classes.check_columns(labels)?;
    simd.run(
        #[inline(always)]
        || {
            spec.write_rows(
                labels.len(),
                classes.count,
                out,
                #[inline(always)]
                |index, out| {
                    let row = logits.get(index * classes.count..).unwrap_or_default();
                    // An ignored RoI has no column, and its row stays 0.
                    if let Some(column) = labels.get(index).and_then(|&label| classes.column(label)) {
                        gradient::<F, F::Lanes<S>>(row, column, spec.scale, out);
                    }
                },
            )
        },
    )
}

#[inline(always)]
fn gradient<F: Float, V: Lanes<Scalar = F>>(logits: &[F], label: usize, scale: F, out: &mut [F]) {
    let row = RowShape::<V>::new(out.len()).row(logits);
    let (mut sums, maximum) = (Sums::new(), V::splat(row.maximum()));
    // One pass computes each term once: written to the output, and added to the sum of the others.
    row.each(
        #[inline(always)]
        |column, logits| {
            let terms = F::exp_lanes(logits.sub(maximum));
            sums.add(column, V::select(at_column::<F, V>(label, column), V::splat(F::zero()), terms));
            write(terms, column, out);
        },
    );
    let others = sums.total();
    let own = out.get(label).copied().unwrap_or_else(F::zero);
    let factor = scale / (others + own);
    for slot in &mut *out {
        *slot = *slot * factor;
    }
    // `p - 1` would cancel for a confident RoI; minus the sum of the others is the same and does not.
    if let Some(slot) = out.get_mut(label) {
        *slot = -(others * factor);
    }
}
