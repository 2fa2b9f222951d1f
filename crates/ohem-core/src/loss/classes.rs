//! How labels name the columns of a table of scores.

use crate::error::OutOfRange;
use crate::key::{InvalidKey, Key, Match};

/// The classes of a table of scores: how many columns it has, and how a label names one of them.
///
/// | label | softmax, probabilities | sigmoid |
/// |---|---|---|
/// | the background's number, or [`Match::BACKGROUND`] | the column of this number | no column |
/// | another number `n` | column `n` | column `n` below the background, `n - 1` above |
/// | [`Match::IGNORED`] | loss and gradient 0 | loss and gradient 0 |
/// | any other: negative, not whole, too large | as [`Classes::invalid_labels`] says | the same |
///
/// In `u32::MAX - 1` and `u32::MAX`, every type of label means background and ignored, as a [`Match`] does.
///
/// ```
/// use ohem_core::loss::{self, Classes};
/// use ohem_core::{InvalidKey, Match};
///
/// let coco = Classes::new(81).background(80); // the background comes last, as in Detectron2
/// assert_eq!((coco.count, coco.background), (81, 80));
///
/// let (logits, mut losses) = ([0.0, 0.0, 1e3, 0.0, 0.0, 0.0], [9.0; 2]);
/// let labels = [Match::BACKGROUND, Match::IGNORED];
/// loss::cross_entropy(&logits, Classes::new(3).background(2), &labels, &mut losses)?;
/// assert_eq!(losses, [0.0, 0.0]);
///
/// // A data set that marks pixels without a label by 255.
/// let classes = Classes::new(3).invalid_labels(InvalidKey::Ignore);
/// loss::cross_entropy(&logits, classes, &[2_u8, 255], &mut losses)?;
/// assert_eq!(losses, [0.0, 0.0]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Classes {
    /// Number of columns of the table.
    ///
    /// Softmax has a column for the background, sigmoid has none.
    pub count: usize,
    /// Label of the background: 0 in the original, the number of objects' classes where it comes last.
    pub background: u32,
    /// How a label that names no class is handled: a negative, fractional or too large one.
    pub invalid_labels: InvalidKey,
}

/// Column that no table has: where the target of 1 is if no class has one.
pub(super) const NO_COLUMN: usize = usize::MAX;

impl Classes {
    /// A table of `count` columns; label 0 is the background, and a label that names no class is an error.
    pub const fn new(count: usize) -> Self {
        Self { count, background: 0, invalid_labels: InvalidKey::Error }
    }

    /// Sets the label of the background.
    pub const fn background(self, background: u32) -> Self {
        Self { background, ..self }
    }

    /// Chooses how a label that names no class is handled.
    pub const fn invalid_labels(self, invalid_labels: InvalidKey) -> Self {
        Self { invalid_labels, ..self }
    }

    /// The column of a label under softmax; `None` if its RoI is ignored.
    #[inline(always)]
    pub(super) fn column<L: Key>(self, label: L) -> Option<usize> {
        let number = label.to_number()?;
        // The common case first: it costs what a bounds check of the row costs.
        if (number as usize) < self.count {
            return Some(number as usize);
        }
        let background = self.background as usize;
        (Match::object(number).is_background() && background < self.count).then_some(background)
    }

    /// The column whose target is 1 under sigmoid, [`NO_COLUMN`] for the background; `None` if ignored.
    #[inline(always)]
    pub(super) fn positive_column<L: Key>(self, label: L) -> Option<usize> {
        let number = label.to_number()?;
        // The background has no column, so labels above it move down by one.
        let column = (number as usize).wrapping_sub(usize::from(number > self.background));
        if number == self.background || Match::object(number).is_background() {
            Some(NO_COLUMN)
        } else {
            (column < self.count).then_some(column)
        }
    }

    /// The value of a row in the column of a label under softmax; `None` if its RoI is ignored.
    #[inline(always)]
    pub(super) fn value<F: Copy, L: Key>(self, row: &[F], label: L) -> Option<F> {
        // The row's own bounds check finds all labels but the background beyond the last column.
        let value = label.to_number().and_then(|number| row.get(number as usize));
        value.or_else(|| row.get(self.column(label)?)).copied()
    }

