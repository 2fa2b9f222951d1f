//! Whether one box overlaps any of a vector of others by the threshold, in two stages.
//!
//! The first is cheap: IoU cannot reach `t` unless the intersection reaches `t` times the area of the new
//! box, so a lane goes on only if
//!
//! ```text
//! inter >= fl(t' * area),   t' = t - 4 eps t
//! ```
//!
//! It never drops a lane that the division would find. With u = eps / 2: rounding is monotone, so the computed
//! intersection is at most either computed area, hence `union = fl(fl(area + other) - inter)` is at least
//! `(1 - 3u) area`; a quotient that rounds to `t` or more is at least `(1 - u) t`; so `inter >= (1 - 4u) t
//! area >= t' area`, and rounding the right side once more keeps the order. Where `t` is so small that
//! this could meet subnormals, or is not positive, every lane goes on.
//!
//! The second stage is the division itself, so the answer is that of [`BBox::iou`], bit for bit.
//!
//! What limits it: instructions, about 20 for a vector that the first stage drops, as it drops nearly all. Up to
//! about a thousand admitted boxes stay in L1; beyond that, the spatial hash waits for their memory.

use super::SuppressionTest;
use super::tiles::{AdmittedTiles, SharedTiles};
use crate::config::LeastIou;
use crate::iou::{Corners, Pivot};
use crate::simd::{Lanes, Simd};
use crate::{BBox, Convention, Float, Group};

/// When two boxes of floats overlap too much.
#[derive(Clone, Copy, Debug)]
pub struct OverlapTest<F> {
    /// The least IoU that suppresses.
    pub(super) threshold: F,
    /// A little less, such that times an area it bounds the intersection; not positive for no bound.
    bound: F,
    pub(super) convention: Convention,
}

impl<F: Float> OverlapTest<F> {
    pub(super) fn at(threshold: F, convention: Convention) -> Self {
        let eps = F::epsilon();
        let slack = eps + eps + eps + eps;
        let bound = if threshold > eps { threshold - threshold * slack } else { -F::one() };
        Self { threshold, bound, convention }
    }

    /// The least IoU that suppresses.
    #[cfg(test)]
    pub(crate) fn threshold(&self) -> F {
        self.threshold
    }
}

impl<F: Float> SuppressionTest<F> for OverlapTest<F> {
    type Admitted<'a> = AdmittedTiles<'a, F>;
    type Shared<'a> = SharedTiles<'a, F>;

    #[inline]
    fn new(least: LeastIou, convention: Convention) -> Option<Self> {
        // A computed IoU never exceeds 1.
        Some(F::least_iou(least)).filter(|&least| least <= F::one()).map(|least| Self::at(least, convention))
    }

    #[inline(always)]
    fn admitted(memory: &mut [F]) -> AdmittedTiles<'_, F> {
        AdmittedTiles::new(memory)
    }

    #[inline(always)]
    fn write<S: Simd>(admitted: &mut AdmittedTiles<'_, F>, at: usize, group: Option<Group>, bbox: &BBox<F>) {
        admitted.write::<S>(at, group, bbox);
    }

    #[inline(always)]
    fn shared<'a>(admitted: &'a AdmittedTiles<'_, F>) -> SharedTiles<'a, F> {
        admitted.shared()
    }

    #[inline(always)]
    fn has_vectors<S: Simd>() -> bool {
        F::Lanes::<S>::N > 1
    }

    #[inline(always)]
    fn overlaps_nothing(&self, bbox: &BBox<F>) -> bool {
        // An intersection is at most as large as either area, as computed.
        !bbox.is_box(self.convention) || self.threshold > F::ZERO && bbox.area(self.convention) == F::ZERO
    }

    #[inline(always)]
    fn overlap<S: Simd>(
        &self,
        admitted: &SharedTiles<'_, F>,
        range: (usize, usize),
        bbox: &BBox<F>,
        group: Group,
        same_group: impl Fn(usize) -> bool + Copy,
    ) -> bool {
        admitted.overlap::<S>(range, bbox, group, self, same_group)
    }
}

/// One box, prepared to be compared with others.
pub(super) struct Probe<V> {
    pivot: Pivot<V>,
    threshold: V,
    least_intersection: V,
}

impl<F: Float, V: Lanes<Scalar = F>> Probe<V> {
    #[inline(always)]
    pub(super) fn new(bbox: &BBox<F>, test: &OverlapTest<F>) -> Self {
        Self {
            pivot: Pivot::new(bbox, test.convention),
            threshold: V::splat(test.threshold),
            least_intersection: V::splat(test.bound * bbox.area(test.convention)),
        }
    }

    /// Bit `i` where the box in lane `i`, within `mask`, overlaps this one by the threshold or more.
    #[inline(always)]
    pub(super) fn hits_within(&self, other: &Corners<V>, mask: V::Mask) -> u32 {
        if V::N == 1 && self.is_apart(other, mask) {
            return 0;
        }
        let intersection = self.pivot.intersection(other);
        self.decide(other, intersection, self.least_intersection.le(intersection) & mask)
    }

    /// Whether a single lane need not compute its intersection: it is not in the mask, or lies to the left or right.
    #[inline(always)]
    fn is_apart(&self, other: &Corners<V>, mask: V::Mask) -> bool {
        let zero = V::splat(F::zero());
        V::bits(mask) == 0
            || V::bits(self.least_intersection.le(zero)) == 0
                && V::bits(self.pivot.width(other).le(zero)) != 0
    }

    /// The division, where any lane asks for it.
    #[inline(always)]
    fn decide(&self, other: &Corners<V>, intersection: V, near: V::Mask) -> u32 {
        if V::bits(near) == 0 {
            return 0;
        }
        V::bits(self.threshold.le(self.pivot.iou(other, intersection)) & near)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_box_to_the_left_or_right_or_of_another_group_is_apart() {
        let (bbox, x) = (BBox::new(10.0_f32, 0.0, 20.0, 10.0), [0.0, 5.0, 10.0, 15.0, 20.0, 30.0]);
        let apart = |threshold, in_group| {
            let test = Probe::<f32>::new(&bbox, &OverlapTest::at(threshold, Convention::Continuous));
            x.map(|x1| test.is_apart(&Corners { x1, y1: 0.0, x2: x1 + 8.0, y2: 9.0 }, in_group))
        };
        let [same, other] = [1.0, 2.0].map(|group: f32| Lanes::eq(group, 1.0));
        assert_eq!(apart(0.5, same), [true, false, false, false, true, true]);
        assert_eq!(apart(0.5, other), [true; 6]);
        assert_eq!(apart(0.0, same), [false; 6], "an IoU of 0 suppresses");
        assert_eq!(apart(0.0, other), [true; 6]);
    }
}
