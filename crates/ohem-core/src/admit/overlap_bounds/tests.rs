//! No overlap is out of reach.

extern crate std;
use super::*;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use std::vec::Vec;

const THRESHOLDS: [f64; 9] = [0.2, 0.3, 0.49, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97];

fn inserted<F: Float>(bounds: &OverlapBounds<F>, bbox: &BBox<F>) -> Option<Vec<Cell>> {
    let mut cells = Vec::new();
    let all = bounds.each_inserted(bounds.shape(bbox), |cell| {
        cells.push(cell);
        true
    });
    all.then_some(cells)
}

fn looked_up<F: Float>(bounds: &OverlapBounds<F>, bbox: &BBox<F>) -> Vec<Cell> {
    let mut cells = Vec::new();
    bounds.each_looked_up(bounds.shape(bbox), |cell| {
        cells.push(cell);
        true
    });
    cells
}

fn assert_reach<F: Float>(bounds: &OverlapBounds<F>, one: &BBox<F>, other: &BBox<F>, t: F) {
    let (cells, sought) = (inserted(bounds, one).expect("few cells"), looked_up(bounds, other));
    let is_found = sought.iter().any(|cell| cells.contains(cell));
    assert!(is_found, "{one:?} {other:?} {t:?}: none of {sought:?} is among {cells:?}");
}

#[test]
fn a_threshold_that_suppresses_too_much_or_nothing_has_no_bounds() {
    for threshold in [0.1, 0.19, 1.5, f64::NAN] {
        assert!(OverlapBounds::new(threshold, Convention::Pixel).is_none(), "{threshold}");
    }
}

/// Pairs of boxes that differ along one axis only, as far as the threshold allows, or nearly.
fn every_overlap_is_in_reach<F: Float>() {
    let mut overlaps = 0;
    let rng = &mut SmallRng::seed_from_u64(7);
    for _ in 0..150_000 {
        let t = F::from_f64(THRESHOLDS[rng.random_range(0..THRESHOLDS.len())]);
        let convention = if rng.random() { Convention::Continuous } else { Convention::Pixel };
        let mut bounds = OverlapBounds::new(t, convention).unwrap();
        let pick = |from, to, rng: &mut SmallRng| F::from_f64(rng.random_range(from..to));
        let (x1, width) = (pick(-500.0, 500.0, rng), pick(1.0, 200.0, rng));
        // From a fifteenth of the width to fifteen times it: long, nearly so, and square.
        let height = width * F::from_f64(rng.random_range(-4.0..4.0_f64).exp2());
        let scale = pick(0.1, 100.0, rng);
        bounds.fit(core::iter::once(BBox::new(F::ZERO, F::ZERO, scale, scale)));
        let (other_width, share) = (width * t.powf(pick(-1.0, 1.0, rng)), pick(0.9, 1.0, rng));
        // Apart at the left so far that the IoU is the threshold, or a little less far.
        let apart = (width - t * other_width) / (F::one() + t) * share;
        let one = BBox::new(x1, F::zero(), x1 + width, height);
        let other = BBox::new(x1 + apart, F::zero(), x1 + apart + other_width, height);
        let turned = |bbox: BBox<F>| BBox::new(bbox.y1, bbox.x1, bbox.y2, bbox.x2);
        for (one, other) in [(one, other), (turned(one), turned(other))] {
            if one.iou(&other, convention) >= t {
                assert_reach(&bounds, &one, &other, t);
                assert_reach(&bounds, &other, &one, t);
                overlaps += 1;
            }
        }
    }
    assert!(overlaps > 100_000, "{overlaps} pairs overlapped");
}

#[test]
fn every_overlap_is_in_reach_in_f32() {
    every_overlap_is_in_reach::<f32>();
}

#[test]
fn every_overlap_is_in_reach_in_f64() {
    every_overlap_is_in_reach::<f64>();
}

/// Where coordinates are whole multiples of the last place, a centre is rounded.
#[test]
fn overlaps_far_from_the_origin_are_in_reach() {
    let at = |places: u16| 16_777_216.0 + 2.0 * f32::from(places);
    let sides = || (1..9_u16).flat_map(|one| (1..9).map(move |other| (one, other)));
    for t in [0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.8] {
        let bounds = OverlapBounds::new(t, Convention::Continuous).unwrap();
        for (left, apart) in (0..32).flat_map(|left| (0..8).map(move |apart| (left, left + apart))) {
            for (side, other_side) in sides() {
                let one = BBox::new(at(left), 0.0, at(left + side), 9.0);
                let other = BBox::new(at(apart), 0.0, at(apart + other_side), 9.0);
                if one.iou(&other, Convention::Continuous) >= t {
                    assert_reach(&bounds, &one, &other, t);
                    assert_reach(&bounds, &other, &one, t);
                }
            }
        }
    }
}