    /// Checks labels for [`Classes::column`].
    #[inline(always)]
    pub(super) fn check_columns<L: Key>(self, labels: &[L]) -> Result<(), OutOfRange> {
        check_labels(labels, self.invalid_labels, self.count, |label| self.column(label).is_some())
    }

    /// Checks labels for [`Classes::positive_column`].
    #[inline(always)]
    pub(super) fn check_positive_columns<L: Key>(self, labels: &[L]) -> Result<(), OutOfRange> {
        // A background among the classes takes a label, but no column.
        let limit = self.count.saturating_add(usize::from(self.background as usize <= self.count));
        check_labels(labels, self.invalid_labels, limit, |label| self.positive_column(label).is_some())
    }
}

/// Names the first label that is neither known nor ignored, unless invalid labels are ignored.
///
/// All numbers below `limit` are known; `is_known` is asked about the others.
#[inline(always)]
pub(super) fn check_labels<L: Key>(
    labels: &[L],
    invalid: InvalidKey,
    limit: usize,
    is_known: impl Fn(L) -> bool,
) -> Result<(), OutOfRange> {
    if invalid == InvalidKey::Ignore {
        return Ok(());
    }
    let is_below = |label: L| label.to_number().is_some_and(|number| (number as usize) < limit);
    let is_ignored = |label: L| label.to_number().is_some_and(|number| Match::object(number).is_ignored());
    let is_invalid = |label: L| !is_below(label) && !is_known(label) && !is_ignored(label);
    match (0..).zip(labels).find(|&(_, &label)| is_invalid(label)) {
        Some((position, label)) => {
            Err(OutOfRange { what: "label", position, value: label.to_nearest(), limit })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_has_a_column_for_every_class() {
        let last = Classes::new(3).background(2);
        for classes in [Classes::new(3), last] {
            assert_eq!([0, 1, 2, 3].map(|label| classes.column(label)), [Some(0), Some(1), Some(2), None]);
            assert_eq!(classes.column(Match::IGNORED), None);
            assert_eq!([-1_i64, 3, 1 << 32].map(|label| classes.column(label)), [None; 3]);
        }
        assert_eq!(Classes::new(3).column(Match::BACKGROUND), Some(0));
        assert_eq!(last.column(Match::BACKGROUND), Some(2));
        assert_eq!(last.background(3).column(Match::BACKGROUND), None, "has no column");
    }

    #[test]
    fn sigmoid_has_no_column_for_the_background() {
        let columns = |background| {
            let classes = Classes::new(2).background(background);
            [0, 1, 2, 3].map(|label| classes.positive_column(label))
        };
        assert_eq!(columns(0), [Some(NO_COLUMN), Some(0), Some(1), None]);
        assert_eq!(columns(1), [Some(0), Some(NO_COLUMN), Some(1), None]);
        assert_eq!(columns(2), [Some(0), Some(1), Some(NO_COLUMN), None]);
        assert_eq!(columns(3), [Some(0), Some(1), None, Some(NO_COLUMN)]);
        assert_eq!(columns(255), [Some(0), Some(1), None, None]);
        assert_eq!(Classes::new(2).positive_column(Match::BACKGROUND), Some(NO_COLUMN));
        assert_eq!(Classes::new(2).positive_column(Match::IGNORED), None);
    }

    #[test]
    fn the_first_invalid_label_is_named() {
        let labels = [0, -1, 5];
        let named = |position, value, limit| Err(OutOfRange { what: "label", position, value, limit });
        assert_eq!(Classes::new(3).check_columns(&labels), named(1, -1, 3));
        assert_eq!(Classes::new(3).check_columns(&[0.0, 1.5]), named(1, 1, 3));
        assert_eq!(Classes::new(3).check_columns(&[2, 3]), named(1, 3, 3));
        assert_eq!(Classes::new(3).check_positive_columns(&[3, 4]), named(1, 4, 4));
        assert_eq!(Classes::new(3).background(9).check_positive_columns(&[9, 3]), named(1, 3, 3));
        assert_eq!(Classes::new(3).check_columns(&[Match::IGNORED, Match::BACKGROUND]), Ok(()));
        assert_eq!(Classes::new(3).invalid_labels(InvalidKey::Ignore).check_columns(&labels), Ok(()));
        assert_eq!(Classes::new(0).check_columns::<u32>(&[]), Ok(()));
    }
}
