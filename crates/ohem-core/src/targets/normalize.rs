//! Targets of mean 0 and standard deviation 1.

use crate::error::{ConfigError, InputError, LengthMismatch};
use crate::{Float, Match};

use super::label::check_numbers;

/// Mean and standard deviation of each of the four values of a target.
///
/// One row for all classes, or one row for each class. RoIs without a target, whose class is background or
/// ignored, are left as they are.
///
/// Box weights of torchvision and Detectron are the inverse of standard deviations: (10, 10, 5, 5) are
/// (0.1, 0.1, 0.2, 0.2).
///
/// Source: `add_bbox_regression_targets` of the original with `BBOX_NORMALIZE_MEANS` and
/// `BBOX_NORMALIZE_STDS`; it has a row for each class, all of them the same.
///
/// ```
/// use ohem_core::Match;
/// use ohem_core::targets::Normalization;
///
/// let scale = Normalization::new(&[[0.0; 4]], &[[0.1, 0.1, 0.2, 0.2]])?;
/// let classes = [Match::object(3), Match::BACKGROUND];
/// let mut targets = [[0.2, 0.0, -0.2, 0.0], [0.0; 4]];
/// scale.normalize(&classes, &mut targets)?;
/// assert_eq!(targets[0], [2.0, 0.0, -1.0, 0.0]);
/// scale.denormalize(&classes, &mut targets)?;
/// assert_eq!(targets, [[0.2, 0.0, -0.2, 0.0], [0.0; 4]]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Normalization<'a, F> {
    means: &'a [[F; 4]],
    stds: &'a [[F; 4]],
}

impl<'a, F: Float> Normalization<'a, F> {
    /// Takes one row for all classes, or one row for each class.
    ///
    /// With a row for each class, row 0 may have any values as long as no target has class 0: often class
    /// 0 is the background.
    ///
    /// # Errors
    ///
    /// If there are no rows, not as many means as standard deviations, or a row has a mean that is not
    /// finite or a standard deviation that is not finite and above 0.
    pub fn new(means: &'a [[F; 4]], stds: &'a [[F; 4]]) -> Result<Self, InputError> {
        LengthMismatch::check("rows of means", means.len().max(1), means.len())?;
        LengthMismatch::check("rows of standard deviations", means.len(), stds.len())?;
        let first = usize::from(means.len() > 1);
        for (row, (means, stds)) in means.iter().zip(stds).enumerate().skip(first) {
            check_row(row, means, stds)?;
        }
        Ok(Self { means, stds })
    }

    /// Subtracts the mean from each value and divides by the standard deviation. O(n).
    ///
    /// Source: `add_bbox_regression_targets` of the original.
    ///
    /// # Errors
    ///
    /// If there are not as many classes as targets, or a class has no row, or only the unusable row 0.
    /// Nothing is written then.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::Match;
    /// use ohem_core::targets::Normalization;
    ///
    /// let mut targets = [[3.0, 1.0, 1.0, 1.0]];
    /// Normalization::new(&[[1.0; 4]], &[[0.5; 4]])?.normalize(&[Match::object(2)], &mut targets)?;
    /// assert_eq!(targets, [[4.0, 0.0, 0.0, 0.0]]);
    /// # Ok::<(), ohem_core::InputError>(())
    /// ```
    pub fn normalize(&self, classes: &[Match], targets: &mut [[F; 4]]) -> Result<(), InputError> {
        self.rescale(classes, targets, |value, mean, std| (value - mean) / std)
    }

    /// Multiplies each value by the standard deviation and adds the mean. O(n).
    ///
    /// Source: `snapshot` of the original's solver wrapper, which rescales the weights of the last layer
    /// instead.
    ///
    /// # Errors
    ///
    /// As [`Normalization::normalize`].
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_core::Match;
    /// use ohem_core::targets::Normalization;
    ///
    /// let mut targets = [[4.0, 0.0, 0.0, 0.0]];
    /// Normalization::new(&[[1.0; 4]], &[[0.5; 4]])?.denormalize(&[Match::object(2)], &mut targets)?;
    /// assert_eq!(targets, [[3.0, 1.0, 1.0, 1.0]]);
    /// # Ok::<(), ohem_core::InputError>(())
    /// ```
    pub fn denormalize(&self, classes: &[Match], targets: &mut [[F; 4]]) -> Result<(), InputError> {
        self.rescale(classes, targets, |value, mean, std| value * std + mean)
    }

