//! Sigmoid cross-entropy from logits: `softplus` of the logit, or of its negative where the target is 1.
//!
//! `softplus(y) = ln(1 + exp y) = max(y, 0) + ln_1p(exp(-|y|))` overflows nowhere and cancels nowhere.

use super::error::{check_labels, check_out, check_table};
use super::row::{Cut, Row, Sums, at_label, part, write};
use super::{GradientSpec, LossError};
use crate::Float;
use crate::simd::{Lanes, Simd};

/// Writes the sigmoid cross-entropy of every RoI's row of logits: the sum over its columns.
///
/// `logits` has `classes` columns a RoI. Label 0 is background, no target of 1; label `k` has it in column
/// `k - 1`, as in RetinaNet and in SSD with logistic scores. O(n x classes). A NaN logit makes the loss NaN;
/// an infinite one on the wrong side makes it `+inf`, and on the right one nothing.
///
/// # Errors
///
/// If `logits` is no such table, a label is above `classes`, or `losses` has not a place for every RoI.
///
/// # Examples
///
/// ```
/// use ohem_core::{loss, simd::Portable};
///
/// let logits = [0.0, -100.0, 0.0, -100.0];
/// let mut losses = [0.0; 2];
/// loss::sigmoid_cross_entropy(Portable, &logits, 2, &[0, 2], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 100.0 + std::f64::consts::LN_2]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn sigmoid_cross_entropy<F: Float, S: Simd>(
    simd: S,
    logits: &[F],
    classes: usize,
    labels: &[u32],
    losses: &mut [F],
) -> Result<(), LossError> {
    check_table(logits.len(), labels.len(), classes)?;
    check_labels(labels, classes.saturating_add(1))?;
    check_out(losses.len(), labels.len())?;
    simd.run(
        #[inline(always)]
        || {
            let (cut, mut logits) = (Cut::<F::Lanes<S>>::new(classes), logits);
            for (slot, &label) in losses.iter_mut().zip(labels) {
                *slot = sum(&cut.row(logits), column_of(label));
                logits = logits.get(classes..).unwrap_or_default();
            }
        },
    );
    Ok(())
}

/// The column whose target is 1; none is so far out as that of background.
#[inline(always)]
fn column_of(label: u32) -> usize {
    (label as usize).wrapping_sub(1)
}

#[inline(always)]
fn sum<F: Float, V: Lanes<Scalar = F>>(row: &Row<'_, V>, positive: usize) -> F {
    let mut sums = Sums::new();
    row.each(
        #[inline(always)]
        |column, logits| sums.add(column, softplus(away(logits, at_label::<F, V>(positive, column)))),
    );
    sums.total()
}

/// How far each logit is on the wrong side: its negative where the target is 1.
#[inline(always)]
fn away<F: Float, V: Lanes<Scalar = F>>(logits: V, positive: V::Mask) -> V {
    V::select(positive, V::splat(F::zero()).sub(logits), logits)
}

/// `exp(-|y|)`.
#[inline(always)]
fn decay<F: Float, V: Lanes<Scalar = F>>(y: V) -> V {
    F::exp_lanes(y.min(V::splat(F::zero()).sub(y)))
}

#[inline(always)]
fn softplus<F: Float, V: Lanes<Scalar = F>>(y: V) -> V {
    F::ln_1p_lanes(decay(y)).add(y.max(V::splat(F::zero())))
}

/// `1 / (1 + exp(-y))`.
#[inline(always)]
fn sigmoid<F: Float, V: Lanes<Scalar = F>>(y: V) -> V {
    let (decay, one) = (decay(y), V::splat(F::one()));
    V::select(V::splat(F::zero()).le(y), one, decay).div(one.add(decay))
}

/// Writes the gradient of [`sigmoid_cross_entropy`] by the logits: sigmoid less target, times the scale.
///
/// `out` has `classes` columns, and rows as [`GradientSpec::layout`] says. O(n x classes) to clear the output,
/// and (selected x classes) to fill it.
///
/// # Errors
///
/// If `logits` is no such table, a label is above `classes`, an index names no RoI, or `out` is not of the
/// right length.
///
/// # Examples
///
/// ```
/// use ohem_core::{loss, simd::Portable};
///
/// let mut gradient = [0.0; 2];
/// let backward = loss::GradientSpec::new(&[0]);
/// loss::sigmoid_cross_entropy_gradient(Portable, &[0.0, 0.0], 2, &[1], &backward, &mut gradient)?;
/// assert_eq!(gradient, [-0.5, 0.5]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn sigmoid_cross_entropy_gradient<F: Float, S: Simd>(
    simd: S,
    logits: &[F],
    classes: usize,
    labels: &[u32],
    backward: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), LossError> {
    check_table(logits.len(), labels.len(), classes)?;
    check_labels(labels, classes.saturating_add(1))?;
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
                    gradient::<F, F::Lanes<S>>(logits, column_of(label), backward.scale, out);
                },
            )
        },
    )
}

