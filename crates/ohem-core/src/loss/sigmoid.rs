//! Sigmoid cross-entropy from logits: `softplus` of the logit, or of its negative where the target is 1.
//!
//! `softplus(y) = ln(1 + exp y) = max(y, 0) + ln_1p(exp(-|y|))` overflows nowhere and cancels nowhere. Between
//! 0 and 1, a target `t` weights both: `t softplus(-y) + (1 - t) softplus(y) = ln_1p(exp(-|y|)) + |y| m`, where
//! `m` is by how much the target misses the side of the logit, `1 - t` or `t`. No term is negative.

use super::row::{Row, RowShape, Sums, at_column, part, write};
use super::softmax::TABLE;
use super::{Classes, GradientSpec};
use crate::error::{InputError, LengthMismatch};
use crate::simd::{Lanes, Portable, Simd, check_lanes};
use crate::{Float, Key};

/// Writes the sigmoid cross-entropy of every RoI's row of logits: the sum over its columns.
///
/// `logits` is a table of `n x classes.count`, without a column for the background, as in RetinaNet and in
/// SSD with logistic scores. The target of every column is 0, except for the label's, where it is 1. With
/// the background as label 0, label `k` has column `k - 1`. O(n x classes). A NaN logit makes the loss NaN;
/// an infinite one makes it `+inf` on the wrong side, and adds nothing on the right one.
///
/// No term is negative. The error of one term is below 4 ulp, that of a sum below `6 + k` ulp, where `k` is
/// `ceil(classes / 8) + 2`, the number of additions one after the other.
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
/// let logits = [0.0, -100.0, 0.0, -100.0];
/// let mut losses = [0.0; 2];
/// loss::sigmoid_cross_entropy(&logits, Classes::new(2), &[0, 2], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 100.0 + std::f64::consts::LN_2]);
///
/// let background_last = Classes::new(2).background(2);
/// loss::sigmoid_cross_entropy(&logits, background_last, &[2, 1], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 100.0 + std::f64::consts::LN_2]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn sigmoid_cross_entropy<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    sigmoid_cross_entropy_on(Portable, logits, classes, labels, losses)
}

/// As [`sigmoid_cross_entropy`], on a chosen instruction set.
pub fn sigmoid_cross_entropy_on<F: Float, L: Key, S: Simd>(
    simd: S,
    logits: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, labels.len(), classes.count, logits.len())?;
    classes.check_positive_columns(labels)?;
    LengthMismatch::check("losses", labels.len(), losses.len())?;
    simd.run(
        #[inline(always)]
        || {
            let (shape, mut logits) = (RowShape::<F::Lanes<S>>::new(classes.count), logits);
            for (slot, &label) in losses.iter_mut().zip(labels) {
                *slot = match classes.positive_column(label) {
                    Some(positive) => sum(&shape.row(logits), positive),
                    None => F::zero(), // ignored
                };
                logits = logits.get(classes.count..).unwrap_or_default();
            }
        },
    );
    Ok(())
}

#[inline(always)]
fn sum<F: Float, V: Lanes<Scalar = F>>(row: &Row<'_, V>, positive: usize) -> F {
    let mut sums = Sums::new();
    row.each(
        #[inline(always)]
        |column, logits| sums.add(column, softplus(away(logits, at_column::<F, V>(positive, column)))),
    );
    sums.total()
}

/// How far each logit is on the wrong side: its negative where the target is 1.
#[inline(always)]
fn away<F: Float, V: Lanes<Scalar = F>>(logits: V, positive: V::Mask) -> V {
    V::select(positive, V::splat(F::zero()).sub(logits), logits)
}

/// `|y|`.
#[inline(always)]
fn magnitude<F: Float, V: Lanes<Scalar = F>>(y: V) -> V {
    y.max(V::splat(F::zero()).sub(y))
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

/// Writes the gradient of [`sigmoid_cross_entropy`] by the logits: the sigmoid less the target.
///
/// `out` has `classes.count` columns, its rows are those of [`GradientSpec::layout`], and its values are
/// multiplied by the scale. O(n x classes) to clear the output, O(selected x classes) to fill it. The error is
/// below 4 ulp; a subnormal gradient is scaled with its error.
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
/// let mut gradient = [0.0; 2];
/// let spec = GradientSpec::new(&[0]);
/// loss::sigmoid_cross_entropy_gradient(&[0.0, 0.0], Classes::new(2), &[1], &spec, &mut gradient)?;
/// assert_eq!(gradient, [-0.5, 0.5]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn sigmoid_cross_entropy_gradient<F: Float, L: Key>(
    logits: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    sigmoid_cross_entropy_gradient_on(Portable, logits, classes, labels, spec, out)
}