    /// Rewrites each value, given the mean and the standard deviation of its column and class.
    fn rescale(
        &self,
        classes: &[Match],
        targets: &mut [[F; 4]],
        scaled: impl Fn(F, F, F) -> F,
    ) -> Result<(), InputError> {
        LengthMismatch::check("classes", targets.len(), classes.len())?;
        self.check_classes(classes)?;
        for (target, class) in targets.iter_mut().zip(classes).filter_map(|(t, c)| Some((t, c.number()?))) {
            let Some((means, stds)) = self.row(class) else { continue };
            for ((value, &mean), &std) in target.iter_mut().zip(means).zip(stds) {
                *value = scaled(*value, mean, std);
            }
        }
        Ok(())
    }

    /// Checks that every class has a row that can scale.
    fn check_classes(&self, classes: &[Match]) -> Result<(), InputError> {
        let &[unchecked, _, ..] = self.means else {
            return Ok(()); // one row for all classes, checked already
        };
        check_numbers("class", classes, self.means.len())?;
        if let (true, Some(stds)) = (classes.contains(&Match::object(0)), self.stds.first()) {
            check_row(0, &unchecked, stds)?;
        }
        Ok(())
    }

    /// The row of a class.
    fn row(&self, class: u32) -> Option<(&[F; 4], &[F; 4])> {
        let row = if self.means.len() > 1 { class as usize } else { 0 };
        self.means.get(row).zip(self.stds.get(row))
    }
}

fn check_row<F: Float>(row: usize, means: &[F; 4], stds: &[F; 4]) -> Result<(), ConfigError> {
    if !means.iter().all(|mean| mean.is_finite()) {
        return Err(ConfigError::Row { name: "means", row, expected: "finite" });
    }
    if !stds.iter().all(|std| std.is_finite() && *std > F::zero()) {
        return Err(ConfigError::Row { name: "stds", row, expected: "finite and above 0" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::OutOfRange;

    #[test]
    fn a_row_that_cannot_scale_is_named() {
        let (good, none, nan) = ([1.0; 4], [1.0, 0.0, 1.0, 1.0], [0.0, 0.0, f32::NAN, 0.0]);
        let row = |name, row, expected| Some(ConfigError::Row { name, row, expected }.into());
        assert_eq!(Normalization::new(&[nan], &[good]).err(), row("means", 0, "finite"));
        assert_eq!(
            Normalization::new(&[good; 3], &[good, good, none]).err(),
            row("stds", 2, "finite and above 0")
        );
        let length = |what, expected, actual| Some(LengthMismatch { what, expected, actual }.into());
        assert_eq!(Normalization::<f32>::new(&[], &[]).err(), length("rows of means", 1, 0));
        assert_eq!(Normalization::new(&[good], &[]).err(), length("rows of standard deviations", 1, 0));
    }

    #[test]
    fn row_0_is_only_checked_if_a_target_needs_it() {
        let (means, stds) = ([[0.0; 4]; 2], [[0.0; 4], [0.5; 4]]);
        let (scale, mut targets) = (Normalization::new(&means, &stds).unwrap(), [[1.0_f64; 4]; 2]);
        let refused = scale.normalize(&[Match::object(1), Match::object(0)], &mut targets);
        let row = ConfigError::Row { name: "stds", row: 0, expected: "finite and above 0" };
        assert_eq!(refused, Err(row.into()));
        let refused = scale.normalize(&[Match::object(1), Match::object(2)], &mut targets);
        assert_eq!(refused, Err(OutOfRange { what: "class", position: 1, value: 2, limit: 2 }.into()));
        let refused = scale.denormalize(&[Match::object(1)], &mut targets);
        assert_eq!(refused, Err(LengthMismatch { what: "classes", expected: 2, actual: 1 }.into()));
        assert_eq!(targets, [[1.0; 4]; 2], "nothing is written");
        scale.normalize(&[Match::object(1), Match::IGNORED], &mut targets).unwrap();
        assert_eq!(targets, [[2.0; 4], [1.0; 4]]);
    }
}
