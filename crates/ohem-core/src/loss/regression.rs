//! Smooth-L1 loss of box regression, with the reference's weights.
//!
//! Of each RoI that is not background, the four columns of its label count, and of those only the ones whose
//! inside weight is not 0. There the loss is `outside * smooth_l1(inside * (prediction - target))`, added up
//! from the first to the last.

use super::columns::{Columns, Weights};
use super::error::check_out;
use super::smooth::{TILE, Tile, smooth_l1_slope};
use super::{GradientSpec, LossError};
use crate::Float;
use crate::simd::{Lanes, Simd};

/// Box deltas that were predicted, those that were wanted, and how they are weighted.
///
/// A table has 4 columns for each RoI, or, where each label has its own, 4 for each label: `n x 4K`. Which of
/// the two is told by its length, for each table by itself. Label 0 is background, which has no loss.
///
/// ```
/// use ohem_core::{loss::Regression, simd::Portable};
///
/// let predictions = [0.5, 0.0, 0.0, 2.0, 9.0, 9.0, 9.0, 9.0];
/// let regression = Regression::new(&[1, 0], &predictions, &[0.0; 8])?;
/// let mut losses = [0.25, 0.25];
/// regression.add_to(Portable, &mut losses)?;
/// assert_eq!(losses, [0.25 + 0.125 + 1.5, 0.25]);
/// # Ok::<(), ohem_core::loss::LossError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regression<'a, F> {
    labels: &'a [u32],
    predictions: Columns<'a, F>,
    targets: Columns<'a, F>,
    inside: Columns<'a, F>,
    outside: Columns<'a, F>,
    beta: F,
}

impl<'a, F: Float> Regression<'a, F> {
    /// Views tables of predictions and targets, with a beta of 1 and all weights 1.
    ///
    /// # Errors
    ///
    /// If a table has neither 4 columns a RoI nor 4 a label, or a label has none in it.
    pub fn new(labels: &'a [u32], predictions: &'a [F], targets: &'a [F]) -> Result<Self, LossError> {
        let ones = Columns::Same([F::one(); 4]);
        let (predictions, targets) = (Columns::new(predictions, labels)?, Columns::new(targets, labels)?);
        Ok(Self { labels, predictions, targets, inside: ones, outside: ones, beta: F::one() })
    }

    /// Has the loss bend at `|x| = beta`; 0 is the L1 loss.
    ///
    /// ```
    /// use ohem_core::{loss::Regression, simd::Portable};
    ///
    /// let mut losses = [0.0];
    /// let regression = Regression::new(&[1], &[0.5, 0.0, 0.0, 2.0], &[0.0; 4])?.beta(0.0);
    /// regression.losses(Portable, &mut losses)?;
    /// assert_eq!(losses, [2.5]);
    /// # Ok::<(), ohem_core::loss::LossError>(())
    /// ```
    pub fn beta(self, beta: F) -> Self {
        Self { beta, ..self }
    }

    /// Weights differences (inside) and their losses (outside); columns with an inside weight of 0 have none.
    ///
    /// # Errors
    ///
    /// If a table has neither 4 columns a RoI nor 4 a label, or a label has none in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::{loss::{Regression, Weights}, simd::Portable};
    ///
    /// let mut losses = [0.0];
    /// let (inside, outside) = (Weights::Same([2.0, 1.0, 1.0, 0.0]), Weights::Each(&[1.0, 1.0, 1.0, 9.0]));
    /// let regression = Regression::new(&[1], &[0.25, 0.0, 0.0, 2.0], &[0.0; 4])?;
    /// regression.weights(inside, outside)?.losses(Portable, &mut losses)?;
    /// assert_eq!(losses, [0.125]);
    /// # Ok::<(), ohem_core::loss::LossError>(())
    /// ```
    pub fn weights(self, inside: Weights<'a, F>, outside: Weights<'a, F>) -> Result<Self, LossError> {
        let columns = |weights| match weights {
            Weights::Same(four) => Ok(Columns::Same(four)),
            Weights::Each(table) => Columns::new(table, self.labels),
        };
        Ok(Self { inside: columns(inside)?, outside: columns(outside)?, ..self })
    }

    /// How many RoIs there are.
    pub const fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many columns the predictions have, and so their gradient.
    ///
    /// ```
    /// use ohem_core::loss::Regression;
    ///
    /// assert_eq!(Regression::new(&[1], &[0.0; 8], &[0.0; 4])?.columns(), 8);
    /// # Ok::<(), ohem_core::loss::LossError>(())
    /// ```
    pub const fn columns(&self) -> usize {
        self.predictions.width()
    }

