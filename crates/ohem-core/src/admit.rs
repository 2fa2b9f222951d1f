//! Admission by non-maximum suppression: the RoIs taken so far, in columns, and whether a new one overlaps
//! any of its group.
//!
//! The test has two stages. The first is cheap: IoU cannot reach `t` unless the intersection reaches `t`
//! times the area of the new box, so a lane goes on only if
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
//! Groups are a column too: 24 bits made of image and label, as a float. Lanes of another group drop out
//! by one comparison; should two groups share their 24 bits, the groups themselves decide.

use crate::iou::{Corners, Pivot};
use crate::simd::{Lanes, Scalar, Simd};
use crate::{BBox, Convention, Float, Group, Rois};

/// How many floats of memory each admitted RoI takes.
pub const COLUMNS: usize = 5;

/// When a new RoI is refused.
#[derive(Clone, Copy)]
struct Rule<F> {
    /// The least IoU that suppresses.
    threshold: F,
    /// A little less, such that times an area it bounds the intersection; not positive for no bound.
    bound: F,
    convention: Convention,
}

impl<F: Float> Rule<F> {
    fn new(threshold: F, convention: Convention) -> Self {
        let eps = F::epsilon();
        let slack = eps + eps + eps + eps;
        let bound = if threshold > eps { threshold - threshold * slack } else { -F::one() };
        Self { threshold, bound, convention }
    }
}

/// RoIs admitted so far, over lent memory: at the most as many as there is room for.
pub(crate) struct Admitted<'a, F> {
    /// The RoIs, in the order of their admission.
    indices: &'a mut [u32],
    len: usize,
    columns: Columns<'a, F>,
    rule: Option<Rule<F>>,
}

/// Place `i` of each column belongs to the `i`-th admitted RoI.
struct Columns<'a, F> {
    /// Its group in 24 bits; NaN, which equals nothing, where there is no box.
    group: &'a mut [F],
    x1: &'a mut [F],
    y1: &'a mut [F],
    x2: &'a mut [F],
    y2: &'a mut [F],
}

impl<'a, F: Float> Admitted<'a, F> {
    /// Nothing admitted yet; RoIs of `threshold` IoU or more will suppress, none if there is no threshold.
    ///
    /// `floats` is cut into [`COLUMNS`] columns; it may be empty if there is no threshold.
    pub(crate) fn new(
        floats: &'a mut [F],
        indices: &'a mut [u32],
        threshold: Option<F>,
        convention: Convention,
    ) -> Self {
        let columns = Columns::cut(floats);
        Self { indices, len: 0, columns, rule: threshold.map(|threshold| Rule::new(threshold, convention)) }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The admitted RoIs, hardest first, as long as the memory was lent.
    pub(crate) fn into_indices(self) -> &'a mut [u32] {
        self.indices.get_mut(..self.len).unwrap_or_default()
    }

    /// Admits a RoI unless one of its group overlaps it.
    #[inline(always)]
    pub(crate) fn admit<S: Simd>(&mut self, index: u32, rois: &Rois<'_, F>) {
        let Some(rule) = self.rule else { return self.push(index) };
        let Some(bbox) = rois.boxes().get(index as usize) else { return };
        let (group, column) = (rois.group(index), self.len);
        if !bbox.is_box(rule.convention) {
            self.columns.write(column, F::nan(), bbox);
        } else if self.overlaps::<S>(bbox, group, &rule, rois) {
            return;
        } else {
            self.columns.write(column, column_of(group), bbox);
        }
        self.push(index);
    }

    #[inline(always)]
    fn push(&mut self, index: u32) {
        if let Some(slot) = self.indices.get_mut(self.len) {
            *slot = index;
            self.len += 1;
        }
    }

