//! Online hard example mining as the original writes it: group by group, then one sort, then one cut.

use super::{Convention, Nan, Suppress, nms, rank};
use num_traits::Float;
use std::collections::BTreeSet;

/// What [`mine`] selected, and how far down the ranks it had to go for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mined {
    /// Indices of the hard examples, hardest first.
    pub selected: Vec<usize>,
    /// How many rank at or before the last one of a full batch; all the ranked if it is not full.
    pub visited: usize,
    /// Those of the visited that a harder one suppressed.
    pub suppressed: usize,
}

/// Suppresses in each image and label, sorts all survivors, and takes the hardest `batch_size`.
///
/// Images go first, ascending, then labels, ascending; each pair is a group of [`nms`]. Without `nms` all
/// survive. A loss that [`Nan::Skip`] leaves out is not ranked, so not visited either. A batch of 0 visits
/// nothing.
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
/// use ohem_testkit::oracle::{Convention, Mined, Nan, Suppress, mine};
///
/// let boxes = [[0., 0., 9., 9.], [0., 0., 9., 8.], [20., 20., 29., 29.]];
/// let nms = Some((0.7, Suppress::Above));
/// let mined = mine(&boxes, &[0; 3], &[1; 3], &[0.9, 0.8, 0.7], 2, nms, Convention::Pixel, Nan::Error);
/// assert_eq!(mined, Ok(Mined { selected: vec![0, 2], visited: 3, suppressed: 1 }));
/// ```
#[expect(
    clippy::too_many_arguments,
    reason = "plain columns and switches, so that no type is shared with ohem"
)]
pub fn mine<F: Float, H: PartialOrd + Copy>(
    boxes: &[[F; 4]],
    images: &[u32],
    labels: &[u32],
    losses: &[H],
    batch_size: usize,
    nms: Option<(F, Suppress)>,
    convention: Convention,
    nan: Nan,
) -> Result<Mined, usize> {
    let n = boxes.len();
    assert!(images.len() == n && labels.len() == n && losses.len() == n, "the columns differ in length");
    let order = rank(losses, nan)?;
    let mut kept = Vec::new();
    for image in images.iter().collect::<BTreeSet<_>>() {
        for label in labels.iter().collect::<BTreeSet<_>>() {
            let group = (0..n).filter(|&i| images[i] == *image && labels[i] == *label);
            kept.extend(survivors(boxes, losses, &group.collect::<Vec<_>>(), nms, convention, nan)?);
        }
    }
    let mut position = vec![usize::MAX; n];
    order.iter().enumerate().for_each(|(at, &index)| position[index] = at);
    let mut hard: Vec<(usize, usize)> = kept.iter().map(|&index| (position[index], index)).collect();
    hard.sort_unstable();
    hard.truncate(batch_size);
    let visited = match hard.last() {
        Some(&(last, _)) if hard.len() == batch_size => last + 1,
        _ if batch_size == 0 => 0,
        _ => order.len(),
    };
    let selected: Vec<usize> = hard.into_iter().map(|(_, index)| index).collect();
    Ok(Mined { suppressed: visited - selected.len(), visited, selected })
}

/// Runs [`nms`] on the rows of one group by themselves.
fn survivors<F: Float, H: PartialOrd + Copy>(
    boxes: &[[F; 4]],
    losses: &[H],
    group: &[usize],
    nms: Option<(F, Suppress)>,
    convention: Convention,
    nan: Nan,
) -> Result<Vec<usize>, usize> {
    let boxes: Vec<[F; 4]> = group.iter().map(|&i| boxes[i]).collect();
    let losses: Vec<H> = group.iter().map(|&i| losses[i]).collect();
    let kept = match nms {
        Some((threshold, suppress)) => {
            let one = vec![(0, 0); group.len()];
            self::nms(&boxes, &one, &losses, threshold, suppress, convention, nan)
        }
        None => rank(&losses, nan),
    };
    kept.map(|rows| rows.into_iter().map(|row| group[row]).collect())
}
