//! Labels and regression targets: what each RoI is, and which box it should become.

use num_traits::Float;

use super::geometry::{area, is_box};
use super::{Convention, iou};

/// Finds each RoI the ground-truth box of its image that it overlaps most, and the IoU with it.
///
/// Equal IoUs go to the lowest index. A RoI that overlaps no box has no target box, and an IoU of 0.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, assign};
///
/// let rois = [[0., 0., 9., 9.], [0., 0., 9., 9.], [50., 50., 59., 59.]];
/// let truth = [[0., 0., 9., 4.], [0., 0., 9., 4.]];
/// let found = assign(&rois, &[0, 1, 0], &truth, &[1, 0], Convention::Pixel);
/// assert_eq!(found, [(0.5, Some(1)), (0.5, Some(0)), (0., None)]);
/// ```
pub fn assign<F: Float>(
    rois: &[[F; 4]],
    roi_images: &[u32],
    truth: &[[F; 4]],
    truth_images: &[u32],
    convention: Convention,
) -> Vec<(F, Option<usize>)> {
    let best = |(&roi, image): (&[F; 4], &u32)| {
        let mut best = (F::zero(), None);
        for (index, (&bbox, other)) in truth.iter().zip(truth_images).enumerate() {
            let overlap = iou(roi, bbox, convention);
            if other == image && overlap > best.0 {
                best = (overlap, Some(index));
            }
        }
        best
    };
    rois.iter().zip(roi_images).map(best).collect()
}

/// The RoIs that have the highest IoU above 0 of some object, in any order.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, best_of_objects};
///
/// let rois = [[0., 0., 10., 10.], [20., 0., 30., 10.]];
/// let objects = [[100., 100., 110., 110.], [20., 0., 30., 2.]];
/// assert_eq!(best_of_objects(&rois, &objects, Convention::Continuous), [1]);
/// ```
pub fn best_of_objects<F: Float>(rois: &[[F; 4]], objects: &[[F; 4]], convention: Convention) -> Vec<usize> {
    let mut best = Vec::new();
    for &object in objects {
        let overlaps: Vec<F> = rois.iter().map(|&roi| iou(roi, object, convention)).collect();
        let highest = overlaps.iter().copied().fold(F::zero(), F::max);
        let is_best = |row: &usize| highest > F::zero() && overlaps[*row] == highest;
        best.extend((0..rois.len()).filter(is_best));
    }
    best
}

/// Whether at least a share of the area of a RoI lies in one of the regions.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, lies_in};
///
/// let lies_in = |roi| lies_in(roi, &[[0., 0., 50., 50.]], 0.5, Convention::Continuous);
/// assert!(lies_in([0., 0., 10., 10.]) && !lies_in([0., 0., 100., 100.]));
/// ```
pub fn lies_in<F: Float>(roi: [F; 4], regions: &[[F; 4]], share: F, convention: Convention) -> bool {
    regions.iter().any(|&region| {
        let width = convention.extent(roi[0].max(region[0]), roi[2].min(region[2])).max(F::zero());
        let height = convention.extent(roi[1].max(region[1]), roi[3].min(region[3])).max(F::zero());
        let own = area(roi, convention);
        let are_boxes = is_box(roi, convention) && is_box(region, convention);
        let inside = if are_boxes && own > F::zero() { width * height / own } else { -F::one() };
        are_boxes && inside >= share
    })
}

/// From which overlap a RoI is what; all in the float type of the overlaps.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds<F> {
    /// Foreground from here.
    pub foreground: F,
    /// Background from here.
    pub background_from: F,
    /// Background below this.
    pub background_below: F,
    /// Has a target from here.
    pub target: F,
    /// Whether a RoI that is both foreground and background is listed as both; otherwise it is foreground.
    pub twice: bool,
}

impl<F: Float> Thresholds<F> {
    fn is_foreground(&self, overlap: F) -> bool {
        overlap >= self.foreground
    }

    fn is_background(&self, overlap: F) -> bool {
        let low = overlap >= self.background_from && overlap < self.background_below;
        low && (self.twice || !self.is_foreground(overlap))
    }
}

