//! Which boxes can overlap a given one by a threshold: their sizes and positions.
//!
//! The IoU of two boxes is at most that of their intervals in x, and in y. So at `t` or above, their widths
//! `w` and `v` differ by a factor of at most `1 / t`, and their centres by `(1 - t) / (1 + t)` times the mean of
//! `w` and `v`: intervals that overlap in part, `d` apart at the left, share `w - d` of `v + d`. The same holds for
//! heights, and so for the larger of both sides.
//!
//! A box has one cell: its shape, the class of its sides (two octaves each), and where its centre lies in a grid of
//! squares about as large as the box. A box that is **long** is filed by the classes of both sides, any other by
//! that of its larger side. An admitted box is inserted in every cell in which a box can be that overlaps it, and a new one
//! is looked up in its own. At low thresholds, boxes of several classes overlap, and those would be many cells: there, an
//! admitted box is inserted in its own class alone, and a new one is looked up in a cell of each class.
//!
//! Few boxes that do not overlap each other by `t` have the same cell, since their shapes are alike: that bounds the
//! length of a chain, whatever the input.
//!
//! Everything here errs to the safe side. A computed IoU of `t` or more means a true one of at least
//! `(1 - 16 eps) t`, as long as no area comes near the ends of the float's range
//! ([`is_ordinary`](super::folded_test::FoldedTest::is_ordinary)). A centre is off by half a unit in its last place,
//! which is added.

use crate::{BBox, Convention, Float};

/// Number of cells along an axis from which a box is not inserted: enough for any threshold and coordinates.
const MAX_CELLS: i64 = 32;

/// Ratio of its sides from which a box is long. (A square's overlaps may be `1 / t^2` long.)
const LONG: f64 = 16.0;

/// Mean ratio of the sides of a sample, in octaves, above which all of its boxes are long: a cell of one size and place
/// would hold boxes of many shapes, which do not overlap.
const MANY_SHAPES: u64 = 2;

/// Threshold below which boxes are looked up in all classes, rather than inserted in all.
const LOW: f64 = 0.45;

/// Width of a cell, in the distances that boxes of the least side of its class reach.
const CELL: f64 = 8.0;

/// Largest differences of boxes that overlap by a threshold.
#[derive(Clone, Copy)]
pub(super) struct OverlapBounds<F> {
    convention: Convention,
    /// Least and largest ratio of their sides.
    shrink: F,
    grow: F,
    /// Largest distance of their centres, in sides of one of them.
    reach: F,
    /// Ratio of sides from which a box is long; 0 if all are.
    long: F,
    /// Whether boxes are looked up in all classes, rather than inserted in all.
    pub(super) is_low: bool,
    /// The bits of the least side of class 0.
    base: u64,
    /// The bits of the number of cells in a unit of length, for class 0.
    density: u64,
}

/// Centre and sides of a box.
#[derive(Clone, Copy)]
pub(super) struct Shape<F> {
    pub(super) centre: (F, F),
    pub(super) sides: (F, F),
}

/// A cell of the spatial hash: the classes of sides, and the position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Classes of width and height, of which the lowest bit says whether the box is long.
    pub(super) classes: (u32, u32),
    pub(super) x: i64,
    pub(super) y: i64,
}

impl<F: Float> OverlapBounds<F> {
    /// Bounds for boxes with an IoU of at least `threshold`; `None` if they are too wide to help.
    pub(super) fn new(threshold: F, convention: Convention) -> Option<Self> {
        let (one, small) = (F::one(), F::from_f64(32.0) * F::epsilon());
        if !(threshold >= F::from_f64(0.2) && threshold <= one) {
            return None;
        }
        let shrink = threshold * (one - small);
        let grow = (one + small) / shrink;
        let half = F::from_f64(0.5);
        let reach = (one - shrink) / (one + shrink) * (one + small) * (half + half * grow);
        let long = F::from_f64(LONG);
        let is_low = threshold < F::from_f64(LOW);
        let mut bounds = Self { convention, shrink, grow, reach, long, is_low, base: 0, density: 0 };
        bounds.align(F::one().to_u64());
        Some(bounds)
    }

