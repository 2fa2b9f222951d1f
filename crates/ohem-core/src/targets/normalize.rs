//! Targets of mean 0 and standard deviation 1.

use core::fmt;

use crate::Float;

use super::BACKGROUND;

/// What targets are scaled by: a mean and a standard deviation of each of the four values.
///
/// One row is for every class, or there is a row for each class. Rows of [`BACKGROUND`] have no target and are
/// left as they are.
///
/// Source: `add_bbox_regression_targets` of the reference with `BBOX_NORMALIZE_MEANS` and
/// `BBOX_NORMALIZE_STDS`; it has a row for each class, all of them the same.
///
/// ```
/// use ohem_core::targets::Normalization;
///
/// let scale = Normalization::new(&[[0.0; 4]], &[[0.1, 0.1, 0.2, 0.2]])?;
/// let mut steps = [[0.2, 0.0, -0.2, 0.0], [0.0; 4]];
/// scale.normalize(&[3, 0], &mut steps)?;
/// assert_eq!(steps[0], [2.0, 0.0, -1.0, 0.0]);
/// scale.denormalize(&[3, 0], &mut steps)?;
/// assert_eq!(steps, [[0.2, 0.0, -0.2, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_core::targets::NormalizeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Normalization<'a, F> {
    means: &'a [[F; 4]],
    stds: &'a [[F; 4]],
}

impl<'a, F: Float> Normalization<'a, F> {
    /// Takes a row for every class, or a row for each.
    ///
    /// The row of class 0 may be anything where there is one for each.
    ///
    /// # Errors
    ///
    /// If there are not as many means as standard deviations, none at all, a mean is not finite, or a standard
    /// deviation not finite and above zero.
    pub fn new(means: &'a [[F; 4]], stds: &'a [[F; 4]]) -> Result<Self, NormalizeError> {
        if means.len() != stds.len() || means.is_empty() {
            return Err(NormalizeError::Rows { means: means.len(), stds: stds.len() });
        }
        let unused = usize::from(means.len() > 1);
        let is_mean = |mean: &F| mean.is_finite();
        let is_std = |std: &F| std.is_finite() && *std > F::zero();
        let is_good =
            |(means, stds): (&[F; 4], &[F; 4])| means.iter().all(is_mean) && stds.iter().all(is_std);
        match means.iter().zip(stds).skip(unused).position(|row| !is_good(row)) {
            Some(row) => Err(NormalizeError::Row { row: row.saturating_add(unused) }),
            None => Ok(Self { means, stds }),
        }
    }

    /// Takes the mean off each value and divides by the standard deviation. O(n).
    ///
    /// Source: `add_bbox_regression_targets` of the reference.
    ///
    /// # Errors
    ///
    /// If there are not as many classes as steps, or a class has no row. Then nothing is written.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::targets::Normalization;
    ///
    /// let mut steps = [[3.0, 1.0, 1.0, 1.0]];
    /// Normalization::new(&[[1.0; 4]], &[[0.5; 4]])?.normalize(&[2], &mut steps)?;
    /// assert_eq!(steps, [[4.0, 0.0, 0.0, 0.0]]);
    /// # Ok::<(), ohem_core::targets::NormalizeError>(())
    /// ```
    pub fn normalize(&self, classes: &[u32], steps: &mut [[F; 4]]) -> Result<(), NormalizeError> {
        self.each(classes, steps, |value, mean, std| (value - mean) / std)
    }

    /// Multiplies each value by the standard deviation and adds the mean. O(n).
    ///
    /// Source: `snapshot` of the reference's solver wrapper, which does it to the weights of the last layer.
    ///
    /// # Errors
    ///
    /// As [`Normalization::normalize`].
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::targets::Normalization;
    ///
    /// let mut steps = [[4.0, 0.0, 0.0, 0.0]];
    /// Normalization::new(&[[1.0; 4]], &[[0.5; 4]])?.denormalize(&[2], &mut steps)?;
    /// assert_eq!(steps, [[3.0, 1.0, 1.0, 1.0]]);
    /// # Ok::<(), ohem_core::targets::NormalizeError>(())
    /// ```
    pub fn denormalize(&self, classes: &[u32], steps: &mut [[F; 4]]) -> Result<(), NormalizeError> {
        self.each(classes, steps, |value, mean, std| value * std + mean)
    }

    /// Rewrites each value, given the mean and the standard deviation of its column and class.
    fn each(
        &self,
        classes: &[u32],
        steps: &mut [[F; 4]],
        scaled: impl Fn(F, F, F) -> F,
    ) -> Result<(), NormalizeError> {
        if classes.len() != steps.len() {
            return Err(NormalizeError::Classes { steps: steps.len(), classes: classes.len() });
        }
        let has_row = |&class: &u32| class == BACKGROUND || self.row(class).is_some();
        if let Some((row, &class)) = classes.iter().enumerate().find(|(_, class)| !has_row(class)) {
            return Err(NormalizeError::Class { row, class, rows: self.means.len() });
        }
        for (step, &class) in steps.iter_mut().zip(classes).filter(|(_, class)| **class != BACKGROUND) {
            let Some((means, stds)) = self.row(class) else { continue };
            for ((value, &mean), &std) in step.iter_mut().zip(means).zip(stds) {
                *value = scaled(*value, mean, std);
            }
        }
        Ok(())
    }

    /// The row of a class.
    fn row(&self, class: u32) -> Option<(&[F; 4], &[F; 4])> {
        let row = if self.means.len() > 1 { class as usize } else { 0 };
        self.means.get(row).zip(self.stds.get(row))
    }
}

/// Why targets could not be scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NormalizeError {
    /// There are not as many means as standard deviations, or none.
    Rows {
        /// How many rows of means there are.
        means: usize,
        /// How many rows of standard deviations there are.
        stds: usize,
    },
    /// A row has a mean that is not finite, or a standard deviation that is not finite and above zero.
    Row {
        /// Which one.
        row: usize,
    },
    /// There are not as many classes as steps.
    Classes {
        /// How many steps there are.
        steps: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// There is no row for a class.
    Class {
        /// Where among the classes it stands.
        row: usize,
        /// The class.
        class: u32,
        /// How many rows there are.
        rows: usize,
    },
}

impl fmt::Display for NormalizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows { means, stds } => write!(f, "{means} rows of means, {stds} of standard deviations"),
            Self::Row { row } => write!(f, "row {row} of the means and standard deviations is no good"),
            Self::Classes { steps, classes } => write!(f, "{steps} targets, but {classes} classes"),
            Self::Class { row, class, rows } => {
                write!(f, "target {row} is of class {class}, but there are means for {rows}")
            }
        }
    }
}

impl core::error::Error for NormalizeError {}
