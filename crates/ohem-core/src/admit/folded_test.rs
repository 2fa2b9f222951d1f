//! Whether a box may overlap any of a block of others by the threshold, without a division.
//!
//! With `f = t / (1 + t)`, an IoU of `t` or more of boxes with areas `A`, `B` and intersection `I` means
//!
//! ```text
//! I >= t (A + B - I),   that is   I - f A >= f B
//! ```
//!
//! The areas `A` are those of boxes in the block, so that `f A` is stored with them; `f B` belongs to the new box. A
//! pair that the division would find is never missed: with u = eps / 2, the computed quotient is `t` or more only if
//! `I (1 + t) >= t (A + B) (1 - 4 u)`; `f`, `f A`, the difference and `f B` add less than `5 u f (A + B)`; and a
//! quotient of `t` or more has `A <= B (1 + 4 u) / t`. So `I - f A`, as computed, is at least `f B (1 - c)` for
//! `c = 8 eps (1 + 2 / t)`, nearly twice the error. By the same terms, a pair whose `I - f A` is at least
//! `f B (1 + c)` surely has an IoU of `t` or more. Between the two bounds, the division decides.
//!
//! This holds as long as nothing comes near the ends of the float's range: see [`FoldedTest::ordinary_area`].

use super::OverlapTest;
use super::block::{BLOCK, SpatialHashBlock};
use super::overlap_bounds::Shape;
use crate::iou::{Corners, Pivot};
use crate::simd::Lanes;
use crate::{BBox, Float};

/// The overlap test, folded so that it needs no division.
#[derive(Clone, Copy)]
pub(super) struct FoldedTest<F> {
    test: OverlapTest<F>,
    /// `t / (1 + t)`.
    fold: F,
    /// `f (1 - c)`: times its area, the least excess of a box that may overlap.
    maybe: F,
    /// `f (1 + c)`: times its area, the least excess of a box that surely overlaps.
    surely: F,
    /// The limits of ordinary boxes.
    ordinary: Limits<F>,
    /// The limits of boxes that overlap ordinary boxes only.
    apart: Limits<F>,
}

/// Between which sizes the sides and the area of a box lie, and how far from the origin its centre may.
#[derive(Clone, Copy)]
struct Limits<F> {
    least: F,
    largest: F,
}

impl<F: Float> Limits<F> {
    #[inline(always)]
    fn hold(&self, area: F, Shape { centre, sides }: Shape<F>) -> bool {
        let ordinary = |size: F| (size >= self.least) & (size <= self.largest);
        let near = |at: F| at.abs() <= self.largest;
        ordinary(area) & ordinary(sides.0) & ordinary(sides.1) & near(centre.0) & near(centre.1)
    }
}

impl<F: Float> FoldedTest<F> {
    /// Folds a test whose threshold is above 0.
    pub(super) fn new(test: OverlapTest<F>) -> Self {
        let (one, t) = (F::one(), test.threshold);
        let fold = t / (one + t);
        let slack = F::from_f64(8.0) * F::epsilon() * (one + (one + one) / t);
        // A box that overlaps one has `t` of its sides and area at least, and its centre is a side away at most.
        let quarter = t * F::from_f64(0.25);
        let ordinary = Limits { least: F::MIN_AREA, largest: F::MAX_AREA };
        let apart = Limits { least: F::MIN_AREA / quarter, largest: F::MAX_AREA * quarter };
        let (maybe, surely) = (fold * (one - slack), fold * (one + slack));
        Self { test, fold, maybe, surely, ordinary, apart }
    }

    /// The area of a box that this test and the cells are exact for.
    #[inline(always)]
    pub(super) fn ordinary_area(&self, bbox: &BBox<F>, shape: Shape<F>) -> Option<F> {
        let (area, is_ordinary) = self.area(bbox, shape);
        is_ordinary.then_some(area)
    }

    /// The area of a box, and whether this test and the cells are exact for it.
    #[inline(always)]
    pub(super) fn area(&self, bbox: &BBox<F>, shape: Shape<F>) -> (F, bool) {
        let area = bbox.area(self.test.convention);
        (area, self.ordinary.hold(area, shape))
    }

    /// Whether every box that overlaps this one is ordinary.
    #[inline(always)]
    pub(super) fn meets_ordinary_only(&self, area: F, shape: Shape<F>) -> bool {
        self.apart.hold(area, shape)
    }

    /// The area of a box, times `f`.
    #[inline(always)]
    pub(super) fn folded_area(&self, area: F) -> F {
        self.fold * area
    }

    /// Whether a box overlaps this one by the threshold or more, by the division.
    ///
    /// Not inlined: beside the search, its operands would be spilled in every round of that.
    #[inline(never)]
    pub(super) fn decides(&self, bbox: &BBox<F>, other: &BBox<F>) -> bool {
        bbox.iou(other, self.test.convention) >= self.test.threshold
    }
}

/// One box, prepared to be compared with blocks.
pub(super) struct BlockProbe<V> {
    pivot: Pivot<V>,
    maybe: V,
    surely: V,
}

