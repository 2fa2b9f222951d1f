//! Means and standard deviations of regression targets.

use ohem_core::{ConfigError, Float, InputError, LengthMismatch, Match, OutOfRange};

/// Means and standard deviations of regression targets, computed from data.
///
/// [`Normalization`](super::Normalization) takes them. Targets are added image by image, so they need not fit
/// into memory. One row is for all classes, or each class has a row. RoIs without a target, whose class is
/// background or ignored, do not count. A standard deviation is that of a population: the sum of squares is
/// divided by `n`, not by `n - 1`.
///
/// Sums are in `f64`, by the method of Welford, so a large mean does not cancel a small deviation.
///
/// Source: `add_bbox_regression_targets` of the original, without `BBOX_NORMALIZE_TARGETS_PRECOMPUTED`.
///
/// ```
/// use ohem_std::Match;
/// use ohem_std::targets::{Normalization, TargetMoments};
///
/// let classes = [Match::object(3), Match::BACKGROUND, Match::object(1)];
/// let mut targets = [[0.5, 0.0, 1.0, 0.0], [9.0; 4], [1.5, 2.0, 1.5, 4.0]];
/// let mut moments = TargetMoments::new();
/// moments.add(&classes, &targets)?;
/// let (means, stds) = (moments.means(), moments.stds());
/// assert_eq!((&means[..], &stds[..]), (&[[1.0, 1.0, 1.25, 2.0]][..], &[[0.5, 1.0, 0.25, 2.0]][..]));
/// Normalization::new(&means, &stds)?.normalize(&classes, &mut targets)?;
/// assert_eq!(targets, [[-1.0; 4], [9.0; 4], [1.0; 4]]);
/// # Ok::<(), ohem_std::InputError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TargetMoments {
    rows: Vec<Row>,
}

/// Number of targets, their mean, and the sum of the squared distances from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Row {
    count: u64,
    mean: [f64; 4],
    squares: [f64; 4],
}

impl Default for TargetMoments {
    fn default() -> Self {
        Self::new()
    }
}

impl TargetMoments {
    /// One row for all classes.
    pub fn new() -> Self {
        Self::per_class(1)
    }

    /// A row for each class from 0 to `classes - 1`; of a single class, as [`TargetMoments::new`].
    pub fn per_class(classes: usize) -> Self {
        Self { rows: vec![Row::default(); classes.max(1)] }
    }

    /// Adds the targets of RoIs that have one. O(n).
    ///
    /// # Errors
    ///
    /// If there are not as many classes as targets, a class has no row, or a value is NaN or infinite: the error
    /// names its row and which of the four it is. Nothing is added then.
    ///
    /// # Examples
    ///
    /// ```
    /// use ohem_std::Match;
    /// use ohem_std::targets::TargetMoments;
    ///
    /// let targets = [[0.1, 0.2, 0.3, 0.4], [0.1, 0.2, f32::NAN, 0.4]];
    /// let error = TargetMoments::new().add(&[Match::object(1); 2], &targets).unwrap_err();
    /// assert_eq!(error.to_string(), "row 1 of `targets` must be finite, but its dw is NaN");
    /// ```
    pub fn add<F: Float>(&mut self, classes: &[Match], targets: &[[F; 4]]) -> Result<(), InputError> {
        if classes.len() != targets.len() {
            let (expected, actual) = (targets.len(), classes.len());
            return Err(LengthMismatch { what: "classes", expected, actual }.into());
        }
        let limit = self.rows.len();
        let with_target =
            || classes.iter().zip(targets).enumerate().filter(|(_, (class, _))| class.number().is_some());
        for (position, (&class, target)) in with_target() {
            if self.row_of(class).is_none() {
                let value = class.number().unwrap_or_default().into();
                return Err(OutOfRange { what: "class", position, value, limit }.into());
            }
            if let Some(expected) = not_finite(target) {
                return Err(ConfigError::Row { name: "targets", row: position, expected }.into());
            }
        }
        for (_, (&class, target)) in with_target() {
            if let Some(row) = self.row_of(class) {
                self.rows[row].add(target.map(|value| value.to_f64()));
            }
        }
        Ok(())
    }

    /// Number of targets in each row.
    pub fn counts(&self) -> Vec<u64> {
        self.rows.iter().map(|row| row.count).collect()
    }

    /// Means of each row; 0 in a row without targets.
    pub fn means<F: Float>(&self) -> Vec<[F; 4]> {
        self.rows.iter().map(|row| row.mean.map(F::from_f64)).collect()
    }

    /// Standard deviations of each row; 1 in a row without targets, so that it can scale.
    ///
    /// 0 if all targets of a row have the same value; [`Normalization::new`](super::Normalization::new) refuses
    /// this row.
    pub fn stds<F: Float>(&self) -> Vec<[F; 4]> {
        self.rows.iter().map(|row| row.std().map(F::from_f64)).collect()
    }

    /// The row of a class; `None` if it has none.
    fn row_of(&self, class: Match) -> Option<usize> {
        let class = class.number()? as usize;
        let row = if self.rows.len() > 1 { class } else { 0 };
        (row < self.rows.len()).then_some(row)
    }
}