/// Labels each RoI: the class of its box if it is foreground, `Some(0)` for background, nothing if it is neither.
///
/// A RoI without a box is never foreground.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Thresholds, label};
///
/// let thresholds =
///     Thresholds { foreground: 0.6, background_from: 0., background_below: 0.5, target: 0.5, twice: false };
/// assert_eq!(label(&[(0.9, Some(1)), (0.5, Some(0)), (0., None)], &[7, 3], &thresholds), [Some(3), None, Some(0)]);
/// ```
pub fn label<F: Float>(
    assigned: &[(F, Option<usize>)],
    classes: &[u32],
    thresholds: &Thresholds<F>,
) -> Vec<Option<u32>> {
    let label = |&(overlap, matched): &(F, Option<usize>)| match matched {
        Some(index) if thresholds.is_foreground(overlap) => Some(classes[index]),
        _ if thresholds.is_background(overlap) => Some(0),
        _ => None,
    };
    assigned.iter().map(label).collect()
}

/// Lists the indices of foreground, and those of background.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Thresholds, split};
///
/// let thresholds =
///     Thresholds { foreground: 0.4, background_from: 0., background_below: 0.6, target: 0.5, twice: true };
/// assert_eq!(split(&[0.1, 0.5, 0.9], &thresholds), (vec![1, 2], vec![0, 1]));
/// ```
pub fn split<F: Float>(overlaps: &[F], thresholds: &Thresholds<F>) -> (Vec<usize>, Vec<usize>) {
    let all = 0..overlaps.len();
    let foreground = all.clone().filter(|&index| thresholds.is_foreground(overlaps[index])).collect();
    (foreground, all.filter(|&index| thresholds.is_background(overlaps[index])).collect())
}

/// Encodes the step from one box to another: `[dx, dy, dw, dh]`.
///
/// The centre moves by the difference of the left sides and half that of the widths.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, encode};
///
/// assert_eq!(encode([0., 0., 9., 9.], [5., 0., 14., 9.], Convention::Pixel), [0.5, 0., 0., 0.]);
/// ```
pub fn encode<F: Float>(from: [F; 4], to: [F; 4], convention: Convention) -> [F; 4] {
    let two = F::one() + F::one();
    let along = |low: usize, high: usize| {
        // A width of 0 is positive, whatever the signs of its corners.
        let extent = |corners: [F; 4]| convention.extent(corners[low], corners[high]) + F::zero();
        let centre = (to[low] - from[low]) + (extent(to) - extent(from)) / two;
        (centre / extent(from), (extent(to) / extent(from)).ln())
    };
    let ((dx, dw), (dy, dh)) = (along(0, 2), along(1, 3));
    [dx, dy, dw, dh]
}

/// Takes a step from a box.
///
/// `largest_log` limits `dw` and `dh`. `exact` takes the pixel off the far sides again, so that this undoes
/// [`encode`]; the original OHEM does not.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, decode};
///
/// let (bbox, stay) = ([0., 0., 9., 9.], [0.; 4]);
/// assert_eq!(decode(bbox, stay, Convention::Pixel, true, None), bbox);
/// assert_eq!(decode(bbox, stay, Convention::Pixel, false, None), [0., 0., 10., 10.]);
/// ```
pub fn decode<F: Float>(
    from: [F; 4],
    [dx, dy, dw, dh]: [F; 4],
    convention: Convention,
    exact: bool,
    largest_log: Option<F>,
) -> [F; 4] {
    let two = F::one() + F::one();
    let along = |low: F, high: F, shift: F, log: F| {
        let extent = convention.extent(low, high);
        let centre = shift * extent + (low + extent / two);
        let log = largest_log.filter(|&largest| log > largest).unwrap_or(log);
        let half = log.exp() * extent / two;
        let pixel = if exact { convention.extent(F::zero(), F::zero()) } else { F::zero() };
        (centre - half, centre + half - pixel)
    };
    let ((x1, x2), (y1, y2)) = (along(from[0], from[2], dx, dw), along(from[1], from[3], dy, dh));
    [x1, y1, x2, y2]
}