    /// Writes the loss of every RoI. O(n).
    ///
    /// # Errors
    ///
    /// If `losses` has not a place for every RoI.
    pub fn losses<S: Simd>(&self, simd: S, losses: &mut [F]) -> Result<(), LossError> {
        check_out(losses.len(), self.len())?;
        losses.fill(F::zero());
        self.add_to(simd, losses)
    }

    /// Adds the loss of every RoI to what is there: to that of its classification. O(n).
    ///
    /// Background is left alone.
    ///
    /// # Errors
    ///
    /// If `losses` has not a place for every RoI.
    pub fn add_to<S: Simd>(&self, simd: S, losses: &mut [F]) -> Result<(), LossError> {
        check_out(losses.len(), self.len())?;
        simd.run(
            #[inline(always)]
            || self.add_lanes::<F::Lanes<S>>(losses),
        );
        Ok(())
    }

    #[inline(always)]
    fn add_lanes<V: Lanes<Scalar = F>>(&self, losses: &mut [F]) {
        let mut objects =
            (0..).zip(self.labels).zip(losses).filter(|((_, label), _)| **label != 0).peekable();
        while objects.peek().is_some() {
            let mut tile = Tile::new();
            let mut owners = [const { None }; TILE];
            for (slot, (((row, &label), loss), place)) in owners.iter_mut().zip(objects.by_ref().zip(0..)) {
                let differences = self.differences(row, label);
                tile.put(place, differences, self.outside.four(row, label));
                // A RoI all of whose columns are left out has no loss, not even under a beta that is NaN.
                *slot = differences.iter().any(Option::is_some).then_some(loss);
            }
            let sums = tile.sums::<V>(self.beta);
            for (loss, sum) in owners.into_iter().zip(sums).filter_map(|(loss, sum)| Some((loss?, sum))) {
                *loss = *loss + sum;
            }
        }
    }

    /// Weighted differences between prediction and target; nothing where the inside weight is 0.
    #[inline(always)]
    fn differences(&self, row: usize, label: u32) -> [Option<F>; 4] {
        let (predictions, targets) = (self.predictions.four(row, label), self.targets.four(row, label));
        let inside = self.inside.four(row, label);
        let mut differences = [None; 4];
        for (((slot, prediction), target), weight) in
            differences.iter_mut().zip(predictions).zip(targets).zip(inside)
        {
            *slot = (weight != F::zero()).then(|| weight * (prediction - target));
        }
        differences
    }

    /// Writes the gradient by the predictions, times the scale.
    ///
    /// `out` has as many columns as the predictions, 0 but for those of the RoI's label, and rows as
    /// [`GradientSpec::layout`] says. O(n x columns) to clear it, and O(selected) to fill it.
    ///
    /// # Errors
    ///
    /// If an index names no RoI, or `out` is not of the right length.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::loss::{GradientSpec, Regression};
    ///
    /// let predictions = [9.0, 9.0, 9.0, 9.0, 0.5, 0.0, 0.0, -2.0]; // of two labels
    /// let regression = Regression::new(&[1], &predictions, &[0.0; 4])?;
    /// let mut gradient = [0.0; 8];
    /// regression.gradient(&GradientSpec::new(&[0]).scale(2.0), &mut gradient)?;
    /// assert_eq!(gradient, [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, -2.0]);
    /// # Ok::<(), ohem_core::loss::LossError>(())
    /// ```
    pub fn gradient(&self, backward: &GradientSpec<'_, F>, out: &mut [F]) -> Result<(), LossError> {
        backward.rows(self.len(), self.columns(), out, |row, out| {
            let label = self.labels.get(row).copied().unwrap_or_default();
            if label == 0 {
                return;
            }
            let (inside, outside) = (self.inside.four(row, label), self.outside.four(row, label));
            let weights = inside.into_iter().zip(outside);
            let columns = out.iter_mut().skip(self.predictions.first_column(label));
            for ((slot, difference), (inside, outside)) in
                columns.zip(self.differences(row, label)).zip(weights)
            {
                *slot = difference
                    .map_or(F::zero(), |x| outside * inside * smooth_l1_slope(x, self.beta) * backward.scale);
            }
        })
    }
}
