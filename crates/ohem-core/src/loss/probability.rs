//! Cross-entropy from probabilities, as the original computes it.

use super::{BATCH, Classes, GradientSpec};
use crate::error::{InputError, LengthMismatch};
use crate::simd::{Lanes, Portable, Simd};
use crate::{Float, Key};

/// Lower bound of a probability: the original's, the epsilon of `f64`.
const SMALLEST: f64 = f64::EPSILON;

/// Length of the table of probabilities, in the words of an error.
const TABLE: &str = "values of probabilities (rows x classes)";

/// Writes the cross-entropy of every RoI's row of probabilities: `-ln(max(p[label], 2.220446049250313e-16))`.
///
/// `probabilities` is a table of `n x classes.count`, of which only the columns of the labels are read. O(n).
/// The error is below 1 ulp. A NaN stays NaN. Values are not checked to be probabilities: above 1 the loss is
/// negative.
///
/// Source: `OHEMDataLayer.forward` of the original. From logits, [`cross_entropy`](super::cross_entropy)
/// needs no lower bound.
///
/// # Errors
///
/// If `probabilities` or `losses` has the wrong length, or a label names no class. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, Classes};
///
/// let probabilities = [0.5, 0.5, 1.0, 0.0];
/// let mut losses = [0.0; 2];
/// loss::probability_cross_entropy(&probabilities, Classes::new(2), &[0, 1], &mut losses)?;
/// assert_eq!(losses, [std::f64::consts::LN_2, 36.04365338911715]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn probability_cross_entropy<F: Float, L: Key>(
    probabilities: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    probability_cross_entropy_on(Portable, probabilities, classes, labels, losses)
}

/// As [`probability_cross_entropy`], on a chosen instruction set.
pub fn probability_cross_entropy_on<F: Float, L: Key, S: Simd>(
    simd: S,
    probabilities: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, labels.len(), classes.count, probabilities.len())?;
    classes.check_columns(labels)?;
    LengthMismatch::check("losses", labels.len(), losses.len())?;
    simd.run(
        #[inline(always)]
        || rows::<F, L, F::Lanes<S>>(probabilities, classes, labels, losses),
    );
    Ok(())
}

#[inline(always)]
fn rows<F: Float, L: Key, V: Lanes<Scalar = F>>(
    table: &[F],
    classes: Classes,
    labels: &[L],
    losses: &mut [F],
) {
    // The probability of each label. An ignored RoI has one of 1, whose loss is exactly 0.
    let mut own = table.chunks_exact(classes.count.max(1)).zip(labels).map(
        #[inline(always)]
        |(row, &label)| classes.value(row, label).unwrap_or_else(F::one),
    );
    let (zero, smallest) = (V::splat(F::zero()), V::splat(F::from_f64(SMALLEST)));
    for losses in losses.chunks_mut(BATCH) {
        let mut batch = [F::one(); BATCH];
        batch.iter_mut().zip(own.by_ref().take(losses.len())).for_each(|(slot, p)| *slot = p);
        for slot in V::chunks_mut(&mut batch).0 {
            let p = V::load(slot);
            // A NaN is not below the bound, so it stays.
            let bounded = V::select(p.le(smallest), smallest, p);
            *slot = zero.sub(F::ln_lanes(bounded)).store();
        }
        losses.iter_mut().zip(batch).for_each(|(slot, loss)| *slot = loss);
    }
}

/// Writes the gradient by the logits from which a softmax made the probabilities: `p`, less 1 at the label.
///
/// For a forward pass that keeps probabilities instead of logits. `out` has `classes.count` columns, its
/// rows are those of [`GradientSpec::layout`], and its values are multiplied by the scale. The lower bound
/// of the loss plays no part: a probability of 0 has the gradient that raises it. O(n x classes) to clear
/// the output, O(selected x classes) to fill it. The error is at most 0.5 ulp before the scale, and 1 ulp after.
///
/// # Errors
///
/// If `probabilities` or `out` has the wrong length, a label names no class, or an index names no RoI.
/// Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{self, Classes, GradientSpec, Layout};
///
/// let probabilities = [0.5, 0.5, 0.75, 0.25];
/// let (classes, mut gradient) = (Classes::new(2), [0.0; 2]);
/// let spec = GradientSpec::new(&[1]).layout(Layout::Gathered);
/// loss::probability_cross_entropy_gradient(&probabilities, classes, &[0, 0], &spec, &mut gradient)?;
/// assert_eq!(gradient, [-0.25, 0.25]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn probability_cross_entropy_gradient<F: Float, L: Key>(
    probabilities: &[F],
    classes: Classes,
    labels: &[L],
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    LengthMismatch::check_table(TABLE, labels.len(), classes.count, probabilities.len())?;
    classes.check_columns(labels)?;
    spec.write_rows(labels.len(), classes.count, out, |index, out| {
        let row = probabilities.get(index * classes.count..).unwrap_or_default();
        let Some(column) = labels.get(index).and_then(|&label| classes.column(label)) else {
            return; // ignored: the row stays 0
        };
        for (slot, &p) in out.iter_mut().zip(row) {
            *slot = p * spec.scale;
        }
        if let (Some(slot), Some(&p)) = (out.get_mut(column), row.get(column)) {
            *slot = (p - F::one()) * spec.scale;
        }
    })
}