#[inline(always)]
fn gradient<F: Float, V: Lanes<Scalar = F>>(logits: &[F], positive: usize, scale: F, out: &mut [F]) {
    let row = Cut::<V>::new(out.len()).row(logits);
    row.each(
        #[inline(always)]
        |column, logits| {
            let positive = at_label::<F, V>(positive, column);
            let gradient = sigmoid(away(logits, positive)).mul(V::splat(scale));
            write(away(gradient, positive), column, out);
        },
    );
}

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
///
/// `max(x, 0) - x t + ln_1p(exp(-|x|))`, element by element: objectness, or any table of targets. O(n). A
/// logit that is NaN or infinite makes the loss NaN.
///
/// # Errors
///
/// If there are not as many targets as logits, or `losses` has not a place for each.
///
/// # Examples
///
/// ```
/// use ohem_core::{loss, simd::Portable};
///
/// let mut losses = [0.0; 3];
/// loss::binary_cross_entropy(Portable, &[0.0, 1000.0, 1000.0], &[0.5, 0.0, 1.0], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 1000.0, 0.0]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn binary_cross_entropy<F: Float, S: Simd>(
    simd: S,
    logits: &[F],
    targets: &[F],
    losses: &mut [F],
) -> Result<(), LossError> {
    check_table(targets.len(), logits.len(), 1)?;
    check_out(losses.len(), logits.len())?;
    simd.run(
        #[inline(always)]
        || {
            let lanes = <F::Lanes<S> as Lanes>::N;
            let pieces = logits.chunks(lanes).zip(targets.chunks(lanes));
            for (losses, (logits, targets)) in losses.chunks_mut(lanes).zip(pieces) {
                write(binary::<F, F::Lanes<S>>(logits, targets), 0, losses);
            }
        },
    );
    Ok(())
}

/// Losses of at most as many logits as there are lanes.
#[inline(always)]
fn binary<F: Float, V: Lanes<Scalar = F>>(logits: &[F], targets: &[F]) -> V {
    let (x, t) = (part::<F, V>(logits, F::zero()), part::<F, V>(targets, F::zero()));
    F::ln_1p_lanes(decay(x)).add(x.max(V::splat(F::zero())).sub(x.mul(t)))
}

/// Writes the gradient of [`binary_cross_entropy`] by the logits: sigmoid less target, times the scale.
///
/// `out` has a place for each logit, or for each one selected, as [`GradientSpec::layout`] says. O(n) to clear
/// the output, and O(selected) to fill it.
///
/// # Errors
///
/// If there are not as many targets as logits, an index names no logit, or `out` is not of the right length.
///
/// # Examples
///
/// ```
/// use ohem_core::loss;
///
/// let mut gradient = [0.0; 1];
/// let backward = loss::GradientSpec::new(&[1]).scale(2.0).gathered();
/// loss::binary_cross_entropy_gradient(&[9.0, 0.0], &[1.0, 1.0], &backward, &mut gradient)?;
/// assert_eq!(gradient, [-1.0]);
/// # Ok::<(), loss::LossError>(())
/// ```
pub fn binary_cross_entropy_gradient<F: Float>(
    logits: &[F],
    targets: &[F],
    backward: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), LossError> {
    check_table(targets.len(), logits.len(), 1)?;
    backward.rows(logits.len(), 1, out, |index, out| {
        if let (Some(&x), Some(&target)) = (logits.get(index), targets.get(index)) {
            let sigmoid = sigmoid(<F::Lanes<crate::simd::Scalar> as Lanes>::splat(x)).store();
            let sigmoid = sigmoid.as_ref().iter().copied();
            out.iter_mut().zip(sigmoid).for_each(|(slot, p)| *slot = (p - target) * backward.scale);
        }
    })
}
