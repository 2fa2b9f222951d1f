//! Which boxes can overlap a given one by a threshold: what sizes they have, and where they lie.
//!
//! The IoU of two boxes is at most that of their intervals in x, and in y. So at `t` or above, their widths
//! `w` and `v` differ by a factor of `1 / t` at most, and their centres by `(1 - t) / (1 + t)` times the mean of
//! `w` and `v`: intervals that overlap in part, `d` apart at the left, share `w - d` of `v + d`. Boxes
//! are inserted by class of width, and in each class by the cell of their centre; the same for heights. Only a few
//! classes, and a few cells in each, can hold a box that overlaps a given one.
//!
//! Everything here errs to the safe side. A computed IoU of `t` or more means a true one of `(1 - 16 eps) t`
//! at least, as long as no area comes near the ends of the float's range: boxes whose sides do have no
//! [`sides`](OverlapBounds::sides) here. A centre is off by half a unit in its last place, which is added.

use heapless::Vec;

use crate::{BBox, Convention, Float};

/// Largest number of cells along one axis that are looked into.
const MAX_CELLS: usize = 32;

/// The cells along one axis, each hashed to an integer.
pub(super) type Cells = Vec<u32, MAX_CELLS>;

/// How far boxes that overlap can differ.
#[derive(Clone, Copy)]
pub(super) struct OverlapBounds<F> {
    convention: Convention,
    /// The least ratio of their sides, and the largest.
    shrink: F,
    grow: F,
    /// Largest distance between twice their centres, in sums of their sides.
    slack: F,
    /// A class of sides spans two to the power of this many octaves; cells are as much finer.
    octaves: i32,
}

impl<F: Float> OverlapBounds<F> {
    /// Bounds for boxes with an IoU of at least `threshold`; `None` if they are too wide to help.
    pub(super) fn new(threshold: F, convention: Convention) -> Option<Self> {
        // Classes about as wide as the ratios of sides that are looked for: two or three are looked into.
        let octaves = [(0.2, 2), (0.4, 1), (0.6, 0), (0.75, -1), (0.85, -2), (0.92, -3), (0.96, -4)];
        let (_, octaves) = octaves.into_iter().rfind(|&(from, _)| threshold >= F::from_f64(from))?;
        if threshold > F::one() {
            return None;
        }
        let small = F::from_f64(32.0) * F::epsilon();
        let (less, more) = (F::one() - small, F::one() + small);
        let shrink = threshold * less;
        let slack = (F::one() - shrink) / (F::one() + shrink) * more;
        Some(Self { convention, shrink, grow: more / shrink, slack, octaves })
    }

    /// Width and height, if neither they nor the area come near the ends of the float's range.
    #[inline(always)]
    pub(super) fn sides(&self, bbox: &BBox<F>) -> Option<(F, F)> {
        let pad = self.convention.pad();
        let (width, height) = (bbox.x2 - bbox.x1 + pad, bbox.y2 - bbox.y1 + pad);
        let ordinary = |side: F| side >= F::SHORT && side <= F::LONG;
        (ordinary(width) && ordinary(height)).then_some((width, height))
    }

    /// The cell of an interval, given twice its centre.
    #[inline(always)]
    pub(super) fn cell(&self, centre: F, side: F) -> u32 {
        let class = self.class(side);
        hash(class, (centre * self.cells_per_pixel(self.longest(class))).to_cell())
    }

    /// The cells of all intervals that can overlap one by the threshold; `None` if there are too many.
    #[inline(always)]
    pub(super) fn cells(&self, centre: F, side: F) -> Option<Cells> {
        let mut cells = Cells::new();
        let rounding = centre.abs() * F::epsilon();
        for class in self.class(side * self.shrink)..=self.class(side * self.grow) {
            let longest = self.longest(class);
            let reach = self.slack * (side + longest) + rounding;
            let per_pixel = self.cells_per_pixel(longest);
            let cell_of = |centre: F| (centre * per_pixel).to_cell();
            for cell in cell_of(centre - reach)..=cell_of(centre + reach) {
                cells.push(hash(class, cell)).ok()?;
            }
        }
        Some(cells)
    }

    /// The class of a side: the leading bits of the float, a logarithm of sorts.
    #[inline(always)]
    fn class(&self, side: F) -> u64 {
        side.to_u64() >> self.dropped_bits()
    }

    /// What no side of a class exceeds.
    #[inline(always)]
    fn longest(&self, class: u64) -> F {
        F::from_u64((class + 1) << self.dropped_bits())
    }

    #[inline(always)]
    fn dropped_bits(&self) -> u32 {
        F::FRACTION.saturating_add_signed(self.octaves)
    }

    /// How many cells there are in a pixel, for a class with this longest side: a power of two.
    #[inline(always)]
    fn cells_per_pixel(&self, longest: F) -> F {
        let exponent = longest.to_u64() >> F::FRACTION;
        let one = F::one().to_u64() >> F::FRACTION;
        let finer = u64::from(self.octaves.min(0).unsigned_abs());
        F::from_u64((one + one + finer).saturating_sub(exponent) << F::FRACTION)
    }
}