/// Bit `i` where box `i` of a block may overlap a new one by the threshold or more, and where it surely does.
#[derive(Clone, Copy, Default)]
pub(super) struct Candidates {
    pub(super) maybe: u32,
    pub(super) surely: u32,
}

impl<F: Float, V: Lanes<Scalar = F>> BlockProbe<V> {
    #[inline(always)]
    pub(super) fn new(bbox: &BBox<F>, area: F, test: &FoldedTest<F>) -> Self {
        let pivot = Pivot::new(bbox, test.test.convention);
        Self { pivot, maybe: V::splat(test.maybe * area), surely: V::splat(test.surely * area) }
    }

    /// The boxes of a block that may overlap this one.
    #[inline(always)]
    pub(super) fn candidates(&self, block: &SpatialHashBlock<F>) -> Candidates {
        let [x1, y1, x2, y2, folded] = block.columns();
        let (x1, y1, x2, y2) = (V::chunks(x1).0, V::chunks(y1).0, V::chunks(x2).0, V::chunks(y2).0);
        let folded = V::chunks(folded).0;
        let mut candidates = Candidates::default();
        for at in 0..BLOCK / V::N {
            // No iterator adapters here: if one is not inlined, it leaves the region of the instruction set.
            if let (Some(x1), Some(y1), Some(x2), Some(y2), Some(folded)) =
                (x1.get(at), y1.get(at), x2.get(at), y2.get(at), folded.get(at))
            {
                let other = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
                let excess = self.pivot.intersection(&other).sub(V::load(folded));
                candidates.maybe |= V::bits(self.maybe.le(excess)) << (at * V::N);
                candidates.surely |= V::bits(self.surely.le(excess)) << (at * V::N);
            }
        }
        candidates
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Convention;
    use crate::simd::{Portable, Scalar, Simd};
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};

    /// Pairs of boxes whose IoU is the threshold, or a few ulp from it.
    fn no_pair_is_misjudged<F: Float, S: Simd>() {
        let rng = &mut SmallRng::seed_from_u64(11);
        let (mut near, mut wrong) = (0, 0);
        for _ in 0..200_000 {
            let t = F::from_f64(rng.random_range(0.2..1.0));
            let convention = if rng.random() { Convention::Continuous } else { Convention::Pixel };
            let test = FoldedTest::new(OverlapTest::at(t, convention));
            let side = |rng: &mut SmallRng| F::from_f64(rng.random_range(1.0..100.0));
            let (x, width, height) = (side(rng), side(rng), side(rng));
            let one = BBox::new(x, x, x + width, x + height);
            // As wide, and of a height that makes the IoU about the threshold.
            let part = t * F::from_f64(1.0 + rng.random_range(-4.0..4.0) * F::epsilon().to_f64());
            let other = BBox::new(x, x, one.x2, x + height * part);
            let pairs = [(one, other), (other, one)];
            for (kept, new) in pairs {
                let area = new.area(convention);
                let probe = BlockProbe::<F::Lanes<S>>::new(&new, area, &test);
                let values = [kept.x1, kept.y1, kept.x2, kept.y2, test.folded_area(kept.area(convention))];
                let mut block = SpatialHashBlock::new(0, 0, values);
                (0..BLOCK).for_each(|lane| block.write(lane, 0, values));
                let Candidates { maybe, surely } = probe.candidates(&block);
                assert!([maybe, surely].iter().all(|&bits| bits == 0 || bits == (1 << BLOCK) - 1));
                let overlaps = kept.iou(&new, convention) >= t;
                assert_eq!(test.decides(&new, &block.bbox(3)), overlaps);
                wrong += usize::from(overlaps && maybe == 0 || !overlaps && surely != 0);
                near += usize::from(overlaps && surely == 0);
            }
        }
        assert!(near > 50_000, "{near} pairs overlap, but not surely");
        assert_eq!(wrong, 0);
    }

    #[test]
    fn no_pair_at_the_threshold_is_misjudged() {
        no_pair_is_misjudged::<f32, Portable>();
        no_pair_is_misjudged::<f64, Portable>();
        no_pair_is_misjudged::<f32, Scalar>();
    }

    #[test]
    fn ordinary_boxes_keep_their_distance_from_the_ends_of_the_range() {
        let test = FoldedTest::<f32>::new(OverlapTest::at(0.5, Convention::Continuous));
        let shape = |side| Shape { centre: (0.0, 0.0), sides: (side, side) };
        let kinds = |side: f32| {
            let bbox = BBox::new(0.0, 0.0, side, side);
            let area = test.ordinary_area(&bbox, shape(side));
            (area.is_some(), area.is_some_and(|area| test.meets_ordinary_only(area, shape(side))))
        };
        let edge = f32::MIN_AREA.sqrt();
        assert_eq!(kinds(edge * 0.9), (false, false));
        assert_eq!(kinds(edge * 1.1), (true, false));
        assert_eq!(kinds(edge * 3.0), (true, true));
        assert_eq!((kinds(1e17), kinds(1e18), kinds(1.5e19)), ((true, true), (true, false), (false, false)));
        let far = Shape { centre: (1e38, 0.0), sides: (1e31, 1.0) };
        assert!(!test.ordinary.hold(1e31, far));
    }
}