    /// Whether an admitted box of the group overlaps this one by the threshold or more.
    #[inline(always)]
    fn overlaps<S: Simd>(&self, bbox: &BBox<F>, group: Group, rule: &Rule<F>, rois: &Rois<'_, F>) -> bool {
        let capacity = self.columns.group.len();
        // Whole vectors as far as the memory goes: places not yet taken hold NaN groups.
        let whole = self.len.next_multiple_of(F::Lanes::<S>::N);
        let whole = if whole <= capacity { whole } else { self.len - self.len % F::Lanes::<S>::N };
        let same_group = |at| self.indices.get(at).is_some_and(|&index| rois.group(index) == group);
        let column = column_of(group);
        Test::<F::Lanes<S>>::new(bbox, column, rule).any(&self.columns, 0, whole, same_group)
            || Test::<F::Lanes<Scalar>>::new(bbox, column, rule).any(
                &self.columns,
                whole,
                self.len,
                same_group,
            )
    }
}

/// The group in 24 bits; distinct for images and labels below 4,096.
#[inline(always)]
fn column_of<F: Float>(group: Group) -> F {
    F::from_u24(group.image.rotate_left(12) ^ group.label)
}

impl<'a, F: Float> Columns<'a, F> {
    fn cut(floats: &'a mut [F]) -> Self {
        let capacity = floats.len() / COLUMNS;
        let mut columns = floats.chunks_exact_mut(capacity.max(1));
        let mut next = || columns.next().unwrap_or_default();
        Self { group: next(), x1: next(), y1: next(), x2: next(), y2: next() }
    }

    /// Writes a box, and marks the places up to the end of its vector as not taken.
    #[inline(always)]
    fn write(&mut self, at: usize, group: F, bbox: &BBox<F>) {
        const WIDEST: usize = 32;
        if at.is_multiple_of(WIDEST)
            && let Some(rest) = self.group.get_mut(at..)
        {
            rest.iter_mut().take(WIDEST).for_each(|slot| *slot = F::nan());
        }
        let values = [group, bbox.x1, bbox.y1, bbox.x2, bbox.y2];
        let columns =
            [&mut self.group, &mut self.x1, &mut self.y1, &mut self.x2, &mut self.y2].into_iter().zip(values);
        for (column, value) in columns {
            if let Some(slot) = column.get_mut(at) {
                *slot = value;
            }
        }
    }
}

/// One box held against the columns.
struct Test<V> {
    pivot: Pivot<V>,
    group: V,
    threshold: V,
    least_intersection: V,
}

impl<F: Float, V: Lanes<Scalar = F>> Test<V> {
    #[inline(always)]
    fn new(bbox: &BBox<F>, group: F, rule: &Rule<F>) -> Self {
        Self {
            pivot: Pivot::new(bbox, rule.convention),
            group: V::splat(group),
            threshold: V::splat(rule.threshold),
            least_intersection: V::splat(rule.bound * bbox.area(rule.convention)),
        }
    }

    #[inline(always)]
    fn chunks(column: &[F], from: usize, to: usize) -> &[V::Array] {
        V::chunks(column.get(from..to).unwrap_or_default()).0
    }

    /// Whether it overlaps a box in the places `from..to` that `same_group` agrees to.
    #[inline(always)]
    fn any(
        &self,
        columns: &Columns<'_, F>,
        from: usize,
        to: usize,
        same_group: impl Fn(usize) -> bool,
    ) -> bool {
        let boxes = Self::chunks(columns.x1, from, to).iter().zip(Self::chunks(columns.y1, from, to));
        let boxes = boxes.zip(Self::chunks(columns.x2, from, to)).zip(Self::chunks(columns.y2, from, to));
        let boxes = boxes.zip(Self::chunks(columns.group, from, to));
        for (nth, ((((x1, y1), x2), y2), group)) in boxes.enumerate() {
            let same = V::load(group).eq(self.group);
            let other = Corners { x1: V::load(x1), y1: V::load(y1), x2: V::load(x2), y2: V::load(y2) };
            let intersection = self.pivot.intersection(&other);
            let near = self.least_intersection.le(intersection) & same;
            if V::bits(near) != 0 {
                let iou = self.pivot.iou(&other, intersection);
                let mut hits = V::bits(self.threshold.le(iou) & near);
                while hits != 0 {
                    if same_group(from + nth * V::N + hits.trailing_zeros() as usize) {
                        return true;
                    }
                    hits &= hits - 1;
                }
            }
        }
        false
    }
}
