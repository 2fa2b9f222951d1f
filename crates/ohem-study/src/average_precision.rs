//! Average precision: how well detections, surest first, find what there is.

use ohem_std::{BBox, Convention};

/// A box that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// The number of its image.
    pub image: u32,
    /// How sure it is, as compared with others.
    pub score: f32,
    /// Where it is.
    pub bbox: BBox<f32>,
}

/// A box that is to be found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// The number of its image.
    pub image: u32,
    /// Where it is.
    pub bbox: BBox<f32>,
}

/// Computes the average precision of the detections of one class: the mean over 101 recalls.
///
/// Detections are taken surest first, equally sure ones in the order given. Each finds the box of its image
/// that it overlaps most of those not found yet, if that is by `least_overlap` at least; else it is a false
/// one. The precision at a recall of `k / 100` is the best of those at that recall or any above it, 0 if there
/// is none. Nothing, if nothing is to be found.
///
/// ```
/// use ohem_std::BBox;
/// use ohem_study::{Detection, Wanted, average_precision};
///
/// let (here, there) = (BBox::new(0.0, 0.0, 9.0, 9.0), BBox::new(50.0, 0.0, 59.0, 9.0));
/// let wanted = [Wanted { image: 0, bbox: here }, Wanted { image: 1, bbox: here }];
/// let found = Detection { image: 0, score: 0.9, bbox: here };
/// let wrong = Detection { image: 1, score: 0.8, bbox: there };
/// let precision = average_precision(&[found, wrong], &wanted, 0.5);
/// assert_eq!(precision, Some(51.0 / 101.0)); // all sure up to a recall of one half, nothing above
/// assert_eq!(average_precision(&[found], &[], 0.5), None);
/// ```
pub fn average_precision(detections: &[Detection], wanted: &[Wanted], least_overlap: f32) -> Option<f64> {
    if wanted.is_empty() {
        return None;
    }
    let mut order: Vec<&Detection> = detections.iter().collect();
    order.sort_by(|a, b| b.score.total_cmp(&a.score));
    let images = wanted.iter().map(|wanted| wanted.image as usize + 1).max().unwrap_or(0);
    let mut of_image = vec![Vec::new(); images];
    for (place, wanted) in wanted.iter().enumerate() {
        of_image[wanted.image as usize].push(place);
    }
    let mut is_found = vec![false; wanted.len()];
    let mut found = 0;
    let mut curve = Vec::with_capacity(order.len());
    for detection in order {
        let candidates = of_image.get(detection.image as usize).map_or(&[][..], Vec::as_slice);
        let open = candidates.iter().copied().filter(|&place| !is_found[place]);
        if let Some(place) = best(&detection.bbox, open, wanted, least_overlap) {
            is_found[place] = true;
            found += 1;
        }
        curve.push(found);
    }
    Some(mean_precision(&curve, wanted.len()))
}

/// The box that another overlaps most, if by so much at least; the first of equals.
fn best(
    bbox: &BBox<f32>,
    open: impl Iterator<Item = usize>,
    wanted: &[Wanted],
    least_overlap: f32,
) -> Option<usize> {
    let overlaps = open.map(|place| (place, bbox.iou(&wanted[place].bbox, Convention::Pixel)));
    let enough = overlaps.filter(|(_, overlap)| *overlap >= least_overlap);
    enough.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(place, _)| place)
}

/// The mean of the precisions at 101 recalls, given how many were found after so many detections.
fn mean_precision(curve: &[usize], wanted: usize) -> f64 {
    let mut precisions: Vec<f64> =
        (1_usize..).zip(curve).map(|(count, &found)| found as f64 / count as f64).collect();
    for at in (1..precisions.len()).rev() {
        precisions[at - 1] = precisions[at - 1].max(precisions[at]);
    }
    let (mut sum, mut at) = (0.0, 0);
    for level in 0..=100 {
        while curve.get(at).is_some_and(|found| found * 100 < level * wanted) {
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

    fn wanted(places: &[(u32, f32)]) -> Vec<Wanted> {
        places.iter().map(|&(image, x)| Wanted { image, bbox: at(x) }).collect()
    }

    /// Detections, surest first.
    fn detected(places: &[(u32, f32)]) -> Vec<Detection> {
        let scores = (0_u16..).map(|rank| 1.0 - f32::from(rank) / 64.0);
        let detection = |(&(image, x), score)| Detection { image, score, bbox: at(x) };
        places.iter().zip(scores).map(detection).collect()
    }

    fn precision(found: &[(u32, f32)], there: &[(u32, f32)]) -> f64 {
        average_precision(&detected(found), &wanted(there), 0.5).unwrap()
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
    fn a_false_one_that_is_surer_halves_it() {
        assert_eq!(precision(&[(0, 50.0), (0, 0.0)], &[(0, 0.0)]), 0.5);
    }

    #[test]
    fn a_false_one_that_is_less_sure_costs_nothing() {
        assert_eq!(precision(&[(0, 0.0), (0, 50.0)], &[(0, 0.0)]), 1.0);
    }

    #[test]
    fn a_box_is_found_only_once() {
        // The first is found at a precision of 1, for recalls 0 to 0.50; the second, after two false ones, of 1/2.
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
        assert_eq!(average_precision(&[half], &wanted(&[(0, 0.0)]), 0.5), Some(1.0));
        assert_eq!(average_precision(&[half], &wanted(&[(0, 0.0)]), 0.51), Some(0.0));
    }

    #[test]
    fn equally_sure_ones_keep_their_order() {
        let twice = |first, second| {
            let equal = |x| Detection { image: 0, score: 0.5, bbox: at(x) };
            average_precision(&[equal(first), equal(second)], &wanted(&[(0, 0.0)]), 0.5)
        };
        assert_eq!((twice(0.0, 50.0), twice(50.0, 0.0)), (Some(1.0), Some(0.5)));
    }
}