/// Moves the corners of a box into an image; NaN stays.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, clip};
///
/// assert_eq!(clip([-3., 2., 700., 480.], 640., 480., Convention::Pixel), [0., 2., 639., 479.]);
/// ```
pub fn clip<F: Float>(corners: [F; 4], width: F, height: F, convention: Convention) -> [F; 4] {
    let pixel = convention.extent(F::zero(), F::zero());
    let into = |at: F, size: F| if at.is_nan() { at } else { at.min(size - pixel).max(F::zero()) };
    let [x1, y1, x2, y2] = corners;
    [into(x1, width), into(y1, height), into(x2, width), into(y2, height)]
}

/// Computes each RoI's compact target: the class, and the step to its box; class 0 where it overlaps too little.
///
/// # Examples
///
/// ```
/// use ohem_testkit::oracle::{Convention, compact};
///
/// let (rois, truth) = ([[0., 0., 9., 9.]; 2], [[5., 0., 14., 9.]]);
/// let targets = compact(&rois, &truth, &[3], &[(0.6, Some(0)), (0.4, Some(0))], 0.5, Convention::Pixel);
/// assert_eq!(targets, [(3, [0.5, 0., 0., 0.]), (0, [0.; 4])]);
/// ```
pub fn compact<F: Float>(
    rois: &[[F; 4]],
    truth: &[[F; 4]],
    classes: &[u32],
    assigned: &[(F, Option<usize>)],
    least: F,
    convention: Convention,
) -> Vec<(u32, [F; 4])> {
    let target = |(&roi, &(overlap, matched)): (&[F; 4], &(F, Option<usize>))| match matched {
        Some(index) if overlap >= least && classes[index] > 0 => {
            (classes[index], encode(roi, truth[index], convention))
        }
        _ => (0, [F::zero(); 4]),
    };
    rois.iter().zip(assigned).map(target).collect()
}

/// Spreads compact targets over rows of `4 * classes` values: targets, inside weights, outside weights.
///
/// # Panics
///
/// If there is no such class.
///
/// # Examples
///
/// ```
/// let [targets, inside, outside] = ohem_testkit::oracle::expand(&[(1, [0.1, 0.2, 0.3, 0.4])], 2, [1., 1., 0., 2.]);
/// assert_eq!(targets, [0., 0., 0., 0., 0.1, 0.2, 0.3, 0.4]);
/// assert_eq!(inside, [0., 0., 0., 0., 1., 1., 0., 2.]);
/// assert_eq!(outside, [0., 0., 0., 0., 1., 1., 0., 1.]);
/// ```
pub fn expand<F: Float>(compact: &[(u32, [F; 4])], classes: usize, weights: [F; 4]) -> [Vec<F>; 3] {
    let outside = weights.map(|weight| if weight > F::zero() { F::one() } else { F::zero() });
    let spread = |values: &dyn Fn([F; 4]) -> [F; 4]| {
        let mut blob = vec![F::zero(); compact.len() * classes * 4];
        for (row, &(class, step)) in compact.iter().enumerate().filter(|(_, target)| target.0 > 0) {
            assert!((class as usize) < classes, "class {class} of {classes}");
            let start = (row * classes + class as usize) * 4;
            blob[start..start + 4].copy_from_slice(&values(step));
        }
        blob
    };
    [spread(&|step| step), spread(&|_| weights), spread(&|_| outside)]
}

/// Takes the mean off four values and divides by the standard deviation.
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::normalize([0.3; 4], [0.1; 4], [0.2; 4]), [(0.3 - 0.1) / 0.2; 4]);
/// ```
pub fn normalize<F: Float>(step: [F; 4], means: [F; 4], stds: [F; 4]) -> [F; 4] {
    core::array::from_fn(|k| (step[k] - means[k]) / stds[k])
}

/// Undoes [`normalize`].
///
/// # Examples
///
/// ```
/// assert_eq!(ohem_testkit::oracle::denormalize([1.0; 4], [0.5; 4], [0.25; 4]), [0.75; 4]);
/// ```
pub fn denormalize<F: Float>(step: [F; 4], means: [F; 4], stds: [F; 4]) -> [F; 4] {
    core::array::from_fn(|k| step[k] * stds[k] + means[k])
}
