//! Smooth-L1 loss of box regression, with the original's weights.
//!
//! A RoI has a loss if its label is an object's. Then the four columns of its label count, and of those only
//! the ones whose inside weight is not 0. A column's loss is `outside * smooth_l1(inside * (delta -
//! target))`; the columns are added from the first to the last.
//!
//! Losses and gradients are off by less than 10 and 6 ulp, as long as no outside weight is negative, and no
//! difference, product or square on the way is subnormal or infinite: the difference of a delta and its target
//! is rounded once, and squared.

use super::box_table::{BoxTable, BoxWeights};
use super::classes::check_labels;
use crate::error::{ConfigError, InputError, LengthMismatch, OutOfRange};
use crate::{Float, InvalidKey, Key, Match};

mod losses;

pub use losses::{
    add_regression, add_regression_on, regression_gradient, regression_losses, regression_losses_on,
};

/// Predicted deltas of boxes, their targets, and the weights of both.
///
/// A table has 4 columns for each RoI or, if each class has its own, 4 for each class: `n x 4K`. The length
/// of each table decides which, independently of the others. In an `n x 4K` table, label `n` has the columns
/// from `4n` on. Background and ignored RoIs have no loss, and need no columns.
///
/// ```
/// use ohem_core::Match;
/// use ohem_core::loss::{Regression, add_regression};
///
/// let deltas = [0.5, 0.0, 0.0, 2.0, 9.0, 9.0, 9.0, 9.0];
/// let mut losses = [0.25, 0.25];
/// add_regression(&Regression::new(&[1, 0], &deltas, &[0.0; 8])?, &mut losses)?;
/// assert_eq!(losses, [0.25 + 0.125 + 1.5, 0.25]);
///
/// let labels = [Match::object(0), Match::BACKGROUND]; // the background is no number below the classes'
/// let regression = Regression::new(&labels, &deltas, &[0.0; 8])?.background(1);
/// add_regression(&regression, &mut losses)?;
/// assert_eq!(losses, [0.25 + 2.0 * (0.125 + 1.5), 0.25]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regression<'a, F, L = u32> {
    labels: &'a [L],
    deltas: BoxTable<'a, F>,
    targets: BoxTable<'a, F>,
    inside: BoxTable<'a, F>,
    outside: BoxTable<'a, F>,
    beta: F,
    background: u32,
    invalid_labels: InvalidKey,
}

impl<'a, F: Float, L: Key> Regression<'a, F, L> {
    /// Views tables of predicted deltas and their targets, with a beta of 1, all weights 1, and background 0.
    ///
    /// # Errors
    ///
    /// If a table has neither 4 values for each RoI, nor 4 for each RoI and class.
    pub fn new(labels: &'a [L], deltas: &'a [F], targets: &'a [F]) -> Result<Self, LengthMismatch> {
        let ones = BoxTable::Same([F::one(); 4]);
        Ok(Self {
            labels,
            deltas: BoxTable::new(
                "predicted deltas (rows x 4, or rows x 4 x classes)",
                deltas,
                labels.len(),
            )?,
            targets: BoxTable::new("targets (rows x 4, or rows x 4 x classes)", targets, labels.len())?,
            inside: ones,
            outside: ones,
            beta: F::one(),
            background: 0,
            invalid_labels: InvalidKey::Error,
        })
    }

    /// Sets the `|x|` at which the loss turns from a square into a line; 0 gives the L1 loss.
    ///
    /// The losses and the gradient refuse a negative or NaN value ([`ConfigError::Setting`]). Under an infinite
    /// one, finite differences have no loss.
    ///
    /// ```
    /// use ohem_core::loss::{Regression, regression_losses};
    ///
    /// let mut losses = [0.0];
    /// let regression = Regression::new(&[1], &[0.5, 0.0, 0.0, 2.0], &[0.0; 4])?.beta(0.0);
    /// regression_losses(&regression, &mut losses)?;
    /// assert_eq!(losses, [2.5]);
    /// # Ok::<(), ohem_core::InputError>(())
    /// ```
    pub fn beta(self, beta: F) -> Self {
        Self { beta, ..self }
    }