impl Row {
    /// Moves the mean towards a target. The two distances, from the mean before and after, make the sum of squares.
    fn add(&mut self, target: [f64; 4]) {
        self.count += 1;
        #[expect(clippy::cast_precision_loss, reason = "nobody adds 2^53 targets")]
        let count = self.count as f64;
        for ((mean, squares), value) in self.mean.iter_mut().zip(&mut self.squares).zip(target) {
            let before = value - *mean;
            *mean += before / count;
            *squares += before * (value - *mean);
        }
    }

    fn std(&self) -> [f64; 4] {
        #[expect(clippy::cast_precision_loss, reason = "nobody adds 2^53 targets")]
        let count = self.count as f64;
        self.squares.map(|squares| if self.count == 0 { 1.0 } else { (squares / count).sqrt() })
    }
}

/// The message about the first value that is not finite.
fn not_finite<F: Float>(target: &[F; 4]) -> Option<&'static str> {
    const NAN: [&str; 4] = [
        "finite, but its dx is NaN",
        "finite, but its dy is NaN",
        "finite, but its dw is NaN",
        "finite, but its dh is NaN",
    ];
    const INFINITE: [&str; 4] = [
        "finite, but its dx is infinite",
        "finite, but its dy is infinite",
        "finite, but its dw is infinite",
        "finite, but its dh is infinite",
    ];
    let at = target.iter().position(|value| !value.is_finite())?;
    Some(if target[at].is_nan() { NAN[at] } else { INFINITE[at] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::Normalization;

    const CLASS: fn(u32) -> Match = Match::object;

    #[test]
    fn each_class_has_its_moments_whatever_the_batches() {
        let classes = [CLASS(1), CLASS(2), CLASS(1), Match::IGNORED, CLASS(1), Match::BACKGROUND];
        let targets =
            [[1.0, 2.0, 3.0, 4.0], [7.0; 4], [2.0, 2.0, 6.0, 0.0], [9.0; 4], [3.0, 2.0, 0.0, -4.0], [9.0; 4]];
        let third = (2.0_f64 / 3.0).sqrt();
        let stds = [[1.0; 4], [third, 0.0, 6.0_f64.sqrt(), (32.0_f64 / 3.0).sqrt()], [0.0; 4]];
        for batch in [1, 2, 6] {
            let mut moments = TargetMoments::per_class(3);
            for (classes, targets) in classes.chunks(batch).zip(targets.chunks(batch)) {
                moments.add(classes, targets).unwrap();
            }
            assert_eq!(moments.counts(), [0, 3, 1]);
            assert_eq!(moments.means::<f64>(), [[0.0; 4], [2.0, 2.0, 3.0, 0.0], [7.0; 4]]);
            assert_eq!(moments.stds::<f64>(), stds);
        }
    }

    #[test]
    fn a_large_mean_does_not_cancel_a_small_deviation() {
        let mut moments = TargetMoments::new();
        moments.add(&[CLASS(0); 4], &[4.0, 7.0, 13.0, 16.0].map(|value| [1e9 + value; 4])).unwrap();
        assert_eq!(moments.stds::<f64>(), [[22.5_f64.sqrt(); 4]]);
    }

    #[test]
    fn rows_without_targets_scale_nothing_and_constant_values_cannot_scale() {
        let mut moments = TargetMoments::per_class(3);
        moments.add(&[CLASS(2); 2], &[[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 6.0_f32]]).unwrap();
        assert!(Normalization::<f32>::new(&moments.means(), &moments.stds()).is_ok());
        moments.add(&[CLASS(1); 2], &[[1.0, 2.0, 3.0, 4.0]; 2]).unwrap();
        let refused = Normalization::<f32>::new(&moments.means(), &moments.stds()).unwrap_err();
        assert_eq!(refused.to_string(), "row 1 of `stds` must be finite and above 0");
    }

    #[test]
    fn what_cannot_be_added_is_named_and_nothing_is_added() {
        let mut moments = TargetMoments::per_class(2);
        let mut text = |classes: &[Match], targets: &[[f64; 4]]| {
            let before = moments.clone();
            let error = moments.add(classes, targets).unwrap_err().to_string();
            assert_eq!(moments, before);
            error
        };
        assert_eq!(text(&[CLASS(1)], &[[0.0; 4]; 2]), "expected 2 classes, found 1");
        let classes = [CLASS(1), CLASS(2)];
        assert_eq!(text(&classes, &[[0.0; 4]; 2]), "class 2 at position 1: expected a number from 0 to 1");
        for (at, name) in ["dx", "dy", "dw", "dh"].into_iter().enumerate() {
            for (value, why) in [(f64::NAN, "NaN"), (f64::INFINITY, "infinite"), (-f64::INFINITY, "infinite")]
            {
                let mut targets = [[0.5; 4]; 2];
                targets[1][at] = value;
                let expected = format!("row 1 of `targets` must be finite, but its {name} is {why}");
                assert_eq!(text(&[CLASS(1); 2], &targets), expected);
            }
        }
        // What does not count may be anything.
        assert_eq!(moments.add(&[Match::BACKGROUND], &[[f64::NAN; 4]]), Ok(()));
    }
}