/// As [`sigmoid_cross_entropy_gradient`], on a chosen instruction set.
pub fn sigmoid_cross_entropy_gradient_on<F: Float, L: Key, S: Simd>(
    simd: S,
    logits: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, labels.len(), classes.count, logits.len())?;
    classes.check_positive_columns(labels)?;
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
                    // The row of an ignored RoI stays 0.
                    if let Some(positive) =
                        labels.get(index).and_then(|&label| classes.positive_column(label))
                    {
                        gradient::<F, F::Lanes<S>>(row, positive, spec.scale, out);
                    }
                },
            )
        },
    )
}

#[inline(always)]
fn gradient<F: Float, V: Lanes<Scalar = F>>(logits: &[F], positive: usize, scale: F, out: &mut [F]) {
    let row = RowShape::<V>::new(out.len()).row(logits);
    row.each(
        #[inline(always)]
        |column, logits| {
            let positive = at_column::<F, V>(positive, column);
            let gradient = sigmoid(away(logits, positive)).mul(V::splat(scale));
            write(away(gradient, positive), column, out);
        },
    );
}

/// Writes the binary cross-entropy of each logit with a target from 0 to 1.
///
/// `-t ln(p) - (1 - t) ln(1 - p)` for the sigmoid `p`, element by element: for objectness, or any table of
/// targets. O(n). The error is below 4 ulp. A NaN makes the loss NaN. An infinite logit has the limit as its
/// loss: 0 if the target is 0 or 1 and on its side, otherwise `+inf`. Targets are not checked; beyond 0 and 1
/// the formula continues, without the bound on its error.
///
/// # Errors
///
/// If there are not as many targets or losses as logits. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss;
///
/// let mut losses = [0.0; 3];
/// loss::binary_cross_entropy(&[0.0, 1000.0, 1000.0], &[0.5, 0.0, 1.0], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 1000.0, 0.0]);
/// # Ok::<(), ohem_core::LengthMismatch>(())
/// ```
pub fn binary_cross_entropy<F: Float>(
    logits: &[F],
    targets: &[F],
    losses: &mut [F],
) -> Result<(), LengthMismatch> {
    binary_cross_entropy_on(Portable, logits, targets, losses)
}

/// As [`binary_cross_entropy`], on a chosen instruction set.
pub fn binary_cross_entropy_on<F: Float, S: Simd>(
    simd: S,
    logits: &[F],
    targets: &[F],
    losses: &mut [F],
) -> Result<(), LengthMismatch> {
    LengthMismatch::check("targets", logits.len(), targets.len())?;
    LengthMismatch::check("losses", logits.len(), losses.len())?;
    simd.run(
        #[inline(always)]
        || {
            const { check_lanes::<F::Lanes<S>>() };
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
    let (zero, size) = (V::splat(F::zero()), magnitude(x));
    let miss = V::select(zero.le(x), V::splat(F::one()).sub(t), t);
    // An infinite logit that misses nothing costs nothing, though infinity times 0 is NaN.
    let missed = V::select(miss.eq(zero), zero, size.mul(miss));
    F::ln_1p_lanes(decay(x)).add(missed)
}

/// Writes the gradient of [`binary_cross_entropy`] by the logits: the sigmoid less the target, times the
/// scale.
///
/// `out` has a value for each logit, or for each selected one, as [`GradientSpec::layout`] says. O(n) to
/// clear the output, O(selected) to fill it.
///
/// It is the difference of two numbers, neither of which is computed from the other: for a positive logit, the
/// sigmoid's distance from 1 and the target's, otherwise the sigmoid and the target. The error is below 4.5 ulp
/// of the larger one, times the scale. So a confident logit whose target is 0 or 1 has a gradient with all its
/// digits. A NaN makes the gradient NaN; an infinite logit has a sigmoid of 0 or 1.
///
/// # Errors
///
/// If there are not as many targets as logits, an index names no logit, or `out` has the wrong length.
/// Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, GradientSpec, Layout};
///
/// let mut gradient = [0.0; 1];
/// let spec = GradientSpec::new(&[1]).scale(2.0).layout(Layout::Gathered);
/// loss::binary_cross_entropy_gradient(&[9.0, 0.0], &[1.0, 1.0], &spec, &mut gradient)?;
/// assert_eq!(gradient, [-1.0]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn binary_cross_entropy_gradient<F: Float>(
    logits: &[F],
    targets: &[F],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check("targets", logits.len(), targets.len())?;
    spec.write_rows(logits.len(), 1, out, |index, out| {
        if let (Some(&x), Some(&target)) = (logits.get(index), targets.get(index)) {
            let rest = sigmoid(<F::Lanes<crate::simd::Scalar> as Lanes>::splat(-x.abs())).store();
            for (slot, &rest) in out.iter_mut().zip(rest.as_ref()) {
                let slope = if x > F::zero() { (F::one() - target) - rest } else { rest - target };
                *slot = slope * spec.scale;
            }
        }
    })
}
