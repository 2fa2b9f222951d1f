//! Greedy non-maximum suppression over everything.

use super::{Convention, Nan, iou, is_box, rank};
use num_traits::Float;

/// Which overlap suppresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppress {
    /// `iou > threshold`.
    Above,
    /// `iou >= threshold`.
    AtOrAbove,
}

/// Keeps each box that no harder kept box of its group suppresses; all of them, hardest first.
///
/// The threshold is compared in the float type of the boxes. It may be negative: then a box is suppressed by
/// every harder box of its group. An invalid box ([`is_box`]) never suppresses and is never suppressed,
/// whatever the threshold. A threshold that is NaN suppresses nothing.
///
/// # Errors
///
/// Under [`Nan::Error`], the index of the first loss that is NaN.
///
/// # Panics
///
/// If the slices differ in length.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, Nan, Suppress, nms};
///
/// let boxes = [[0., 0., 9., 9.], [0., 0., 9., 4.], [0., 0., 9., 9.]];
/// let (groups, losses) = ([(0, 1), (0, 1), (1, 1)], [0.9, 0.8, 0.7]);
/// let survivors = |suppress| nms(&boxes, &groups, &losses, 0.5, suppress, Convention::Pixel, Nan::Error);
/// assert_eq!(survivors(Suppress::Above), Ok(vec![0, 1, 2]));
/// assert_eq!(survivors(Suppress::AtOrAbove), Ok(vec![0, 2]));
/// ```
pub fn nms<F: Float, H: PartialOrd + Copy>(
    boxes: &[[F; 4]],
    groups: &[(u32, u32)],
    losses: &[H],
    threshold: F,
    suppress: Suppress,
    convention: Convention,
    nan: Nan,
) -> Result<Vec<usize>, usize> {
    assert!(boxes.len() == groups.len() && boxes.len() == losses.len(), "the columns differ in length");
    let suppresses = |kept: usize, i: usize| {
        groups[kept] == groups[i]
            && suppress.reaches(iou(boxes[kept], boxes[i], convention), threshold)
            && is_box(boxes[kept], convention)
            && is_box(boxes[i], convention)
    };
    let mut survivors: Vec<usize> = Vec::new();
    for i in rank(losses, nan)? {
        if !survivors.iter().any(|&kept| suppresses(kept, i)) {
            survivors.push(i);
        }
    }
    Ok(survivors)
}

impl Suppress {
    pub(super) fn reaches<F: Float>(self, iou: F, threshold: F) -> bool {
        match self {
            Self::Above => iou > threshold,
            Self::AtOrAbove => iou >= threshold,
        }
    }
}
