//! Mining by a rule: all RoIs are sorted, then looked at one after the other.

use super::{Convention, Nan, Suppress, iou, is_box, rank};
use num_traits::Float;

/// What group a RoI is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// Of this image and label.
    Of(u32, u32),
    /// Of none: it takes no part.
    Ignored,
    /// Of none, and whoever meets it stops with an error.
    Invalid,
}

/// What a rule decides about a RoI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as if it did not exist.
    Ignore,
    /// It is visited, and not selected.
    Reject,
    /// It is selected, unless a selected one of its group overlaps it.
    Consider,
}

/// A rule.
pub trait Rule {
    /// Decides about the next RoI.
    fn consider(&mut self, roi: usize) -> Verdict;

    /// Learns that it was selected.
    fn selected(&mut self, _: usize) {}

    /// Whether that is enough.
    fn is_full(&self) -> bool {
        false
    }
}

/// What [`walk`] selected, and how many it met on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Indices of those selected, hardest first.
    pub selected: Vec<usize>,
    /// How many were rejected or considered.
    pub visited: usize,
    /// How many took no part.
    pub ignored: usize,
}

/// The RoI at which [`walk`] stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Its loss is NaN.
    Nan(usize),
    /// It is invalid.
    Invalid(usize),
}

/// Sorts all RoIs, and selects those that a rule considers and no harder selected one of their group suppresses,
/// until there are `batch_size`, or the rule is full.
///
/// # Errors
///
/// The first NaN under [`Nan::Error`], or else the first invalid RoI that is met.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, Member, Nan, Rule, Stopped, Suppress, Verdict, walk};
///
/// struct Odd;
/// impl Rule for Odd {
///     fn consider(&mut self, roi: usize) -> Verdict {
///         if roi % 2 == 1 { Verdict::Consider } else { Verdict::Ignore }
///     }
/// }
///
/// let (boxes, nms) = ([[0., 0., 9., 9.]; 4], Some((0.7, Suppress::Above)));
/// let walked = |members: &[Member], batch_size| {
///     let losses = [0.9, 0.8, 0.7, 0.6];
///     walk(&boxes, members, &losses, batch_size, nms, Convention::Pixel, Nan::Error, &mut Odd)
/// };
/// let (a, b) = (Member::Of(0, 1), Member::Of(1, 1));
/// assert_eq!(walked(&[a, a, b, b], 4).unwrap().selected, [1, 3]);
/// assert_eq!(walked(&[a, a, b, a], 4).unwrap().selected, [1]);
/// assert_eq!(walked(&[a, a, Member::Invalid, b], 4), Err(Stopped::Invalid(2)));
/// assert_eq!(walked(&[a, a, Member::Invalid, b], 1).unwrap().selected, [1]);
/// ```
#[expect(
    clippy::too_many_arguments,
    reason = "plain columns and switches, so that no type is shared with ohem"
)]
pub fn walk<F: Float, H: PartialOrd + Copy>(
    boxes: &[[F; 4]],
    members: &[Member],
    losses: &[H],
    batch_size: usize,
    nms: Option<(F, Suppress)>,
    convention: Convention,
    nan: Nan,
    rule: &mut dyn Rule,
) -> Result<Walked, Stopped> {
    assert!(boxes.len() == losses.len() && members.len() == losses.len(), "the columns differ in length");
    let suppresses = |kept: usize, i: usize| {
        nms.is_some_and(|(threshold, suppress)| {
            suppress.reaches(iou(boxes[kept], boxes[i], convention), threshold)
                && is_box(boxes[kept], convention)
                && is_box(boxes[i], convention)
        })
    };
    let mut walked = Walked::default();
    for i in rank(losses, nan).map_err(Stopped::Nan)? {
        if walked.selected.len() == batch_size || rule.is_full() {
            break;
        }
        match members[i] {
            Member::Of(..) => {}
            Member::Ignored => {
                walked.ignored += 1;
                continue;
            }
            Member::Invalid => return Err(Stopped::Invalid(i)),
        }
        let verdict = rule.consider(i);
        walked.visited += usize::from(verdict != Verdict::Ignore);
        let rivals = || walked.selected.iter().filter(|&&kept| members[kept] == members[i]);
        if verdict == Verdict::Consider && !rivals().any(|&kept| suppresses(kept, i)) {
            walked.selected.push(i);
            rule.selected(i);
        }
    }
    Ok(walked)
}
