//! The losses of boxes, and their gradient.

use super::Regression;
use crate::error::{InputError, LengthMismatch};
use crate::loss::GradientSpec;
use crate::loss::smooth::{RoiTile, TILE, smooth_l1_slope};
use crate::simd::{Lanes, Portable, Simd};
use crate::{Float, Key};

/// Writes the loss of every RoI's box; 0 for background and ignored RoIs. O(n).
///
/// # Errors
///
/// If there are not as many losses as RoIs, `beta` is negative or NaN, or a label has no columns. Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{Regression, regression_losses};
///
/// let mut losses = [9.0; 2];
/// let regression = Regression::new(&[1, 0], &[0.5, 0.0, 0.0, 2.0, 9.0, 9.0, 9.0, 9.0], &[0.0; 8])?;
/// regression_losses(&regression, &mut losses)?;
/// assert_eq!(losses, [0.125 + 1.5, 0.0]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn regression_losses<F: Float, L: Key>(
    regression: &Regression<'_, F, L>,
    losses: &mut [F],
) -> Result<(), InputError> {
    regression_losses_on(Portable, regression, losses)
}

/// As [`regression_losses`], on a chosen instruction set.
pub fn regression_losses_on<F: Float, L: Key, S: Simd>(
    simd: S,
    regression: &Regression<'_, F, L>,
    losses: &mut [F],
) -> Result<(), InputError> {
    write_losses(simd, regression, losses, |losses| losses.fill(F::zero()))
}

/// Adds the loss of every RoI's box to the loss of its classification. O(n).
///
/// The losses of background and ignored RoIs stay as they are.
///
/// # Errors
///
/// If there are not as many losses as RoIs, `beta` is negative or NaN, or a label has no columns. Nothing is
/// written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{Regression, add_regression};
///
/// let mut losses = [0.25];
/// add_regression(&Regression::new(&[1], &[0.5, 0.0, 0.0, 2.0], &[0.0; 4])?, &mut losses)?;
/// assert_eq!(losses, [0.25 + 0.125 + 1.5]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn add_regression<F: Float, L: Key>(
    regression: &Regression<'_, F, L>,
    losses: &mut [F],
) -> Result<(), InputError> {
    add_regression_on(Portable, regression, losses)
}

/// As [`add_regression`], on a chosen instruction set.
pub fn add_regression_on<F: Float, L: Key, S: Simd>(
    simd: S,
    regression: &Regression<'_, F, L>,
    losses: &mut [F],
) -> Result<(), InputError> {
    write_losses(simd, regression, losses, |_| ())
}

/// Checks everything, prepares the output, and adds the losses to it.
#[inline(always)]
fn write_losses<F: Float, L: Key, S: Simd>(
    simd: S,
    regression: &Regression<'_, F, L>,
    losses: &mut [F],
    prepare: impl FnOnce(&mut [F]),
) -> Result<(), InputError> {
    LengthMismatch::check("losses", regression.len(), losses.len())?;
    let limit = regression.limit();
    regression.check(limit)?;
    prepare(losses);
    simd.run(
        #[inline(always)]
        || regression.add_lanes::<F::Lanes<S>>(losses, limit),
    );
    Ok(())
}

/// Writes the gradient of the boxes' loss by the predicted deltas, times the scale.
///
/// `out` has [`Regression::columns`] columns, 0 except for those of the RoI's label, and its rows are those
/// of [`GradientSpec::layout`]. O(n x columns) to clear it, O(selected) to fill it.
///
/// # Errors
///
/// If `beta` is negative or NaN, a label has no columns, an index names no RoI, or `out` has the wrong length.
/// Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::loss::{GradientSpec, Regression, regression_gradient};
///
/// let deltas = [9.0, 9.0, 9.0, 9.0, 0.5, 0.0, 0.0, -2.0]; // of two classes
/// let regression = Regression::new(&[1], &deltas, &[0.0; 4])?;
/// let mut gradient = [0.0; 8];
/// regression_gradient(&regression, &GradientSpec::new(&[0]).scale(2.0), &mut gradient)?;
/// assert_eq!(gradient, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, -2.0]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn regression_gradient<F: Float, L: Key>(
    regression: &Regression<'_, F, L>,
    spec: &GradientSpec<'_, F>,
    out: &mut [F],
) -> Result<(), InputError> {
    let limit = regression.limit();
    regression.check(limit)?;
    spec.write_rows(regression.len(), regression.columns(), out, |row, out| {
        let label = regression.labels.get(row).copied();
        if let Some(class) = label.and_then(|label| regression.class_of(label, limit)) {
            regression.write_gradient(row, class, spec.scale, out);
        }
    })
}

impl<F: Float, L: Key> Regression<'_, F, L> {
    #[inline(always)]
    fn add_lanes<V: Lanes<Scalar = F>>(&self, losses: &mut [F], limit: u32) {
        let rois = (0..).zip(self.labels).zip(losses);
        let mut objects = rois.filter(|((_, label), _)| self.class_of(**label, limit).is_some()).peekable();
        while objects.peek().is_some() {
            let mut tile = RoiTile::new();
            let mut owners = [const { None }; TILE];
            for (slot, (((row, &label), loss), nth)) in owners.iter_mut().zip(objects.by_ref().zip(0..)) {
                let Some(class) = self.class_of(label, limit) else { continue };
                let differences = self.differences(row, class);
                tile.put(nth, differences, self.outside.four(row, class));
                // A RoI whose columns are all left out has no loss, whatever else is NaN.
                *slot = differences.iter().any(Option::is_some).then_some(loss);
            }
            let sums = tile.sums::<V>(self.beta);
            for (loss, sum) in owners.into_iter().zip(sums).filter_map(|(loss, sum)| Some((loss?, sum))) {
                *loss = *loss + sum;
            }
        }
    }

    /// Weighted differences of deltas and targets; `None` where the inside weight is 0.
    #[inline(always)]
    fn differences(&self, row: usize, class: u32) -> [Option<F>; 4] {
        let (deltas, targets) = (self.deltas.four(row, class), self.targets.four(row, class));
        let weighted = deltas.into_iter().zip(targets).zip(self.inside.four(row, class));
        let mut differences = [None; 4];
        for (slot, ((delta, target), weight)) in differences.iter_mut().zip(weighted) {
            *slot = (weight != F::zero()).then(|| weight * (delta - target));
        }
        differences
    }

    /// Writes the gradient by the four deltas of an object.
    fn write_gradient(&self, row: usize, class: u32, scale: F, out: &mut [F]) {
        let weights = self.inside.four(row, class).into_iter().zip(self.outside.four(row, class));
        let columns = out.iter_mut().skip(self.deltas.first_column(class));
        for ((slot, difference), (inside, outside)) in columns.zip(self.differences(row, class)).zip(weights)
        {
            let slope = |x| outside * inside * smooth_l1_slope(x, self.beta) * scale;
            *slot = difference.map_or(F::zero(), slope);
        }
    }
}