    /// Centres the classes on the sides of a sample of boxes, and files those of many shapes by both sides: speed depends
    /// on it, results do not.
    pub(super) fn fit(&mut self, sample: impl Iterator<Item = BBox<F>>) {
        // The mean of a float's bits is nearly its geometric mean.
        let (mut large_sum, mut small_sum, mut count) = (0_u64, 0_u64, 0_u64);
        for bbox in sample {
            let (width, height) = self.shape(&bbox).sides;
            let (large, small) = larger_first(width, height);
            large_sum = large_sum.saturating_add(large.to_u64() >> 8);
            small_sum = small_sum.saturating_add(small.to_u64() >> 8);
            count += 1;
        }
        let mean = |sum: u64| sum.checked_div(count).map_or(F::one().to_u64(), |mean| mean << 8);
        let (large, small) = (mean(large_sum), mean(small_sum));
        if large.saturating_sub(small) > MANY_SHAPES << F::FRACTION {
            self.long = F::ZERO;
        }
        self.align(large);
    }

    /// Aligns the classes to the usual side, given by its bits. Each class spans two octaves.
    ///
    /// The usual side lies in the middle of its class. It lies a little higher if that puts the smallest side that overlaps it in
    /// the same class: a box reaches more cells of a smaller class.
    fn align(&mut self, usual: u64) {
        let (class_bits, octave) = (F::FRACTION + 1, 1 << F::FRACTION);
        let to_smallest = self.grow.to_u64().saturating_sub(F::one().to_u64()) + octave / 8;
        let higher = Some(to_smallest).filter(|bits| (octave..=octave + octave / 4).contains(bits));
        let above_least = higher.unwrap_or(octave);
        self.base = usual.saturating_sub(above_least) & ((1 << class_bits) - 1);
        // Density times side is the same for all classes: known for the class of 1, it is known for class 0.
        let class_of_one = F::one().to_u64().saturating_sub(self.base) >> class_bits;
        let least = F::from_u64(self.base + (class_of_one << class_bits));
        let of_one = F::one() / (least * F::from_f64(CELL) * self.reach.max(F::epsilon()));
        self.density = of_one.to_u64() + (class_of_one << class_bits);
    }

    /// Centre and sides of a box.
    #[inline(always)]
    pub(super) fn shape(&self, bbox: &BBox<F>) -> Shape<F> {
        let (half, pad) = (F::from_f64(0.5), self.convention.pad());
        Shape {
            // Halved before they are added, so that no sum overflows.
            centre: (half * bbox.x1 + half * bbox.x2, half * bbox.y1 + half * bbox.y2),
            sides: (bbox.x2 - bbox.x1 + pad, bbox.y2 - bbox.y1 + pad),
        }
    }

    /// The cell of a box.
    #[inline(always)]
    pub(super) fn cell(&self, shape: Shape<F>) -> Cell {
        let (classes, is_long) = self.own_classes(shape);
        self.cell_at(shape.centre, classes, is_long)
    }

    /// Visits every cell in which a box is inserted.
    ///
    /// Returns false if `visit` did, which ends it, or if the cells are too many.
    #[inline(always)]
    pub(super) fn each_inserted(&self, shape: Shape<F>, mut visit: impl FnMut(Cell) -> bool) -> bool {
        if self.is_low {
            let (classes, is_long) = self.own_classes(shape);
            return self.each_of_class(shape, classes, is_long, &mut visit);
        }
        self.each_overlapping_class(
            shape.sides,
            #[inline(always)]
            |classes, is_long| self.each_of_class(shape, classes, is_long, &mut visit),
        )
    }

    /// Visits every cell in which a box is looked up. Returns false if `visit` did, which ends it.
    #[inline(always)]
    pub(super) fn each_looked_up(&self, shape: Shape<F>, mut visit: impl FnMut(Cell) -> bool) -> bool {
        if !self.is_low {
            return visit(self.cell(shape));
        }
        self.each_overlapping_class(
            shape.sides,
            #[inline(always)]
            |classes, is_long| visit(self.cell_at(shape.centre, classes, is_long)),
        )
    }