    /// Sets the label of the background, which has no loss and needs no columns.
    pub fn background(self, background: u32) -> Self {
        Self { background, ..self }
    }

    /// Chooses how a label is handled that is negative, not whole, or has no columns in an `n x 4K` table.
    pub fn invalid_labels(self, invalid_labels: InvalidKey) -> Self {
        Self { invalid_labels, ..self }
    }

    /// Weights differences (inside) and their losses (outside); an inside weight of 0 leaves a column out.
    ///
    /// # Errors
    ///
    /// If a table has neither 4 values for each RoI, nor 4 for each RoI and class.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::loss::{BoxWeights, Regression, regression_losses};
    ///
    /// let mut losses = [0.0];
    /// let regression = Regression::new(&[1], &[0.25, 0.0, 0.0, 2.0], &[0.0; 4])?.weights(
    ///     BoxWeights::Same([2.0, 1.0, 1.0, 0.0]),
    ///     BoxWeights::Each(&[1.0, 1.0, 1.0, 9.0]),
    /// )?;
    /// regression_losses(&regression, &mut losses)?;
    /// assert_eq!(losses, [0.125]);
    /// # Ok::<(), ohem_core::InputError>(())
    /// ```
    pub fn weights(
        self,
        inside: BoxWeights<'a, F>,
        outside: BoxWeights<'a, F>,
    ) -> Result<Self, LengthMismatch> {
        let rows = self.len();
        let inside =
            BoxTable::from_weights("inside weights (rows x 4, or rows x 4 x classes)", inside, rows)?;
        let outside =
            BoxTable::from_weights("outside weights (rows x 4, or rows x 4 x classes)", outside, rows)?;
        Ok(Self { inside, outside, ..self })
    }

    /// Number of RoIs.
    pub const fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no RoIs.
    pub const fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Number of columns of the predicted deltas, and of their gradient.
    ///
    /// ```
    /// use ohem_core::loss::Regression;
    ///
    /// assert_eq!(Regression::new(&[1], &[0.0; 8], &[0.0; 4])?.columns(), 8);
    /// # Ok::<(), ohem_core::LengthMismatch>(())
    /// ```
    pub const fn columns(&self) -> usize {
        self.deltas.width()
    }

    /// The first number that is too large for a class: it has no columns, or means something else.
    fn limit(&self) -> u32 {
        let tables = [&self.deltas, &self.targets, &self.inside, &self.outside];
        let classes = tables.into_iter().filter_map(BoxTable::classes).min();
        classes.and_then(|classes| u32::try_from(classes).ok()).unwrap_or(Match::OBJECTS).min(Match::OBJECTS)
    }

    /// Checks `beta`, and that every label has columns or needs none.
    fn check(&self, limit: u32) -> Result<(), InputError> {
        if self.beta.is_nan() || self.beta < F::zero() {
            return Err(ConfigError::Setting { name: "beta", expected: "at least 0" }.into());
        }
        Ok(self.check_labels(limit)?)
    }

    /// Checks that every label has columns or needs none.
    fn check_labels(&self, limit: u32) -> Result<(), OutOfRange> {
        if limit == Match::OBJECTS {
            // Every number has columns, or needs none. For `u32` labels the compiler drops this pass.
            return check_labels(self.labels, self.invalid_labels, limit as usize, |label| {
                label.to_number().is_some()
            });
        }
        check_labels(self.labels, self.invalid_labels, limit as usize, |label| {
            let number = label.to_number();
            number.is_some_and(|n| n == self.background || Match::object(n).is_background())
        })
    }

    /// The class of an object; `None` for background and ignored RoIs.
    #[inline(always)]
    fn class_of(&self, label: L, limit: u32) -> Option<u32> {
        label.to_number().filter(|&number| number != self.background && number < limit)
    }
}
