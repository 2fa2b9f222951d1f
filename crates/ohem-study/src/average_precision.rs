//! Average precision of detections.

use ohem_std::{BBox, Convention};

/// A detected box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// The index of its image.
    pub image: u32,
    /// Confidence, compared only with that of other detections.
    pub score: f32,
    /// Its corners.
    pub bbox: BBox<f32>,
}

/// A ground-truth box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroundTruth {
    /// The index of its image.
    pub image: u32,
    /// Its corners.
    pub bbox: BBox<f32>,
}

/// Computes the average precision of the detections of one class: the mean precision at 101 recalls.
///
/// Detections are taken by falling score, those of equal score in the order given. Each finds the box of its image with
/// the highest IoU among those not found yet, if that IoU is at least `min_iou`; otherwise it is a false positive. The
/// precision at a recall of `k / 100` is the highest precision at that recall or above, and 0 if that recall is never
/// reached. Returns `None` if there is no ground truth. O(n log n + n boxes per image).
///
/// ```
/// use ohem_std::BBox;
/// use ohem_study::{Detection, GroundTruth, average_precision};
///
/// let (here, there) = (BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0));
/// let truth = [GroundTruth { image: 0, bbox: here }, GroundTruth { image: 1, bbox: here }];
/// let found = Detection { image: 0, score: 0.9, bbox: here };
/// let wrong = Detection { image: 1, score: 0.8, bbox: there };
/// let precision = average_precision(&[found, wrong], &truth, 0.5);
/// assert_eq!(precision, Some(51.0 / 101.0)); // precision 1 up to a recall of one half, 0 above
/// assert_eq!(average_precision(&[found], &[], 0.5), None);
/// ```
pub fn average_precision(detections: &[Detection], truth: &[GroundTruth], min_iou: f32) -> Option<f64> {
    if truth.is_empty() {
        return None;
    }
    let mut order: Vec<&Detection> = detections.iter().collect();
    order.sort_by(|a, b| b.score.total_cmp(&a.score));
    let images = truth.iter().map(|truth| truth.image as usize + 1).max().unwrap_or(0);
    let mut of_image = vec![Vec::new(); images];
    for (index, truth) in truth.iter().enumerate() {
        of_image[truth.image as usize].push(index);
    }
    let mut is_found = vec![false; truth.len()];
    let mut found = 0;
    let mut curve = Vec::with_capacity(order.len());
    for detection in order {
        let candidates = of_image.get(detection.image as usize).map_or(&[][..], Vec::as_slice);
        let open = candidates.iter().copied().filter(|&index| !is_found[index]);
        if let Some(index) = best(&detection.bbox, open, truth, min_iou) {
            is_found[index] = true;
            found += 1;
        }
        curve.push(found);
    }
    Some(mean_precision(&curve, truth.len()))
}

/// The box with the highest IoU, if that is at least `min_iou`; the first of several.
fn best(
    bbox: &BBox<f32>,
    open: impl Iterator<Item = usize>,
    truth: &[GroundTruth],
    min_iou: f32,
) -> Option<usize> {
    let overlaps = open.map(|index| (index, bbox.iou(&truth[index].bbox, Convention::Pixel)));
    let enough = overlaps.filter(|(_, iou)| *iou >= min_iou);
    enough.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(index, _)| index)
}