    /// The classes of a box, and whether it is long.
    #[inline(always)]
    fn own_classes(&self, Shape { sides: (width, height), .. }: Shape<F>) -> ((u32, u32), bool) {
        let (large, small) = larger_first(width, height);
        let is_long = large >= self.long * small;
        let (by_x, by_y) = if is_long { (width, height) } else { (large, large) };
        ((self.class(by_x), self.class(by_y)), is_long)
    }

    /// Visits all classes that a box can have which overlaps one of these sides, and whether it is long then.
    ///
    /// Returns false if `visit` did, which ends it.
    #[inline(always)]
    fn each_overlapping_class(
        &self,
        (width, height): (F, F),
        mut visit: impl FnMut((u32, u32), bool) -> bool,
    ) -> bool {
        let (large, small) = larger_first(width, height);
        // Each side of an overlapping box may be smaller or larger by the ratio: so may be the ratio of its sides.
        if large * self.shrink < self.long * (small * self.grow) {
            let (mut class, last) = self.classes(large);
            while class <= last {
                if !visit((class, class), false) {
                    return false;
                }
                class += 1;
            }
        }
        if large * self.grow < self.long * (small * self.shrink) {
            return true;
        }
        let (x_classes, y_classes) = (self.classes(width), self.classes(height));
        for class_x in x_classes.0..=x_classes.1 {
            for class_y in y_classes.0..=y_classes.1 {
                if !visit((class_x, class_y), true) {
                    return false;
                }
            }
        }
        true
    }

    /// Visits the rectangle of cells of one class in which a box can be that overlaps this one.
    #[inline(always)]
    fn each_of_class(
        &self,
        Shape { centre, sides }: Shape<F>,
        classes: (u32, u32),
        is_long: bool,
        visit: &mut impl FnMut(Cell) -> bool,
    ) -> bool {
        let reach = |centre: F, side: F| self.reach * side + centre.abs() * F::epsilon();
        let (x, y) = (reach(centre.0, sides.0), reach(centre.1, sides.1));
        let from = self.cell_at((centre.0 - x, centre.1 - y), classes, is_long);
        let to = self.cell_at((centre.0 + x, centre.1 + y), classes, is_long);
        let (columns, rows) = (to.x.saturating_sub(from.x), to.y.saturating_sub(from.y));
        if columns.max(rows) >= MAX_CELLS {
            return false;
        }
        // Ranges would take three times the instructions: most of these loops end after a round or two.
        let mut cell = from;
        loop {
            if !visit(cell) {
                return false;
            }
            if cell.x < to.x {
                cell.x += 1;
            } else if cell.y < to.y {
                (cell.x, cell.y) = (from.x, cell.y + 1);
            } else {
                return true;
            }
        }
    }

    #[inline(always)]
    fn cell_at(&self, centre: (F, F), (class_x, class_y): (u32, u32), is_long: bool) -> Cell {
        Cell {
            classes: (2 * class_x + u32::from(is_long), 2 * class_y),
            x: (centre.0 * self.cells_per_unit(class_x)).to_cell(),
            y: (centre.1 * self.cells_per_unit(class_y)).to_cell(),
        }
    }

    /// The first and last class of the sides that boxes can have which overlap one of this side.
    #[inline(always)]
    fn classes(&self, side: F) -> (u32, u32) {
        (self.class(side * self.shrink), self.class(side * self.grow))
    }

    /// The class of a side: the leading bits of the float, a logarithm of sorts.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "a float has fewer exponents")]
    fn class(&self, side: F) -> u32 {
        (side.to_u64().saturating_sub(self.base) >> (F::FRACTION + 1)) as u32
    }

    /// Number of cells in a unit of length, for a class; 0 if that is beyond the float's range.
    #[inline(always)]
    fn cells_per_unit(&self, class: u32) -> F {
        F::from_u64(self.density.saturating_sub(u64::from(class) << (F::FRACTION + 1)))
    }
}

/// Two sides, the larger one first.
#[inline(always)]
fn larger_first<F: Float>(width: F, height: F) -> (F, F) {
    if width > height { (width, height) } else { (height, width) }
}

#[cfg(test)]
mod tests;
