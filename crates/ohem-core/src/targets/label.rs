//! The class of each RoI, by its overlap with the ground truth.

use crate::error::{ConfigError, InputError, LengthMismatch, OutOfRange};
use crate::{Float, Key, Match};

use super::LabelConfig;

/// The best ground-truth box of each RoI and the IoU with it, as [`assign`](super::assign()) finds them.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a, F> {
    /// The IoU of each RoI with its box.
    pub overlaps: &'a [F],
    /// The index of its box, background, or ignored.
    pub matches: &'a [Match],
}

impl<'a, F: Float> Assignment<'a, F> {
    pub(super) fn iter(self) -> impl Iterator<Item = (F, Match)> + 'a {
        self.overlaps.iter().copied().zip(self.matches.iter().copied())
    }
}

/// Writes the label of each RoI: the class of its ground-truth box, background, or ignored.
///
/// `classes` has the class of each ground-truth box. A RoI that is foreground by its IoU gets the class of
/// its box. Otherwise it is background or ignored, by its IoU, and so is a RoI without a box, whatever the
/// threshold. An ignored match, for example with a crowd of objects, stays ignored. O(n).
///
/// Source: `max_classes` of the original's imdb, and `_all_rois`, which instead lists the RoIs that are not
/// ignored ([`split`](super::split())).
///
/// # Errors
///
/// If a threshold is NaN, the slices differ in length, a match names no class, or a class is too large for a
/// [`Match`]. Nothing is written then.
///
/// # Examples
///
/// ```
/// use ohem_core::Match;
/// use ohem_core::targets::{Assignment, LabelConfig, label};
///
/// let matches = [Match::object(1), Match::object(0), Match::BACKGROUND, Match::IGNORED];
/// let assignment = Assignment { overlaps: &[0.9, 0.5, 0.0, 0.9], matches: &matches };
/// let mut labels = [Match::IGNORED; 4];
/// label(assignment, &[7, 3], &LabelConfig::new().foreground(0.6), &mut labels)?;
/// assert_eq!(labels, [Match::object(3), Match::IGNORED, Match::BACKGROUND, Match::IGNORED]);
/// # Ok::<(), ohem_core::InputError>(())
/// ```
pub fn label<F: Float>(
    assignment: Assignment<'_, F>,
    classes: &[u32],
    config: &LabelConfig,
    labels: &mut [Match],
) -> Result<(), InputError> {
    config.check()?;
    LengthMismatch::check("matches", assignment.overlaps.len(), assignment.matches.len())?;
    LengthMismatch::check("labels", assignment.overlaps.len(), labels.len())?;
    check_matches(assignment.matches, classes)?;
    for (label, (overlap, matched)) in labels.iter_mut().zip(assignment.iter()) {
        *label = match class_of(matched, classes) {
            Some(class) if config.is_foreground(overlap) => Match::object(class),
            _ if config.is_background(overlap) && !matched.is_ignored() => Match::BACKGROUND,
            _ => Match::IGNORED,
        };
    }
    Ok(())
}

/// The class of the object that a RoI matches, if it matches one; [`check_matches`] must have passed.
#[inline(always)]
pub(super) fn class_of(matched: Match, classes: &[u32]) -> Option<u32> {
    // Read as a number, a match without an object is beyond all classes.
    classes.get(matched.to_number()? as usize).copied()
}

/// Checks that every matched object has a class, and that a match can hold every class.
pub(super) fn check_matches(matches: &[Match], classes: &[u32]) -> Result<(), InputError> {
    let limit = Match::OBJECTS as usize;
    ConfigError::check_capacity("ground-truth classes", classes.len(), limit)?;
    if let Some((position, &class)) = classes.iter().enumerate().find(|(_, class)| **class as usize >= limit)
    {
        return Err(OutOfRange { what: "class", position, value: class.into(), limit }.into());
    }
    Ok(check_numbers("match", matches, classes.len())?)
}

/// Checks that the number of every object is below a limit.
pub(super) fn check_numbers(what: &'static str, matches: &[Match], limit: usize) -> Result<(), OutOfRange> {
    let first = u32::try_from(limit).unwrap_or(Match::OBJECTS).min(Match::OBJECTS);
    // `first <= number < OBJECTS` in one comparison: smaller numbers wrap, background and ignored are above.
    let too_large = Match::OBJECTS.wrapping_sub(first);
    let is_too_large =
        |matched: Match| matched.to_number().is_some_and(|number| number.wrapping_sub(first) < too_large);
    match matches.iter().enumerate().find(|&(_, &matched)| is_too_large(matched)) {
        Some((position, matched)) => Err(OutOfRange { what, position, value: matched.to_nearest(), limit }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_or_class_out_of_range_is_named_and_nothing_written() {
        let mut labels = [Match::object(9); 3];
        let matches = [Match::BACKGROUND, Match::object(2), Match::IGNORED];
        let assignment = Assignment { overlaps: &[0.9; 3], matches: &matches };
        let config = LabelConfig::new();
        let named = |what, position, value, limit| Err(OutOfRange { what, position, value, limit }.into());
        assert_eq!(label(assignment, &[1, 1], &config, &mut labels), named("match", 1, 2, 2));
        let refused = label(assignment, &[1, 1, u32::MAX - 1], &config, &mut labels);
        assert_eq!(refused, named("class", 2, 0xFFFF_FFFE, 0xFFFF_FFFE));
        assert_eq!(labels, [Match::object(9); 3]);
        assert_eq!(label(assignment, &[1, 1, 0], &config, &mut labels), Ok(()));
        assert_eq!(labels, [Match::IGNORED, Match::object(0), Match::IGNORED]);
    }
}