/// The mean precision at 101 recalls, given the number of boxes found after each detection.
fn mean_precision(curve: &[usize], boxes: usize) -> f64 {
    let mut precisions: Vec<f64> =
        (1_usize..).zip(curve).map(|(count, &found)| found as f64 / count as f64).collect();
    // Each precision becomes the highest at its recall or above.
    for at in (1..precisions.len()).rev() {
        precisions[at - 1] = precisions[at - 1].max(precisions[at]);
    }
    let (mut sum, mut at) = (0.0, 0);
    for level in 0..=100 {
        while curve.get(at).is_some_and(|found| found * 100 < level * boxes) {
            at += 1;
        }
        sum += precisions.get(at).unwrap_or(&0.0);
    }
    sum / 101.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A box of ten pixels by ten.
    fn at(x: f32) -> BBox<f32> {
        BBox::new(x, 0.0, x + 9.0, 9.0)
    }

    fn truth(places: &[(u32, f32)]) -> Vec<GroundTruth> {
        places.iter().map(|&(image, x)| GroundTruth { image, bbox: at(x) }).collect()
    }

    /// Detections by falling score.
    fn detected(places: &[(u32, f32)]) -> Vec<Detection> {
        let scores = (0_u16..).map(|rank| 1.0 - f32::from(rank) / 64.0);
        let detection = |(&(image, x), score)| Detection { image, score, bbox: at(x) };
        places.iter().zip(scores).map(detection).collect()
    }

    fn precision(found: &[(u32, f32)], there: &[(u32, f32)]) -> f64 {
        average_precision(&detected(found), &truth(there), 0.5).unwrap()
    }

    #[test]
    fn all_found_and_nothing_else_is_one() {
        let there = [(0, 0.0), (0, 100.0), (1, 0.0), (3, 7.0)];
        assert_eq!(precision(&there, &there), 1.0);
    }

    #[test]
    fn nothing_found_is_zero() {
        assert_eq!(precision(&[], &[(0, 0.0)]), 0.0);
        assert_eq!(precision(&[(0, 50.0), (1, 0.0), (9, 0.0)], &[(0, 0.0)]), 0.0);
    }

    #[test]
    fn a_false_positive_before_halves_it() {
        assert_eq!(precision(&[(0, 50.0), (0, 0.0)], &[(0, 0.0)]), 0.5);
    }

    #[test]
    fn a_false_positive_behind_costs_nothing() {
        assert_eq!(precision(&[(0, 0.0), (0, 50.0)], &[(0, 0.0)]), 1.0);
    }

    #[test]
    fn a_box_is_found_only_once() {
        // The first is found at a precision of 1, for recalls 0 to 0.50; the second, after two false ones, at 1/2.
        let found = precision(&[(0, 0.0), (0, 1.0), (0, 0.0), (0, 100.0)], &[(0, 0.0), (0, 100.0)]);
        assert_eq!(found, (51.0 + 50.0 / 2.0) / 101.0);
    }

    #[test]
    fn a_better_precision_above_counts_below() {
        // Of 3 boxes: false, found, found, found: precisions 0, 1/2, 2/3, 3/4, so 3/4 everywhere.
        let there = [(0, 0.0), (0, 100.0), (0, 200.0)];
        assert_eq!(precision(&[(0, 50.0), (0, 0.0), (0, 100.0), (0, 200.0)], &there), 0.75);
    }

    #[test]
    fn a_detection_takes_the_box_that_it_overlaps_most() {
        // Taking the first that is near enough would leave nothing for the second detection.
        assert_eq!(precision(&[(0, 2.0), (0, -2.0)], &[(0, 0.0), (0, 2.5)]), 1.0);
        // The best is found already: the next best that is near enough is taken.
        assert_eq!(precision(&[(0, 0.0), (0, 0.0)], &[(0, 0.0), (0, 2.0)]), 1.0);
    }

    #[test]
    fn an_overlap_of_exactly_the_least_is_enough() {
        let half = Detection { image: 0, score: 0.0, bbox: BBox::new(0.0, 0.0, 9.0, 4.0) };
        assert_eq!(average_precision(&[half], &truth(&[(0, 0.0)]), 0.5), Some(1.0));
        assert_eq!(average_precision(&[half], &truth(&[(0, 0.0)]), 0.51), Some(0.0));
    }

    #[test]
    fn detections_of_equal_score_keep_their_order() {
        let twice = |first, second| {
            let equal = |x| Detection { image: 0, score: 0.5, bbox: at(x) };
            average_precision(&[equal(first), equal(second)], &truth(&[(0, 0.0)]), 0.5)
        };
        assert_eq!((twice(0.0, 50.0), twice(50.0, 0.0)), (Some(1.0), Some(0.5)));
    }
}