/// One integer for class and cell; another pair seldom has the same.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "classes of a float type differ in their low bits")]
fn hash(class: u64, cell: i32) -> u32 {
    (class as u32).wrapping_mul(0x9E37_79B1).wrapping_add(cell.cast_unsigned()).wrapping_mul(0x85EB_CA6B)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn a_threshold_that_suppresses_too_much_or_nothing_has_no_reach() {
        for threshold in [0.1, 1.5, f64::NAN] {
            assert!(OverlapBounds::new(threshold, Convention::Pixel).is_none(), "{threshold}");
        }
    }

    /// Pairs of boxes that differ along one axis only, as far as the threshold allows, or nearly.
    fn every_overlap_is_in_reach<F: Float>() {
        let mut overlaps = 0;
        let rng = &mut SmallRng::seed_from_u64(7);
        for _ in 0..400_000 {
            let t = F::from_f64([0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97][rng.random_range(0..7)]);
            let convention = if rng.random() { Convention::Continuous } else { Convention::Pixel };
            let reach = OverlapBounds::new(t, convention).unwrap();
            let pick = |from, to, rng: &mut SmallRng| F::from_f64(rng.random_range(from..to));
            let (x1, width) = (pick(-500.0, 500.0, rng), pick(1.0, 200.0, rng));
            let (other_width, share) = (width * t.powf(pick(-1.0, 1.0, rng)), pick(0.9, 1.0, rng));
            // Apart at the left so far that the IoU is the threshold, or a little less far.
            let apart = (width - t * other_width) / (F::one() + t) * share;
            let one = BBox::new(x1, F::zero(), x1 + width, F::from_f64(9.0));
            let other = BBox::new(x1 + apart, F::zero(), x1 + apart + other_width, F::from_f64(9.0));
            for (one, other) in [(one, other), (other, one)] {
                if one.iou(&other, convention) >= t {
                    let (side, other_side) = (reach.sides(&one).unwrap().0, reach.sides(&other).unwrap().0);
                    let cells = reach.cells(one.x1 + one.x2, side).unwrap();
                    assert!(
                        cells.contains(&reach.cell(other.x1 + other.x2, other_side)),
                        "{one:?} {other:?} {t:?}"
                    );
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

    #[test]
    fn boxes_of_extreme_sides_have_no_cell() {
        let reach = OverlapBounds::<f32>::new(0.7, Convention::Continuous).unwrap();
        for (width, has_cell) in [(0.0, false), (1e-20, false), (1e-10, true), (1e10, true), (1e20, false)] {
            assert_eq!(reach.sides(&BBox::new(0.0, 0.0, width, 1.0)).is_some(), has_cell, "{width}");
        }
        assert!(OverlapBounds::<f32>::new(0.19, Convention::Continuous).is_none());
        assert!(OverlapBounds::<f32>::new(f32::NAN, Convention::Continuous).is_none());
    }

    #[test]
    fn few_cells_are_in_reach() {
        for (t, [near, far, large, small]) in [
            (0.2, [11, 15, 4, 6]),
            (0.5, [2, 4, 2, 4]),
            (0.7, [2, 3, 2, 4]),
            (0.8, [3, 6, 2, 4]),
            (0.97, [2, 4, 7, 6]),
        ] {
            let reach = OverlapBounds::<f32>::new(t, Convention::Continuous).unwrap();
            for (twice_centre, side, cells) in
                [(0.0, 10.0, near), (200.0, 10.0, far), (-74.0, 500.0, large), (6.0, 0.01, small)]
            {
                assert_eq!(
                    reach.cells(twice_centre, side).unwrap().len(),
                    cells,
                    "{side} at {twice_centre}, {t}"
                );
            }
        }
    }

    #[test]
    fn sides_are_those_of_the_convention() {
        let reach = |convention| OverlapBounds::<f64>::new(0.7, convention).unwrap();
        let bbox = BBox::new(10.0, 20.0, 13.0, 25.0);
        assert_eq!(reach(Convention::Continuous).sides(&bbox), Some((3.0, 5.0)));
        assert_eq!(reach(Convention::Pixel).sides(&bbox), Some((4.0, 6.0)));
        for (width, height) in [(1e300, 1.0), (1.0, 1e300), (1e-300, 1.0), (1.0, 1e-300)] {
            assert_eq!(reach(Convention::Continuous).sides(&BBox::new(0.0, 0.0, width, height)), None);
        }
    }

    /// Where coordinates are whole multiples of the last place, twice a centre is rounded.
    #[test]
    fn overlaps_far_from_the_origin_are_in_reach() {
        let at = |places: u16| 16_777_216.0 + 2.0 * f32::from(places);
        let sides = || (1..9_u16).flat_map(|one| (1..9).map(move |other| (one, other)));
        for t in [0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.8] {
            let reach = OverlapBounds::new(t, Convention::Continuous).unwrap();
            for (left, apart) in (0..64).flat_map(|left| (0..8).map(move |apart| (left, left + apart))) {
                for (side, other_side) in sides() {
                    let one = BBox::new(at(left), 0.0, at(left + side), 9.0);
                    let other = BBox::new(at(apart), 0.0, at(apart + other_side), 9.0);
                    if one.iou(&other, Convention::Continuous) >= t {
                        for (one, other) in [(one, other), (other, one)] {
                            // `None` if there are too many: then all boxes are compared.
                            let cells = reach.cells(one.x1 + one.x2, one.x2 - one.x1);
                            let cell = reach.cell(other.x1 + other.x2, other.x2 - other.x1);
                            assert!(
                                cells.is_none_or(|cells| cells.contains(&cell)),
                                "{one:?} {other:?} {t:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