/// Coordinates that an `i32` could not number, and pixels of which only a few are floats.
#[test]
fn boxes_far_away_have_cells_of_their_own() {
    let distinct = |convention, boxes: &[BBox<f64>]| {
        let bounds = OverlapBounds::new(0.7, convention).unwrap();
        let cells: Vec<_> = boxes.iter().map(|bbox| bounds.cell(bounds.shape(bbox))).collect();
        cells.iter().enumerate().all(|(nth, cell)| !cells[..nth].contains(cell))
    };
    let squares = |first: f64, step: f64, side: f64| -> Vec<_> {
        (0..200_u8).map(|i| first + f64::from(i) * step).map(|x| BBox::new(x, 0.0, x + side, side)).collect()
    };
    assert!(distinct(Convention::Continuous, &squares(1e10, 3.0, 1.0)));
    assert!(distinct(Convention::Continuous, &squares(0.0, 3e-13, 1e-13)));
    assert!(distinct(Convention::Continuous, &squares(0.0, 3e13, 1e13)));
    for first in [1e9_f64, 1e12, 1e30, -1e30] {
        let step = f64::max(3.0, first.abs() * 4.0 * f64::EPSILON);
        let points: Vec<_> = squares(first, step, 0.0);
        assert!(distinct(Convention::Pixel, &points), "{first}");
    }
}

#[test]
fn few_cells_are_in_reach() {
    for (t, most_of_a_square, most_of_a_line) in [
        (0.2, 9, 20),
        (0.3, 9, 20),
        (0.44, 9, 20),
        (0.5, 15, 40),
        (0.7, 15, 40),
        (0.9, 15, 15),
        (0.97, 10, 10),
    ] {
        let rng = &mut SmallRng::seed_from_u64(3);
        for _ in 0..2000 {
            let mut bounds = OverlapBounds::<f32>::new(t, Convention::Continuous).unwrap();
            let scale = rng.random_range(1.0..16.0);
            bounds.fit(core::iter::once(BBox::new(0.0, 0.0, scale, scale)));
            let (x, side) = (rng.random_range(0.0..100.0), rng.random_range(1.0..16.0));
            let square = inserted(&bounds, &BBox::new(x, x, x + side, x + side)).unwrap().len();
            let line = inserted(&bounds, &BBox::new(x, x, x + 20.0 * side, x + side)).unwrap().len();
            assert!(square <= most_of_a_square, "{square} cells of a square at {t}");
            assert!(line <= most_of_a_line, "{line} cells of a line at {t}");
            let sought = looked_up(&bounds, &BBox::new(x, x, x + 10.0 * side, x + side)).len();
            assert!(sought <= if bounds.is_low { 16 } else { 1 }, "looked up in {sought} cells at {t}");
        }
    }
}

/// What bounds the length of chains: boxes in one cell are alike, and a cell is small.
#[test]
fn boxes_that_do_not_overlap_cannot_crowd_a_cell() {
    for (t, most) in [(0.3, 1000), (0.5, 1100), (0.7, 600), (0.9, 60)] {
        let (bounds, rng) =
            (OverlapBounds::<f32>::new(t, Convention::Continuous).unwrap(), &mut SmallRng::seed_from_u64(5));
        let mut kept: Vec<(BBox<f32>, Vec<Cell>)> = Vec::new();
        for _ in 0..6_000 {
            let [x, y] = [(); 2].map(|()| rng.random_range(0.0..20.0));
            let [width, height] = [(); 2].map(|()| rng.random_range(0.0..2.0_f32).exp2());
            let bbox = BBox::new(x, y, x + width, y + height);
            if kept.iter().all(|(other, _)| other.iou(&bbox, Convention::Continuous) < t) {
                kept.push((bbox, inserted(&bounds, &bbox).unwrap()));
            }
        }
        let mut worst = 0;
        for (bbox, _) in &kept {
            let crowd = |cell: &Cell| kept.iter().filter(|(_, cells)| cells.contains(cell)).count();
            worst = worst.max(looked_up(&bounds, bbox).iter().map(crowd).sum());
        }
        assert!(worst <= most, "{worst} boxes of {} are where one is looked up at {t}", kept.len());
    }
}

#[test]
fn sides_are_those_of_the_convention() {
    let sides = |convention| {
        OverlapBounds::<f64>::new(0.7, convention).unwrap().shape(&BBox::new(10.0, 20.0, 13.0, 25.0)).sides
    };
    assert_eq!(sides(Convention::Continuous), (3.0, 5.0));
    assert_eq!(sides(Convention::Pixel), (4.0, 6.0));
}
